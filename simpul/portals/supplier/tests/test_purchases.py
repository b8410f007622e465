from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.lib import clock
from simpul.parties.models import AccessLink, Party, Person, Workshop
from simpul.procurement.models import PurchaseOrder, Status

HOME = "/ciomas/supply/"


@pytest.fixture
def purchase(supplier: Party, budi: Person) -> PurchaseOrder:
    return testing.sent_purchase(supplier)


@pytest.fixture
def portal(client: Client, budi: Person) -> Client:
    testing.login(client, budi)
    return client


def path(purchase: PurchaseOrder, page: str = "") -> str:
    return f"{HOME}purchases/{purchase.pk}/{page}"


def typed(purchase: PurchaseOrder, **others: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"revision": str(purchase.revision)}
    for line in purchase.lines.all():
        fields |= {
            f"quantity_{line.pk}": str(line.quantity // 1000),
            f"price_{line.pk}": str(line.price),
            f"on_{line.pk}": line.wished_on.isoformat(),
        }
    return fields | others


def fresh(purchase: PurchaseOrder) -> PurchaseOrder:
    return PurchaseOrder.objects.get(pk=purchase.pk)


def test_a_supplier_sees_its_own_and_nothing_of_whom_it_is_for(
    portal: Client, purchase: PurchaseOrder
) -> None:
    order = purchase.orders()[0]

    for page in (HOME, path(purchase), path(purchase, "answer/"), path(purchase, "refusal/")):
        text = portal.get(page).content.decode()
        assert purchase.number in text
        assert order.number not in text
        assert order.buyer.name not in text


def test_a_draft_is_not_seen(portal: Client, supplier: Party) -> None:
    draft = testing.draft_purchase(supplier)

    assert portal.get(path(draft)).status_code == 404
    assert path(draft) not in portal.get(HOME).content.decode()


def test_a_rival_finds_nothing(client: Client, purchase: PurchaseOrder, workshop: Workshop) -> None:
    rival = testing.person("Rival", testing.party(workshop, "Kulit Saing", is_supplier=True))
    testing.login(client, rival)
    line = purchase.lines.all()[0]

    assert purchase.number not in client.get(HOME).content.decode()
    for page in ("", "answer/", "refusal/", f"lines/{line.pk}/delay/"):
        assert client.get(path(purchase, page)).status_code == 404
    for page in ("confirmation/", "answer/", "refusal/", "message/", f"lines/{line.pk}/delay/"):
        answer = client.post(path(purchase, page), {"revision": "1", "reason": "x", "body": "x"})
        assert answer.status_code == 404
    assert fresh(purchase).status == Status.SENT


def test_other_kinds_of_people_are_kept_out(
    client: Client, purchase: PurchaseOrder, rina: Person
) -> None:
    testing.login(client, rina)

    assert client.get(path(purchase)).status_code == 403
    assert client.post(path(purchase, "confirmation/"), {"revision": "1"}).status_code == 403
    assert fresh(purchase).status == Status.SENT


def test_yes_to_all_of_it(portal: Client, purchase: PurchaseOrder) -> None:
    portal.post(path(purchase, "confirmation/"), {"revision": "1"})

    assert fresh(purchase).status == Status.CONFIRMED
    assert portal.post(path(purchase, "confirmation/"), {"revision": "1"}).status_code == 409


def test_yes_without_a_revision_is_no_yes(portal: Client, purchase: PurchaseOrder) -> None:
    for revision in ("", "x", "2"):
        answer = portal.post(path(purchase, "confirmation/"), {"revision": revision})
        assert answer.status_code == 409

    assert fresh(purchase).status == Status.SENT


def test_leaving_everything_as_it_stands_is_a_yes(portal: Client, purchase: PurchaseOrder) -> None:
    portal.post(path(purchase, "answer/"), typed(purchase))

    assert fresh(purchase).status == Status.CONFIRMED


def test_another_quantity_price_and_day_or_none(portal: Client, purchase: PurchaseOrder) -> None:
    leather, small, large = purchase.lines.order_by("position")
    portal.post(
        path(purchase, "answer/"),
        typed(
            purchase,
            note="Musim hujan",
            **{
                f"quantity_{leather.pk}": "30.5",
                f"price_{leather.pk}": "42.500",
                f"on_{leather.pk}": clock.in_days(9).isoformat(),
                f"cannot_{small.pk}": "on",
            },
        ),
    )

    assert fresh(purchase).status == Status.COUNTERED
    said = {line.line_id: line for line in fresh(purchase).latest().lines.all()}
    assert (said[leather.pk].quantity, said[leather.pk].price) == (30_500, 42_500)
    assert said[leather.pk].on == clock.in_days(9)
    assert said[small.pk].quantity == 0
    assert said[large.pk].quantity == 6_000
    assert "30.5" in portal.get(path(purchase)).content.decode()


def test_a_price_is_asked_for_where_there_is_none(portal: Client, purchase: PurchaseOrder) -> None:
    leather = purchase.lines.order_by("position")[0]

    answer = portal.post(path(purchase, "answer/"), typed(purchase, **{f"price_{leather.pk}": ""}))

    assert answer.status_code == 422
    assert fresh(purchase).status == Status.SENT


def test_none_of_it_can_be_delivered(portal: Client, purchase: PurchaseOrder) -> None:
    everything = {f"cannot_{line.pk}": "on" for line in purchase.lines.all()}
    assert portal.post(path(purchase, "answer/"), typed(purchase, **everything)).status_code == 422

    assert portal.post(path(purchase, "refusal/"), {"key": "a"}).status_code == 422
    portal.post(path(purchase, "refusal/"), {"reason": "Habis"})

    assert (fresh(purchase).status, fresh(purchase).reason) == (Status.DECLINED, "Habis")


def test_a_line_comes_later(portal: Client, purchase: PurchaseOrder, budi: Person) -> None:
    purchase.confirm(by=budi, revision=1)
    leather = purchase.lines.order_by("position")[0]
    page = path(purchase, f"lines/{leather.pk}/delay/")

    assert portal.get(page).status_code == 200
    assert portal.post(page, {"day": "2020-01-01"}).status_code == 422
    portal.post(page, {"day": clock.in_days(9).isoformat(), "reason": "Hujan"})

    leather.refresh_from_db()
    assert leather.expected_on == clock.in_days(9)


def test_both_sides_talk_about_it(portal: Client, purchase: PurchaseOrder) -> None:
    portal.post(path(purchase, "message/"), {"body": "Besok pagi"})

    assert "Besok pagi" in portal.get(path(purchase)).content.decode()


def test_a_link_opens_this_one_and_answers_it(
    client: Client, purchase: PurchaseOrder, supplier: Party, budi: Person
) -> None:
    other = testing.sent_purchase(
        supplier, testing.needy_order(testing.party(supplier.workshop, "Toko"))
    )
    link = AccessLink.objects.get(person=budi, subject_id=purchase.pk)

    answer = client.get(f"/l/{link.token}/")
    assert answer["Location"] == path(purchase)
    assert client.get(path(purchase)).status_code == 200
    assert client.get(path(other)).status_code != 200
    assert client.get(HOME).status_code != 200

    client.post(path(purchase, "confirmation/"), {"revision": "1"})
    client.post(path(other, "confirmation/"), {"revision": "1"})
    assert (fresh(purchase).status, fresh(other).status) == (Status.CONFIRMED, Status.SENT)

    link.revoke()
    assert client.get(path(purchase)).status_code == 404


@testing.counts_questions
@pytest.mark.parametrize("purchases", [1, 10])
def test_the_list_costs_the_same_for_any_length(
    portal: Client,
    supplier: Party,
    purchases: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _one in range(purchases):
        testing.sent_purchase(
            supplier, testing.needy_order(testing.party(supplier.workshop, "Toko"))
        )

    # session, user, person; purchases by state, how many, the page
    with django_assert_num_queries(6):
        assert portal.get(HOME).status_code == 200


@testing.counts_questions
@pytest.mark.parametrize("parts", [1, 10])
def test_the_page_costs_the_same_for_any_purchase(
    portal: Client,
    purchase: PurchaseOrder,
    budi: Person,
    rina: Person,
    parts: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    purchase.confirm(by=budi, revision=1)
    leather = purchase.lines.order_by("position")[0]
    for _part in range(parts):
        purchase.receive(by=rina, goods={leather: (1_000, 0)})

    # session, user, person; purchase, lines, revisions, their lines and people;
    # receipts, their lines; messages
    with django_assert_num_queries(11):
        assert portal.get(path(purchase)).status_code == 200


def test_what_cannot_be_delivered_needs_no_price(portal: Client, purchase: PurchaseOrder) -> None:
    leather = purchase.lines.order_by("position")[0]
    others = {f"price_{leather.pk}": "", f"on_{leather.pk}": "", f"cannot_{leather.pk}": "on"}

    portal.post(path(purchase, "answer/"), typed(purchase, **others))

    assert fresh(purchase).status == Status.COUNTERED
    assert fresh(purchase).latest().lines.get(line=leather).quantity == 0
