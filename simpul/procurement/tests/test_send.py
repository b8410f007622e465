from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import GateShut
from simpul.parties.models import AccessLink, Party, Person
from simpul.procurement.models import PurchaseOrder, PurchaseRevision, Status
from simpul.workflow.models import NumberSeries
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def draft(supplier: Party) -> PurchaseOrder:
    return testing.draft_purchase(supplier)


def test_it_gets_its_number_and_what_is_asked_is_frozen(
    draft: PurchaseOrder, rina: Person, budi: Person
) -> None:
    draft.send(by=rina, note="In the morning, please")

    draft.refresh_from_db()
    assert (draft.status, draft.number) == (Status.SENT, f"PO-{clock.today().year}-0001")
    revision = draft.revisions.get()
    assert (revision.number, revision.side, revision.total) == (1, "workshop", 1_680_000)
    assert revision.lines.count() == 3
    assert revision.note == "In the morning, please"


def test_who_has_no_login_gets_a_link(draft: PurchaseOrder, rina: Person, budi: Person) -> None:
    draft.send(by=rina)

    link = AccessLink.objects.get(person=budi)
    assert link.subject == draft


def test_it_is_written_in_the_journal(draft: PurchaseOrder, rina: Person) -> None:
    draft.send(by=rina)

    assert draft.journal.filter(step="procurement.send", by=rina).count() == 1


def test_others_may_not(draft: PurchaseOrder, sari: Person, budi: Person, joko: Person) -> None:
    for person in (sari, budi, joko):
        with pytest.raises(NotAllowed):
            draft.send(by=person)

    draft.refresh_from_db()
    assert (draft.status, draft.number) == (Status.DRAFT, "")
    assert not PurchaseRevision.objects.exists()


def test_not_twice(draft: PurchaseOrder, rina: Person) -> None:
    seen_by_another_tab = PurchaseOrder.objects.get(pk=draft.pk)
    draft.send(by=rina)

    with pytest.raises(WrongState):
        seen_by_another_tab.send(by=rina)

    assert NumberSeries.objects.get(prefix="PO").last == 1


def test_money_that_went_back_shuts_the_gate(draft: PurchaseOrder, rina: Person) -> None:
    first = draft.orders()[0].instalments.order_by("position")[0]
    first.give_back(1)

    with pytest.raises(GateShut):
        draft.send(by=rina)

    draft.refresh_from_db()
    assert (draft.status, draft.number) == (Status.DRAFT, "")
    assert not NumberSeries.objects.filter(prefix="PO").exists()


def test_a_day_that_is_past_is_not_asked_for(draft: PurchaseOrder, rina: Person) -> None:
    with (
        clock.stopped(clock.now() + timedelta(days=8)),
        pytest.raises(WrongState, match="past"),
    ):
        draft.send(by=rina)


def test_an_empty_draft_is_not_sent(draft: PurchaseOrder, rina: Person) -> None:
    for line in draft.lines.all():
        line.keep_pegs(0)
        line.delete()

    with pytest.raises(WrongState, match="no lines"):
        draft.send(by=rina)
