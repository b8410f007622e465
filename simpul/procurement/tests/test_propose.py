from __future__ import annotations

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import OrderNeed
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement.models import Peg, ProposedLine, PurchaseOrder, Status
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState, keyed


def proposed(order_need: OrderNeed, quantity: int) -> list[ProposedLine]:
    material = order_need.material
    pegs = [(order_need.pk, quantity)]
    return [ProposedLine(material, order_need.size, quantity, 40_000, clock.in_days(7), pegs)]


@pytest.fixture
def need(buyer: Party) -> OrderNeed:
    order = testing.needy_order(buyer)
    return OrderNeed.objects.get(line__order=order, material__code="LEATHER")


def test_the_draft_says_what_it_is_for(supplier: Party) -> None:
    purchase = testing.draft_purchase(supplier)

    assert (purchase.status, purchase.number, purchase.total) == (Status.DRAFT, "", 1_680_000)
    assert list(
        purchase.lines.order_by("position").values_list(
            "material__code", "size", "quantity", "price"
        )
    ) == [
        ("LEATHER", "", 32_000, 40_000),
        ("SOLE", "40", 4_000, 40_000),
        ("SOLE", "41", 6_000, 40_000),
    ]
    assert set(OrderNeed.objects.values_list("quantity", "ordered")) == {
        (32_000, 32_000),
        (4_000, 4_000),
        (6_000, 6_000),
    }
    assert [str(order) for order in purchase.orders()] == [f"SO-{clock.today().year}-0001"]


def test_it_is_written_in_the_journal(supplier: Party, rina: Person) -> None:
    entry = journal_of(testing.draft_purchase(supplier)).get()

    assert (entry.step, entry.by, entry.facts) == (
        "procurement.propose",
        rina,
        {"supplier": supplier.pk},
    )


def test_others_may_not(supplier: Party, need: OrderNeed, sari: Person, budi: Person) -> None:
    for person in (sari, budi):
        with pytest.raises(NotAllowed):
            PurchaseOrder.propose(by=person, supplier=supplier, lines=proposed(need, 32_000))

    need.refresh_from_db()
    assert need.ordered == 0
    assert not PurchaseOrder.objects.exists()


def test_only_a_supplier_of_this_workshop_is_asked(
    buyer: Party, need: OrderNeed, rina: Person, joko: Person
) -> None:
    stranger = testing.party(joko.workshop, "Kulit Lain", is_supplier=True)

    for party in (buyer, stranger):
        with pytest.raises(NotAllowed):
            PurchaseOrder.propose(by=rina, supplier=party, lines=proposed(need, 32_000))

    assert not PurchaseOrder.objects.exists()


def test_no_more_is_pegged_than_is_needed(supplier: Party, need: OrderNeed, rina: Person) -> None:
    with pytest.raises(WrongState):
        PurchaseOrder.propose(by=rina, supplier=supplier, lines=proposed(need, 32_001))

    assert not PurchaseOrder.objects.exists()
    assert not Peg.objects.exists()


def test_the_same_form_drafts_once(supplier: Party, need: OrderNeed, rina: Person) -> None:
    for _time in range(2):
        with keyed("a"):
            PurchaseOrder.propose(by=rina, supplier=supplier, lines=proposed(need, 16_000))

    assert PurchaseOrder.objects.count() == 1


def test_the_supplier_sees_it_once_it_is_sent(
    supplier: Party, rina: Person, budi: Person, joko: Person, workshop: Workshop
) -> None:
    rival = testing.person("Rival", testing.party(workshop, "Kulit Saing", is_supplier=True))
    purchase = testing.draft_purchase(supplier)

    def seen(person: Person) -> list[PurchaseOrder]:
        return list(PurchaseOrder.objects.visible_to(person))

    assert (seen(rina), seen(budi)) == ([purchase], [])
    purchase.send(by=rina)
    assert (seen(budi), seen(rival), seen(joko)) == ([purchase], [], [])
