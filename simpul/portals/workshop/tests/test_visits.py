from __future__ import annotations

import html

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import PriceRule
from simpul.conversations.models import FollowUp, Message
from simpul.crm.models import Visit, VisitDay
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop

VISITS = "/ciomas/desk/customers/visits/"


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


@pytest.fixture
def visit(sari: Person, buyer: Party, dewi: Person) -> Visit:
    day = VisitDay.plan(by=sari, rep=sari, on=clock.today(), parties=[buyer])
    return day.visits.get()


def test_from_the_plan_to_the_list_of_the_day(
    client: Client, sari: Person, buyer: Party, workshop: Workshop
) -> None:
    testing.party(workshop, "Toko Padang", area="Padang")
    assert "Toko Dewi" in client.get(f"{VISITS}plan/").text
    assert "Toko Dewi" not in client.get(f"{VISITS}plan/?q=Padang").text

    answer = client.post(
        f"{VISITS}plan/", {"parties": [buyer.pk], "on": clock.today(), "rep": sari.pk}
    )

    assert answer["Location"] == VISITS  # one's own of today
    listed = client.get(answer["Location"]).text
    assert "Toko Dewi" in listed
    assert "Toko Padang" not in listed
    assert "Toko Dewi" not in client.get(f"{VISITS}?on={clock.in_days(1)}").text
    assert client.get(f"{VISITS}?on=2026-02-31").status_code == 200


def test_who_ticks_nobody_is_told_so_and_what_was_ticked_stays(
    client: Client, sari: Person, buyer: Party
) -> None:
    facts = {"on": clock.today(), "rep": sari.pk}
    nobody = client.post(f"{VISITS}plan/", facts)
    assert nobody.status_code == 422
    assert nobody.text.count("Tick at least one of them.") == 1

    over = client.post(f"{VISITS}plan/", facts | {"parties": [buyer.pk], "on": clock.in_days(-1)})

    assert over.status_code == 422
    assert f'value="{buyer.pk}" aria-label="Visit Toko Dewi" checked' in over.text
    assert not VisitDay.objects.exists()


def test_what_was_found_is_noted_in_front_of_the_shop(client: Client, visit: Visit) -> None:
    page = f"{VISITS}{visit.pk}/"
    assert "Keep" in client.get(f"{page}note/").text
    wrong = client.post(f"{page}note/", {"body": "Minta contoh", "next_words": "Telepon"})
    assert wrong.status_code == 422
    assert "Minta contoh" in wrong.text

    client.post(f"{page}note/", {"body": "Minta contoh", "pairs_seen": "14", "rival": "150 ribu"})

    text = client.get(page).text
    assert "Minta contoh" in text
    assert "150 ribu" in text
    assert client.post(f"{page}note/", {"body": "lagi"}).status_code == 409
    assert client.get(f"{page}note/").status_code == 409


def test_a_visit_that_did_not_take_place(client: Client, visit: Visit) -> None:
    client.post(f"{VISITS}{visit.pk}/missed/", {"reason": "Toko tutup"})

    assert "Toko tutup" in client.get(VISITS).text


def test_an_order_is_taken_on_the_spot(client: Client, visit: Visit, workshop: Workshop) -> None:
    product = testing.product(workshop)
    colourway = product.colourways.get()
    entry = f"{VISITS}{visit.pk}/order/"
    page = client.get(entry).text
    assert '<option value="visit" selected>' in page
    cell = next(
        line.split('"')[0] for line in page.split('name="')[1:] if f"{colourway.pk}-40" in line[:40]
    )

    answer = client.post(
        entry,
        {
            cell: "12", "unit": "1", "channel": "visit", "place": "new", "receiver": "Dewi",
            "street": "Jl. Raya 7", "area": "Bogor",
        },
    )  # fmt: skip

    assert answer["Location"] == f"{VISITS}{visit.pk}/"
    order = Order.objects.get()
    assert (order.channel, order.buyer) == ("visit", visit.party)
    assert order.number in client.get(f"{VISITS}{visit.pk}/").text


def test_whom_to_visit_is_planned_by_area(client: Client, workshop: Workshop) -> None:
    testing.party(workshop, "Toko Satu", area="Ciomas, Kab. Bogor, Jawa Barat")
    testing.party(workshop, "Toko Dua", area="Dramaga, kab bogor")
    testing.party(workshop, "Toko Tiga", area="Padang")

    text = client.get(f"{VISITS}plan/").text
    assert '<option value="Kab. Bogor">Kab. Bogor (2)</option>' in text
    there = client.get(f"{VISITS}plan/?town=Kab.+Bogor&shown=visit").text
    here = client.get(f"{VISITS}plan/?town=Kab.+Bogor").text

    assert [name in here for name in ("Toko Satu", "Toko Dua", "Toko Tiga")] == [True, True, False]
    assert '<option value="Kab. Bogor" selected>' in there
    assert "Nothing fits" in there  # nobody there waits for a visit
    assert "shown=order&amp;q=&amp;town=Kab.%20Bogor" in here


def test_an_order_costs_what_it_costs_when_it_arrives_and_they_are_to_be_told(
    client: Client, visit: Visit, workshop: Workshop, sari: Person
) -> None:
    """A page may wait on the telephone while the price list changes."""
    product, other = testing.product(workshop), testing.product(workshop)
    colourway = product.colourways.get()
    entry = f"{VISITS}{visit.pk}/order/"
    page = client.get(entry).text
    assert "you are reminded to tell them" in page
    said = {
        f"said-{one.pk}": html.unescape(
            page.split(f'name="said-{one.pk}" value="')[1].split('"')[0]
        )
        for one in (product, other)
    }
    facts = {
        f"pairs-{colourway.pk}-40": "12", "unit": "1", "channel": "visit", "place": "new",
        "receiver": "Dewi", "street": "Jl. Raya 7", "area": "Bogor", **said,
    }  # fmt: skip
    client.post(entry, facts)
    assert not FollowUp.objects.exists()
    for one, amount in ((product, 210_000), (other, 500_000)):
        PriceRule.objects.create(
            product=one, group="wholesale", amount=amount, valid_from=clock.today()
        )

    client.post(entry, facts)

    order = Order.objects.order_by("pk").last()
    assert order is not None
    assert order.total == 12 * 210_000
    step = FollowUp.objects.get()
    assert (step.by, step.due_on, step.conversation.subject) == (sari, clock.today(), order)
    assert step.words.replace("\N{NO-BREAK SPACE}", " ") == (
        f"The price has changed since you took {order.number}, tell them:"
        f" {product.code} Rp 200,000 a pair → Rp 210,000 a pair"
    )
    assert order.number in client.get(f"{VISITS}{visit.pk}/").text.split("Next step")[1]


def test_an_order_that_is_sent_again_reminds_once(
    client: Client, visit: Visit, workshop: Workshop
) -> None:
    """The answer was lost on the way: the telephone sends the same again, perhaps much later."""
    product = testing.product(workshop)
    entry = f"{VISITS}{visit.pk}/order/"
    page = client.get(entry).text
    said = html.unescape(page.split(f'name="said-{product.pk}" value="')[1].split('"')[0])
    facts = {
        f"pairs-{product.colourways.get().pk}-40": "12", "unit": "1", "channel": "visit",
        "place": "new", "receiver": "Dewi", "street": "Jl. Raya 7", "area": "Bogor",
        f"said-{product.pk}": said,
    }  # fmt: skip
    client.post(entry, facts | {"key": "a" * 32})
    PriceRule.objects.create(
        product=product, group="wholesale", amount=210_000, valid_from=clock.today()
    )

    client.post(entry, facts | {"key": "a" * 32})  # it cost then what they were told

    assert (Order.objects.count(), FollowUp.objects.count()) == (1, 0)

    for _again in range(3):
        client.post(entry, facts | {"key": "b" * 32})

    assert (Order.objects.count(), FollowUp.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    "said", ["", "x", "[1]", "[[0,1,7]]", "[[0,Infinity,1]]", "[" * 900, "9" * 2000]
)
def test_prices_that_no_form_of_ours_says_are_not_compared(
    client: Client, visit: Visit, workshop: Workshop, said: str
) -> None:
    product = testing.product(workshop)
    facts = {
        f"pairs-{product.colourways.get().pk}-40": "12", "unit": "1", "channel": "visit",
        "place": "new", "receiver": "Dewi", "street": "Jl. Raya 7", "area": "Bogor",
        f"said-{product.pk}": said,
    }  # fmt: skip

    client.post(f"{VISITS}{visit.pk}/order/", facts)

    assert Order.objects.count() == 1
    assert not FollowUp.objects.exists()


def test_what_is_sent_twice_is_done_once(client: Client, visit: Visit) -> None:
    """A telephone that has lost the answer sends the same again, with the same key."""
    page = f"{VISITS}{visit.pk}/"
    for _again in range(2):
        answer = client.post(f"{page}note/", {"body": "Minta contoh", "key": "k" * 32})
        assert answer["Location"] == VISITS

    assert Message.objects.filter(body="Minta contoh").count() == 1


def test_the_telephone_may_keep_only_ones_own_visits_of_today(
    client: Client, sari: Person, owner: Person, visit: Visit
) -> None:
    page = f"{VISITS}{visit.pk}/"
    now = clock.now().timestamp()
    for address in (VISITS, page, f"{page}note/", f"{page}missed/", f"{page}order/"):
        answer = client.get(address)
        assert 0 <= int(answer["Keep-Until"]) - (now + 24 * 60 * 60) + 1 < 60, address
    assert f"{page}order/" in client.get(VISITS).text.split("<kept-pages")[1].split(">")[0]
    assert client.get(f"{VISITS}worker.js")["Content-Type"] == "text/javascript; charset=utf-8"

    tomorrow = VisitDay.plan(by=sari, rep=sari, on=clock.in_days(1), parties=[visit.party])
    for other in (
        tomorrow,
        VisitDay.plan(by=sari, rep=owner, on=clock.today(), parties=[visit.party]),
    ):
        page = f"{VISITS}{other.visits.get().pk}/"
        for address in (f"{VISITS}?on={other.on}&of={other.rep_id}", page, f"{page}order/"):
            assert "Keep-Until" not in client.get(address)
        assert "<kept-pages" not in client.get(page).text


def test_another_workshop_finds_nothing(client: Client, visit: Visit, joko: Person) -> None:
    testing.login(client, joko)

    assert client.get(f"/cibaduyut/desk/customers/visits/{visit.pk}/").status_code == 404
    answer = client.post(f"/cibaduyut/desk/customers/visits/{visit.pk}/note/", {"body": "x"})
    assert answer.status_code == 404


@testing.counts_questions
@pytest.mark.parametrize("many", [1, 12])
def test_the_pages_cost_the_same_for_any_number(
    client: Client, sari: Person, visit: Visit, workshop: Workshop,
    django_assert_num_queries: DjangoAssertNumQueries, many: int,
) -> None:  # fmt: skip
    shops = [testing.party(workshop, f"Toko {number}") for number in range(many)]
    for shop in shops:
        testing.person("Ani", shop)
    VisitDay.plan(by=sari, rep=sari, on=clock.today(), parties=shops)
    page = f"{VISITS}{visit.pk}/"
    for address in (VISITS, f"{VISITS}plan/", page):
        client.get(address)

    with django_assert_num_queries(9):
        client.get(VISITS)
    with django_assert_num_queries(10):
        client.get(f"{VISITS}plan/")
    with django_assert_num_queries(17):
        client.get(page)
