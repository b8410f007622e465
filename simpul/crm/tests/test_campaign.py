from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from simpul import testing
from simpul.crm import drawing, wording
from simpul.crm.models import (
    Campaign,
    CampaignStatus,
    Consent,
    ConsentHow,
    MarketingRules,
    Outcome,
    Recipient,
    Segment,
    Ways,
    Why,
)
from simpul.lib import clock
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.workflow.steps import NotAllowed, WrongState


def reader(workshop: Workshop, name: str, *kinds: str, agrees: bool = True) -> Person:
    """A shop and its one person, reached and agreeing."""
    person = testing.person(f"of {name}", testing.party(workshop, name))
    for kind in kinds or ("mail",):
        value = f"{name.lower()}@x.example" if kind == "mail" else f"+62812{person.pk:08}"
        identity = Identity.objects.create(workshop=workshop, person=person, kind=kind, value=value)
        if agrees:
            Consent.give(
                by=workshop.machine, identity=identity, purpose="news",
                how=ConsentHow.PORTAL, words="x",
            )  # fmt: skip
    return person


def campaign(sari: Person, **facts: Any) -> Campaign:
    everybody = Segment.objects.create(workshop=sari.workshop, name="Semua")
    usual = {"name": "Model baru", "segment": everybody, "purpose": "news", "subject": "Halo",
             "body": "Halo {nama}", "holdout_percent": 0}  # fmt: skip
    return Campaign.write(by=sari, **usual | facts)


def begun(sari: Person, **facts: Any) -> Campaign:
    made = campaign(sari, **facts)
    made.plan(by=sari)
    drawing.begin_due(sari.workshop)
    made.refresh_from_db()
    return made


def outcomes(made: Campaign) -> dict[str, tuple[str, str]]:
    rows = made.recipients.values_list("party__name", "outcome", "reason")
    return {party: (outcome, reason) for party, outcome, reason in rows}


def test_who_is_written_to_and_why_the_others_are_not(workshop: Workshop, sari: Person) -> None:
    reader(workshop, "Mau")
    reader(workshop, "Tidak", agrees=False)
    bounced = reader(workshop, "Kembali")
    bounced.identities.update(bounced_at=clock.now())
    reader(workshop, "Telepon", "phone")
    testing.party(workshop, "Kulit", is_supplier=True)

    made = begun(sari, ways=Ways.MAIL)

    assert made.status == CampaignStatus.RUNNING
    assert outcomes(made) == {
        "Mau": ("waiting", ""),
        "Tidak": ("skipped", "no_consent"),
        "Kembali": ("skipped", "no_way"),
        "Telepon": ("skipped", "no_way"),
    }


def test_mail_is_preferred_and_a_text_is_for_a_hand(workshop: Workshop, sari: Person) -> None:
    reader(workshop, "Dua", "phone", "mail")
    reader(workshop, "Telepon", "phone")
    made = begun(sari)
    kinds = dict(made.recipients.values_list("party__name", "kind"))
    assert kinds == {"Dua": "mail", "Telepon": "phone"}
    assert [one.party.name for one in made.recipients.texts()] == ["Telepon"]
    assert [one.party.name for one in Recipient.objects.due()] == ["Dua"]


def test_the_share_is_drawn_by_lot_and_can_be_drawn_again(workshop: Workshop, sari: Person) -> None:
    for number in range(24):
        reader(workshop, f"Toko{number}")
    reader(workshop, "Tidak", agrees=False)
    made = campaign(sari, holdout_percent=10)

    drawn = [drawing.draw(made) for _turn in range(2)]
    assert Counter(row.outcome for row in drawn[0]) == {
        Outcome.WAITING: 22, Outcome.HELD_OUT: 2, Outcome.SKIPPED: 1
    }  # fmt: skip
    held = [{row.party_id for row in rows if row.outcome == Outcome.HELD_OUT} for rows in drawn]
    assert held[0] == held[1]
    other = campaign(sari, holdout_percent=50)
    assert sum(row.outcome == Outcome.HELD_OUT for row in drawing.draw(other)) == 12
    few = drawing.held_out([Recipient(party_id=1), Recipient(party_id=2)], made)
    assert len(few) == 1
    assert drawing.held_out([Recipient(party_id=1)], made) == []


def test_nobody_is_written_to_too_often(workshop: Workshop, sari: Person) -> None:
    MarketingRules.objects.create(workshop=workshop, most_messages=1, in_days=30)
    reader(workshop, "Mau")
    first, second = begun(sari), begun(sari)
    row = first.recipients.get()
    row.note_sent()

    assert (
        drawing.why_not(second.recipients.select_related("campaign__workshop").get()) == Why.ENOUGH
    )
    assert outcomes(begun(sari)) == {"Mau": ("skipped", "enough")}
    with clock.stopped(clock.now() + timedelta(days=31)):
        assert outcomes(begun(sari)) == {"Mau": ("waiting", "")}


def test_what_was_agreed_to_is_asked_again(workshop: Workshop, sari: Person) -> None:
    person = reader(workshop, "Mau")
    row = begun(sari).recipients.select_related("campaign__workshop").get()
    assert drawing.why_not(row) is None
    identity = person.identities.get()
    Consent.end(identity, ["news"], how=ConsentHow.LINK, words="x", by=workshop.machine)
    assert drawing.why_not(row) == Why.NO_CONSENT


def test_a_text_that_nobody_wants_any_more_waits_no_longer(
    workshop: Workshop, sari: Person
) -> None:
    person = reader(workshop, "Telepon", "phone")
    reader(workshop, "Mau", "phone")
    made = begun(sari)
    assert not drawing.is_needed(workshop)
    Consent.end(
        person.identities.get(), ["news"], how=ConsentHow.LINK, words="x", by=workshop.machine
    )
    assert drawing.is_needed(workshop)
    drawing.begin_due(workshop)
    assert outcomes(made) == {"Telepon": ("skipped", "no_consent"), "Mau": ("waiting", "")}


def test_a_text_to_who_heard_enough_waits_no_longer(workshop: Workshop, sari: Person) -> None:
    MarketingRules.objects.create(workshop=workshop, most_messages=1, in_days=30)
    tired = reader(workshop, "Cukup", "phone")
    gone = reader(workshop, "Mati", "phone")
    made, other = begun(sari), begun(sari)
    other.recipients.get(person=tired).note_sent()
    gone.identities.update(bounced_at=clock.now())
    drawing.begin_due(workshop)
    assert outcomes(made) == {"Cukup": ("skipped", "enough"), "Mati": ("skipped", "no_way")}
    made.refresh_from_db()
    assert made.status == CampaignStatus.ENDED


def test_it_is_paused_goes_on_and_is_stopped(workshop: Workshop, sari: Person) -> None:
    reader(workshop, "Mau")
    made = begun(sari)
    made.pause(by=sari)
    assert not Recipient.objects.due().exists()
    made.resume(by=sari)
    assert Recipient.objects.due().count() == 1
    made.stop(by=sari)
    assert outcomes(made) == {"Mau": ("skipped", "stopped")}
    with pytest.raises(WrongState):
        made.resume(by=sari)


def test_what_went_out_while_it_was_stopped_is_noted(workshop: Workshop, sari: Person) -> None:
    reader(workshop, "Mau")
    made = begun(sari)
    under_way = made.recipients.get()
    made.stop(by=sari)
    under_way.note_sent()
    assert outcomes(made) == {"Mau": ("sent", "")}


def test_it_ends_when_nothing_waits(workshop: Workshop, sari: Person) -> None:
    reader(workshop, "Mau")
    made = begun(sari)
    assert not drawing.is_needed(workshop)
    made.recipients.get().note_sent()
    assert drawing.is_needed(workshop)
    drawing.begin_due(workshop)
    made.refresh_from_db()
    assert made.status == CampaignStatus.ENDED


def test_it_begins_at_its_time_and_once(workshop: Workshop, sari: Person) -> None:
    reader(workshop, "Mau")
    made = campaign(sari)
    made.plan(by=sari, at=clock.now() + timedelta(hours=2))
    assert not drawing.is_needed(workshop)
    with clock.stopped(clock.now() + timedelta(hours=3)):
        for _turn in range(2):
            drawing.begin_due(workshop)
    assert made.recipients.count() == 1
    made.refresh_from_db()
    with pytest.raises(WrongState):
        made.change(by=sari, subject="Lain")


@pytest.mark.parametrize("name", ["dewi", "fajar", "joko"])
def test_only_sales_writes(
    sari: Person, buyer: Party, name: str, request: pytest.FixtureRequest
) -> None:
    made = campaign(sari)
    with pytest.raises(NotAllowed):
        made.plan(by=request.getfixturevalue(name))
    made.refresh_from_db()
    assert made.status == CampaignStatus.DRAFT


def test_the_gaps_are_filled(buyer: Party, dewi: Person) -> None:
    assert wording.last_model(buyer.pk) == "our shoes"
    model = testing.product(buyer.workshop, "DRB-01", name="Derby Klasik")
    testing.confirmed_order(buyer, model)
    assert wording.last_model(buyer.pk) == "Derby Klasik"
    text = wording.filled("{nama}/{name}: {model} {lain}", name="Dewi {model}", model="Derby")
    assert text == "Dewi {model}/Dewi {model}: Derby {lain}"
    assert wording.unknown_gaps("{nama} {lain} {}") == ["{lain}", "{}"]
