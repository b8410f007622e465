"""Notices of carriers at the door: whose key is right is kept as it came, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from simpul import testing
from simpul.delivery.carriers import State
from simpul.delivery.carriers.tests.samples import biteship
from simpul.delivery.models import Consignment, TrackingEvent
from simpul.parties.models import Party, Person

AT_ONCE = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def booked(buyer: Party, rina: Person, owner: Person, settings: Settings) -> Consignment:
    settings.TASKS = AT_ONCE
    return testing.booked_consignment(testing.shipment(buyer, "expedition"))


def send(word: str = "picked", slug: str = "ciomas", **more: Any) -> int:
    call = biteship(word, **more)
    answer = Client(enforce_csrf_checks=True).post(
        f"/hooks/carriers/biteship/{slug}/",
        call.body,
        content_type="application/json",
        headers=dict(call.headers),
    )
    return answer.status_code


def test_a_notice_is_answered_kept_and_heard(booked: Consignment) -> None:
    assert send() == 200
    event = TrackingEvent.objects.get()
    assert event.body.encode() == biteship("picked").body
    assert (event.consignment, event.state) == (booked, State.FETCHED)
    booked.refresh_from_db()
    assert booked.state == State.FETCHED


def test_a_replay_is_answered_and_changes_nothing(booked: Consignment) -> None:
    assert [send("dropping_off"), send("picked"), send("dropping_off")] == [200] * 3
    booked.refresh_from_db()
    assert booked.state == State.MOVING
    assert sorted(TrackingEvent.objects.values_list("times", flat=True)) == [1, 2]


def test_a_wrong_key_changes_nothing(booked: Consignment) -> None:
    assert send(key="a guess") == 403
    assert not TrackingEvent.objects.exists()


def test_one_workshops_key_opens_no_other_door(booked: Consignment, joko: Person) -> None:
    testing.carrier(joko.workshop, webhook_secret="of joko")
    assert send(slug="cibaduyut") == 403
    assert send(slug="cibaduyut", key="of joko") == 200
    booked.refresh_from_db()
    assert booked.state == State.BOOKED


def test_what_is_not_connected_is_not_there(booked: Consignment, owner: Person) -> None:
    assert booked.account is not None
    booked.account.disconnect(by=owner)
    assert send() == 404
    assert not TrackingEvent.objects.exists()


def test_who_looks_whether_somebody_is_there_is_answered(booked: Consignment) -> None:
    answer = Client().post("/hooks/carriers/biteship/ciomas/", b"", content_type="application/json")
    assert answer.status_code == 200
    assert not TrackingEvent.objects.exists()


def test_keys_that_cannot_be_read_let_it_be_repeated(
    booked: Consignment, settings: Settings
) -> None:
    settings.SECRET_KEY = "another"
    assert send() == 503


def test_a_notice_is_answered_fast(
    booked: Consignment, django_assert_max_num_queries: DjangoAssertNumQueries, settings: Settings
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    with django_assert_max_num_queries(10):
        assert send() == 200
