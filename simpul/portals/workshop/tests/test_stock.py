from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.orders.models import OrderNeed
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement import planning
from simpul.stock.models import Balance, CountSheet, Found, Item, Location, Reservation

STOCK = "/ciomas/desk/stock/"


@pytest.fixture
def desk(client: Client, rina: Person) -> Client:
    testing.login(client, rina)
    return client


@pytest.fixture
def leather(workshop: Workshop) -> Item:
    return testing.stock_up(testing.material(workshop, "LEATHER", name="Kulit sapi"), 12_500)


def on_hand(item: Item, kind: Location.Kind = Location.Kind.STORE) -> int:
    return Balance.locked(item, Location.of(item.workshop_id, kind)).on_hand


def test_the_list_shows_what_lies_there_and_finds_it(desk: Client, leather: Item) -> None:
    assert "12.5 sq ft" in desk.get(STOCK).content.decode()
    assert "12.5 sq ft" in desk.get(STOCK, {"q": "sapi"}).content.decode()
    assert "12.5 sq ft" not in desk.get(STOCK, {"q": "domba"}).content.decode()
    assert "12.5 sq ft" not in desk.get(STOCK, {"kind": "products"}).content.decode()


@testing.counts_questions
@pytest.mark.parametrize("items", [1, 10])
def test_the_list_costs_the_same_for_any_length(
    desk: Client, workshop: Workshop, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _one in range(items):
        testing.stock_up(testing.material(workshop), 1_000)

    # session, user, person; materials, products, low, all; how many, the page
    with django_assert_num_queries(9):
        assert desk.get(STOCK).status_code == 200


@pytest.mark.parametrize("orders", [1, 10])
def test_the_page_costs_the_same_for_any_item(
    desk: Client,
    buyer: Party,
    rina: Person,
    workshop: Workshop,
    orders: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _one in range(orders):
        testing.needy_order(buyer)
    material = planning.wanted(workshop)[0].material
    for _one in range(orders):
        item = testing.stock_up(material, 32_000)
    planning.plan(workshop, by=rina)

    desk.get(f"{STOCK}{item.pk}/")  # the kinds of things are known from here on

    # session, user, person; item; balances; reservations, needs; movements, how many; the lots'
    with django_assert_num_queries(11):
        page = desk.get(f"{STOCK}{item.pk}/").content.decode()
    assert page.count("SO-") >= orders


def test_another_workshop_finds_nothing(client: Client, leather: Item, joko: Person) -> None:
    testing.login(client, joko)

    for page in ("", "count/", "transfer/"):
        assert client.get(f"/cibaduyut/desk/stock/{leather.pk}/{page}").status_code == 404
        assert client.get(f"{STOCK}{leather.pk}/{page}").status_code == 404
    assert client.post(f"/cibaduyut/desk/stock/{leather.pk}/count/").status_code == 404
    assert "12,5" not in client.get("/cibaduyut/desk/stock/").content.decode()


def test_it_is_counted(desk: Client, leather: Item) -> None:
    count = f"{STOCK}{leather.pk}/count/"
    assert desk.get(count).status_code == 200
    assert desk.post(count, {"counted": "x", "reason": "Akhir bulan"}).status_code == 422
    assert desk.post(count, {"counted": "10,25"}).status_code == 422

    desk.post(count, {"counted": "10,25", "reason": "Akhir bulan"})

    assert on_hand(leather) == 10_250


# The reorder point


def test_it_is_bought_again_below_its_reorder_point(
    desk: Client, workshop: Workshop, leather: Item
) -> None:
    page = f"{STOCK}{leather.pk}/reorder/"
    assert leather.name not in desk.get(STOCK, {"kind": "low"}).text
    assert "Fill up to at least" in desk.post(page, {"below": "20", "up_to": "15"}).text
    desk.post(page, {"below": "20", "up_to": "50"})

    assert leather.name in desk.get(STOCK, {"kind": "low"}).text
    assert "Bought again below 20 sq ft, up to 50 sq ft" in desk.get(f"{STOCK}{leather.pk}/").text
    needs = desk.get("/ciomas/desk/purchases/").text
    assert "37.5 sq ft for the shelf" in needs
    assert "Who sells it?" in needs

    desk.post(page, {"below": "", "up_to": ""})
    assert leather.name not in desk.get(STOCK, {"kind": "low"}).text
    assert "for the shelf" not in desk.get("/ciomas/desk/purchases/").text


def test_finished_goods_have_no_reorder_point(desk: Client, workshop: Workshop) -> None:
    shoes = Item.of_variant(testing.product(workshop).colourways.get().variants.all()[0])

    assert desk.get(f"{STOCK}{shoes.pk}/reorder/").status_code == 404
    assert "Reorder point" not in desk.get(f"{STOCK}{shoes.pk}/").text


# The count sheet

SHEET = f"{STOCK}counting/"


def test_a_sheet_asks_why_only_where_it_is_another_number(
    desk: Client, workshop: Workshop, leather: Item
) -> None:
    glue = testing.stock_up(testing.material(workshop, "GLUE", name="Lem"), 2_000)
    page = desk.get(SHEET).text
    assert f'name="counted_{leather.pk}"' in page
    assert "12.5 sq ft" not in page  # whoever counts is not told what should lie there
    typed = {
        "occasion": "Akhir bulan",
        f"counted_{leather.pk}": "12",
        f"seen_{leather.pk}": 12_500,
        f"counted_{glue.pk}": "2",
        f"seen_{glue.pk}": 2_000,
    }

    asked = desk.post(SHEET, typed)

    assert asked.status_code == 422
    assert "Say why it is another number." in asked.text
    assert "By the books 12.5 sq ft" in asked.text
    assert asked.text.count("By the books") == 1
    assert 'value="12"' in asked.text
    assert on_hand(leather) == 12_500

    kept = desk.post(SHEET, typed | {f"why_{leather.pk}": "Jamur"}, follow=True)
    assert on_hand(leather) == 12_000
    assert "−0.5 sq ft" in kept.text
    assert "Jamur" in kept.text
    assert "Akhir bulan" in desk.get(SHEET).text  # counted before


def test_what_moved_since_the_sheet_was_opened_is_counted_again(
    desk: Client, leather: Item
) -> None:
    typed = {
        "occasion": "Akhir bulan",
        f"counted_{leather.pk}": "12,5",
        f"seen_{leather.pk}": 12_500,
    }
    assert leather.material is not None
    testing.stock_up(leather.material, 1_000)

    answer = desk.post(SHEET, typed)

    assert answer.status_code == 422
    assert "came or went since the sheet was opened" in answer.text
    assert not CountSheet.objects.exists()


def test_an_empty_sheet_and_what_is_no_number_are_refused(desk: Client, leather: Item) -> None:
    empty = desk.post(SHEET, {"occasion": "x"})
    assert "Count at least one thing." in empty.text
    wrong = desk.post(SHEET, {"occasion": "x", f"counted_{leather.pk}": "viel"})
    assert (wrong.status_code, "viel" in wrong.text) == (422, True)


def test_a_sheet_sent_twice_counts_once(desk: Client, leather: Item) -> None:
    typed = {
        "occasion": "x",
        "key": "a" * 32,
        f"counted_{leather.pk}": "12,5",
        f"seen_{leather.pk}": 12_500,
    }

    first, second = desk.post(SHEET, typed), desk.post(SHEET, typed)

    assert first.url == second.url  # type: ignore[attr-defined]
    assert CountSheet.objects.count() == 1


@testing.counts_questions
@pytest.mark.parametrize("items", [1, 10])
def test_the_sheet_costs_the_same_for_any_length(
    desk: Client, workshop: Workshop, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _one in range(items):
        testing.stock_up(testing.material(workshop), 1_000)

    # session, user, person; how many, the page; balances; sheets
    with django_assert_num_queries(7):
        assert desk.get(SHEET).status_code == 200


def test_another_workshop_sees_no_sheet(
    client: Client, leather: Item, rina: Person, joko: Person
) -> None:
    sheet = CountSheet.take(by=rina, occasion="x", found={leather: Found(12_500, 12_500)})
    testing.login(client, joko)

    assert client.get(f"/cibaduyut/desk/stock/counting/{sheet.pk}/").status_code == 404


def test_pairs_are_counted_whole(desk: Client, workshop: Workshop) -> None:
    variant = testing.product(workshop).colourways.get().variants.all()[0]
    item = Item.of_variant(variant)
    count = f"{STOCK}{item.pk}/count/"

    assert desk.post(count, {"counted": "1,5", "reason": "Sisa"}).status_code == 422
    desk.post(count, {"counted": "7", "reason": "Sisa"})

    assert on_hand(item, Location.Kind.FINISHED) == 7
    assert "7 pairs" in desk.get(STOCK).text

    desk.post(count, {"counted": "1", "reason": "Sisa"})
    assert "1 pair<" in desk.get(STOCK).text


def test_it_goes_to_the_scrap_and_back(desk: Client, leather: Item) -> None:
    transfer = f"{STOCK}{leather.pk}/transfer/"
    assert desk.get(transfer).status_code == 200

    desk.post(transfer, {"quantity": "2", "target": "scrap", "reason": "Jamur"})
    assert (on_hand(leather), on_hand(leather, Location.Kind.SCRAP)) == (10_500, 2_000)
    desk.post(transfer, {"quantity": "1", "target": "home", "reason": "Masih bagus"})
    assert (on_hand(leather), on_hand(leather, Location.Kind.SCRAP)) == (11_500, 1_000)


def test_more_than_is_free_is_refused(desk: Client, leather: Item) -> None:
    answer = desk.post(
        f"{STOCK}{leather.pk}/transfer/", {"quantity": "20", "target": "scrap", "reason": "Jamur"}
    )

    assert answer.status_code == 409
    assert on_hand(leather) == 12_500


def test_who_does_not_keep_the_store_only_looks(
    client: Client, leather: Item, viewer: Person
) -> None:
    testing.login(client, viewer)

    assert client.get(f"{STOCK}{leather.pk}/").status_code == 200
    assert client.get(f"{STOCK}{leather.pk}/count/").status_code == 403
    assert client.post(f"{STOCK}{leather.pk}/transfer/").status_code == 403
    assert client.post(f"{STOCK}new/").status_code == 403
    assert on_hand(leather) == 12_500


def test_something_new_gets_its_place(desk: Client, workshop: Workshop) -> None:
    sole = testing.material(workshop, "SOLE", is_by_size=True)
    assert desk.get(f"{STOCK}new/").status_code == 200

    assert desk.post(f"{STOCK}new/", {"what": f"m{sole.pk}"}).status_code == 422
    answer = desk.post(f"{STOCK}new/", {"what": f"m{sole.pk}", "size": "41"})

    item = Item.objects.get(material=sole, size="41")
    assert answer["Location"] == f"{STOCK}{item.pk}/count/"


def test_what_is_set_aside_goes_back(
    desk: Client, buyer: Party, workshop: Workshop, rina: Person, joko: Person, client: Client
) -> None:
    order = testing.needy_order(buyer)
    testing.stock_up(planning.wanted(workshop)[0].material, 40_000)
    planning.reserve(order, by=rina)

    desk.post(f"{STOCK}orders/{order.number}/release/")

    assert not Reservation.objects.exists()
    assert OrderNeed.objects.get(material__code="LEATHER").ready == 0
    assert desk.post(f"{STOCK}orders/SO-1/release/").status_code == 404


def test_where_it_lies_is_written_found_and_shown(
    desk: Client, buyer: Party, workshop: Workshop, rina: Person
) -> None:
    job = testing.released_job(buyer)
    leather = Item.of_material(job.line.needs.get(size="").material)
    page = f"{STOCK}{leather.pk}/shelf/"
    assert "is_for_all" not in desk.get(page).text  # it has no sizes
    assert desk.post(page, {"shelf": "x" * 41}).status_code == 422

    answer = desk.post(page, {"shelf": "  Rak 3,  kotak 2 "})

    assert answer.status_code == 302
    for place in (
        f"{STOCK}{leather.pk}/",
        f"{STOCK}?q=kotak",
        f"{STOCK}?sort=shelf&kind=materials",
        f"{STOCK}counting/",
        f"/ciomas/desk/production/jobs/{job.pk}/",
    ):
        assert "Rak 3, kotak 2" in desk.get(place).text, place
    assert "SOLE" not in desk.get(f"{STOCK}?q=kotak").text


def test_the_count_sheet_and_the_list_go_along_the_shelves(
    desk: Client, workshop: Workshop, rina: Person
) -> None:
    for code, shelf in {"AAA": "", "BBB": "Rak 10", "CCC": "Rak 9"}.items():
        item = testing.stock_up(testing.material(workshop, code), 1_000)
        item.put(by=rina, shelf=shelf)

    def seen(path: str) -> list[str]:
        return re.findall(r"\b(AAA|BBB|CCC)\b(?= ·|</span>)", desk.get(path).text)

    assert seen(f"{STOCK}counting/") == ["CCC", "BBB", "AAA"]
    assert seen(f"{STOCK}?sort=shelf") == ["CCC", "BBB", "AAA"]
    assert seen(STOCK) == ["AAA", "BBB", "CCC"]


def test_the_shelf_of_finished_pairs_stands_where_they_are_packed(
    desk: Client, buyer: Party, rina: Person
) -> None:
    job = testing.released_job(buyer)
    testing.run_through(job)
    order = job.line.order
    size = order.lines.get().sizes.get(variant__size="40")
    Item.of_variant(size.variant).put(by=rina, shelf="Rak jadi 4", is_for_all=True)

    text = desk.get(f"/ciomas/desk/orders/{order.number}/packing/").text

    assert text.count("Rak jadi 4") == 2  # of two sizes
