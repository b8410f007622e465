"""The page of the market trend: what sells beside the year before, and who may see what of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Product
from simpul.insight.keeping import keep
from simpul.insight.models import FactsKept
from simpul.lib import clock
from simpul.orders.models import LineWish
from simpul.parties.models import Party, Person, Workshop
from simpul.portals.workshop import insight

HERE = "/ciomas/desk/insight/"
NOW = datetime(2026, 11, 25, 9, tzinfo=clock.WIB)


@pytest.fixture
def product(workshop: Workshop) -> Product:
    return testing.product(workshop, "DRB-01", name="Derby")


def ordered(buyer: Party, product: Product, days_ago: int, pairs: int = 10) -> None:
    with clock.stopped(NOW - timedelta(days=days_ago)):
        testing.confirmed_order(buyer, product, sizes={"40": pairs})


def told(client: Client, person: Person, query: str = "") -> str:
    testing.login(client, person)
    with clock.stopped(NOW):
        keep.bring_up_to_date(person.workshop)
        return client.get(HERE + query).text.replace("\xa0", " ")


def test_nothing_was_ordered_yet(client: Client, owner: Person) -> None:
    assert "Nothing was ordered in this time" in told(client, owner)


def test_pairs_and_revenue_stand_beside_those_of_the_year_before(
    client: Client, sari: Person, buyer: Party, product: Product
) -> None:
    ordered(buyer, product, 800, 1)
    ordered(buyer, product, 400, 20)
    ordered(buyer, product, 60, 30)
    ordered(buyer, product, 1)  # of the running month
    page = told(client, sari)
    assert "1 November 2025 – 31 October 2026" in page
    assert "Compared with 1 November 2024 – 31 October 2025." in page
    assert "Rp 6,000,000" in page
    assert "+50%" in page
    assert "No model has changed by more than chance would explain." in page
    assert "Figures as of 25 Nov 2026" in page
    assert "Contribution" not in page.replace("contribution on the day", "")


def test_nothing_is_said_of_a_change_where_the_year_before_is_not_whole(
    client: Client, sari: Person, buyer: Party, product: Product
) -> None:
    ordered(buyer, product, 400, 20)
    ordered(buyer, product, 60, 30)
    page = told(client, sari)
    assert "the first order here is of 21 October 2025" in page
    assert "+50%" not in page


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        ("weeks", "Week,2026,2025"),
        ("seasons", "2026,,,,,,,,,30,0,0,"),
        ("book", "Week,Pairs"),
    ],
)
def test_the_other_charts_have_their_figures_as_a_file(
    client: Client, sari: Person, buyer: Party, product: Product, wanted: str, line: str
) -> None:
    ordered(buyer, product, 60, 30)
    assert line in told(client, sari, f"?list={wanted}&as=csv").replace(";", ",")


def test_contribution_is_for_those_who_see_the_books(
    client: Client, sari: Person, fajar: Person, buyer: Party, product: Product
) -> None:
    ordered(buyer, product, 60)
    assert "Contribution: Model" in told(client, fajar, "?measure=contribution")
    assert "Pairs: Model" in told(client, sari, "?measure=contribution")


@pytest.mark.parametrize(
    ("by", "label"),
    [
        ("colour", "Hitam"),
        ("size", "40"),
        ("area", "not known"),
        ("sold_as", "to distributors"),
        ("channel", "web"),
        ("month", "September 2026"),
    ],
)
def test_it_is_told_by_what_one_chooses(
    client: Client, sari: Person, buyer: Party, product: Product, by: str, label: str
) -> None:
    ordered(buyer, product, 60, 30)
    page = told(client, sari, f"?by={by}&months=3")
    assert f"<strong>{label}</strong>" in page
    assert "1 August 2026 – 31 October 2026" in page
    csv = told(client, sari, f"?by={by}&months=3&as=csv")
    assert ",30," in csv.replace(";", ",")


def test_a_curve_of_sizes_is_drawn_to_its_end(
    client: Client, sari: Person, workshop: Workshop, buyer: Party
) -> None:
    sizes = [str(size) for size in range(30, 46)]
    product = testing.product(workshop, "DRB-01")
    with clock.stopped(NOW - timedelta(days=60)):
        look = testing.colourway(product, "Cokelat", tuple(sizes))
        wishes = [LineWish(look, dict.fromkeys(sizes, 1))]
        testing.confirmed_order(buyer, wishes=wishes)
    page = told(client, sari, "?by=size")
    assert [size for size in sizes if f'fill="var(--color-ink)">{size}</text>' in page] == sizes


def test_the_curve_of_the_weeks_is_a_mean_of_five(
    client: Client, sari: Person, buyer: Party, product: Product
) -> None:
    ordered(buyer, product, 100, 1)
    ordered(buyer, product, 60, 40)
    page = told(client, sari)
    drawn = page[page.index('id="weeks-title"') :]
    assert ">8</text>" in drawn[: drawn.index("</figure>")]  # the top of the scale
    assert ",40," in told(client, sari, "?list=weeks&as=csv").replace(";", ",")


def test_near_lebaran_the_days_are_counted_from_the_feast(
    client: Client, sari: Person, buyer: Party, product: Product
) -> None:
    ordered(buyer, product, 290)
    testing.login(client, sari)
    with clock.stopped(datetime(2026, 4, 10, 9, tzinfo=clock.WIB)):
        keep.bring_up_to_date(sari.workshop)
        page = client.get(HERE + "?months=3").text.replace("\xa0", " ")
    assert "Compared with 11 January 2025 – 10 April 2025" in page
    assert "21 March 2026, and 31 March 2025 the year before" in page


def test_who_asks_for_newer_figures_has_them(
    client: Client, sari: Person, owner: Person, buyer: Party, product: Product
) -> None:
    ordered(buyer, product, 60)
    testing.login(client, sari)
    assert client.post(HERE + "updating/").status_code == 302
    assert client.post(HERE + "rebuilding/").status_code == 403
    testing.login(client, owner)
    assert client.post(HERE + "rebuilding/").status_code == 302


def test_who_asks_again_and_again_is_reckoned_for_once(
    client: Client, sari: Person, buyer: Party, product: Product
) -> None:
    ordered(buyer, product, 60)
    testing.login(client, sari)
    for _click in range(3):
        client.post(HERE + "updating/")
    assert DBTaskResult.objects.count() == 1

    keep.bring_up_to_date(sari.workshop)
    cache.clear()
    client.post(HERE + "updating/")  # there is no news
    assert DBTaskResult.objects.count() == 1


def test_how_far_a_rebuild_is(client: Client, owner: Person) -> None:
    with clock.stopped(NOW):
        FactsKept.objects.create(
            workshop=owner.workshop, rebuilding_since=NOW, touched_at=NOW, done=40, of=90
        )
        testing.login(client, owner)
        assert "40 / 90" in client.get(HERE).text


def test_the_order_book_stands_beside_what_can_be_made(
    client: Client, sari: Person, buyer: Party, product: Product
) -> None:
    with clock.stopped(NOW - timedelta(days=1)):
        testing.confirmed_order(buyer, product, sizes={"40": 90}, wished_on=date(2026, 12, 15))
    assert "How much can be made is not known" in told(client, sari)
    testing.stages(product)  # ten minutes a pair at each post
    testing.hands(sari.workshop, minutes=100)
    testing.hands(sari.workshop, "Jahit", minutes=40)
    page = told(client, sari)
    assert "4 pairs a day can be made: no more get through Jahit." in page
    # from Wednesday on that are 4 days, and three weeks of 6: 88 pairs
    assert "In the week of 14 December 2026 the book is too full: 2 pairs more" in page
    lines = told(client, sari, "?list=book&as=csv").splitlines()
    assert lines[0].endswith("Week,Pairs,Pairs that can be made")
    assert lines[1] == "2026-11-23,0,16"

    testing.hands(sari.workshop, "Jahit", minutes=400)
    assert "All that is promised can be made in time" in told(client, sari)


@pytest.mark.parametrize("orders", [1, 8])
def test_the_page_costs_the_same_for_any_number_of_orders(
    client: Client,
    sari: Person,
    buyer: Party,
    product: Product,
    django_assert_num_queries: DjangoAssertNumQueries,
    orders: int,
) -> None:
    ordered(buyer, product, 800)
    for n in range(orders):
        ordered(buyer, product, 60 + n)
    testing.stages(product)
    testing.hands(sari.workshop)
    told(client, sari)
    # session, user, person; how far, rows, first days, totals, weeks, book and pace, seasons;
    # hands, stages, what was ordered of each, work days and closed ones
    with clock.stopped(NOW), django_assert_num_queries(18):
        client.get(HERE)


def test_the_weeks_around_the_feast_keep_their_peak_in_its_week() -> None:
    weeks = [None, 0, 0, 0, 50, 0, 0, 0, None]
    assert insight._smoothed(weeks) == [None, None, None, 10, 10, 10, None, None, None]


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "0"), (840_000, "840 k"), (1_500_000, "1.5 m"), (3_000_000, "3 m"), (12_400_000, "12 m")],
)
def test_a_half_mark_is_not_rounded_away(amount: int, shown: str) -> None:
    assert insight.millions(amount) == shown
