"""Lots on the desk: their marks, and saying by hand which of them went into a job."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.procurement.models import PurchaseOrder
from simpul.production.models import Job
from simpul.stock.models import Item, LotChoice, Movement

DESK = "/ciomas/desk/"


@pytest.fixture
def floor(client: Client, udin: Person) -> Client:
    testing.login(client, udin)
    return client


@pytest.fixture
def job(buyer: Party, supplier: Party, udin: Person, rina: Person) -> Job:
    """Work that used 32 of leather: 32 came first, found by a count, and 30 more by a count later."""
    job = testing.released_job(buyer)
    testing.stock_up(job.line.needs.get(size="").material, 30_000)
    job.tap(by=udin, stage=job.stages.get(position=1), good={"40": 1})
    return job


def page_of(job: Job) -> str:
    return f"{DESK}production/jobs/{job.pk}/lots/"


def leather(job: Job) -> Item:
    return Item.of_material(job.line.needs.get(size="").material)


def newest(job: Job) -> Movement:
    return Movement.objects.filter(item=leather(job), source=None).order_by("-pk")[0]


def seen(client: Client, path: str) -> str:
    return " ".join(client.get(path).text.replace("\xa0", " ").split())


def test_a_lot_has_the_mark_that_was_written_when_it_came(
    client: Client, supplier: Party, rina: Person
) -> None:
    testing.login(client, rina)
    purchase = testing.confirmed_purchase(supplier)
    line = purchase.lines.get(material__code="LEATHER")
    page = f"{DESK}purchases/{purchase.pk}/receipt/"

    refused = client.post(page, {f"good_{line.pk}": "20", f"mark_{line.pk}": "x" * 41})
    assert refused.status_code == 422
    client.post(page, {f"good_{line.pk}": "20", f"mark_{line.pk}": "Garut 7B"})

    move = Movement.objects.get(item__material=line.material)
    assert move.lot_mark == "Garut 7B"
    text = seen(client, f"{DESK}stock/{move.item_id}/")
    assert "<strong>Garut 7B</strong>" in text
    assert PurchaseOrder.objects.get(pk=purchase.pk).journal.get(step="procurement.receive").facts[
        "marks"
    ] == {str(line.pk): "Garut 7B"}


@pytest.mark.parametrize("rejected", ["", "2"])
def test_a_mark_of_nothing_good_is_asked_about(
    client: Client, supplier: Party, rina: Person, rejected: str
) -> None:
    testing.login(client, rina)
    purchase = testing.confirmed_purchase(supplier)
    leather, sole = purchase.lines.get(material__code="LEATHER"), purchase.lines.get(size="40")
    counts = {f"good_{sole.pk}": "2", f"rejected_{leather.pk}": rejected}

    answer = client.post(
        f"{DESK}purchases/{purchase.pk}/receipt/", counts | {f"mark_{leather.pk}": "Garut 7B"}
    )

    assert answer.status_code == 422
    assert "Lot</a>: A lot is of what is good: count it, or take the mark away." in answer.text
    assert 'value="Garut 7B"' in answer.text
    assert not purchase.receipts.exists()


def test_the_foreman_says_from_which_lot_it_was_taken(floor: Client, job: Job) -> None:
    lot = newest(job)
    assert f'href="{page_of(job)}"' in floor.get(f"{DESK}production/jobs/{job.pk}/").text
    page = seen(floor, page_of(job))
    assert "(by rule)" in page
    assert "found by a count" in page
    assert "30 not named yet" in page
    lots = floor.get(f"{DESK}stock/{leather(job).pk}/").text
    assert lots.count('<td data-label="From"></td>') == 4  # found by counts: two lots, two moves
    assert lots.count('data-label="Went into"></td>') == 1  # of the newest

    answer = floor.post(page_of(job), {"lot": lot.pk, "quantity": "12"})

    assert answer.status_code == 302
    assert LotChoice.objects.get().quantity == 12_000
    page = seen(floor, page_of(job))
    assert "18 not named yet" in page
    order = job.line.order
    told = seen(floor, f"{DESK}orders/{order.number}/lots/")
    assert '12 sq ft <small class="muted">chosen</small>' in told
    assert '20 sq ft <small class="muted"><span class="nowrap">by rule<' in told
    assert '12 sq ft</span> <small class="muted">chosen' in seen(
        floor, f"{DESK}stock/{leather(job).pk}/"
    )
    journal = seen(floor, f"{DESK}production/jobs/{job.pk}/")
    assert "said that 12 of LEATHER came from what a count found." in journal

    floor.post(f"{page_of(job)}{lot.pk}/taking-back/")
    assert "30 not named yet" in seen(floor, page_of(job))
    assert floor.post(f"{page_of(job)}{lot.pk}/taking-back/").status_code == 409


def test_what_cannot_be_stands_at_the_quantity_and_nothing_is_said(floor: Client, job: Job) -> None:
    answer = floor.post(page_of(job), {"lot": newest(job).pk, "quantity": "31"})

    assert answer.status_code == 422
    assert "Say at most what the work has used" in answer.text
    assert 'value="31"' in answer.text
    assert floor.post(page_of(job), {"lot": "9999", "quantity": "1"}).status_code == 422
    assert not LotChoice.objects.exists()


def test_before_the_work_begins_there_is_nothing_to_say(floor: Client, buyer: Party) -> None:
    job = testing.released_job(buyer)

    assert "No material was used yet" in floor.get(page_of(job)).text


def test_somebody_elses_is_not_found(client: Client, job: Job, sari: Person) -> None:
    testing.login(client, testing.staff("joko", testing.workshop("cibaduyut"), Role.OWNER))
    path = page_of(job).replace("ciomas", "cibaduyut")
    assert client.get(path).status_code == 404
    assert client.post(f"{path}{newest(job).pk}/taking-back/").status_code == 404
    seller = Client()
    testing.login(seller, sari)
    assert seller.get(page_of(job)).status_code == 403
    assert page_of(job) not in seller.get(f"{DESK}production/jobs/{job.pk}/").text


@pytest.mark.parametrize("orders", [1, 6])
def test_the_page_costs_the_same_for_any_number_of_lots(
    floor: Client,
    buyer: Party,
    job: Job,
    workshop: Workshop,
    udin: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    orders: int,
) -> None:
    for _one in range(orders):
        other = testing.needy_order(buyer)
        testing.fetch_material(other)
        work = Job.plan(by=udin, line=other.lines.get())
        work.release(by=udin)
        work.tap(by=udin, stage=work.stages.get(position=1), good={"40": 1})
    floor.post(page_of(job), {"lot": newest(job).pk, "quantity": "1"})
    floor.get(page_of(job))

    # session, user, person; job; needs, items; what was said, movements; jobs, their orders
    with django_assert_num_queries(10):
        floor.get(page_of(job))
