"""The pages of the demand: the answer in a sentence, the figures, and what they cost."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Product, Variant
from simpul.insight.models import DemandForecast, ForecastSize, MaterialForecast
from simpul.parties.models import Party, Person, Workshop
from simpul.stock.models import Item

PAGE = "/ciomas/desk/insight/demand/"
MATERIALS = "/ciomas/desk/insight/materials/"


def forecast(workshop: Workshop, product: Product | None, **facts: object) -> DemandForecast:
    """Forty pairs every four weeks, tried against the plain way and found nearer."""
    usual = {
        "as_of": date(2026, 11, 25),
        "begins": date(2026, 11, 23),
        "weeks_each": 4,
        "pattern": "lumpy",
        "adi": 2.0,
        "cv2": 0.6,
        "way": "SBA",
        "with_feasts": True,
        "ordered": 12,
        "undelivered": 60,
        "expected": 120,
        "past": [30, 0, 50],
        "ahead": [[40, 25, 66], [40, 25, 66], [40, 25, 66]],
        "spans": [[4, 40, 25, 66], [8, 80, 55, 121], [12, 120, 90, 171]],
        "judged": [
            ["naive", False, 1.2, 1.0, 0.1, 8.0],
            ["SBA", True, 0.9, 0.75, -0.04, None],
            ["TSB", False, None, None, 0.0, 6.0],
        ],
    }
    return DemandForecast.objects.create(workshop=workshop, product=product, **(usual | facts))


def models(workshop: Workshop, count: int) -> None:
    forecast(workshop, None, expected=900)
    for at in range(count):
        one = forecast(workshop, testing.product(workshop, f"DRB-0{at}"))
        variants = Variant.objects.filter(colourway__product=one.product).order_by("pk")
        ForecastSize.objects.bulk_create(
            ForecastSize(forecast=one, variant=variant, pairs_4=3, pairs_8=13, pairs_12=20)
            for variant in variants
        )


def told(client: Client, person: Person, page: str = PAGE) -> str:
    testing.login(client, person)
    return " ".join(client.get(page).text.split())


def test_nothing_is_forecast_yet(client: Client, sari: Person) -> None:
    assert "Nothing can be said yet" in told(client, sari)


def test_it_begins_with_the_answer(client: Client, workshop: Workshop, sari: Person) -> None:
    models(workshop, 2)
    page = told(client, sari)
    assert (
        "In the next 8 weeks about <strong>80 pairs</strong> will be ordered; in 8 of 10 cases "
        "between 55 and 121." in page
    )
    assert "12 of them were ordered this week already." in page
    assert "like a year before): 2 of 2 models that could be tried." in page
    assert "SBA, with the feasts: 25% nearer than like last time" in page
    assert "<strong>40 pairs</strong>" in told(client, sari, f"{PAGE}?weeks=4")


def test_it_says_where_it_cannot_tell(client: Client, workshop: Workshop, sari: Person) -> None:
    unknown = {
        "way": "naive",
        "with_feasts": False,
        "judged": [],
        "spans": [[4, 40, None, None], [8, 80, None, None], [12, 120, None, None]],
        "ahead": [[40, None, None]] * 3,
    }
    forecast(workshop, None, **unknown)
    forecast(workshop, testing.product(workshop, "DRB-01"), **unknown)
    for page in (told(client, sari), told(client, sari, f"{PAGE}drb-01/")):
        assert "How sure that is cannot be told: too few weeks are known to try it." in page
        assert "like last time: too few weeks to try another way" in page


def test_where_the_plain_way_was_nearest_it_says_so(
    client: Client, workshop: Workshop, sari: Person
) -> None:
    plain = {"way": "naive", "with_feasts": False}
    forecast(workshop, None, **plain)
    forecast(workshop, testing.product(workshop, "DRB-01"), **plain)
    page = told(client, sari)
    assert "like a year before): 0 of 1 models that could be tried." in page
    assert "like last time: nothing was nearer" in page


def test_a_model_shows_its_sizes_and_all_ways_that_were_tried(
    client: Client, workshop: Workshop, sari: Person
) -> None:
    models(workshop, 1)
    page = told(client, sari, f"{PAGE}drb-00/")
    assert "60 pairs stand in orders that are not wholly delivered" in page
    assert '<td>39</td> <td class="num">13</td>' in page
    assert page.index("SBA, with the feasts") < page.index("<td>TSB</td>")
    assert "-4%" in page


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("?as=csv", "DRB-00 Model DRB-00,seldom and unevenly,80,55,121,12,60,"),
        ("?as=csv&list=weeks", "2026-11-23,,40,25,66"),
        ("drb-00/?as=csv&list=weeks", "2026-08-31,30,,,"),
        ("drb-00/?as=csv&list=sizes", "Hitam,39,3,13,20"),
        ("drb-00/?as=csv&list=ways", "like last time,1.2,1.0,10,8.0"),
    ],
)
def test_the_figures_are_there_as_a_file(
    client: Client, workshop: Workshop, sari: Person, address: str, line: str
) -> None:
    models(workshop, 1)
    testing.login(client, sari)
    assert line in client.get(PAGE + address).content.decode("utf-8-sig")


def test_a_model_of_another_workshop_is_not_found(
    client: Client, workshop: Workshop, sari: Person
) -> None:
    other = testing.workshop("cibaduyut")
    forecast(other, testing.product(other, "JKO-01"))
    testing.login(client, sari)
    assert client.get(f"{PAGE}jko-01/").status_code == 404
    assert "JKO-01" not in client.get(PAGE).text


@pytest.mark.parametrize("count", [1, 9])
def test_the_pages_cost_the_same_for_any_number(
    client: Client,
    workshop: Workshop,
    sari: Person,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    models(workshop, count)
    testing.login(client, sari)
    client.get(PAGE)
    # session, user, workshop and person; all together, ways, number, rows
    with django_assert_num_queries(7):
        client.get(PAGE)
    # session, user, workshop and person; the model, its sizes
    with django_assert_num_queries(5):
        client.get(f"{PAGE}drb-00/")


def supply(workshop: Workshop, code: str, **facts: object) -> MaterialForecast:
    """A leather of which 50 lie free, and 40 are needed every four weeks."""
    material = testing.material(workshop, code)
    usual = {
        "item": Item.of_material(material, ""),
        "as_of": date(2026, 11, 25),
        "needs_4": 40_000,
        "needs_8": 80_000,
        "needs_12": 120_000,
        "lacking": 0,
        "free": 50_000,
        "coming": 0,
        "lead_days": 6,
        "deliveries": 0,
    }
    return MaterialForecast.objects.create(workshop=workshop, material=material, **(usual | facts))


def test_it_says_what_to_buy_and_by_when(
    client: Client, workshop: Workshop, sari: Person, supplier: Party
) -> None:
    assert "Nothing can be said yet" in told(client, sari, MATERIALS)
    supply(workshop, "KLT-01", buy_by=date(2026, 12, 21), supplier=supplier)
    page = told(client, sari, MATERIALS)
    assert "Nothing is to be bought today. The next is due on 21 December 2026." in page
    assert "says 6 days" in page
    assert "too few deliveries to tell" in page
    supply(workshop, "KLT-02", buy_by=date(2026, 11, 25), supplier=supplier, deliveries=9)
    page = told(client, sari, MATERIALS)
    assert "1 material is to be bought today at the latest" in page
    assert "6 days on average (9×)" in page
    assert page.index("KLT-02") < page.index("KLT-01")


def test_a_reorder_point_is_proposed_and_set_by_nobody_but_the_stock_keeper(
    client: Client, workshop: Workshop, sari: Person, rina: Person
) -> None:
    one = supply(workshop, "KLT-01", safety=20_000, reorder_at=55_000)
    assert 'proposed: <span class="nowrap">55 sq ft</span>' in told(client, sari, MATERIALS)
    assert "?proposed" not in told(client, sari, MATERIALS)
    assert "?proposed" in told(client, rina, MATERIALS)
    form = told(client, rina, f"/ciomas/desk/stock/{one.item_id}/reorder/?proposed")
    assert 'value="55"' in form
    assert 'value="95"' in form  # and what four weeks take
    assert one.item is not None
    one.item.refresh_from_db()
    assert one.item.reorder_point == 0
    assert 'value="55"' not in told(client, rina, f"/ciomas/desk/stock/{one.item_id}/reorder/")


def test_material_is_there_as_a_file(client: Client, workshop: Workshop, sari: Person) -> None:
    supply(workshop, "KLT-01", safety=20_000, reorder_at=55_000)
    testing.login(client, sari)
    lines = client.get(f"{MATERIALS}?as=csv&weeks=4").content.decode("utf-8-sig").splitlines()
    assert lines[1] == "KLT-01,Bahan KLT-01,,sq ft,,10.0,40.0,0.0,50.0,0.0,,6,0,20.0,55.0"


@pytest.mark.parametrize("count", [1, 9])
def test_the_page_of_material_costs_the_same_for_any_number(
    client: Client,
    workshop: Workshop,
    sari: Person,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for at in range(count):
        supply(workshop, f"KLT-0{at}")
    testing.login(client, sari)
    client.get(MATERIALS)
    # session, user, workshop and person; counts, number, rows
    with django_assert_num_queries(6):
        client.get(MATERIALS)
