"""Credit notes: less to pay, with a reason and a numbered paper."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import Gate, Order
from simpul.papers.models import Paper
from simpul.parties.models import Party, Person, User
from simpul.payments import agreement
from simpul.payments.models import (
    Allocation,
    CreditNote,
    Instruction,
    NotYours,
    Receipt,
    Refund,
    TooMuch,
    party_credit,
)
from simpul.payments.models.receipt import spread
from simpul.payments.queries import statement_of
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, Refused, WrongState, keyed


def credit(order: Order, amount: int, by: Person) -> CreditNote:
    return CreditNote.issue(
        by=by, party=order.buyer, order=order, amount=amount, kind="price", note="As agreed."
    )


def paid(order: Order) -> list[int]:
    return list(order.instalments.order_by("position").values_list("paid", flat=True))


def test_it_lowers_the_last_instalment_first(order: Order, sari: Person) -> None:
    credit(order, 500_000, sari)

    assert paid(order) == [0, 500_000]
    assert order.balance_now() == 1_500_000
    assert Instruction.objects.open().get(order=order).base == 600_000


def test_what_is_more_than_open_is_credit(order: Order, owner: Person, buyer: Party) -> None:
    testing.pay(order, 600_000)

    credit(order, 1_450_000, owner)

    assert paid(order) == [600_000, 1_400_000]
    assert party_credit(buyer) == 50_000


def test_without_an_order_all_of_it_is_credit(buyer: Party, sari: Person) -> None:
    CreditNote.issue(by=sari, party=buyer, amount=40_000, kind="goodwill", note="Sorry.")

    assert party_credit(buyer) == 40_000


def test_it_opens_the_gate_and_stands_in_the_account(order: Order, owner: Person) -> None:
    note = credit(order, 2_000_000, owner)

    order.demand_open(Gate.HAND_OVER)
    assert [(line.amount, line.balance) for line in statement_of(order)[1:]] == [
        (-600_000, 1_400_000),
        (-1_400_000, 0),
    ]
    assert statement_of(order)[1].what == f"Credit note {note.number}"


def test_a_nota_kredit_is_issued(order: Order, sari: Person, buyer: Party) -> None:
    note = credit(order, 500_000, sari)

    paper = Paper.objects.about(order).get(kind=Paper.Kind.CREDIT_NOTE)
    assert (paper.kind, paper.party, paper.number) == (Paper.Kind.CREDIT_NOTE, buyer, note.number)
    assert note.number[:3] == "NK-"
    assert paper.facts["in_words"][1] == "Lima ratus ribu rupiah"


def test_it_is_written_in_the_journal(order: Order, sari: Person) -> None:
    note = credit(order, 500_000, sari)

    entry = journal_of(note).get()
    assert (entry.step, entry.by, entry.facts["amount"]) == ("payments.credit", sari, 500_000)


@pytest.mark.parametrize("who", ["dewi", "udin", "rina", "joko", "viewer"])
def test_only_sales_and_finance_give_one(
    order: Order, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        credit(order, 500_000, request.getfixturevalue(who))

    assert paid(order) == [0, 0]
    assert not CreditNote.objects.exists()
    assert not Paper.objects.filter(kind=Paper.Kind.CREDIT_NOTE).exists()


def test_above_the_limit_the_owner_gives_it(order: Order, fajar: Person, owner: Person) -> None:
    with pytest.raises(NotAllowed):
        credit(order, 1_000_001, fajar)
    assert not CreditNote.objects.exists()

    credit(order, 1_000_000, fajar)
    credit(order, 1_000_001, owner)


def test_nobody_gives_one_to_their_own_party(
    order: Order, dewi: Person, fajar: Person, buyer: Party
) -> None:
    dewi.user = fajar.user = User.objects.create_user("fajar@example.com")
    dewi.save()

    with pytest.raises(NotYours):
        credit(order, 1, fajar)

    assert party_credit(buyer) == 0


def test_nothing_is_credited_before_both_agree(buyer: Party, sari: Person) -> None:
    with pytest.raises(WrongState):
        credit(testing.order(buyer), 1, sari)


def test_a_form_sent_twice_credits_once(order: Order, sari: Person) -> None:
    for _time in range(2):
        with keyed("one form"):
            credit(order, 100_000, sari)

    assert paid(order) == [0, 100_000]


def test_it_is_annulled_with_what_it_lowered(order: Order, sari: Person, buyer: Party) -> None:
    note = credit(order, 500_000, sari)

    note.annul(by=sari, reason="The wrong order.")

    assert paid(order) == [0, 0]
    assert party_credit(buyer) == 0
    assert journal_of(note).last().step == "payments.annul_credit"  # type: ignore[union-attr]
    with pytest.raises(WrongState):
        note.annul(by=sari, reason="again")


def test_what_was_used_elsewhere_is_not_annulled(
    order: Order, sari: Person, fajar: Person, owner: Person, buyer: Party
) -> None:
    testing.pay(order)
    note = credit(order, 100_000, sari)
    other = testing.order(buyer)
    agreement.confirm(other, by=sari)
    Allocation.use(by=fajar, party=buyer, parts=spread(other, 60_000))

    with pytest.raises(Refused):
        note.annul(by=owner, reason="too late")

    assert paid(other) == [60_000, 0]
    assert party_credit(buyer) == 40_000


def test_the_buyer_does_not_annul_it(order: Order, sari: Person, dewi: Person) -> None:
    note = credit(order, 100_000, sari)

    with pytest.raises(NotAllowed):
        note.annul(by=dewi, reason="no")

    assert paid(order) == [0, 100_000]


# Credit is used


@pytest.fixture
def rich(order: Order, sari: Person, buyer: Party) -> Order:
    """A second order; the buyer has 50.000 left over of money and 30.000 of a credit note."""
    testing.pay(order, 2_050_000)
    credit(order, 30_000, sari)
    other = testing.order(buyer)
    agreement.confirm(other, by=sari)
    return other


def test_the_buyer_uses_it_from_several_sources_at_once(
    rich: Order, dewi: Person, buyer: Party
) -> None:
    made = Allocation.use(by=dewi, party=buyer, parts=spread(rich, 70_000))

    assert paid(rich) == [70_000, 0]
    assert party_credit(buyer) == 10_000
    assert Receipt.objects.get().credit_now() == 0
    assert journal_of(made).get().step == "payments.use_credit"


def test_no_more_than_there_is(rich: Order, fajar: Person, buyer: Party) -> None:
    with pytest.raises(TooMuch):
        Allocation.use(by=fajar, party=buyer, parts=spread(rich, 80_001))

    assert paid(rich) == [0, 0]
    assert party_credit(buyer) == 80_000


@pytest.mark.parametrize("who", ["siti", "sari", "joko"])
def test_somebody_else_does_not_use_it(
    rich: Order, buyer: Party, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        Allocation.use(by=request.getfixturevalue(who), party=buyer, parts=spread(rich, 70_000))

    assert party_credit(buyer) == 80_000


def test_a_form_sent_twice_uses_it_once(rich: Order, dewi: Person, buyer: Party) -> None:
    for _time in range(2):
        with keyed("one form"):
            Allocation.use(by=dewi, party=buyer, parts=spread(rich, 30_000))

    assert party_credit(buyer) == 50_000


def test_what_is_set_aside_for_a_refund_is_not_used(
    rich: Order, dewi: Person, buyer: Party
) -> None:
    Refund.request(by=dewi, party=buyer, amount=60_000)

    with pytest.raises(TooMuch):
        Allocation.use(by=dewi, party=buyer, parts=spread(rich, 30_000))
