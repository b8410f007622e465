"""Work that is given out, on the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.insight import audit
from simpul.insight.audit import findings
from simpul.lib import clock
from simpul.parties.models import Party, Person
from simpul.parties.roles import Role
from simpul.procurement import planning
from simpul.production.models import Job, Outwork, StageLog
from simpul.production.outwork import give_out, take_in
from simpul.production.shelf import give_back
from simpul.stock.models import Balance

DESK = "/ciomas/desk/production/"


@pytest.fixture
def floor(client: Client, udin: Person) -> Client:
    testing.login(client, udin)
    return client


@pytest.fixture
def job(buyer: Party) -> Job:
    return testing.released_job(buyer)


def giving(job: Job, **facts: Any) -> tuple[str, dict[str, Any]]:
    """The address of the form, and what it sends: three pairs of 40 to Bu Tini."""
    size = next(size for size in job.sizes.for_work() if size.name == "40")
    sent = {
        f"pairs_{size.pk}": 3,
        "worker": "Bu Tini",
        "telephone": "0812-0000-0099",
        "rate": 2_500,
        "due_on": clock.in_days(3).isoformat(),
        **facts,
    }
    return f"{DESK}jobs/{job.pk}/stages/1/outwork/", sent


def given(job: Job, udin: Person, **facts: Any) -> Outwork:
    first = job.stages.get(position=1)
    facts = {"pairs": {"40": 3}, "worker": "Bu Tini", "due_on": clock.today(), **facts}
    give_out(job, by=udin, stage=first, stage_name=first.name, rate=2_500, **facts)
    return Outwork.objects.latest("pk")


def test_where_no_pair_waits_nothing_is_asked(floor: Client, job: Job) -> None:
    first, later = (floor.get(f"{DESK}jobs/{job.pk}/stages/{at}/outwork/").text for at in (1, 2))

    assert "No pair waits here now." in later
    assert 'name="worker"' in first
    assert 'name="worker"' not in later


def test_pairs_are_given_out(floor: Client, job: Job) -> None:
    path, sent = giving(job)
    assert path in floor.get(f"{DESK}jobs/{job.pk}/stages/1/").text
    assert floor.get(path).status_code == 200

    answer = floor.post(path, sent)

    outwork = Outwork.objects.get()
    assert answer["Location"] == f"{DESK}outwork/{outwork.pk}/"
    assert (outwork.worker, outwork.telephone, outwork.rate) == ("Bu Tini", "+6281200000099", 2_500)
    slip = floor.get(answer["Location"]).text
    for words in ("Bu Tini", outwork.number, "2,500", "LEATHER"):
        assert words in slip
    for page in (DESK, f"{DESK}jobs/{job.pk}/"):
        assert f"{DESK}outwork/{outwork.pk}/" in floor.get(page).text
    assert '<option value="Bu Tini">' in floor.get(path).text


@pytest.mark.parametrize(
    "facts",
    [{"worker": ""}, {"telephone": "12"}, {"due_on": "2020-01-01"}, {"rate": "-1"}, {"none": 1}],
)
def test_what_cannot_be_is_asked_again(floor: Client, job: Job, facts: dict[str, Any]) -> None:
    path, sent = giving(job, **facts)
    if "none" in facts:
        sent = {name: value for name, value in sent.items() if not name.startswith("pairs_")}

    answer = floor.post(path, sent)

    assert answer.status_code == 422
    assert sent["worker"] in answer.text
    assert not Outwork.objects.exists()


def test_they_are_taken_in(floor: Client, job: Job, udin: Person) -> None:
    outwork = given(job, udin)
    row = outwork.sizes.get()
    path = f"{DESK}outwork/{outwork.pk}/taking-in/"
    assert path in floor.get(f"{DESK}outwork/{outwork.pk}/").text
    assert floor.get(path).status_code == 200

    for sent in ({}, {f"good_{row.pk}": 4}, {f"good_{row.pk}": 2, f"reject_{row.pk}": 2}):
        assert floor.post(path, {"key": "", **sent}).status_code == 422
    assert not StageLog.objects.exists()

    floor.post(path, {f"good_{row.pk}": 2, f"reject_{row.pk}": 1})

    log = StageLog.objects.get()
    assert (log.good, log.reject, log.worker, log.rate) == (2, 1, "Bu Tini", 2_500)
    assert path not in floor.get(f"{DESK}outwork/{outwork.pk}/").text
    assert f"{DESK}outwork/{outwork.pk}/" not in floor.get(DESK).text


def test_nothing_more_comes(floor: Client, job: Job, udin: Person) -> None:
    outwork = given(job, udin)

    floor.post(f"{DESK}outwork/{outwork.pk}/taking-in/", {"is_over": "on"})

    outwork.refresh_from_db()
    assert not outwork.is_out
    assert not StageLog.objects.exists()


def test_late_ones_wait_on_today(floor: Client, job: Job, udin: Person) -> None:
    given(job, udin, due_on=clock.today())
    assert "outwork is late" not in floor.get("/ciomas/desk/").text

    Outwork.objects.update(due_on=clock.in_days(-1))

    assert "1 outwork is late" in floor.get("/ciomas/desk/").text
    assert 'data-status="late"' in floor.get(DESK).text


def test_who_has_it_is_for_owner_production_and_stock(
    client: Client, job: Job, udin: Person, rina: Person, sari: Person
) -> None:
    outwork = given(job, udin)
    for person, looks in ((rina, 200), (sari, 404)):
        testing.login(client, person)
        assert client.get(f"{DESK}outwork/{outwork.pk}/").status_code == looks
        assert ("Bu Tini" in client.get(DESK).text) is (looks == 200)
        assert client.get(f"{DESK}jobs/{job.pk}/stages/1/outwork/").status_code == 403
        assert client.get(f"{DESK}outwork/{outwork.pk}/taking-in/").status_code == 403


def test_another_workshop_finds_nothing(client: Client, job: Job, udin: Person) -> None:
    outwork = given(job, udin)
    testing.login(client, testing.staff("Joko", testing.workshop("cibaduyut"), Role.OWNER))

    for path in (f"outwork/{outwork.pk}/", f"outwork/{outwork.pk}/taking-in/"):
        assert client.get(f"/cibaduyut/desk/production/{path}").status_code == 404
    path = f"/cibaduyut/desk/production/jobs/{job.pk}/stages/1/outwork/"
    assert client.post(path, giving(job)[1]).status_code == 404


def test_material_of_an_order_that_ended_comes_home_before_it_is_free(
    job: Job, udin: Person, rina: Person, owner: Person
) -> None:
    outwork, order = given(job, udin), job.line.order
    order.cancel(by=owner, reason="tutup")
    planning.release(order, by=rina)
    leather = Balance.objects.filter(item__material__code="LEATHER")
    assert [one.free for one in leather.order_by("location__kind")] == [0, 22_400]

    take_in(job, by=udin, outwork=outwork, good={}, reject={}, is_over=True)
    planning.release(order, by=rina)

    assert leather.get(location__kind="store").free == 32_000
    assert list(findings(job.workshop, [audit.stock, audit.needs, audit.outwork])) == []


def test_what_was_made_for_an_order_that_ended_is_taken_in(
    floor: Client, job: Job, udin: Person, rina: Person, owner: Person
) -> None:
    first, second, last = job.stages.order_by("position")
    for stage in (first, second):
        job.tap(by=udin, stage=stage, good={"40": 4, "41": 6})
    give_out(
        job, by=udin, stage=last, stage_name=last.name, pairs={"40": 3},
        worker="Bu Tini", rate=2_500, due_on=clock.today(),
    )  # fmt: skip
    outwork, order = Outwork.objects.get(), job.line.order
    order.cancel(by=owner, reason="tutup")
    planning.release(order, by=rina)
    give_back(order, by=rina)

    path = f"{DESK}outwork/{outwork.pk}/taking-in/"
    assert floor.get(path).status_code == 200
    floor.post(path, {f"good_{outwork.sizes.get().pk}": 2, "is_over": "on"})

    assert StageLog.objects.latest("pk").wage == 5_000
    assert Balance.objects.get(item__variant__size="40").free == 2
    goods = [audit.stock, audit.needs, audit.pairs, audit.outwork]
    assert list(findings(job.workshop, [*goods, audit.wages, audit.books])) == []


@testing.counts_questions
@pytest.mark.parametrize("sizes", [1, 2])
def test_the_slip_costs_the_same_for_any_number(
    floor: Client,
    job: Job,
    udin: Person,
    sizes: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    outwork = given(job, udin, pairs=dict([("40", 2), ("41", 3)][:sizes]))
    floor.get(f"{DESK}outwork/{outwork.pk}/")

    with django_assert_num_queries(6):  # session, user, person; the slip, its sizes, its material
        floor.get(f"{DESK}outwork/{outwork.pk}/")
