from __future__ import annotations

import pytest
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import OrderNeed
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement.models import Peg, PurchaseLine, PurchaseOrder, Status
from simpul.procurement.queries import pegs_of, reasons_of
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def draft(supplier: Party) -> PurchaseOrder:
    """32 of leather, and soles of 40 and 41."""
    return testing.draft_purchase(supplier)


@pytest.fixture
def rival(workshop: Workshop, draft: PurchaseOrder) -> Party:
    """Sells leather, too, in portions of 5."""
    other = testing.party(workshop, "Kulit Saing", is_supplier=True)
    testing.supplier_price(other, leather(draft).material, 41_000, pack=5_000, lead_days=9)
    return other


def leather(purchase: PurchaseOrder) -> PurchaseLine:
    return PurchaseLine.objects.get(purchase=purchase, material__code="LEATHER")


def move(
    draft: PurchaseOrder, to: Party, by: Person, quantity: int = 32_000, **facts: object
) -> None:
    draft.move_line(by=by, line=leather(draft), supplier=to, quantity=quantity, **facts)  # type: ignore[arg-type]


def pegs_fit() -> bool:
    """A need's `ordered` is the sum of its pegs, and no line has more pegs than it asks for."""
    needs = OrderNeed.objects.annotate(n=Coalesce(Sum("pegs__quantity"), 0))
    lines = PurchaseLine.objects.annotate(n=Coalesce(Sum("pegs__quantity"), 0))
    return (
        not needs.exclude(ordered=F("n"), n__lte=F("quantity")).exists()
        and not lines.filter(n__gt=F("quantity")).exists()
    )


# moving


def test_all_of_a_line_goes_with_what_it_is_for(
    draft: PurchaseOrder, rival: Party, rina: Person
) -> None:
    move(draft, rival, rina)

    made = PurchaseOrder.objects.get(supplier=rival)
    line = leather(made)
    assert (line.quantity, line.price, line.wished_on) == (35_000, 41_000, clock.in_days(9))
    assert line.pegs.get().quantity == 32_000
    assert (made.total, made.status) == (1_435_000, Status.DRAFT)
    draft.refresh_from_db()
    assert (draft.total, draft.lines.count()) == (400_000, 2)
    assert pegs_fit()


def test_of_a_part_the_earliest_promises_stay(supplier: Party, buyer: Party, rina: Person) -> None:
    soon = testing.needy_order(buyer)
    late = testing.needy_order(buyer, wished_on=clock.in_days(40))
    draft = testing.draft_purchase(supplier, soon)
    other = testing.party(supplier.workshop, "Kulit Saing", is_supplier=True)
    testing.supplier_price(other, leather(draft).material)

    move(draft, other, rina, 40_000)

    moved = leather(PurchaseOrder.objects.get(supplier=other))
    assert {peg.need.line.order: peg.quantity for peg in moved.pegs.all()} == {
        late: 32_000,
        soon: 8_000,
    }
    assert [(peg.need.line.order, peg.quantity) for peg in leather(draft).pegs.all()] == [
        (soon, 24_000)
    ]
    assert leather(draft).quantity == 24_000
    assert pegs_fit()


def test_into_a_draft_that_is_there_it_adds_up(
    draft: PurchaseOrder, rival: Party, rina: Person
) -> None:
    move(draft, rival, rina, 10_000)
    there = PurchaseOrder.objects.get(supplier=rival)

    move(draft, rival, rina, 12_000, into=there)

    assert PurchaseOrder.objects.filter(supplier=rival).count() == 1
    assert leather(there).quantity == 25_000
    assert leather(there).pegs.get().quantity == 22_000
    assert leather(draft).pegs.get().quantity == 10_000
    assert pegs_fit()


def test_it_stands_in_both_journals(draft: PurchaseOrder, rival: Party, rina: Person) -> None:
    move(draft, rival, rina, 10_000)
    there = PurchaseOrder.objects.get(supplier=rival)
    move(draft, rival, rina, 10_000, into=there)

    entry = journal_of(draft).filter(step="procurement.move_line").order_by("pk")[0]
    assert (entry.by, entry.facts["quantity"], entry.facts["supplier"]) == (rina, 10_000, rival.pk)
    steps = journal_of(there).order_by("pk").values_list("step", flat=True)
    assert list(steps) == ["procurement.propose", "procurement.take_line"]


def test_a_draft_without_lines_is_dropped(draft: PurchaseOrder, rival: Party, rina: Person) -> None:
    for line in draft.lines.exclude(material__code="LEATHER"):
        line.keep_pegs(0)
        line.delete()

    move(draft, rival, rina)

    draft.refresh_from_db()
    assert (draft.status, draft.total) == (Status.CANCELLED, 0)


def test_what_cannot_be_moved_stays(
    draft: PurchaseOrder, rival: Party, supplier: Party, rina: Person
) -> None:
    stranger = testing.party(supplier.workshop, "Toko Benang", is_supplier=True)
    wrong: list[tuple[Party, int]] = [
        (rival, 0), (rival, 32_001), (supplier, 1_000), (stranger, 1_000)
    ]  # fmt: skip
    for to, quantity in wrong:
        with pytest.raises(WrongState):
            move(draft, to, rina, quantity)
    theirs = testing.draft_purchase(supplier, testing.needy_order(testing.party(supplier.workshop)))
    with pytest.raises(WrongState, match="another supplier"):
        move(draft, rival, rina, 1_000, into=theirs)

    assert leather(draft).quantity == leather(draft).pegs.get().quantity == 32_000
    assert not PurchaseOrder.objects.filter(supplier=rival).exists()


def test_what_was_sent_is_not_moved(draft: PurchaseOrder, rival: Party, rina: Person) -> None:
    draft.send(by=rina)

    with pytest.raises(WrongState):
        move(draft, rival, rina)

    assert not PurchaseOrder.objects.filter(supplier=rival).exists()


def test_nothing_goes_into_what_was_sent(draft: PurchaseOrder, rival: Party, rina: Person) -> None:
    move(draft, rival, rina, 10_000)
    there = PurchaseOrder.objects.get(supplier=rival)
    there.send(by=rina)

    with pytest.raises(WrongState):
        move(draft, rival, rina, 10_000, into=there)

    assert (leather(draft).quantity, leather(there).quantity) == (22_000, 10_000)


def test_only_purchasing_moves_and_joins(
    draft: PurchaseOrder, rival: Party, sari: Person, budi: Person, joko: Person
) -> None:
    for person in (sari, budi, joko):
        with pytest.raises(NotAllowed):
            move(draft, rival, person)
        with pytest.raises(NotAllowed):
            draft.join(by=person, other=draft)

    assert leather(draft).quantity == 32_000


# joining


def test_two_drafts_of_a_supplier_become_one(
    draft: PurchaseOrder, supplier: Party, rina: Person
) -> None:
    other = testing.draft_purchase(supplier, testing.needy_order(testing.party(supplier.workshop)))

    draft.join(by=rina, other=other)

    draft.refresh_from_db()
    other.refresh_from_db()
    assert leather(draft).quantity == 64_000
    assert sorted(peg.quantity for peg in leather(draft).pegs.all()) == [32_000, 32_000]
    assert (draft.lines.count(), draft.total) == (3, 3_360_000)
    assert (other.status, other.total, other.lines.count()) == (Status.CANCELLED, 0, 0)
    assert journal_of(draft).filter(step="procurement.join", by=rina).count() == 1
    assert pegs_fit()


def test_only_drafts_of_one_supplier_are_joined(
    draft: PurchaseOrder, rival: Party, supplier: Party, rina: Person
) -> None:
    move(draft, rival, rina, 10_000)
    theirs = PurchaseOrder.objects.get(supplier=rival)
    sent = testing.sent_purchase(supplier, testing.needy_order(testing.party(supplier.workshop)))
    for other in (draft, theirs, sent):
        with pytest.raises(WrongState):
            draft.join(by=rina, other=other)

    assert leather(draft).quantity == 22_000
    assert leather(theirs).quantity == 10_000


# why a line is there


def test_a_draft_says_why_each_line_is_there(
    draft: PurchaseOrder, rival: Party, rina: Person
) -> None:
    move(draft, rival, rina)
    made = PurchaseOrder.objects.for_page().get(supplier=rival)
    item = testing.stock_up(leather(made).material, 1_000)
    item.set_reorder_point(by=rina, below=2_000, up_to=9_000)

    pegs = pegs_of(made)
    reason = reasons_of(made, pegs)[leather(made).pk]

    assert [(peg.need.line.order, peg.quantity) for peg in pegs[leather(made).pk]] == [
        (made.orders()[0], 32_000)
    ]
    assert (reason.rest, reason.reorder_point, reason.pack) == (3_000, 2_000, 5_000)
    assert reason.is_rounded


# two at once


@pytest.mark.django_db(transaction=True)
def test_two_who_move_the_same_line_move_it_once(
    draft: PurchaseOrder, rival: Party, rina: Person
) -> None:
    line = leather(draft)

    def deed() -> None:
        mine = PurchaseOrder.objects.get(pk=draft.pk)
        mine.move_line(by=rina, line=line, supplier=rival, quantity=32_000)

    assert testing.at_once(deed, deed) == ["done", "refused"]
    assert Peg.objects.filter(need__material__code="LEATHER").get().quantity == 32_000
    assert pegs_fit()


@pytest.mark.django_db(transaction=True)
def test_two_drafts_taken_into_each_other_leave_one(
    draft: PurchaseOrder, supplier: Party, rina: Person
) -> None:
    other = testing.draft_purchase(supplier, testing.needy_order(testing.party(supplier.workshop)))

    def join(into: int, taken: int) -> None:
        drafts = PurchaseOrder.objects.in_bulk([into, taken])
        drafts[into].join(by=rina, other=drafts[taken])

    ends = testing.at_once(lambda: join(draft.pk, other.pk), lambda: join(other.pk, draft.pk))

    assert ends == ["done", "refused"]
    left = PurchaseOrder.objects.get(status=Status.DRAFT)
    assert leather(left).quantity == 64_000
    assert pegs_fit()
