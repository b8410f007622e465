from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Product
from simpul.conversations.models import Message
from simpul.lib import clock
from simpul.orders.models import Order, Status
from simpul.parties.models import Address, Identity, Party, Person, Workshop

DESK = "/ciomas/desk/"
ORDERS = f"{DESK}orders/"


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


@pytest.fixture
def order(buyer: Party, dewi: Person) -> Order:
    return testing.order(buyer)


@pytest.fixture
def derby(buyer: Party) -> Product:
    return testing.product(buyer.workshop, "DRB-01")


def page(order: Order, step: str = "") -> str:
    return f"{ORDERS}{order.number}/{step}"


def status(order: Order) -> str:
    return Order.objects.get(pk=order.pk).status


def steps(order: Order) -> list[str]:
    return list(order.journal.order_by("pk").values_list("step", flat=True))


# The list


def test_the_list_is_searched_and_filtered(client: Client, order: Order, siti: Person) -> None:
    assert siti.party is not None
    other = testing.order(siti.party)
    other.decline(by=testing.seller(order.workshop), reason="full")

    def seen(query: str) -> list[bool]:
        text = client.get(f"{ORDERS}?{query}").text
        return [f">{one.number}<" in text for one in (order, other)]

    assert seen("") == [True, True]
    assert seen("q=dewi") == [True, False]
    assert seen(f"q={other.number}") == [False, True]
    assert seen("status=declined") == [False, True]
    assert seen("status=open") == [True, False]
    assert seen("q=zzz") == [False, False]
    for sort in ("promised", "buyer", "total", "nonsense"):
        assert seen(f"sort={sort}") == [True, True]


def test_the_list_of_another_workshop_stays_there(client: Client, joko: Person) -> None:
    other = testing.order(testing.party(joko.workshop, "Toko Lain"))

    assert "Toko Lain" not in client.get(ORDERS).text
    assert "Toko Lain" not in client.get(f"{ORDERS}?as=csv").text
    assert client.get(f"/cibaduyut/desk/orders/{other.number}/").status_code == 404


def test_an_empty_desk_says_how_it_begins(client: Client) -> None:
    assert f"{ORDERS}new/" in client.get(ORDERS).text


def test_a_cancelled_order_owes_nothing(client: Client, buyer: Party, owner: Person) -> None:
    order = testing.confirmed_order(buyer)
    assert client.get(ORDERS).text.count("Rp\u00a02,000,000") == 2
    order.cancel(by=owner, reason="they closed")

    assert client.get(ORDERS).text.count("Rp\u00a02,000,000") == 1


def test_the_list_goes_into_a_spreadsheet(client: Client, workshop: Workshop) -> None:
    order = testing.order(testing.party(workshop, '=HYPERLINK("x")'))

    answer = client.get(f"{ORDERS}?as=csv&status=placed")

    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[1][0] == order.number
    assert rows[1][2] == '\'=HYPERLINK("x")'
    assert rows[1][5] == "2000000"
    assert len(list(csv.reader(io.StringIO(client.get(f"{ORDERS}?as=csv&q=zz").text)))) == 1


# One order


@pytest.mark.parametrize(
    "step",
    [
        *("", "confirmation/", "offer/", "refusal/", "expiry/", "cancellation/"),
        *("waivers/1/", "closing/", "messages/", "notes/"),
    ],
)
def test_an_order_of_another_workshop_is_not_there(client: Client, joko: Person, step: str) -> None:
    other = testing.order(testing.party(joko.workshop, "Toko Lain"))

    assert client.get(page(other, step)).status_code in {404, 405}
    if step:
        assert client.post(page(other, step), {"reason": "x", "body": "x"}).status_code == 404
    assert (status(other), steps(other)) == (Status.PLACED, ["orders.place"])


@pytest.mark.parametrize("role", ["owner", "sari", "fajar", "rina", "udin", "viewer"])
def test_everybody_of_the_desk_reads_it(
    client: Client, request: pytest.FixtureRequest, order: Order, role: str
) -> None:
    testing.login(client, request.getfixturevalue(role))

    assert client.get(ORDERS).status_code == 200
    assert "Toko Dewi" in client.get(page(order)).text


def test_the_other_sides_do_not(client: Client, order: Order, dewi: Person, budi: Person) -> None:
    for person in (dewi, budi):
        testing.login(client, person)
        assert client.get(page(order)).status_code == 403
        assert client.get(f"{ORDERS}?as=csv").status_code == 403


def test_the_page_follows_an_order_to_its_end(
    client: Client, buyer: Party, asep: Person, owner: Person
) -> None:
    testing.login(client, owner)
    testing.account(buyer.workshop)
    for made in (
        testing.order(buyer),
        testing.offered_order(buyer, note="Nett"),
        testing.released_job(buyer).line.order,
        testing.shipment_on_the_way(buyer, asep).first_order,
    ):
        testing.order(buyer)
        answer = client.get(page(made))
        assert answer.status_code == 200
        assert answer.text.count('class="knot"') == 7


def test_what_may_be_done_is_offered(client: Client, order: Order, viewer: Person) -> None:
    text = client.get(page(order)).text
    for step in ("confirmation/", "offer/", "refusal/"):
        assert page(order, step) in text
    assert page(order, "messages/") in text

    testing.login(client, viewer)
    text = client.get(page(order)).text
    for step in ("confirmation/", "offer/", "refusal/", "messages/", "notes/", "packing/"):
        assert page(order, step) not in text
    assert f"{ORDERS}new/" not in client.get(ORDERS).text


def test_one_talks_with_the_buyer(client: Client, order: Order) -> None:
    said = client.post(page(order, "messages/"), {"body": "Kulitnya sudah ada."})

    assert said["Location"] == page(order)
    assert Message.objects.get().body == "Kulitnya sudah ada."
    assert "Kulitnya sudah ada." in client.get(page(order)).text


def test_what_is_too_long_is_not_lost(client: Client, order: Order) -> None:
    answer = client.post(page(order, "messages/"), {"body": "Panjang. " * 2000})

    assert answer.status_code == 422
    assert "Panjang. Panjang." in answer.text
    assert not Message.objects.exists()


def test_who_only_looks_says_nothing(client: Client, order: Order, viewer: Person) -> None:
    testing.login(client, viewer)

    assert client.post(page(order, "messages/"), {"body": "x"}).status_code == 403
    assert not Message.objects.exists()


@testing.counts_questions
def test_the_number_of_queries_is_fixed(
    client: Client, buyer: Party, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one = testing.confirmed_order(buyer)
    client.get(page(one))
    for made in (one, testing.confirmed_order(buyer, lines=30)):
        client.get(page(made))  # the plan is told anew
        with django_assert_num_queries(33):
            client.get(page(made))
    for _n in range(28):
        testing.order(buyer)
    client.get(ORDERS)
    with django_assert_num_queries(7):
        client.get(ORDERS)
    client.get(f"{ORDERS}?q=dewi")
    with django_assert_num_queries(9):
        client.get(f"{ORDERS}?q=dewi")


# An order by telephone


def entry(buyer: Party) -> str:
    return f"{ORDERS}new/{buyer.pk}/"


def say(client: Client, buyer: Party, derby: Product, **words: str) -> Any:
    looks = derby.colourways.get()
    facts = {
        f"pairs-{looks.pk}-40": "4",
        f"pairs-{looks.pk}-41": "6",
        "product": derby.slug,
        "unit": "1",
        "channel": "phone",
        "place": "new",
        "receiver": "Dewi",
        "telephone": "081234567890",
        "street": "Jl. Raya 7",
        "area": "Ciomas",
    }
    return client.post(entry(buyer), facts | words)


def test_the_caller_is_found_by_number_or_name(
    client: Client, buyer: Party, dewi: Person, supplier: Party
) -> None:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="phone", value="+6281234567890"
    )

    for words in ("dewi", "0812-3456", "+62 812 3456", "DEWI"):
        text = client.get(f"{ORDERS}new/", {"q": words}).text
        assert f'href="{entry(buyer)}" autofocus' in text, words
    text = client.get(f"{ORDERS}new/", {"q": "kulit"}).text
    assert entry(supplier) not in text
    assert "autofocus" in text
    assert client.get(entry(supplier)).status_code == 404


def test_what_is_said_becomes_an_order(client: Client, buyer: Party, derby: Product) -> None:
    text = client.get(entry(buyer)).text
    assert "data-finder" in text

    answer = say(client, buyer, derby)

    order = Order.objects.get()
    assert answer["Location"] == page(order)
    assert (order.buyer, order.channel, order.total) == (buyer, "phone", 2_000_000)
    assert order.telephone == "+6281234567890"
    assert order.journal.get().by.name == "Sari"


def test_a_known_address_is_chosen(client: Client, buyer: Party, derby: Product) -> None:
    address = Address.objects.create(party=buyer, receiver="Dewi", street="Jl. Mawar 3")

    say(client, buyer, derby, place=str(address.pk), street="", receiver="")

    assert "Jl. Mawar 3" in Order.objects.get().address


def test_what_was_typed_stays(client: Client, buyer: Party, derby: Product) -> None:
    looks = derby.colourways.get()
    answer = say(client, buyer, derby, street="", **{f"pairs-{looks.pk}-41": "x6"})

    assert answer.status_code == 422
    assert 'value="x6"' in answer.text
    assert 'value="Dewi"' in answer.text
    assert not Order.objects.exists()


@pytest.mark.parametrize("role", ["fajar", "rina", "udin", "viewer"])
def test_only_sales_takes_orders(
    client: Client,
    request: pytest.FixtureRequest,
    buyer: Party,
    derby: Product,
    role: str,
) -> None:
    testing.login(client, request.getfixturevalue(role))

    assert client.get(f"{ORDERS}new/").status_code == 403
    assert client.get(entry(buyer)).status_code == 403
    assert say(client, buyer, derby).status_code == 403
    assert not Order.objects.exists()


def test_nobody_orders_for_a_buyer_of_another_workshop(
    client: Client, joko: Person, derby: Product
) -> None:
    other = testing.party(joko.workshop, "Toko Lain")

    assert "Toko Lain" not in client.get(f"{ORDERS}new/?q=lain").text
    assert client.get(entry(other)).status_code == 404
    assert say(client, other, derby).status_code == 404


@testing.counts_questions
def test_the_grid_costs_the_same_for_thirty_models(
    client: Client,
    buyer: Party,
    derby: Product,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client.get(entry(buyer))
    with django_assert_num_queries(10):
        client.get(entry(buyer))
    for _n in range(29):
        testing.product(buyer.workshop)
    with django_assert_num_queries(10):
        client.get(entry(buyer))


def test_an_overdue_offer_may_be_closed(client: Client, buyer: Party) -> None:
    order = testing.offered_order(buyer)
    assert page(order, "expiry/") not in client.get(page(order)).text
    order.revisions.filter(number=2).update(valid_until=clock.in_days(-1))
    assert page(order, "expiry/") in client.get(page(order)).text
