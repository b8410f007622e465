"""A change of an agreed order at the desk: looked at, proposed, answered."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Amendment, Order
from simpul.parties.models import Party, Person
from simpul.production.models import Job


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.needy_order(buyer)


def page(order: Order, rest: str = "") -> str:
    return f"/ciomas/desk/orders/{order.number}/{rest}"


def form(order: Order, **words: str) -> dict[str, str]:
    line = Order.objects.get(pk=order.pk).current.lines.get()
    facts = {
        f"pairs-{line.pk}-40": "4",
        f"pairs-{line.pk}-41": "2",
        f"price-{line.pk}": "200.000",
        f"per-{line.pk}": "1",
        "promised_on": (order.promised_on or clock.today()).isoformat(),
        "note": "Sesuai telepon.",
    }
    return facts | words


def test_looking_says_what_it_means_and_proposes_nothing(
    client: Client, order: Order, owner: Person
) -> None:
    testing.login(client, owner)
    testing.fetch_material(order)

    answer = client.post(page(order, "change/"), form(order) | {"look": "1"})

    text = " ".join(answer.text.split())
    assert answer.status_code == 200
    assert "4 pairs fewer, not begun yet" in text
    assert "Rp 1,200,000" in text  # in all
    assert "Rp 600,000" in text  # still to pay
    assert "12.8 kaki stays in the store" in text
    assert 'value="2"' in text  # what was typed
    assert not Amendment.objects.exists()


def test_who_may_not_see_recipes_sees_no_material(client: Client, order: Order) -> None:
    testing.fetch_material(order)

    text = client.post(page(order, "change/"), form(order) | {"look": "1"}).text

    assert "stays in the store" not in text
    assert "bought already" in text


def test_it_is_proposed_to_the_buyer(client: Client, order: Order) -> None:
    answer = client.post(page(order, "change/"), form(order))

    made = Amendment.objects.get()
    assert answer["Location"] == page(order, "changes/2/")
    assert (made.is_ours, made.revision.total, made.revision.note) == (
        True, 1_200_000, "Sesuai telepon.",
    )  # fmt: skip
    text = client.get(page(order)).text
    assert "A change waits for the buyer" in text
    assert "changes/2/withdrawal/" in client.get(page(order, "changes/2/")).text


def test_what_is_wrong_is_said_and_what_was_typed_stays(client: Client, order: Order) -> None:
    line = order.current.lines.get()
    facts = form(order) | {f"pairs-{line.pk}-40": "", f"pairs-{line.pk}-41": "", "note": "Halo"}

    answer = client.post(page(order, "change/"), facts)

    assert answer.status_code == 422
    assert "leave at least one line" in answer.text
    assert "Halo" in answer.text
    assert not Amendment.objects.exists()


def test_what_cannot_be_changed_any_more_is_refused(client: Client, order: Order) -> None:
    testing.shelve(order)
    testing.fill(order, pairs=10)

    for more in ({}, {"look": "1"}):
        answer = client.post(page(order, "change/"), form(order) | more)

        assert answer.status_code == 422
        assert "packed already" in answer.text
        assert "Sesuai telepon." in answer.text  # what was typed
    assert not Amendment.objects.exists()


def test_sales_agrees_to_what_the_buyer_asks(client: Client, order: Order) -> None:
    testing.amendment(order, s40=4)
    assert "The buyer asks for a change" in client.get(page(order)).text
    text = client.get(page(order, "changes/2/")).text
    assert "6 pairs fewer" in " ".join(text.split())

    answer = client.post(page(order, "changes/2/acceptance/"))

    assert answer["Location"] == page(order)
    assert Order.objects.get().total == 800_000
    assert "What changed" in client.get(page(order, "changes/2/")).text


def test_sales_refuses_it(client: Client, order: Order) -> None:
    testing.amendment(order, s40=4)

    client.post(page(order, "changes/2/refusal/"), {"reason": "Sudah dipotong."})

    assert Amendment.objects.get().reason == "Sudah dipotong."
    assert Order.objects.get().total == 2_000_000


def test_sales_takes_its_own_back(client: Client, order: Order, sari: Person) -> None:
    testing.amendment(order, sari, s40=4)

    client.post(page(order, "changes/2/withdrawal/"))

    assert Amendment.objects.get().status == "withdrawn"


@testing.counts_questions
@pytest.mark.parametrize("lines", [1, 12])
def test_the_page_costs_the_same_for_any_order(
    client: Client,
    buyer: Party,
    sari: Person,
    lines: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    models = [testing.product(buyer.workshop) for _line in range(lines)]
    for model in models:
        testing.recipe(model)
    order = Order.objects.for_page().get(pk=testing.confirmed_order(buyer, *models).pk)
    wishes = [line.wish for line in order.current.lines.all()]
    wishes[0].sizes["40"] += 3
    Amendment.propose(
        by=sari, order=order, wishes=wishes, promised_on=clock.in_days(30), shipping=0, discount=0
    )
    url = page(order, "changes/2/")
    client.get(url)

    # session, user, workshop and person (3); the order with all it shows; the change with both of its
    # revisions; work, recipes, pegs and what lies free; prices; the plan of days, lasts; links; journal
    with django_assert_num_queries(54):
        client.get(url)


def test_an_order_that_is_not_agreed_on_has_no_price_tag(client: Client, buyer: Party) -> None:
    placed = testing.order(buyer)

    answer = client.post(page(placed, "change/"), form(placed) | {"look": "1"})

    assert answer.status_code == 422
    assert "order that runs" in answer.text


def test_more_money_than_there_is_is_a_slip(client: Client, order: Order) -> None:
    line = order.current.lines.get()
    typed = {f"price-{line.pk}": "999.999.999.999.999", f"pairs-{line.pk}-40": "9999"}

    answer = client.post(page(order, "change/"), form(order) | typed)

    assert answer.status_code == 422
    assert not Amendment.objects.exists()


def test_its_page_says_who_asked_and_who_answered(client: Client, order: Order) -> None:
    testing.amendment(order, s40=4)
    client.post(page(order, "changes/2/refusal/"), {"reason": "Sudah dipotong."})

    assert (
        "refused the change of the order: Sudah dipotong."
        in client.get(page(order, "changes/2/")).text
    )


def test_pairs_that_come_on_top_of_work_that_is_done_can_be_planned(
    client: Client, order: Order, udin: Person, owner: Person
) -> None:
    testing.login(client, owner)
    testing.fetch_material(order)
    job = Job.plan(by=udin, line=order.lines.get())
    job.release(by=udin)
    testing.run_through(job)
    testing.amendment(order, s40=4, s41=8)
    client.post(page(order, "changes/2/acceptance/"))

    assert f"lines/{job.line_id}/plan/" in client.get(page(order)).text
    assert "1 order without work" in client.get("/ciomas/desk/").text
