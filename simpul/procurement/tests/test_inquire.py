from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.conversations.models import Channel, Notice
from simpul.conversations.notices import tell
from simpul.lib import clock
from simpul.orders.models import OrderNeed
from simpul.parties.models import AccessLink, Identity, Party, Person, Workshop
from simpul.procurement.inquiries import best_of, for_comparing, side_by_side, take_bid
from simpul.procurement.models import (
    Bid,
    BidAnswer,
    InquiredLine,
    Inquiry,
    OldRevision,
    PurchaseOrder,
    SupplierPrice,
    Terms,
)
from simpul.workflow.models import NumberSeries, journal_of
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def rival(workshop: Workshop) -> Party:
    return testing.party(workshop, "Kulit Saing", is_supplier=True)


@pytest.fixture
def inquiry(supplier: Party, rival: Party, budi: Person) -> Inquiry:
    return testing.inquiry(supplier, rival)


def bid_of(inquiry: Inquiry, supplier: Party) -> Bid:
    return Bid.objects.for_page().get(inquiry=inquiry, supplier=supplier)


def say(bid: Bid, price: int, days: int = 2, **terms: object) -> Bid:
    lines = [Terms(line, price, days, **terms) for line in bid.inquiry.lines.all()]  # type: ignore[arg-type]
    bid.answer(by=testing.contact_of(bid.supplier), terms=lines)
    return bid_of(bid.inquiry, bid.supplier)


def take(bid: Bid, by: Person, *, is_bought: bool = False) -> None:
    answer = bid.current
    assert answer is not None
    lines = list(bid.inquiry.lines.all())
    take_bid(bid, by=by, answer=answer.pk, lines=lines, is_bought=is_bought)


# asking


def test_each_supplier_gets_a_question_of_its_own(
    inquiry: Inquiry, supplier: Party, rival: Party, budi: Person
) -> None:
    assert inquiry.number == f"RFQ-{clock.today().year}-0001"
    assert {bid.supplier for bid in inquiry.bids.all()} == {supplier, rival}
    assert AccessLink.objects.get(person=budi).subject == bid_of(inquiry, supplier)
    assert journal_of(inquiry).get().step == "procurement.inquire"
    assert journal_of(bid_of(inquiry, rival)).get().step == "procurement.ask_price"


def test_a_supplier_hears_of_its_own_question_only(
    inquiry: Inquiry, supplier: Party, budi: Person
) -> None:
    Identity.objects.create(
        workshop=budi.workshop, person=budi, kind=Identity.Kind.PHONE, value="+6281200000005"
    )

    tell()

    [notice] = Notice.objects.filter(channel=Channel.WHATSAPP)
    assert (notice.person, notice.entry.subject) == (budi, bid_of(inquiry, supplier))


def test_only_purchasing_may_ask(
    workshop: Workshop, supplier: Party, sari: Person, budi: Person, joko: Person
) -> None:
    line = InquiredLine(testing.material(workshop, "LEATHER"), "", 1_000, clock.in_days(5))
    for person in (sari, budi, joko):
        with pytest.raises(NotAllowed):
            Inquiry.ask(by=person, suppliers=[supplier], lines=[line], answer_by=clock.today())

    assert not Bid.objects.exists()
    assert not NumberSeries.objects.filter(prefix="RFQ").exists()


def test_another_workshops_supplier_or_a_buyer_is_not_asked(
    workshop: Workshop, buyer: Party, joko: Person, rina: Person
) -> None:
    line = InquiredLine(testing.material(workshop, "LEATHER"), "", 1_000, clock.in_days(5))
    stranger = testing.party(joko.workshop, "Jauh", is_supplier=True)
    for party in (stranger, buyer):
        with pytest.raises(NotAllowed):
            Inquiry.ask(by=rina, suppliers=[party], lines=[line], answer_by=clock.today())

    assert not Inquiry.objects.exists()


def test_nothing_is_asked_of_nobody_or_until_yesterday(
    workshop: Workshop, supplier: Party, rina: Person
) -> None:
    line = InquiredLine(testing.material(workshop, "LEATHER"), "", 1_000, clock.in_days(5))
    for suppliers, lines, day in (
        ([], [line], clock.today()),
        ([supplier], [], clock.today()),
        ([supplier], [line], clock.in_days(-1)),
    ):
        with pytest.raises(WrongState):
            Inquiry.ask(by=rina, suppliers=suppliers, lines=lines, answer_by=day)

    assert not Inquiry.objects.exists()


# answering


def test_an_answer_is_kept_as_said_by_whom(inquiry: Inquiry, supplier: Party, budi: Person) -> None:
    bid = say(bid_of(inquiry, supplier), 41_000, 3, minimum=10_000, pack=5_000)

    answer = bid.current
    assert answer is not None
    assert answer.by == budi
    [said] = answer.lines.all()
    assert (said.price, said.lead_days, said.minimum, said.pack) == (41_000, 3, 10_000, 5_000)
    assert journal_of(bid).latest("pk").step == "procurement.bid"


def test_the_last_answer_counts_and_the_first_is_kept(inquiry: Inquiry, supplier: Party) -> None:
    say(bid_of(inquiry, supplier), 41_000)
    bid = say(bid_of(inquiry, supplier), 39_000)

    assert bid.current is not None
    assert [said.price for said in bid.current.lines.all()] == [39_000]
    assert bid.answers.count() == 2


def test_a_rival_the_workshop_and_strangers_may_not_answer(
    inquiry: Inquiry, supplier: Party, rival: Party, rina: Person, joko: Person
) -> None:
    bid = bid_of(inquiry, supplier)
    for person in (testing.contact_of(rival), rina, joko):
        with pytest.raises(NotAllowed):
            bid.answer(by=person, terms=[Terms(inquiry.lines.get(), 1)])

    assert not BidAnswer.objects.exists()


def test_nobody_answers_once_the_day_is_over_or_it_is_closed(
    inquiry: Inquiry, supplier: Party, rina: Person
) -> None:
    bid = bid_of(inquiry, supplier)
    with clock.stopped(clock.now() + timedelta(days=4)), pytest.raises(WrongState, match="over"):
        say(bid, 40_000)
    inquiry.close(by=rina)
    with pytest.raises(WrongState, match="over"):
        say(bid, 40_000)

    assert not BidAnswer.objects.exists()
    assert not journal_of(bid).filter(step="procurement.bid").exists()


def test_every_line_and_no_line_of_another_inquiry(
    inquiry: Inquiry, supplier: Party, budi: Person
) -> None:
    bid, other = bid_of(inquiry, supplier), testing.inquiry(supplier).lines.get()
    for terms in ([], [Terms(other, 40_000)], [Terms(inquiry.lines.get(), 1)] * 2):
        with pytest.raises(WrongState, match="Every line"):
            bid.answer(by=budi, terms=terms)

    assert not BidAnswer.objects.exists()


# comparing


def test_the_cheapest_for_all_of_it_and_the_soonest_are_named(
    inquiry: Inquiry, supplier: Party, rival: Party
) -> None:
    say(bid_of(inquiry, supplier), 40_000, 7)
    say(bid_of(inquiry, rival), 39_000, 2, pack=20_000)  # 30 are asked for, 40 must be bought

    [row] = side_by_side(for_comparing(inquiry.pk))

    assert [(one.bid.supplier, one.amount, one.quantity) for one in row.said] == [
        (supplier, 1_200_000, 30_000),
        (rival, 1_560_000, 40_000),
    ]
    assert [(one.is_cheapest, one.is_soonest) for one in row.said] == [(True, False), (False, True)]
    assert best_of(bid_of(inquiry, supplier)) == {row.line.pk}
    assert best_of(bid_of(inquiry, rival)) == set()


def test_who_cannot_or_whose_price_ran_out_is_not_the_best(
    inquiry: Inquiry, supplier: Party, rival: Party, workshop: Workshop
) -> None:
    third = testing.party(workshop, "Kulit Tiga", is_supplier=True)
    inquiry = testing.inquiry(supplier, rival, third)
    say(bid_of(inquiry, supplier), 10_000, valid_until=clock.in_days(1))
    say(bid_of(inquiry, rival), 0)
    say(bid_of(inquiry, third), 40_000)

    with clock.stopped(clock.now() + timedelta(days=2)):
        [row] = side_by_side(for_comparing(inquiry.pk))

    assert [one.is_cheapest for one in row.said] == [False, False]
    assert [one.bid.supplier for one in row.cannot] == [rival]


# closing


def test_only_purchasing_closes_it_and_only_once(
    inquiry: Inquiry, sari: Person, budi: Person, rina: Person
) -> None:
    for person in (sari, budi):
        with pytest.raises(NotAllowed):
            inquiry.close(by=person)
    inquiry.close(by=rina)
    with pytest.raises(WrongState):
        Inquiry.objects.get(pk=inquiry.pk).close(by=rina)

    inquiry.refresh_from_db()
    assert inquiry.status == Inquiry.Status.CLOSED
    assert journal_of(inquiry).filter(step="procurement.close_inquiry").count() == 1


# taking


def test_what_is_taken_stands_in_the_price_list(
    inquiry: Inquiry, supplier: Party, rina: Person
) -> None:
    bid = say(bid_of(inquiry, supplier), 41_000, 3, minimum=10_000, pack=5_000)

    take(bid, rina)

    known = SupplierPrice.objects.get(supplier=supplier)
    assert (known.price, known.lead_days, known.minimum, known.pack) == (41_000, 3, 10_000, 5_000)
    assert not PurchaseOrder.objects.exists()
    assert journal_of(bid).latest("pk").step == "procurement.take_bid"


def test_a_draft_is_pegged_to_what_orders_need(
    buyer: Party, supplier: Party, rina: Person, budi: Person
) -> None:
    order = testing.needy_order(buyer)  # it needs 32 of leather
    bid = say(bid_of(testing.inquiry(supplier), supplier), 40_000, 9, pack=20_000)

    take(bid, rina, is_bought=True)

    line = PurchaseOrder.objects.get(supplier=supplier).lines.get()
    assert (line.quantity, line.price) == (40_000, 40_000)
    assert line.wished_on == clock.in_days(9)
    assert [(peg.need.line.order, peg.quantity) for peg in line.pegs.all()] == [(order, 32_000)]
    assert OrderNeed.objects.get(material__code="LEATHER").ordered == 32_000


def test_what_is_covered_already_is_not_pegged_twice(
    buyer: Party, supplier: Party, rina: Person, budi: Person
) -> None:
    testing.needy_order(buyer)
    bid = say(bid_of(testing.inquiry(supplier), supplier), 40_000)
    take(bid, rina, is_bought=True)  # 30 of the 32

    take(bid, rina, is_bought=True)

    assert OrderNeed.objects.get(material__code="LEATHER").ordered == 32_000
    first, second = PurchaseOrder.objects.order_by("pk")
    assert [peg.quantity for peg in first.lines.get().pegs.all()] == [30_000]
    assert [peg.quantity for peg in second.lines.get().pegs.all()] == [2_000]


def test_an_answer_that_was_changed_meanwhile_is_not_taken(
    inquiry: Inquiry, supplier: Party, rina: Person
) -> None:
    read = say(bid_of(inquiry, supplier), 41_000)
    say(bid_of(inquiry, supplier), 48_000)

    with pytest.raises(OldRevision):
        take(read, rina)

    assert not SupplierPrice.objects.exists()


def test_what_cannot_be_had_is_not_taken(inquiry: Inquiry, supplier: Party, rina: Person) -> None:
    with pytest.raises(WrongState):
        take(say(bid_of(inquiry, supplier), 0), rina)
    until_tomorrow = say(bid_of(inquiry, supplier), 40_000, valid_until=clock.in_days(1))
    with clock.stopped(clock.now() + timedelta(days=2)), pytest.raises(WrongState):
        take(until_tomorrow, rina, is_bought=True)

    assert not SupplierPrice.objects.exists()
    assert not PurchaseOrder.objects.exists()


def test_only_purchasing_takes(
    inquiry: Inquiry, supplier: Party, sari: Person, budi: Person
) -> None:
    bid = say(bid_of(inquiry, supplier), 41_000)
    for person in (sari, budi):
        with pytest.raises(NotAllowed):
            take(bid, person)

    assert not SupplierPrice.objects.exists()


def test_a_price_by_the_tin_is_compared_taken_and_bought_by_the_tin(
    inquiry: Inquiry, supplier: Party, rival: Party, rina: Person
) -> None:
    say(bid_of(inquiry, supplier), 100_000, unit="kaleng", unit_size=15_000)  # 30 are asked for
    say(bid_of(inquiry, rival), 6_700)

    [row] = side_by_side(for_comparing(inquiry.pk))
    assert [(one.bid.supplier, one.amount) for one in row.said] == [
        (supplier, 200_000),
        (rival, 201_000),
    ]
    take(bid_of(inquiry, supplier), rina, is_bought=True)

    known = SupplierPrice.objects.get(supplier=supplier)
    assert (known.price, known.unit, known.unit_size) == (100_000, "kaleng", 15_000)
    line = PurchaseOrder.objects.get().lines.get()
    assert (line.amount, line.whole_units(line.quantity)) == (200_000, 2)


def test_a_tin_is_not_cut(inquiry: Inquiry, supplier: Party) -> None:
    with pytest.raises(WrongState):
        say(bid_of(inquiry, supplier), 1, unit="kaleng", unit_size=15_000, pack=20_000)

    assert not BidAnswer.objects.exists()
