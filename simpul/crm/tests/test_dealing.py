from __future__ import annotations

from typing import Any

import pytest

from simpul import testing
from simpul.catalog.models import Price, PriceRule
from simpul.conversations.notices import audience_of
from simpul.conversations.reach import kind_of
from simpul.crm.models import DealerOrder, Dealing
from simpul.crm.network import advised_to, dealers_of, trees
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, WrongState


def shop(workshop: Workshop, name: str) -> Party:
    return testing.party(workshop, name, buys_as="distributor")


def begin(by: Person, distributor: Party, dealer: Party) -> Dealing:
    return Dealing.begin(by=by, distributor=distributor, dealer=dealer)


def order_for(dealing: Dealing, by: Person, **facts: Any) -> Order:
    """Ten pairs at 200.000."""
    product = testing.product(dealing.workshop)
    facts = {"receiver": "Kios", "address": "Pasar 3\nPadang"} | facts
    wishes = [testing.wish(product)]
    return DealerOrder.place(by=by, dealing=dealing, wishes=wishes, **facts).order


@pytest.fixture
def dealing(sari: Person, buyer: Party, workshop: Workshop) -> Dealing:
    return begin(sari, buyer, shop(workshop, "Kios"))


def test_a_dealer_buys_through_one_at_a_time(
    dealing: Dealing, sari: Person, workshop: Workshop
) -> None:
    other = shop(workshop, "Grosir Lain")
    with pytest.raises(WrongState):
        begin(sari, other, dealing.dealer)

    dealing.end(by=sari)
    begin(sari, other, dealing.dealer)

    assert [one.distributor.name for one in Dealing.objects.order_by("pk")] == [
        "Toko Dewi",
        "Grosir Lain",
    ]
    assert Dealing.objects.get(pk=dealing.pk).until is not None
    with pytest.raises(WrongState):
        dealing.end(by=sari)


def test_no_ring_is_closed(sari: Person, workshop: Workshop) -> None:
    first, second, third = (shop(workshop, name) for name in "ABC")
    begin(sari, first, second)
    begin(sari, second, third)

    for distributor, dealer in ((first, first), (second, first), (third, first)):
        with pytest.raises(WrongState):
            begin(sari, distributor, dealer)

    assert Dealing.objects.count() == 2
    assert Entry.objects.filter(step="crm.begin_dealing").count() == 2


def test_who_was_merged_with_his_own_dealer_goes_round_in_no_ring(
    dealing: Dealing, sari: Person, workshop: Workshop
) -> None:
    Dealing.objects.update(dealer=dealing.distributor)  # as a merging leaves it

    begin(sari, dealing.distributor, shop(workshop, "Warung"))

    [tree] = trees(sari)
    assert [node.party.name for node in tree.walk()] == ["Toko Dewi", "Warung"]
    assert len(dealers_of(sari, dealing.distributor)) == 2


def test_only_of_a_distributor_and_only_who_buys(
    sari: Person, buyer: Party, workshop: Workshop
) -> None:
    consumer = testing.party(workshop, "Bu Ani", buys_as="consumer")
    supplier = testing.party(workshop, "Kulit", buys_as="", is_supplier=True)
    for distributor, dealer in ((consumer, buyer), (buyer, supplier)):
        with pytest.raises(WrongState):
            begin(sari, distributor, dealer)

    assert not Dealing.objects.exists()


def test_the_distributor_does_not_say_so_himself(
    dealing: Dealing, dewi: Person, buyer: Party, workshop: Workshop
) -> None:
    with pytest.raises(NotAllowed):
        begin(dewi, buyer, shop(workshop, "Lain"))
    with pytest.raises(NotAllowed):
        dealing.end(by=dewi)

    assert list(Dealing.objects.active()) == [dealing]


def test_an_order_for_a_dealer_is_the_distributors_own(dealing: Dealing, dewi: Person) -> None:
    order = order_for(dealing, dewi)

    assert order.buyer == dealing.distributor
    assert order.receiver == "Kios"
    assert [one.order for one in DealerOrder.objects.visible_to(dewi)] == [order]
    facts = Entry.objects.get(step="crm.order_for_dealer").facts
    assert facts == {"dealing": dealing.pk}
    kiosk = testing.person("Ani", dealing.dealer)
    assert not DealerOrder.objects.visible_to(kiosk).exists()
    assert not Order.objects.visible_to(kiosk).exists()
    assert not Dealing.objects.visible_to(kiosk).exists()


def test_what_a_dealer_orders_itself_the_distributor_never_sees(
    dealing: Dealing, dewi: Person
) -> None:
    own = testing.order(dealing.dealer)

    assert own not in Order.objects.visible_to(dewi)
    assert not DealerOrder.objects.exists()
    assert dealers_of(dewi, dealing.distributor)[0].orders == 0


def test_nobody_orders_in_the_name_of_another_distributor(
    dealing: Dealing, workshop: Workshop
) -> None:
    stranger = testing.person("Tono", shop(workshop, "Grosir Lain"))
    with pytest.raises(NotAllowed):
        order_for(dealing, stranger)
    with pytest.raises(NotAllowed):
        order_for(dealing, testing.person("Ani", dealing.dealer))

    assert not Order.objects.exists()


def test_what_is_over_takes_no_order_and_keeps_what_there_was(
    dealing: Dealing, sari: Person, dewi: Person
) -> None:
    order = order_for(dealing, dewi)
    order.confirm(by=sari)
    dealing.end(by=sari)

    with pytest.raises(WrongState):
        order_for(dealing, dewi)

    assert Order.objects.get() == order
    known = dealers_of(dewi, dealing.distributor)[0]
    assert (known.dealing, known.orders, known.total) == (dealing, 1, 2_000_000)


def test_the_tree_counts_every_rupiah_once(
    dealing: Dealing, sari: Person, dewi: Person, workshop: Workshop
) -> None:
    below = shop(workshop, "Warung")
    begin(sari, dealing.dealer, below)
    order_for(dealing, dewi).confirm(by=sari)
    for party in (dealing.distributor, dealing.dealer, below):
        testing.confirmed_order(party)
    testing.order(below)  # not agreed on yet

    (top,) = trees(sari)

    rows = [(one.party.name, one.depth, one.own, one.through, one.network) for one in top.walk()]
    assert rows == [
        ("Toko Dewi", 0, 4_000_000, 0, 8_000_000),
        ("Kios", 1, 2_000_000, 2_000_000, 4_000_000),
        ("Warung", 2, 2_000_000, 0, 2_000_000),
    ]


def test_an_order_for_a_dealer_is_at_the_distributors_price(
    dealing: Dealing, dewi: Person, workshop: Workshop
) -> None:
    """What is recommended for dealers is a word to the distributor: nobody pays it the workshop."""
    product = testing.product(workshop)
    PriceRule.objects.create(
        product=product, group="dealer", amount=240_000, valid_from=clock.in_days(-1)
    )
    made = DealerOrder.place(
        by=dewi, dealing=dealing, wishes=[testing.wish(product)], receiver="Kios", address="Pasar 3"
    ).order

    assert made.revisions.get().lines.get().price == 200_000
    (advised,) = advised_to(dealing.distributor)
    assert (advised.paid, advised.advised) == (Price(200_000, 1), Price(240_000, 1))


def test_a_dealer_is_told_who_sees_his_addresses_and_can_end_it(
    dealing: Dealing, buyer: Party, dewi: Person, workshop: Workshop
) -> None:
    uda = testing.person("Uda", dealing.dealer)
    begun = Entry.objects.get(step="crm.begin_dealing")
    assert audience_of(begun) == [uda]
    assert kind_of("crm.begin_dealing") is None  # nobody may be without it
    order = order_for(dealing, dewi)
    with pytest.raises(NotAllowed):
        dealing.end(by=dewi)  # the distributor asks the workshop
    with pytest.raises(NotAllowed):
        dealing.end(by=testing.person("Siapa", shop(workshop, "Lain")))
    dealing.refresh_from_db()
    assert dealing.until is None

    dealing.end(by=uda)

    assert dealing.until == clock.today()
    assert DealerOrder.objects.visible_to(dewi).get().order == order  # what was stays
    assert not Dealing.objects.through(uda).exists()
    ended = Entry.objects.get(step="crm.end_dealing")
    assert {one.name for one in audience_of(ended)} == {dewi.name, "Sari"}
