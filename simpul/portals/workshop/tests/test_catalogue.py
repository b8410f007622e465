from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Group, PriceRule, Product
from simpul.lib import clock
from simpul.parties.models import Person, Workshop

CATALOGUE = "/ciomas/desk/catalogue/"
DERBY = f"{CATALOGUE}drb-01/"
WORDS = {
    "name": "Derby Raya",
    "name_en": "Derby",
    "story": "Kulit sapi.",
    "story_en": "",
    "minimum_pairs": "10",
    "pair_weight": "950",
    "lead_days": "18",
    "is_published": "on",
}


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


@pytest.fixture
def derby(workshop: Workshop) -> Product:
    return testing.product(workshop, "DRB-01")


def quote(client: Client, **words: str) -> Any:
    day = clock.today().isoformat()
    facts = {"group": "wholesale", "from_pairs": "1", "per": "1", "valid_from": day}
    return client.post(f"{DERBY}price/", facts | words)


def picture(name: str = "shoe.jpg") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "brown").save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue())


def test_the_list_is_searched(client: Client, derby: Product) -> None:
    hidden = testing.product(derby.workshop, "SDL-06", is_published=False)

    text = client.get(CATALOGUE).text
    assert DERBY in text
    assert hidden.slug in text
    assert "Rp\u00a0200,000" in text
    assert DERBY not in client.get(f"{CATALOGUE}?q=sdl").text
    assert "empty" in client.get(f"{CATALOGUE}?q=zzz").text


def test_words_are_changed_and_a_model_hidden(client: Client, derby: Product) -> None:
    assert client.get(DERBY).status_code == 200
    facts = {name: text for name, text in WORDS.items() if name != "is_published"}
    facts["category"] = str(derby.category_id)

    answer = client.post(DERBY, facts)

    assert answer["Location"] == DERBY
    derby.refresh_from_db()
    assert (derby.name, derby.lead_days, derby.is_published) == ("Derby Raya", 18, False)
    assert client.get("/ciomas/catalogue/drb-01/").status_code == 404


def test_what_was_typed_stays(client: Client, derby: Product) -> None:
    answer = client.post(DERBY, WORDS | {"lead_days": "banyak"})

    assert answer.status_code == 422
    assert 'value="Derby Raya"' in answer.text
    assert 'value="banyak"' in answer.text
    assert f"<h1>{derby}</h1>" in answer.text  # the old name stands above
    derby.refresh_from_db()
    assert derby.name == "Model DRB-01"


def test_a_new_price_holds_from_its_day_on(client: Client, derby: Product) -> None:
    day = clock.in_days(3)

    answer = quote(client, amount="Rp 210.000", valid_from=day.isoformat())

    assert answer["Location"] == DERBY
    product = Product.objects.for_page().get()
    now, then = (product.price_for(Group.WHOLESALE, 1, one) for one in (clock.today(), day))
    assert now
    assert then
    assert (now.amount, then.amount) == (200_000, 210_000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "mahal"},
        {"amount": "0"},
        {"amount": "210rb", "from_pairs": "0"},
        {"amount": "210rb", "per": "7"},
        {"amount": "210rb", "group": "friends"},
        {"amount": "210rb", "valid_from": "besok"},
    ],
)
def test_a_wrong_price_is_shown_again(
    client: Client, derby: Product, wrong: dict[str, str]
) -> None:
    before = PriceRule.objects.count()

    answer = quote(client, **wrong)

    assert answer.status_code == 422
    assert f'value="{wrong["amount"]}"' in answer.text
    assert '<details class="disclosure" open>' in answer.text
    assert PriceRule.objects.count() == before


def test_a_photo_takes_the_place_of_the_drawing(client: Client, derby: Product) -> None:
    look = derby.colourways.get()

    answer = client.post(f"{DERBY}photo/{look.pk}/", {"photo": picture()})

    assert answer["Location"] == DERBY
    look.refresh_from_db()
    assert look.photo is not None
    assert f"/ciomas/photos/{look.photo.code}/" in client.get("/ciomas/catalogue/drb-01/").text


def test_what_is_no_picture_is_refused(client: Client, derby: Product) -> None:
    look = derby.colourways.get()
    file = SimpleUploadedFile("shoe.jpg", b"<svg onload=alert(1)>")

    answer = client.post(f"{DERBY}photo/{look.pk}/", {"photo": file})

    assert answer.status_code == 422
    assert "field__error" in answer.text
    look.refresh_from_db()
    assert look.photo is None


# Doors


def change(client: Client, slug: str, look: int) -> list[int]:
    page = f"{CATALOGUE}{slug}/"
    price = {
        "group": "wholesale",
        "from_pairs": "1",
        "per": "1",
        "amount": "1",
        "valid_from": date(2030, 1, 1).isoformat(),
    }
    return [
        client.post(page, WORDS).status_code,
        client.post(f"{page}price/", price).status_code,
        client.post(f"{page}photo/{look}/", {"photo": picture()}).status_code,
    ]


def test_a_model_of_another_workshop_is_not_there(
    client: Client, derby: Product, joko: Person
) -> None:
    other = testing.product(joko.workshop, "LAI-01")
    look = other.colourways.get()

    assert client.get(f"{CATALOGUE}{other.slug}/").status_code == 404
    assert change(client, other.slug, look.pk) == [404, 404, 404]
    photo = client.post(f"{DERBY}photo/{look.pk}/", {"photo": picture()})
    assert photo.status_code == 404
    look.refresh_from_db()
    assert look.photo is None
    assert other.prices.count() == 2


@pytest.mark.parametrize("role", ["fajar", "rina", "udin", "viewer"])
def test_the_wrong_role_reads_and_changes_nothing(
    client: Client, request: pytest.FixtureRequest, derby: Product, role: str
) -> None:
    testing.login(client, request.getfixturevalue(role))

    text = client.get(DERBY).text
    assert "Rp\u00a0200,000" in text
    assert '<form class="form"' not in text
    assert change(client, "drb-01", derby.colourways.get().pk) == [403, 403, 403]
    assert derby.prices.count() == 2
    derby.refresh_from_db()
    assert derby.name == "Model DRB-01"


@testing.counts_questions
def test_the_number_of_queries_is_fixed(
    client: Client, derby: Product, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pages = {CATALOGUE: 6, DERBY: 11}
    client.get(CATALOGUE)
    for page, queries in pages.items():
        with django_assert_num_queries(queries):
            client.get(page)
    for n in range(29):
        testing.product(derby.workshop)
        testing.colourway(derby, f"Warna {n}")
    for page, queries in pages.items():
        with django_assert_num_queries(queries):
            client.get(page)
