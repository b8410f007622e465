"""News as customers, guests and the desk see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm import sealed_news
from simpul.crm.models import Bulletin, BulletinReader, Campaign, Segment
from simpul.crm.publishing import publish
from simpul.lib.seals import Seal
from simpul.papers.models import Upload
from simpul.parties.models import Person, Workshop
from simpul.portals import circulars

DESK = "/ciomas/desk/customers/bulletins/"
MINE = "/ciomas/my/bulletins/"
SAID = {"title": "Warna baru", "body": "Cokelat tua"}


def published(by: Person, **facts: object) -> Bulletin:
    made = Bulletin.write(by=by, **SAID | facts)
    publish(made, by=by)
    return made


def test_the_desk_writes_sees_whom_it_reaches_and_publishes(
    client: Client, workshop: Workshop, sari: Person, dewi: Person
) -> None:
    testing.login(client, sari)
    assert client.post(f"{DESK}new/", {"title": "x"}).status_code == 422
    picture = SimpleUploadedFile("a.png", testing.picture().content)
    client.post(f"{DESK}new/", SAID | {"picture": picture, "is_public": "on"})
    made = Bulletin.objects.get()
    assert "1 customer fits" in client.get(f"{DESK}{made.pk}/").text
    assert "1 customer fits" in client.get(f"{DESK}count/?segment=").text

    client.post(f"{DESK}{made.pk}/publication/")
    page = client.get(f"{DESK}{made.pk}/").text
    assert f"/ciomas/bulletins/{made.pk}/" in page
    client.logout()
    assert "Cokelat tua" in client.get(f"/ciomas/bulletins/{made.pk}/").text
    assert "Warna baru" in client.get("/ciomas/").text
    assert client.get(f"/ciomas/bulletins/{made.pk}/picture/")["Content-Type"].startswith("image/")


def test_what_is_not_public_is_no_page_of_the_shop(client: Client, sari: Person) -> None:
    made = published(sari)
    assert client.get(f"/ciomas/bulletins/{made.pk}/").status_code == 404
    assert "Warna baru" not in client.get("/ciomas/bulletins/").text
    assert client.get("/cibaduyut/bulletins/").status_code == 404


def test_it_stands_on_the_first_page_until_it_is_waved_off(
    client: Client, sari: Person, dewi: Person
) -> None:
    made = published(sari)
    testing.login(client, dewi)
    assert "Warna baru" in client.get("/ciomas/my/").text

    opened = client.post(f"{MINE}{made.pk}/opened/", follow=True)
    assert "Cokelat tua" in opened.text
    assert made.counts()["seen"] == 1

    client.post(f"{MINE}{made.pk}/wish/", {"how": "off"})
    assert "Warna baru" not in client.get("/ciomas/my/").text
    assert "Warna baru" in client.get(f"{MINE}?shown=unwanted").text
    client.post(f"{MINE}{made.pk}/wish/", {"how": "again"})
    assert "Warna baru" in client.get(MINE).text


def test_news_of_somebody_else_is_not_there(
    client: Client, workshop: Workshop, sari: Person, dewi: Person
) -> None:
    made = published(
        sari, segment=Segment.objects.create(workshop=workshop, name="x", is_list=True)
    )
    testing.login(client, dewi)

    assert client.get(f"{MINE}{made.pk}/").status_code == 404
    assert client.post(f"{MINE}{made.pk}/opened/").status_code == 404
    assert client.post(f"{MINE}{made.pk}/wish/").status_code == 404


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_the_same_for_any_number(
    client: Client,
    sari: Person,
    dewi: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _turn in range(count):
        published(sari)
    testing.login(client, dewi)

    assert (
        MINE in client.get("/ciomas/my/news/").text
    )  # also where nothing stands on the first page
    # session, user, person; page: count, rows with their bulletins
    with django_assert_num_queries(5):
        page = client.get(MINE).text
    assert page.count("Warna baru") == count


def test_it_is_sent_as_a_campaign_that_is_filled_in(
    client: Client, workshop: Workshop, sari: Person
) -> None:
    everybody = Segment.objects.create(workshop=workshop, name="Semua")
    made = published(sari, segment=everybody, is_public=True)
    testing.login(client, sari)

    page = client.get(f"/ciomas/desk/customers/campaigns/new/?bulletin={made.pk}").text
    assert "Halo {nama},\n\nCokelat tua\n\nhttp" in page
    assert f"/ciomas/bulletins/{made.pk}/</textarea>" in page
    said = {
        "name": "x", "segment": everybody.pk, "purpose": "news", "ways": "either",
        "subject": "x", "body": "x", "holdout_percent": 0, "result_days": 9,
    }  # fmt: skip
    client.post(f"/ciomas/desk/customers/campaigns/new/?bulletin={made.pk}", said)
    assert (Campaign.objects.get().bulletin, Campaign.objects.get().status) == (made, "draft")


def test_a_model_that_is_shown_is_news_of_its_own(
    client: Client, workshop: Workshop, owner: Person
) -> None:
    model = testing.product(workshop, name="Derby", is_published=False)
    testing.login(client, owner)
    said = {
        "name": "Derby", "category": model.category_id, "minimum_pairs": 1, "lead_days": 9,
        "pair_weight": 0,
    }  # fmt: skip
    client.post(f"/ciomas/desk/catalogue/{model.slug}/", said)
    assert not Bulletin.objects.exists()

    client.post(f"/ciomas/desk/catalogue/{model.slug}/", said | {"is_published": "on"})
    assert Bulletin.objects.get().status == "draft"
    assert not BulletinReader.objects.exists()


def test_another_workshop_finds_nothing(client: Client, sari: Person, joko: Person) -> None:
    made = published(sari)
    testing.login(client, joko)
    assert client.get(f"/cibaduyut/desk/customers/bulletins/{made.pk}/").status_code == 404


def test_who_has_no_login_reads_it_by_the_link_of_his_message(
    client: Client,
    workshop: Workshop,
    sari: Person,
    dewi: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = Upload.keep(testing.picture(), by=sari)
    made = published(sari, picture=picture)
    campaign = Campaign(
        workshop=workshop, bulletin=made, body=f"Baca: {circulars.bulletin_address(made)}"
    )
    _subject, body = circulars.words_for(campaign, dewi)
    here = body.removeprefix("Baca: ").partition("/ciomas/")[2]
    assert "Cokelat tua" in client.get(f"/ciomas/{here}").text
    assert client.get(f"/ciomas/{here}picture/")["Content-Type"].startswith("image/")
    with monkeypatch.context() as later:
        later.setattr(
            sealed_news, "_SEAL", Seal("bulletin", parts=2, good_for=timedelta(seconds=-1))
        )
        assert client.get(f"/ciomas/{here}").status_code == 404

    late = testing.person("Toni", testing.party(workshop, "Toko Toni"))
    other = sealed_news.token_of(made, late)  # it was not for him
    for token in (other, "1.1.x", here.split("/")[2][:-1]):
        assert client.get(f"/ciomas/bulletins/for/{token}/").status_code == 404
        assert client.get(f"/ciomas/bulletins/for/{token}/picture/").status_code == 404
    made.take_back(by=sari)
    assert client.get(f"/ciomas/{here}").status_code == 404

    testing.login(client, dewi)
    assert circulars.bulletin_address(made, dewi).endswith(f"/ciomas/my/bulletins/{made.pk}/")
