"""Piece wages on the desk: the week, a sheet, and its payment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.lib import clock
from simpul.parties.models import Party, Person
from simpul.parties.roles import Role
from simpul.payments.models import Purpose
from simpul.production.models import Job, WagePayment, WageSheet, WageSlip

WAGES = "/ciomas/desk/production/wages/"


@pytest.fixture
def job(buyer: Party, udin: Person) -> Job:
    """Ujang cut four pairs, Nana six: 8.000 and 12.000."""
    job = testing.released_job(buyer)
    job.tap(by=udin, stage=job.stages.get(position=1), good={"40": 4}, worker="Ujang")
    job.tap(by=udin, stage=job.stages.get(position=1), good={"41": 6}, worker="Nana")
    return job


@pytest.fixture
def sheet(job: Job, udin: Person) -> WageSheet:
    return WageSheet.settle(by=udin, last_on=clock.today())


def at_the_desk(client: Client, person: Person) -> Client:
    testing.login(client, person)
    return client


def test_the_week_by_worker(client: Client, job: Job, udin: Person) -> None:
    page = at_the_desk(client, udin).get(WAGES).text

    for words in ("Ujang", "Nana", "8,000", "12,000", "20,000", "Potong"):
        assert words in page
    assert "Ujang" not in client.get(f"{WAGES}?day=2020-01-15").text
    for odd in ("2020-13-45", "0001-01-01", "9999-12-31", "x"):
        assert "Ujang" in client.get(f"{WAGES}?day={odd}").text  # this week


def test_one_tap_settles_everybody(client: Client, job: Job, udin: Person) -> None:
    desk = at_the_desk(client, udin)

    answer = desk.post(f"{WAGES}settling/", {"last_on": clock.today().isoformat()})

    sheet = WageSheet.objects.get()
    assert answer["Location"] == f"{WAGES}{sheet.pk}/"
    page = desk.get(answer["Location"]).text
    assert "20,000" in page
    assert "Potong" in page
    assert sheet.number in desk.get(WAGES).text
    again = desk.post(f"{WAGES}settling/", {"last_on": clock.today().isoformat()})
    assert again.status_code == 409
    assert WageSheet.objects.count() == 1


def test_one_worker_is_settled(client: Client, job: Job, udin: Person) -> None:
    facts = {"last_on": clock.today().isoformat(), "worker": "Nana"}
    at_the_desk(client, udin).post(f"{WAGES}settling/", facts)

    assert [slip.worker for slip in WageSlip.objects.all()] == ["Nana"]


def test_a_day_that_is_none_changes_nothing(client: Client, job: Job, udin: Person) -> None:
    answer = at_the_desk(client, udin).post(f"{WAGES}settling/", {"last_on": "yesterday"})

    assert answer["Location"] == WAGES
    assert not WageSheet.objects.exists()


def test_paid_in_cash(client: Client, sheet: WageSheet, fajar: Person) -> None:
    desk = at_the_desk(client, fajar)
    assert f"{WAGES}" in desk.get("/ciomas/desk/").text  # it waits for finance
    slips = [slip.pk for slip in sheet.slips.all()]

    answer = desk.post(f"{WAGES}{sheet.pk}/", {"slips": slips, "purpose": "cash"})

    assert answer["Location"] == f"{WAGES}{sheet.pk}/"
    assert Purpose.objects.get().amount_sen == -2_000_000
    assert WageSheet.objects.with_sums().get().unpaid == 0
    assert f'href="{WAGES}"' not in desk.get("/ciomas/desk/").text


def test_paid_by_what_left_already(client: Client, sheet: WageSheet, fajar: Person) -> None:
    paid = Purpose.of_cash(by=fajar, kind="wages", amount=-12_000)
    desk = at_the_desk(client, fajar)
    nana, ujang = sheet.slips.order_by("worker")

    both = {"slips": [nana.pk, ujang.pk], "purpose": paid.pk}
    assert desk.post(f"{WAGES}{sheet.pk}/", both).status_code == 422
    assert not WagePayment.objects.exists()

    desk.post(f"{WAGES}{sheet.pk}/", {"slips": [nana.pk], "purpose": paid.pk})
    payment = WagePayment.objects.get()
    assert (payment.slip, payment.purpose) == (nana, paid)

    desk.post(f"{WAGES}{sheet.pk}/payments/{payment.pk}/unpaying/")
    assert not WagePayment.objects.standing().exists()


@pytest.mark.parametrize("facts", [{}, {"purpose": "cash"}, {"slips": ["0"], "purpose": "cash"}])
def test_nobody_in_particular_is_not_paid(
    client: Client, sheet: WageSheet, fajar: Person, facts: dict[str, object]
) -> None:
    assert at_the_desk(client, fajar).post(f"{WAGES}{sheet.pk}/", facts).status_code in (200, 422)

    assert not Purpose.objects.exists()


def test_production_settles_and_finance_pays(
    client: Client, job: Job, udin: Person, fajar: Person, sari: Person
) -> None:
    today = {"last_on": clock.today().isoformat()}
    for person in (fajar, sari):
        assert at_the_desk(client, person).post(f"{WAGES}settling/", today).status_code == 403
    assert not WageSheet.objects.exists()

    sheet = WageSheet.settle(by=udin, last_on=clock.today())
    facts = {"slips": [slip.pk for slip in sheet.slips.all()], "purpose": "cash"}
    for person, looks, pays in ((udin, 200, 403), (sari, 404, 404), (fajar, 200, 302)):
        desk = at_the_desk(client, person)
        assert desk.get(f"{WAGES}{sheet.pk}/").status_code == looks
        assert desk.post(f"{WAGES}{sheet.pk}/", facts).status_code == pays
        assert Purpose.objects.exists() is (pays == 302)


def test_another_workshop_finds_nothing(client: Client, sheet: WageSheet, fajar: Person) -> None:
    sheet.pay(by=fajar, slips=list(sheet.slips.all()))
    payment = WagePayment.objects.order_by("pk")[0]
    other = testing.staff("Joko", testing.workshop("cibaduyut"), Role.OWNER)
    desk, path = at_the_desk(client, other), f"/cibaduyut/desk/production/wages/{sheet.pk}/"

    assert desk.get(path).status_code == 404
    assert desk.post(f"{path}payments/{payment.pk}/unpaying/").status_code == 404
    assert "Ujang" not in desk.get("/cibaduyut/desk/production/wages/").text


@testing.counts_questions
@pytest.mark.parametrize("weeks", [1, 8])
def test_the_pages_cost_the_same_for_any_history(
    client: Client,
    buyer: Party,
    udin: Person,
    fajar: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    weeks: int,
) -> None:
    now = clock.now()
    for week in range(weeks):
        with clock.stopped(now - timedelta(days=week)):
            job = testing.released_job(buyer)
            for name in ("Ujang", "Nana", "Asep")[: 2 if weeks == 1 else 3]:
                first = job.stages.get(position=1)
                job.tap(by=udin, stage=first, good={"41": 2}, worker=name)
            sheet = WageSheet.settle(by=udin, last_on=clock.today())
            sheet.pay(by=fajar, slips=[sheet.slips.order_by("pk")[0]])
    desk = at_the_desk(client, fajar)
    desk.get(WAGES)

    with django_assert_num_queries(6):  # session, user, person; the week, sheets and their number
        desk.get(WAGES)
    # session, user, person; sheet, slips, pieces, money that left (two), payments, journal
    with django_assert_num_queries(10):
        desk.get(f"{WAGES}{sheet.pk}/")
