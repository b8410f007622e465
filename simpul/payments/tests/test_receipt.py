"""Money that really came: counted, kept as credit, taken back."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import Gate, GateShut, Order, Status
from simpul.papers.models import Paper
from simpul.parties.models import Party, Person, User
from simpul.payments import agreement
from simpul.payments.models import (
    Allocation,
    Instruction,
    NotYours,
    Receipt,
    TooMuch,
    party_credit,
)
from simpul.payments.models.receipt import spread
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState, keyed


def cash(order: Order, amount: int, by: Person) -> Receipt:
    return Receipt.take_cash(by=by, order=order, amount=amount)


def paid(order: Order) -> list[int]:
    return list(order.instalments.order_by("position").values_list("paid", flat=True))


def test_cash_opens_the_gate(order: Order, fajar: Person) -> None:
    with pytest.raises(GateShut):
        order.demand_open(Gate.PROCUREMENT)

    cash(order, 600_000, fajar)

    order.demand_open(Gate.PRODUCTION)
    assert paid(order) == [600_000, 0]


def test_it_asks_for_the_next_instalment(order: Order, fajar: Person) -> None:
    cash(order, 600_000, fajar)

    asked = Instruction.objects.open().get(order=order)
    assert (asked.instalment.position, asked.amount) == (2, 1_400_000)


def test_a_part_asks_for_what_is_left(order: Order, fajar: Person) -> None:
    cash(order, 100_000, fajar)

    asked = Instruction.objects.open().get(order=order)
    assert (asked.instalment.position, asked.base) == (1, 500_000)
    assert Instruction.objects.filter(order=order).count() == 2


def test_what_is_left_over_is_credit(order: Order, fajar: Person, buyer: Party) -> None:
    receipt = cash(order, 2_050_000, fajar)

    assert paid(order) == [600_000, 1_400_000]
    assert receipt.credit_now() == party_credit(buyer) == 50_000
    assert not Instruction.objects.open().exists()


def test_a_kuitansi_is_issued(order: Order, fajar: Person, buyer: Party) -> None:
    receipt = cash(order, 600_000, fajar)

    paper = Paper.objects.about(receipt).get()
    assert Paper.objects.about(order).get(kind="KW") == paper
    assert (paper.kind, paper.party, paper.number[:3]) == (Paper.Kind.KUITANSI, buyer, "KW-")
    assert paper.facts["in_words"] == "Enam ratus ribu rupiah"


def test_it_is_written_in_the_journal(order: Order, fajar: Person) -> None:
    receipt = Receipt.take_cash(by=fajar, order=order, amount=5, note="from Dewi's brother")

    entry = journal_of(receipt).get()
    assert (entry.step, entry.by) == ("payments.take_cash", fajar)
    assert entry.facts == {"order": order.pk, "amount": 5}


@pytest.mark.parametrize("who", ["dewi", "sari", "udin", "joko"])
def test_only_finance_counts_cash(order: Order, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        cash(order, 600_000, request.getfixturevalue(who))

    assert paid(order) == [0, 0]
    assert not Receipt.objects.exists()
    assert not Paper.objects.filter(kind="KW").exists()


def test_a_form_sent_twice_counts_once(order: Order, fajar: Person) -> None:
    for _time in range(2):
        with keyed("one form"):
            cash(order, 100_000, fajar)

    assert paid(order) == [100_000, 0]


def test_nothing_is_counted_before_both_agree(buyer: Party, fajar: Person) -> None:
    with pytest.raises(WrongState):
        cash(testing.order(buyer), 1, fajar)


def test_nobody_counts_for_their_own_party(
    order: Order, buyer: Party, fajar: Person, dewi: Person
) -> None:
    testing.pay(order, 1)
    dewi.user = fajar.user = User.objects.create_user("fajar@example.com")
    dewi.save()

    with pytest.raises(NotYours):
        cash(order, 1, fajar)

    assert paid(order) == [1, 0]


def test_a_reversal_shuts_the_gate_and_leaves_credit(
    order: Order, fajar: Person, buyer: Party
) -> None:
    receipt = cash(order, 600_000, fajar)

    receipt.allocations.get().reverse(by=fajar, reason="It was for another order.")

    with pytest.raises(GateShut):
        order.demand_open(Gate.PROCUREMENT)
    assert paid(order) == [0, 0]
    assert party_credit(buyer) == 600_000
    amounts = list(Allocation.objects.order_by("pk").values_list("amount", flat=True))
    assert amounts == [600_000, -600_000]
    assert Instruction.objects.open().get(order=order).base == 600_000


def test_a_reversal_is_done_once_and_by_finance(order: Order, fajar: Person, dewi: Person) -> None:
    allocation = cash(order, 600_000, fajar).allocations.get()
    with pytest.raises(NotAllowed):
        allocation.reverse(by=dewi, reason="no")
    allocation.reverse(by=fajar, reason="wrong")

    with pytest.raises(WrongState):
        allocation.reverse(by=fajar, reason="wrong")

    entry = journal_of(allocation).get()
    assert (entry.step, entry.facts) == ("payments.reverse", {"reason": "wrong"})
    assert paid(order) == [0, 0]


def test_credit_is_used_for_another_order(
    order: Order, fajar: Person, sari: Person, buyer: Party
) -> None:
    cash(order, 2_100_000, fajar)
    other = testing.order(buyer)
    agreement.confirm(other, by=sari)

    Allocation.use(by=fajar, party=buyer, parts=spread(other, 100_000))

    assert paid(other) == [100_000, 0]
    assert party_credit(buyer) == 0
    with pytest.raises(TooMuch):
        Allocation.use(by=fajar, party=buyer, parts=spread(other, 1))
    assert Paper.objects.filter(kind="KW").count() == 1


def test_a_receipt_pays_for_its_own_party_only(
    order: Order, fajar: Person, sari: Person, siti: Person
) -> None:
    assert siti.party is not None
    receipt = cash(order, 2_100_000, fajar)
    other = testing.order(siti.party, by=siti)
    agreement.confirm(other, by=sari)

    with pytest.raises(TooMuch):
        Allocation.use(by=fajar, party=receipt.party, parts=spread(other, 100_000))

    assert sum(paid(other)) == 0


def test_what_nothing_is_counted_from_is_annulled(
    order: Order, fajar: Person, buyer: Party
) -> None:
    receipt = cash(order, 600_000, fajar)
    with pytest.raises(WrongState):
        receipt.annul(by=fajar, reason="typed twice")
    receipt.allocations.get().reverse(by=fajar, reason="typed twice")

    receipt.annul(by=fajar, reason="typed twice")

    assert party_credit(buyer) == 0
    with pytest.raises(TooMuch):
        Allocation.use(by=fajar, party=buyer, parts=spread(order, 1))


def test_the_money_of_a_cancelled_order_is_credit(
    order: Order, fajar: Person, owner: Person, buyer: Party
) -> None:
    cash(order, 700_000, fajar)

    agreement.cancel(order, by=owner, reason="The shop has closed.")

    assert order.status == Status.CANCELLED
    assert party_credit(buyer) == 700_000
    assert not Instruction.objects.open().exists()
