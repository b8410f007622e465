"""What the shop window says of the workshop is counted, and its pictures are the owner's choice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from simpul import testing
from simpul.crm.models import ShowcaseRules, ShownPicture
from simpul.insight.punctuality import delivered_by, punctuality_of
from simpul.lib import clock
from simpul.orders.models import LineSize, Order, OrderRevision, Status
from simpul.parties.models import Party, Person, Workshop
from simpul.portals.storefront import profile
from simpul.workflow.steps import NotAllowed, WrongState

DESK = "/ciomas/desk/customers/showcase/"


def due(buyer: Party, *, days_ago: int, there_after: int | None, moved: int = 0) -> Order:
    """An order that was promised so many days ago, and came so many days after that, or never."""
    order = testing.confirmed_order(buyer)
    promise = clock.today() - timedelta(days=days_ago)
    OrderRevision.objects.filter(order=order).update(promised_on=promise)
    order.promised_on = promise + timedelta(days=moved)
    if there_after is not None:
        order.arrived_on = promise + timedelta(days=there_after)
        order.fulfilled_at = clock.begin_of(order.arrived_on) + timedelta(days=3)  # noted later
        order.status = Status.FULFILLED
    order.save()
    return order


def test_what_was_promised_first_counts_and_what_is_not_there_is_late(
    workshop: Workshop, buyer: Party
) -> None:
    due(buyer, days_ago=20, there_after=0)
    due(buyer, days_ago=20, there_after=-3)
    due(buyer, days_ago=20, there_after=2, moved=9)  # moved later: it is late all the same
    due(buyer, days_ago=5, there_after=None)
    due(buyer, days_ago=400, there_after=0)  # long ago
    testing.confirmed_order(buyer)  # not due yet

    found = punctuality_of(workshop)
    assert (found.on_time, found.promised, found.is_enough) == (2, 4, False)
    pairs = LineSize.objects.filter(line__order__status=Status.FULFILLED)
    assert delivered_by(workshop).pairs == sum(pairs.values_list("pairs", flat=True)) > 0

    ShowcaseRules.objects.create(workshop=workshop, fewest=4, days=30)
    assert punctuality_of(workshop).is_enough


def test_samples_do_not_count(workshop: Workshop, buyer: Party) -> None:
    due(buyer, days_ago=20, there_after=0)
    before = delivered_by(workshop)
    sample = due(buyer, days_ago=20, there_after=0)
    Order.objects.filter(pk=sample.pk).update(is_sample=True)

    assert punctuality_of(workshop).promised == 1
    assert delivered_by(workshop).pairs == before.pairs


def test_the_figures_are_counted_once_an_hour(
    client: Client, workshop: Workshop, buyer: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(buyer, days_ago=20, there_after=0)
    asked: list[str] = []

    def count(name: str, answer: object) -> None:
        def counted(_workshop: Workshop) -> object:
            asked.append(name)
            return answer

        monkeypatch.setattr(profile, name, counted)

    count("punctuality_of", punctuality_of(workshop))
    count("delivered_by", delivered_by(workshop))
    client.get("/ciomas/")
    client.get("/ciomas/")
    assert asked == ["delivered_by"]  # of the other one nothing is said

    ShowcaseRules.objects.create(workshop=workshop, says_punctuality=True)
    client.get("/ciomas/")
    client.get("/ciomas/")
    assert asked == ["delivered_by", "punctuality_of"]


def test_it_is_said_only_where_there_are_enough(
    client: Client, workshop: Workshop, buyer: Party, owner: Person
) -> None:
    due(buyer, days_ago=20, there_after=0)
    assert "1 of 1 orders" not in client.get("/ciomas/", headers={"Accept-Language": "en"}).text

    testing.login(client, owner)
    assert client.post(DESK, {"fewest": "0", "days": "30"}).status_code == 422
    client.post(DESK, {"fewest": "1", "days": "30"})
    assert (punctuality_of(workshop).is_enough, punctuality_of(workshop).is_said) == (True, False)
    client.post(DESK, {"fewest": "1", "days": "30", "says_punctuality": "on"})
    client.logout()
    assert "1 of 1 orders" in client.get("/ciomas/", headers={"Accept-Language": "en"}).text


def test_a_picture_is_shown_once_somebody_has_looked_for_faces(
    client: Client, buyer: Party, owner: Person, sari: Person
) -> None:
    photo = testing.photo(testing.released_job(buyer))
    with pytest.raises(NotAllowed):
        ShownPicture.show(by=sari, photo=photo)
    testing.login(client, owner)
    client.post(f"{DESK}photos/{photo.pk}/", {})
    assert not ShownPicture.objects.exists()
    client.post(f"{DESK}photos/{photo.pk}/", {"is_of_goods": "on"})
    shown = ShownPicture.objects.get()
    with pytest.raises(WrongState):
        ShownPicture.show(by=owner, photo=photo)

    address = f"/ciomas/work/{shown.pk}/"
    client.logout()
    assert address in client.get("/ciomas/").text
    assert client.get(f"{address}?small")["Content-Type"].startswith("image/")
    assert client.get(f"/cibaduyut/work/{shown.pk}/").status_code == 404

    shown.take_off(by=owner)
    assert client.get(address).status_code == 404
    with pytest.raises(WrongState):
        shown.take_off(by=owner)
