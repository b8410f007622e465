"""Suppliers of a material side by side, and what was paid."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.catalog.models import Material
from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement.models import LineTerms, PurchaseOrder
from simpul.procurement.queries import bought, offers_of


@pytest.fixture
def leather(workshop: Workshop) -> Material:
    return testing.material(workshop, "LEATHER")


def come(purchase: PurchaseOrder, by: Person, *, days_late: int = 0, rejected: int = 0) -> None:
    """Let all of it come, some of the leather spoilt, so many days after it was promised."""
    promised = max(line.promised_on for line in purchase.lines.all() if line.promised_on)
    until = promised + timedelta(days=days_late) - clock.today()
    with clock.stopped(clock.now() + until):
        purchase.receive(
            by=by,
            goods={
                line: (line.quantity - rejected, rejected)
                if line.material.code == "LEATHER"
                else (line.quantity, 0)
                for line in purchase.lines.select_related("material")
            },
        )


def test_the_cheapest_stands_first(workshop: Workshop, supplier: Party, leather: Material) -> None:
    dear = testing.party(workshop, "Kulit Makmur", is_supplier=True)
    testing.supplier_price(dear, leather, 45_000)
    testing.supplier_price(supplier, leather, 42_000)
    testing.supplier_price(supplier, testing.material(workshop, "LEM"), 10_000)

    found = [(one.terms.supplier, one.is_cheapest) for one in offers_of(leather)]

    assert found == [(supplier, True), (dear, False)]


def test_who_sells_it_alone_is_not_called_the_cheapest(supplier: Party, leather: Material) -> None:
    testing.supplier_price(supplier, leather, 42_000)

    [offer] = offers_of(leather)
    assert (offer.is_cheapest, offer.deliveries, offer.rejected_percent) == (False, 0, None)


def test_what_came_late_or_spoilt_is_counted(supplier: Party, rina: Person) -> None:
    come(testing.confirmed_purchase(supplier), rina, days_late=2, rejected=8_000)
    leather = Material.objects.get(code="LEATHER")

    [offer] = offers_of(leather)
    [paid] = bought(leather)

    assert (offer.deliveries, offer.on_time) == (1, 0)
    assert offer.rejected_percent == 25  # 8 of 32
    assert (paid.received.good, paid.days_late, paid.before) == (24_000, 2, None)


def test_on_its_day_is_on_time(supplier: Party, rina: Person) -> None:
    come(testing.confirmed_purchase(supplier), rina)

    [offer] = offers_of(Material.objects.get(code="LEATHER"))
    assert (offer.deliveries, offer.on_time, offer.rejected_percent) == (1, 1, 0)


def test_prices_move(supplier: Party, buyer: Party, rina: Person) -> None:
    come(testing.confirmed_purchase(supplier), rina)
    second = testing.draft_purchase(supplier, testing.needy_order(buyer))
    second.change(
        by=rina,
        terms=[
            LineTerms(line, line.quantity, line.price * 11 // 10, clock.in_days(20))
            for line in second.lines.all()
        ],
    )
    second.send(by=rina)
    second.confirm(by=testing.contact_of(supplier), revision=1)
    come(second, rina)

    sizes = [one for one in bought(Material.objects.get(code="SOLE")) if one.before is None]
    assert len(sizes) == 2  # of each size the first
    newest, first = bought(Material.objects.get(code="LEATHER"))
    assert (first.change_percent, newest.change_percent) == (0.0, 10.0)
    with clock.stopped(clock.now() + timedelta(days=800)):
        assert bought(newest.received.line.material) == []
