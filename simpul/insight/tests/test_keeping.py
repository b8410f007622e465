"""Facts are kept by what happens: what was touched is told again, and a rebuild says the same."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from simpul import testing
from simpul.catalog.models import Product
from simpul.crm.models import DealerOrder, Dealing, Merging
from simpul.delivery.models import Shipment
from simpul.insight.audit import findings
from simpul.insight.keeping import keep
from simpul.insight.keeping.state import everything_kept
from simpul.insight.models import (
    AreaDay,
    BuyerFact,
    ColourDay,
    FactsKept,
    ModelDay,
    ModelMonth,
    OrderFact,
    PairsFact,
    SizeDay,
)
from simpul.insight.tests.test_margins import delivered, ten_made
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.payments import agreement
from simpul.workflow.models import Entry

pytestmark = pytest.mark.usefixtures("courier")


DAYS = (ModelDay, ColourDay, SizeDay, AreaDay)


@pytest.fixture
def product(workshop: Workshop) -> Product:
    return testing.product(workshop, "DRB-01")


def holds(workshop: Workshop) -> None:
    """What is kept is what a rebuild finds."""
    kept = everything_kept(workshop)
    keep.rebuild(workshop)
    assert everything_kept(workshop) == kept


def test_an_agreed_order_is_a_fact_with_its_parts(
    workshop: Workshop, buyer: Party, product: Product
) -> None:
    order = testing.confirmed_order(buyer, product)
    testing.order(buyer, product)  # only asked for
    assert keep.is_behind(workshop)
    assert keep.bring_up_to_date(workshop) == 1
    assert not keep.is_behind(workshop)

    fact = OrderFact.objects.get()
    assert (fact.pk, fact.buyer, fact.sold_as) == (order.pk, buyer, "distributor")
    assert (fact.agreed_on, fact.promised_on) == (clock.today(), order.promised_on)
    assert (fact.pairs, fact.sold) == (10, 2_000_000)
    assert (fact.delivered_on, fact.contribution) == (None, None)
    parts = PairsFact.objects.order_by("variant__size").values_list(
        "variant__size", "pairs", "sold"
    )
    assert list(parts) == [("40", 4, 800_000), ("41", 6, 1_200_000)]
    month = clock.today().replace(day=1)
    sums = ModelMonth.objects.order_by("variant__size").values_list("month", "pairs", "sold")
    assert list(sums) == [(month, 4, 800_000), (month, 6, 1_200_000)]
    area = AreaDay.objects.get()
    assert (area.day, area.orders, area.pairs, area.sold) == (clock.today(), 1, 10, 2_000_000)
    assert (area.delivered, area.contribution) == (0, 0)
    day = ModelDay.objects.get()
    assert (day.day, day.product, day.orders, day.pairs) == (clock.today(), product, 1, 10)
    sizes = SizeDay.objects.order_by("size").values_list("day", "size", "pairs", "sold")
    assert list(sizes) == [
        (clock.today(), "40", 4, 800_000),
        (clock.today(), "41", 6, 1_200_000),
    ]
    look = ColourDay.objects.get()
    assert (look.day, look.colourway, look.pairs) == (clock.today(), product.colourways.get(), 10)
    known = BuyerFact.objects.get()
    assert (known.first_on, known.orders, known.days, known.repeats) == (clock.today(), 1, 1, 0)
    holds(workshop)


def test_the_cost_is_that_of_the_margins_once_all_is_delivered(
    workshop: Workshop, buyer: Party, supplier: Party, asep: Person
) -> None:
    order = ten_made(buyer, supplier)
    keep.bring_up_to_date(workshop)
    assert OrderFact.objects.get().contribution is None
    delivered(order, asep, 35_000)
    keep.bring_up_to_date(workshop)

    fact = OrderFact.objects.get()
    assert fact.delivered_on == clock.today()
    assert (fact.material, fact.wages, fact.freight) == (42 * 40_000, 60_000, 35_000)
    assert fact.contribution == 225_000
    assert sum(part.contribution or 0 for part in PairsFact.objects.all()) == 225_000
    sums = ModelMonth.objects.order_by("variant__size").values_list("earned", "contribution")
    assert list(sums) == [(800_000, 90_000), (1_200_000, 135_000)]
    assert (BuyerFact.objects.get().contribution, BuyerFact.objects.get().late) == (225_000, 0)
    holds(workshop)

    testing.credit(order, 50_000)  # takes off what it was sold for
    keep.bring_up_to_date(workshop)
    fact.refresh_from_db()
    assert (fact.sold, fact.contribution) == (1_950_000, 175_000)
    holds(workshop)


def test_what_a_courier_gets_who_fetches_pairs_back_is_told_anew(
    workshop: Workshop, buyer: Party, supplier: Party, courier: Party, asep: Person, sari: Person
) -> None:
    order = ten_made(buyer, supplier)
    delivered(order, asep, 35_000)
    keep.bring_up_to_date(workshop)
    back = Shipment.call_for(by=sari, order=order, pairs=2)
    until = clock.now() + timedelta(hours=2)
    back.offer(by=sari, couriers=[courier], expires_at=until, fee=25_000)
    back.accept(by=asep)
    keep.bring_up_to_date(workshop)
    assert OrderFact.objects.get().freight == 35_000

    back.fetch(by=asep, giver="Dewi", count=2, pin=back.pin)
    keep.bring_up_to_date(workshop)
    assert (OrderFact.objects.get().freight, OrderFact.objects.get().contribution) == (
        60_000,
        200_000,
    )
    holds(workshop)
    assert list(findings(workshop)) == []


def test_what_was_cancelled_is_no_fact_any_more(
    workshop: Workshop, buyer: Party, product: Product, owner: Person
) -> None:
    order = testing.confirmed_order(buyer, product)
    keep.bring_up_to_date(workshop)
    agreement.cancel(Order.objects.get(pk=order.pk), by=owner, reason="x")
    keep.bring_up_to_date(workshop)
    for model in (OrderFact, PairsFact, ModelMonth, *DAYS, BuyerFact):
        assert not model.objects.exists(), model


def test_a_merging_moves_the_facts_and_its_undoing_moves_them_back(
    workshop: Workshop, buyer: Party, product: Product, sari: Person
) -> None:
    other = testing.party(workshop, "Tk. Dewi", area="Cikole, Kota Sukabumi")
    testing.person("Dewi L", other)
    testing.confirmed_order(buyer, product)
    testing.confirmed_order(other, product)
    keep.bring_up_to_date(workshop)
    assert set(BuyerFact.objects.values_list("buyer", "orders")) == {(buyer.pk, 1), (other.pk, 1)}
    assert AreaDay.objects.filter(area="Kota Sukabumi").count() == 1

    merging = Merging.merge(by=sari, kept=buyer, absorbed=other)
    keep.bring_up_to_date(workshop)
    assert list(BuyerFact.objects.values_list("buyer", "orders")) == [(buyer.pk, 2)]
    holds(workshop)

    Merging.objects.get(pk=merging.pk).undo(by=sari)
    keep.bring_up_to_date(workshop)
    assert set(BuyerFact.objects.values_list("buyer", "orders")) == {(buyer.pk, 1), (other.pk, 1)}
    holds(workshop)


def test_an_order_for_a_dealer_is_told_apart(
    workshop: Workshop, buyer: Party, product: Product, sari: Person
) -> None:
    dealer = testing.party(workshop, "Kios", buys_as=Party.BuysAs.DISTRIBUTOR)
    dealing = Dealing.begin(by=sari, distributor=buyer, dealer=dealer)
    order = testing.confirmed_order(buyer, product)
    DealerOrder.objects.create(dealing=dealing, order=order)
    keep.bring_up_to_date(workshop)
    assert OrderFact.objects.get().sold_as == "dealer"


def test_only_what_was_touched_is_told_again(
    workshop: Workshop, buyer: Party, product: Product
) -> None:
    with clock.stopped(clock.now() - timedelta(days=40)):
        first = testing.confirmed_order(buyer, product)
        keep.bring_up_to_date(workshop)
    OrderFact.objects.filter(pk=first.pk).update(area="nowhere")  # seen if it is told again
    testing.confirmed_order(buyer, product)
    assert keep.bring_up_to_date(workshop) == 1 + 1  # the lines of the last minutes once more
    testing.confirmed_order(buyer, product)
    OrderFact.objects.filter(pk=first.pk).update(area="nowhere")
    assert keep.bring_up_to_date(workshop) == 2  # by now the first one is settled
    assert OrderFact.objects.get(pk=first.pk).area == "nowhere"


def test_a_line_that_became_visible_late_lets_all_be_told_anew(
    workshop: Workshop, buyer: Party, product: Product
) -> None:
    with clock.stopped(clock.now() - timedelta(days=40)):
        order = testing.confirmed_order(buyer, product)
    keep.rebuild(workshop)
    kept = FactsKept.objects.get()
    late = Entry.objects.filter(workshop=workshop).order_by("pk").first()
    assert late is not None
    assert kept.upto > late.pk
    Entry.objects.filter(pk=late.pk).delete()
    OrderFact.objects.filter(pk=order.pk).update(area="nowhere")
    keep.bring_up_to_date(workshop)
    assert OrderFact.objects.get().area == ""


def test_two_do_not_rebuild_at_once(workshop: Workshop) -> None:
    now = clock.now()
    FactsKept.objects.create(workshop=workshop, rebuilding_since=now, touched_at=now)
    with pytest.raises(keep.BeingRebuilt):
        keep.rebuild(workshop)
    assert keep.bring_up_to_date(workshop) == 0
    with clock.stopped(now + timedelta(minutes=3)):  # whoever it was has broken off
        assert keep.rebuild(workshop) == 0
    assert FactsKept.objects.get().rebuilding_since is None


def test_a_rebuild_forgets_sums_of_which_no_fact_is_left(
    workshop: Workshop, buyer: Party, product: Product
) -> None:
    testing.confirmed_order(buyer, product)
    keep.rebuild(workshop)
    variant = PairsFact.objects.all()[0].variant
    ModelMonth.objects.create(workshop=workshop, month=date(2001, 1, 1), variant=variant, pairs=1)
    BuyerFact.objects.update(orders=7)
    said: list[tuple[int, int]] = []
    keep.rebuild(workshop, lambda done, of: said.append((done, of)))
    assert not ModelMonth.objects.filter(month__year=2001).exists()
    assert BuyerFact.objects.get().orders == 1
    assert said[-1] == (2, 2)  # told for its cost, and for its fact


def test_a_rebuild_in_parts_leaves_alone_what_is_true_and_what_is_anothers(
    workshop: Workshop, buyer: Party, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep, "ORDERS_AT_ONCE", 1)
    other = testing.workshop("cibaduyut")
    theirs = testing.party(other, "Tk. Joko")
    testing.person("Joko", theirs)
    testing.staff("Lina", other, Role.OWNER)
    testing.confirmed_order(buyer, product)
    testing.confirmed_order(theirs, testing.product(other, "JK-01"))
    testing.confirmed_order(buyer, product)
    keep.rebuild(other)
    of_others = everything_kept(other)
    assert keep.rebuild(workshop) == 2
    assert everything_kept(other) == of_others
    months = list(ModelMonth.objects.order_by("pk").values_list("pk", flat=True))
    parts = list(PairsFact.objects.order_by("pk").values_list("pk", flat=True))

    PairsFact.objects.filter(pk=parts[-1]).update(pairs=99)
    keep.rebuild(workshop)

    now = list(PairsFact.objects.order_by("pk").values_list("pk", flat=True))
    assert (now[:-1], now[-1] > parts[-1]) == (parts[:-1], True)
    assert list(ModelMonth.objects.order_by("pk").values_list("pk", flat=True)) == months


def test_a_sample_is_no_fact(workshop: Workshop, buyer: Party) -> None:
    testing.confirmed_order(buyer)
    Order.objects.update(is_sample=True)

    keep.rebuild(workshop)

    assert not OrderFact.objects.exists()
