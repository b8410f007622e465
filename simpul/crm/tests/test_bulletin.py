"""News reaches those whom its segment fits, says why, and is respected when it is waved off."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.crm import drawing, publishing
from simpul.crm.models import Bulletin, BulletinReader, Campaign, Consent, ConsentHow, Segment, Why
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def toni(workshop: Workshop) -> Person:
    """Toni in Bandung has never ordered."""
    return testing.person("Toni", testing.party(workshop, "Toko Toni", area="Kota Bandung"))


def of(person: Person) -> list[str]:
    return [one.bulletin.title for one in BulletinReader.objects.of(person).wanted()]


def published(by: Person, **facts: object) -> Bulletin:
    made = Bulletin.write(by=by, **{"title": "Warna baru", "body": "Cokelat"} | facts)
    publishing.publish(made, by=by)
    return made


def segment(workshop: Workshop, **conditions: object) -> Segment:
    return Segment.objects.create(workshop=workshop, name="x", conditions=conditions)


def test_it_is_for_those_who_bought_the_model_and_says_so(
    workshop: Workshop, sari: Person, buyer: Party, dewi: Person, toni: Person
) -> None:
    derby = testing.product(workshop, name="Derby", name_en="Derby")
    testing.confirmed_order(buyer, derby)
    bulletin = published(sari, segment=segment(workshop, bought="did", product=derby.pk))

    assert of(dewi) == ["Warna baru"]
    assert BulletinReader.objects.of(dewi).get().reason == "because you ordered Derby"
    assert of(toni) == []
    assert not Bulletin.objects.visible_to(toni).exists()
    assert bulletin.counts() == {"all": 1, "seen": 0, "unwanted": 0}


def test_it_says_the_town_but_never_the_phase(
    workshop: Workshop, sari: Person, toni: Person
) -> None:
    published(sari, segment=segment(workshop, areas="Bogor, bandung", phase="prospect"))

    assert BulletinReader.objects.of(toni).get().reason == "because you are in bandung"

    published(sari, title="Lain", segment=segment(workshop, phase="prospect"))
    assert BulletinReader.objects.of(toni)[0].reason == ""


def test_a_draft_is_read_by_nobody_and_what_was_published_is_taken_back(
    sari: Person, dewi: Person, viewer: Person
) -> None:
    draft = Bulletin.write(by=sari, title="Libur", body="x", is_public=True)
    assert not Bulletin.objects.visible_to(dewi).exists()
    assert not Bulletin.objects.public().exists()
    for refused in (viewer, dewi):
        with pytest.raises(NotAllowed):
            publishing.publish(draft, by=refused)
    assert not BulletinReader.objects.exists()

    publishing.publish(draft, by=sari)
    assert Bulletin.objects.public().get() == draft
    assert "body" not in journal_of(draft).get(step="crm.write_bulletin").facts
    with pytest.raises(WrongState):
        draft.change(by=sari, body="y")

    draft.take_back(by=sari)
    assert of(dewi) == []
    assert not Bulletin.objects.public().exists()
    with pytest.raises(WrongState):
        draft.take_back(by=sari)


def test_what_was_waved_off_stays_so_when_it_is_published_again(
    workshop: Workshop, sari: Person, buyer: Party, dewi: Person, toni: Person
) -> None:
    derby = testing.product(workshop)
    bulletin = published(sari, product=derby)
    BulletinReader.objects.of(dewi).get().wave_off()
    BulletinReader.objects.of(toni).get().open()
    bulletin.take_back(by=sari)
    publishing.publish(bulletin, by=sari)
    other = testing.product(workshop, category=derby.category)
    published(sari, title="Sepupunya", product=other)

    assert of(dewi) == []
    assert of(toni) == ["Sepupunya", "Warna baru"]
    assert bulletin.counts() == {"all": 2, "seen": 1, "unwanted": 1}

    BulletinReader.objects.of(dewi).get().want_again()
    assert of(dewi) == ["Warna baru"]


def test_a_campaign_that_tells_of_it_passes_over_who_waved_it_off(
    workshop: Workshop, sari: Person, buyer: Party, dewi: Person
) -> None:
    bulletin = published(sari)
    identity = Identity.objects.create(
        workshop=workshop, person=dewi, kind=Identity.Kind.MAIL, value="dewi@contoh.example"
    )
    Consent.give(by=sari, identity=identity, purpose="news", how=ConsentHow.STAFF, words="ya")
    campaign = Campaign.objects.create(
        workshop=workshop, segment=segment(workshop), name="x", purpose="news",
        subject="x", body="x", bulletin=bulletin,
    )  # fmt: skip
    (row,) = drawing.draw(campaign)
    assert (row.outcome, drawing.why_not(row)) == ("waiting", None)

    BulletinReader.objects.of(dewi).get().wave_off()

    assert drawing.why_not(row) == Why.UNWANTED
    assert [one.reason for one in drawing.draw(campaign)] == [Why.UNWANTED]


def test_a_new_model_is_drafted_once_and_published_by_nobody(
    workshop: Workshop, buyer: Party, dewi: Person
) -> None:
    derby = testing.product(workshop, name="Derby", story="Kulit sapi.")
    testing.confirmed_order(buyer, derby)

    draft = publishing.draft_for_model(derby)

    assert draft is not None
    assert (draft.title, draft.title_en) == ("Model baru: Derby", "New model: Derby")
    assert draft.body == "Kulit sapi.\n\nSudah bisa dipesan."
    assert list(publishing.readers_of(draft)) == [buyer]
    assert of(dewi) == []
    assert publishing.draft_for_model(derby) is None
    again = publishing.draft_for_model(testing.product(workshop, category=derby.category))
    assert again is not None
    assert again.segment == draft.segment
