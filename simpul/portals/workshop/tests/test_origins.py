"""From a complaint to the lot and the hand, and to everybody else who has the same."""

from __future__ import annotations

import html

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import Conversation, Message, Notice, Ticket
from simpul.insight.origins import origin_of, written_to_since
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.procurement import planning
from simpul.production.models import Job, StageLog

DESK = "/ciomas/desk/"


def worked(order: Order, udin: Person, worker: str, size: str = "40") -> Job:
    """Take the material that lies there into the order's work; somebody cuts a pair of a size."""
    planning.reserve(order, by=testing.keeper(order.workshop))
    job = Job.plan(by=udin, line=order.lines.get())
    job.release(by=udin)
    job.tap(by=udin, stage=job.stages.get(position=1), good={size: 1}, worker=worker)
    return job


@pytest.fixture
def orders(buyer: Party, udin: Person) -> list[Order]:
    """Two shops ordered; both got leather of one lot, and Ujang cut for both on one day."""
    other = testing.party(buyer.workshop, "Toko Garut")
    toni = testing.person("Toni", other)
    Identity.objects.create(
        workshop=buyer.workshop, person=toni, kind="phone", value="+6281200000077"
    )
    orders = [testing.needy_order(buyer), testing.needy_order(other)]
    need = orders[0].lines.get().needs.get(size="")
    testing.stock_up(need.material, 64_000)
    for size, quantity in (("40", 8_000), ("41", 12_000)):
        sole = orders[0].lines.get().needs.get(size=size)
        testing.stock_up(sole.material, quantity, size)
    for order in orders:
        worked(order, udin, "Ujang")
    return orders


@pytest.fixture
def ticket(orders: list[Order], buyer: Party, dewi: Person) -> Ticket:
    line = orders[0].lines.get()
    pairs = [{"line": line.pk, "sizes": {"40": 1}}]
    facts = {"order": orders[0].number, "pairs": pairs}
    return Ticket.ask(
        by=dewi, kind="complaint", subject=orders[0], party=buyer, body="Sol lepas.", facts=facts
    )


def test_from_the_pairs_to_lot_and_hand(ticket: Ticket, orders: list[Order]) -> None:
    found = origin_of(ticket)
    assert found is not None

    leather = next(one for one in found.lots() if one.lot.item.code == "LEATHER")
    assert [(one.order, one.quantity) for one in found.with_lot(leather)] == [(orders[1], 32_000)]
    (work,) = found.works()
    assert (work.worker, work.pairs, work.stage.position) == ("Ujang", 1, 1)
    assert [(one.order, one.quantity) for one in found.with_work(work)] == [(orders[1], 1)]


def test_other_sizes_other_hands_and_what_was_taken_back_are_not_meant(
    ticket: Ticket, orders: list[Order], udin: Person
) -> None:
    job = Job.objects.get(line__order=orders[0])
    stage = job.stages.get(position=1)
    job.tap(by=udin, stage=stage, good={"41": 1}, worker="Tini")
    found = origin_of(ticket)
    assert found is not None
    assert {one.worker for one in found.works()} == {"Ujang"}

    other = Job.objects.get(line__order=orders[1])
    other.correct(by=udin, log=StageLog.objects.of(other).get(), reason="x")
    other.tap(by=udin, stage=other.stages.get(position=1), good={"40": 1}, worker="Tini")
    assert found.with_work(found.works()[0]) == []


def work_of(ticket: Ticket) -> int:
    found = origin_of(ticket)
    assert found is not None
    (work,) = found.works()
    return work.key


def test_the_page_leads_to_everybody_else_and_sends_nothing(
    client: Client, ticket: Ticket, orders: list[Order], udin: Person
) -> None:
    testing.login(client, udin)
    here = f"{DESK}tickets/{ticket.pk}/"
    assert f"{here}origin/" in client.get(here).text
    page = client.get(f"{here}origin/").text
    assert "Ujang" in page
    assert f"{here}affected/?work={work_of(ticket)}" in page
    told = Notice.objects.count()

    page = client.get(f"{here}affected/?work={work_of(ticket)}").text

    assert orders[1].number in page
    assert orders[0].number not in page
    assert "https://wa.me/6281200000077?text=" in page
    text = html.unescape(page.split("required>")[1].split("</textarea>")[0])
    assert orders[1].number in text
    assert "Dewi" not in text
    assert "Ujang" not in text
    assert (Message.objects.filter(by=udin).count(), Notice.objects.count()) == (0, told)

    client.post(f"{DESK}orders/{orders[1].number}/messages/", {"body": text})

    said = Message.objects.get(by=udin)
    assert said.conversation == Conversation.of(orders[1], orders[1].buyer)
    assert written_to_since(orders, ticket) == {orders[1].pk}


def test_who_may_not_see_workers_sees_the_lots_only(
    client: Client, ticket: Ticket, rina: Person, sari: Person
) -> None:
    here = f"{DESK}tickets/{ticket.pk}/"
    testing.login(client, rina)
    page = client.get(f"{here}origin/").text
    found = origin_of(ticket)
    assert found is not None
    lot = next(one for one in found.lots() if one.lot.item.code == "LEATHER").lot.key
    assert f"{here}affected/?lot={lot}" in page
    assert "Ujang" not in page
    assert client.get(f"{here}affected/?work={work_of(ticket)}").status_code == 403
    assert client.get(f"{here}affected/?lot={lot}").status_code == 200
    testing.login(client, sari)
    assert client.get(f"{here}origin/").status_code == 403
    assert f"{here}origin/" not in client.get(here).text


def test_a_lot_of_something_else_is_not_found(
    client: Client, ticket: Ticket, workshop: Workshop, udin: Person
) -> None:
    testing.login(client, udin)
    here = f"{DESK}tickets/{ticket.pk}/affected/"
    for asked in ("", "?lot=999999", "?work=999999", "?lot=x"):
        assert client.get(f"{here}{asked}").status_code == 404


def test_a_fixed_number_of_queries(
    client: Client,
    ticket: Ticket,
    orders: list[Order],
    udin: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    testing.login(client, udin)
    here = f"{DESK}tickets/{ticket.pk}/"
    key = work_of(ticket)
    client.get(f"{here}affected/?work={key}")  # what a process keeps in mind
    client.get(f"{here}origin/")
    for turn in range(2):
        with django_assert_num_queries(15):
            client.get(f"{here}origin/")
        with django_assert_num_queries(12):
            client.get(f"{here}affected/?work={key}")
        more = testing.needy_order(testing.party(udin.workshop, f"Toko {turn}"))
        for need in more.lines.get().needs.all():
            testing.stock_up(need.material, 99_000, need.size)
        worked(more, udin, "Ujang")
