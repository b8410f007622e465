"""What the supplier says, and what the workshop says to that."""

from __future__ import annotations

from datetime import date

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Order, OrderNeed
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement.models import (
    LineTerms,
    OldRevision,
    PurchaseLine,
    PurchaseOrder,
    PurchaseRevision,
    Status,
)
from simpul.procurement.queries import compared, touched_by
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def purchase(supplier: Party) -> PurchaseOrder:
    return testing.sent_purchase(supplier)


@pytest.fixture
def rival(workshop: Workshop) -> Person:
    return testing.person("Rival", testing.party(workshop, "Kulit Saing", is_supplier=True))


def leather(purchase: PurchaseOrder) -> PurchaseLine:
    return purchase.lines.get(material__code="LEATHER")


def answer(
    purchase: PurchaseOrder, quantity: int = 32_000, price: int = 40_000, on: date | None = None
) -> list[LineTerms]:
    """Another word about the leather, and yes to the rest."""
    return [
        LineTerms(line, quantity, price, on or line.wished_on)
        if line.material.code == "LEATHER"
        else LineTerms(line, line.quantity, line.price, line.wished_on)
        for line in purchase.lines.select_related("material")
    ]


def nothing_changed(purchase: PurchaseOrder, status: Status) -> bool:
    fresh = PurchaseOrder.objects.get(pk=purchase.pk)
    return fresh.status == status and fresh.agreed_revision is None


# yes


def test_yes_fixes_the_days(purchase: PurchaseOrder, budi: Person) -> None:
    purchase.confirm(by=budi, revision=1)

    assert (purchase.status, purchase.agreed_revision) == (Status.CONFIRMED, 1)
    line = leather(purchase)
    assert line.promised_on == line.expected_on == line.wished_on == clock.in_days(7)
    assert purchase.journal.get(step="procurement.confirm").facts == {"revision": 1}


def test_others_may_not_say_yes(
    purchase: PurchaseOrder, rina: Person, rival: Person, dewi: Person, joko: Person
) -> None:
    for person in (rina, rival, dewi, joko):
        with pytest.raises(NotAllowed):
            purchase.confirm(by=person, revision=1)

    assert nothing_changed(purchase, Status.SENT)


def test_yes_is_said_once(purchase: PurchaseOrder, budi: Person) -> None:
    seen_by_another_tab = PurchaseOrder.objects.get(pk=purchase.pk)
    purchase.confirm(by=budi, revision=1)

    with pytest.raises(WrongState):
        seen_by_another_tab.confirm(by=budi, revision=1)

    assert purchase.journal.filter(step="procurement.confirm").count() == 1


def test_yes_to_an_older_proposal_is_no_yes(
    purchase: PurchaseOrder, budi: Person, rina: Person
) -> None:
    purchase.counter(by=budi, revision=1, terms=answer(purchase, price=45_000))
    purchase.insist(by=rina, note="Not more, please")

    with pytest.raises(OldRevision):
        purchase.confirm(by=budi, revision=1)

    assert nothing_changed(purchase, Status.SENT)


def test_a_line_without_a_price_needs_one(
    supplier: Party, buyer: Party, rina: Person, budi: Person
) -> None:
    draft = testing.draft_purchase(supplier)
    line = leather(draft)
    draft.change(by=rina, terms=[LineTerms(line, 32_000, 0, line.wished_on)])
    draft.send(by=rina)

    with pytest.raises(WrongState, match="no price"):
        draft.confirm(by=budi, revision=1)

    assert nothing_changed(draft, Status.SENT)


# otherwise


def test_another_word_waits_for_the_workshop(purchase: PurchaseOrder, budi: Person) -> None:
    purchase.counter(by=budi, revision=1, terms=answer(purchase, 30_000, 42_000), note="Rain")

    assert (purchase.status, purchase.revision) == (Status.COUNTERED, 2)
    revision = purchase.latest()
    assert (revision.side, revision.total) == ("supplier", 30 * 42_000 + 400_000)
    assert leather(purchase).quantity == 32_000
    assert purchase.journal.get(step="procurement.counter").facts == {"revision": 1}


def test_others_may_not_answer(
    purchase: PurchaseOrder, rina: Person, rival: Person, joko: Person
) -> None:
    for person in (rina, rival, joko):
        with pytest.raises(NotAllowed):
            purchase.counter(by=person, revision=1, terms=answer(purchase))

    assert nothing_changed(purchase, Status.SENT)
    assert PurchaseRevision.objects.count() == 1


def test_an_answer_is_given_once(purchase: PurchaseOrder, budi: Person) -> None:
    seen_by_another_tab = PurchaseOrder.objects.get(pk=purchase.pk)
    purchase.counter(by=budi, revision=1, terms=answer(purchase, 30_000))

    with pytest.raises(WrongState):
        seen_by_another_tab.counter(by=budi, revision=1, terms=answer(purchase, 20_000))

    assert PurchaseRevision.objects.count() == 2


def test_every_line_needs_an_answer_and_a_price(purchase: PurchaseOrder, budi: Person) -> None:
    for terms in (
        answer(purchase)[:1],
        answer(purchase, price=0),
        [LineTerms(said.line, 0, said.price, said.on) for said in answer(purchase)],
    ):
        with pytest.raises(WrongState):
            purchase.counter(by=budi, revision=1, terms=terms)

    assert nothing_changed(purchase, Status.SENT)


def test_the_workshop_sees_both_side_by_side(purchase: PurchaseOrder, budi: Person) -> None:
    purchase.counter(by=budi, revision=1, terms=answer(purchase, 30_000))

    rows = compared(PurchaseOrder.objects.for_page().get())

    assert [row.is_same for row in rows] == [False, True, True]
    assert rows[0].asked is not None
    assert rows[0].said is not None
    assert (rows[0].asked.quantity, rows[0].said.quantity) == (32_000, 30_000)


def test_what_would_be_missing_is_seen_before_the_answer(
    purchase: PurchaseOrder, budi: Person
) -> None:
    late = answer(purchase, 30_000, 42_000, clock.in_days(10))
    purchase.counter(by=budi, revision=1, terms=late)

    ((order, missing),) = touched_by(purchase, purchase.latest())

    assert order == Order.objects.get()
    assert [(line.material.code, quantity) for line, quantity in missing] == [("LEATHER", 2_000)]


# the workshop agrees


def test_agreeing_takes_what_was_offered(
    purchase: PurchaseOrder, budi: Person, rina: Person
) -> None:
    late = answer(purchase, 30_000, 42_000, clock.in_days(10))
    purchase.counter(by=budi, revision=1, terms=late)

    purchase.agree(by=rina, revision=2)

    assert (purchase.status, purchase.agreed_revision) == (Status.CONFIRMED, 2)
    line = leather(purchase)
    assert (line.quantity, line.price, line.promised_on) == (30_000, 42_000, clock.in_days(10))
    assert purchase.total == 1_660_000
    need = OrderNeed.objects.get(material__code="LEATHER")
    assert (need.ordered, need.uncovered) == (30_000, 2_000)
    assert Order.objects.get().promised_on == clock.in_days(14)
    assert purchase.journal.get(step="procurement.agree").by == rina


def test_what_cannot_be_delivered_is_open_again(
    purchase: PurchaseOrder, budi: Person, rina: Person
) -> None:
    purchase.counter(by=budi, revision=1, terms=answer(purchase, 0))

    purchase.agree(by=rina, revision=2)

    assert leather(purchase).is_closed_short
    assert OrderNeed.objects.get(material__code="LEATHER").uncovered == 32_000
    assert purchase.total == 400_000


def test_others_may_not_agree(
    purchase: PurchaseOrder, budi: Person, sari: Person, joko: Person
) -> None:
    purchase.counter(by=budi, revision=1, terms=answer(purchase, 30_000))

    for person in (budi, sari, joko):
        with pytest.raises(NotAllowed):
            purchase.agree(by=person, revision=2)

    assert nothing_changed(purchase, Status.COUNTERED)


def test_it_is_agreed_once(purchase: PurchaseOrder, budi: Person, rina: Person) -> None:
    purchase.counter(by=budi, revision=1, terms=answer(purchase, 30_000))
    seen_by_another_tab = PurchaseOrder.objects.get(pk=purchase.pk)
    purchase.agree(by=rina, revision=2)

    with pytest.raises(WrongState):
        seen_by_another_tab.agree(by=rina, revision=2)
    assert OrderNeed.objects.get(material__code="LEATHER").ordered == 30_000


# the workshop asks again


def test_asking_again_is_a_new_proposal(
    purchase: PurchaseOrder, budi: Person, rina: Person
) -> None:
    purchase.counter(by=budi, revision=1, terms=answer(purchase, 30_000, 45_000))
    line = leather(purchase)

    purchase.insist(
        by=rina, note="30 then", terms=[LineTerms(line, 30_000, 41_000, line.wished_on)]
    )

    assert (purchase.status, purchase.revision) == (Status.SENT, 3)
    assert purchase.latest().side == "workshop"
    assert leather(purchase).price == 41_000
    assert OrderNeed.objects.get(material__code="LEATHER").uncovered == 2_000
    assert purchase.journal.get(step="procurement.insist").facts.keys() == {"terms"} - {"terms"}
    purchase.confirm(by=budi, revision=3)
    assert purchase.total == 30 * 41_000 + 400_000


def test_others_may_not_ask_again(
    purchase: PurchaseOrder, budi: Person, sari: Person, joko: Person
) -> None:
    purchase.counter(by=budi, revision=1, terms=answer(purchase, 30_000))

    for person in (budi, sari, joko):
        with pytest.raises(NotAllowed):
            purchase.insist(by=person, note="Please")

    assert nothing_changed(purchase, Status.COUNTERED)


def test_it_is_asked_again_once(purchase: PurchaseOrder, budi: Person, rina: Person) -> None:
    purchase.counter(by=budi, revision=1, terms=answer(purchase, 30_000))
    seen_by_another_tab = PurchaseOrder.objects.get(pk=purchase.pk)
    purchase.insist(by=rina, note="Please")

    with pytest.raises(WrongState):
        seen_by_another_tab.insist(by=rina, note="Please")
    assert PurchaseRevision.objects.count() == 3


# no


def test_no_opens_the_needs_again(purchase: PurchaseOrder, budi: Person) -> None:
    purchase.decline(by=budi, reason="Sold out")

    assert (purchase.status, purchase.reason) == (Status.DECLINED, "Sold out")
    assert set(OrderNeed.objects.values_list("ordered", flat=True)) == {0}
    assert purchase.journal.get(step="procurement.decline").facts == {"reason": "Sold out"}


def test_others_may_not_say_no(
    purchase: PurchaseOrder, rina: Person, rival: Person, joko: Person
) -> None:
    for person in (rina, rival, joko):
        with pytest.raises(NotAllowed):
            purchase.decline(by=person, reason="Sold out")

    assert nothing_changed(purchase, Status.SENT)
    assert OrderNeed.objects.get(material__code="LEATHER").ordered == 32_000


def test_no_after_yes_comes_too_late(purchase: PurchaseOrder, budi: Person) -> None:
    seen_by_another_tab = PurchaseOrder.objects.get(pk=purchase.pk)
    purchase.confirm(by=budi, revision=1)

    with pytest.raises(WrongState):
        seen_by_another_tab.decline(by=budi, reason="Sold out")

    assert OrderNeed.objects.get(material__code="LEATHER").ordered == 32_000
