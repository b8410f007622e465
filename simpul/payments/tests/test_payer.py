"""What is learned of payers, and what is forgotten again."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement, reconciliation
from simpul.payments.models import BankAccount, BankEntry, Instruction, Payer
from simpul.payments.models.payer import learned
from simpul.payments.models.receipt import spread
from simpul.payments.tests.test_entry import statement
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState

TEXT = "BI-FAST CR TRANSFER DARI CV ANI LESTARI"


@pytest.fixture
def entry(order: Order, account: BankAccount, fajar: Person) -> BankEntry:
    """A friend has paid the first instalment of Dewi's order, by its unique amount."""
    return come(account, fajar, Instruction.objects.open().get(order=order).amount)


def come(account: BankAccount, by: Person, amount: int, text: str = TEXT) -> BankEntry:
    reconciliation.take(by=by, account=account, content=statement((text, amount)))
    return BankEntry.objects.order_by("-pk")[0]


def again(entry: BankEntry, by: Person) -> None:
    """Undo what an entry was counted for, and count it the same way."""
    rows = entry.receipts.get().allocations.order_by("pk")
    parts = [(one.target, one.amount) for one in rows]
    reconciliation.undo(entry, by=by, reason="a test")
    entry.allocate(by=by, parts=parts, how="hand")


def test_money_that_is_recognised_teaches_its_payer(
    entry: BankEntry, workshop: Workshop, buyer: Party
) -> None:
    assert entry.receipt is not None
    assert learned(workshop.pk) == {"ANI LESTARI": {buyer.pk: 1}}
    assert learned(workshop.pk, {"SOMEBODY ELSE"}) == {}


def test_each_time_confirms_it(
    entry: BankEntry, order: Order, account: BankAccount, fajar: Person, workshop: Workshop
) -> None:
    second = come(account, fajar, 50_000, "NBMB ANI LESTARI TO SEPATU CIOMAS ESB:NBMB:0000000001")
    found = reconciliation.suggestions(workshop, [second])[second.pk][0]
    assert "Known payer" in found.reasons[0]

    second.allocate(by=fajar, parts=spread(order, 50_000), how="hand")

    assert learned(workshop.pk) == {"ANI LESTARI": {order.buyer_id: 2}}


def test_what_is_undone_taught_nothing(
    entry: BankEntry, fajar: Person, workshop: Workshop, buyer: Party
) -> None:
    reconciliation.undo(entry, by=fajar, reason="a test")
    assert learned(workshop.pk) == {}
    entry.allocate(by=fajar, parts=[], party=buyer, how="hand")
    assert learned(workshop.pk) == {"ANI LESTARI": {buyer.pk: 1}}


def test_an_account_is_learned_too(
    order: Order, account: BankAccount, fajar: Person, workshop: Workshop
) -> None:
    amount = Instruction.objects.open().get(order=order).amount
    come(account, fajar, amount, "TRANSFER DARI 1060000000001")
    assert learned(workshop.pk) == {"1060000000001": {order.buyer_id: 1}}


def test_one_who_pays_for_two_is_suggested_for_both(
    entry: BankEntry, order: Order, account: BankAccount, fajar: Person, workshop: Workshop
) -> None:
    other = testing.order(testing.party(workshop, "Toko Rina"))
    agreement.confirm(other, by=testing.seller(workshop))
    come(account, fajar, Instruction.objects.open().get(order=other).amount)
    third = come(account, fajar, 77_000, f"{TEXT} {other.code}")

    found = reconciliation.suggestions(workshop, [third])[third.pk]

    assert found[0].orders == (other,)
    assert "several buyers" in found[0].reasons[1]


def test_what_is_forgotten_names_nobody(entry: BankEntry, fajar: Person) -> None:
    Payer.objects.get().forget(by=fajar)
    assert learned(entry.workshop_id) == {}


def test_it_stands_in_the_journal_without_the_name(entry: BankEntry, fajar: Person) -> None:
    payer = Payer.objects.get()
    payer.forget(by=fajar)
    line = journal_of(payer).get()
    assert (line.step, line.by, line.facts) == ("payments.forget_payer", fajar, {})


@pytest.mark.parametrize("who", ["dewi", "sari", "udin", "machine", "joko"])
def test_only_finance_makes_it_forget(
    entry: BankEntry, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        Payer.objects.get().forget(by=request.getfixturevalue(who))
    assert Payer.objects.known().exists()


def test_not_twice(entry: BankEntry, fajar: Person) -> None:
    payer = Payer.objects.get()
    payer.forget(by=fajar)
    with pytest.raises(WrongState):
        Payer.objects.get().forget(by=fajar)
    assert journal_of(payer).count() == 1


def test_the_same_money_does_not_teach_it_again_but_later_money_does(
    entry: BankEntry, order: Order, account: BankAccount, fajar: Person, workshop: Workshop
) -> None:
    Payer.objects.get().forget(by=fajar)
    again(entry, fajar)
    assert learned(workshop.pk) == {}

    later = come(account, fajar, 5_000)
    later.allocate(by=fajar, parts=spread(order, 5_000), how="hand")

    assert learned(workshop.pk) == {"ANI LESTARI": {order.buyer_id: 1}}


def test_only_those_who_read_the_bank_see_it(
    entry: BankEntry, sari: Person, dewi: Person, joko: Person, viewer: Person
) -> None:
    for nobody in (sari, dewi, joko):
        assert not Payer.objects.visible_to(nobody).exists()
    assert Payer.objects.visible_to(viewer).exists()
