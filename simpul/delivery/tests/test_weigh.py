"""What a package weighs, and how large it is."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.delivery.models import Package, Shipment
from simpul.delivery.models.package import weight_of
from simpul.delivery.tests.test_pack import Sizes
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def package(order: Order, sizes: Sizes, rina: Person) -> Package:
    return Package.pack(by=rina, order=order, contents={sizes["40"]: 4, sizes["41"]: 6})


def test_it_is_weighed_and_measured(package: Package, sari: Person) -> None:
    assert (package.grams, package.weighs, package.measures) == (None, "", "")

    package.weigh(by=sari, weight=9_400, length=680, width=425, height=360)

    package.refresh_from_db()
    assert (package.grams, package.weighs) == (9_400, "9.4 kg")
    assert package.measures == "68 × 42.5 × 36 cm"
    entry = package.journal.get(step="delivery.weigh")
    assert entry.by == sari
    assert entry.facts == {"weight": 9_400, "length": 680, "width": 425, "height": 360}


def test_the_scales_are_told_when_it_is_packed(order: Order, sizes: Sizes, rina: Person) -> None:
    package = Package.pack(by=rina, order=order, contents={sizes["40"]: 1}, weight=1_050)

    assert package.weighs == "1.05 kg"


def test_what_nobody_weighed_is_reckoned_by_its_models(
    package: Package, order: Order, sizes: Sizes, rina: Person
) -> None:
    product = order.lines.get().colourway.product
    product.pair_weight = 950
    product.save()
    [reckoned] = Package.objects.for_list()
    assert (reckoned.grams, reckoned.weighs) == (9_500, "± 9.5 kg")

    package.weigh(by=rina, weight=10_000)

    [weighed] = Package.objects.for_list()
    assert weighed.weighs == "10 kg"
    assert weight_of([weighed, reckoned]) == "± 19.5 kg"
    assert weight_of([weighed, weighed]) == "20 kg"


def test_one_unknown_leaves_the_sum_unknown(package: Package, rina: Person) -> None:
    known = Package(order=package.order, number=9, weight=5_000)

    assert weight_of([known, package]) == ""
    assert weight_of([]) == ""


@pytest.mark.parametrize(
    "said",
    [
        {"weight": 0},
        {"weight": 9_000, "length": 680},
        {"weight": 9_000, "length": 680, "width": 420, "height": 0},
    ],
)
def test_half_a_measure_is_refused(package: Package, rina: Person, said: dict[str, int]) -> None:
    with pytest.raises(WrongState):
        package.weigh(by=rina, **said)

    package.refresh_from_db()
    assert (package.weight, package.length) == (None, None)
    assert not package.journal.filter(step="delivery.weigh").exists()


def test_what_is_not_here_is_not_weighed(
    on_the_way: Shipment, package: Package, rina: Person
) -> None:
    package.unpack(by=rina)
    for gone in (package, on_the_way.packages.order_by("pk")[0]):
        with pytest.raises(WrongState):
            gone.weigh(by=rina, weight=9_000)
        gone.refresh_from_db()
        assert gone.weight is None


def test_finance_and_the_buyer_may_not(package: Package, fajar: Person, dewi: Person) -> None:
    for person in (fajar, dewi):
        with pytest.raises(NotAllowed):
            package.weigh(by=person, weight=9_000)

    package.refresh_from_db()
    assert package.weight is None


def test_the_delivery_note_says_it(buyer: Party, rina: Person, asep: Person) -> None:
    shipment = testing.accepted_shipment(buyer, asep)
    first, second = shipment.packages.order_by("number")
    first.weigh(by=rina, weight=4_700, length=500, width=400, height=300)
    second.weigh(by=rina, weight=4_600)

    shipment.issue_note(by=rina)

    paper = shipment.note_paper()
    assert paper is not None
    assert [one["weight"] for one in paper.facts["packages"]] == [
        "4,7 kg · 50 × 40 × 30 cm",
        "4,6 kg",
    ]
    assert ["Berat", "9,3 kg"] in paper.facts["details"]
