from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import LineSize, Order
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.portals.workshop import production
from simpul.production.models import CauseList, Job, StageLog, StagePhoto, StagePlan, Status

DESK = "/ciomas/desk/production/"


@pytest.fixture
def floor(client: Client, udin: Person) -> Client:
    testing.login(client, udin)
    return client


@pytest.fixture
def job(buyer: Party) -> Job:
    return testing.released_job(buyer)


def page_of(job: Job) -> str:
    return f"{DESK}jobs/{job.pk}/"


def counting(job: Job, position: int, **pairs: int) -> tuple[str, dict[str, Any]]:
    """The address of a stage, and what its form sends: `counting(job, 1, good_40=4)`."""
    sizes = {size.name: size.pk for size in job.sizes.for_work()}
    typed = {
        f"{kind}_{sizes[size]}": count
        for name, count in pairs.items()
        for kind, size in [name.split("_")]
    }
    return f"{page_of(job)}stages/{position}/", typed


def test_the_board_says_what_waits_where(floor: Client, job: Job, udin: Person) -> None:
    job.tap(by=udin, stage=job.stages.get(position=1), good={"40": 3})

    page = floor.get(DESK).text

    assert "Potong" in page
    assert "Jahit" in page
    assert f'href="{page_of(job)}stages/2/"' in page
    assert "Finishing" not in page


def test_a_board_with_too_many_jobs_shows_those_whose_turn_comes_first(
    floor: Client, job: Job, buyer: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = testing.needy_order(buyer)
    floor.post(f"/ciomas/desk/orders/{later.number}/lines/{later.lines.get().pk}/plan/")
    assert "whose turn comes first" not in floor.get(DESK).text

    monkeypatch.setattr(production, "ON_THE_BOARD", 1)
    page = floor.get(DESK).text
    assert "Only the 1 jobs whose turn comes first." in page
    assert page_of(job) in page
    assert page_of(Job.objects.get(line__order=later)) not in page


def test_the_board_says_what_could_be_planned(floor: Client, buyer: Party) -> None:
    order = testing.needy_order(buyer)
    line = order.lines.get()

    assert f"/ciomas/desk/orders/{order.number}/lines/{line.pk}/plan/" in floor.get(DESK).text

    answer = floor.post(f"/ciomas/desk/orders/{order.number}/lines/{line.pk}/plan/")
    assert answer["Location"] == page_of(Job.objects.get())


def test_release(floor: Client, buyer: Party) -> None:
    job = testing.planned_job(buyer)

    assert floor.post(f"{page_of(job)}release/")["Location"] == page_of(job)
    assert Job.objects.get().status == Status.RELEASED


def test_release_without_material_says_which(floor: Client, buyer: Party) -> None:
    job = testing.planned_job(buyer, material=False)

    answer = floor.post(f"{page_of(job)}release/")

    assert answer.status_code == 409
    assert "LEATHER" in answer.text


def test_counting_on_the_phone(floor: Client, job: Job) -> None:
    path, typed = counting(job, 1, good_40=3, reject_41=1)
    assert floor.get(path).status_code == 200

    assert floor.post(path, typed | {"worker": "Ujang"})["Location"] == page_of(job)

    logs = {log.size.name: (log.good, log.reject, log.worker) for log in StageLog.objects.all()}
    assert logs == {"40": (3, 0, "Ujang"), "41": (0, 1, "Ujang")}
    assert "Ujang" in floor.get(page_of(job)).text


def test_the_days_of_the_stages_are_planned_anew(floor: Client, job: Job) -> None:
    address = f"{page_of(job)}schedule/"
    assert "No plan was kept" in floor.get(page_of(job)).text
    first, last = clock.in_days(2), clock.in_days(5)
    typed = {"stage_1": first, "stage_2": last, "stage_3": first, "reason": "rain"}
    answer = floor.post(address, typed)
    assert answer.status_code == 422
    assert "Not before" in answer.text
    assert not StagePlan.objects.exists()

    floor.post(address, {**typed, "stage_3": last})

    plans = StagePlan.objects.order_by("stage__position").values_list("turn", "due_on")
    assert list(plans) == [(1, first), (1, last), (1, last)]
    page = floor.get(page_of(job)).text
    assert "Days of the stages" in page
    assert "No plan was kept" not in page
    assert "planned the days of the stages anew: rain" in page


def test_the_schedule_is_kept_with_the_release(floor: Client, buyer: Party) -> None:
    job = testing.planned_job(buyer)
    testing.hands(buyer.workshop)
    floor.post(f"{page_of(job)}release/")

    days = StagePlan.objects.order_by("stage__position").values_list("due_on", flat=True)
    assert list(days) == sorted(days)
    assert (len(days), days[0] > clock.today()) == (3, True)


def test_no_cause_is_asked_for_where_the_list_is_empty(
    floor: Client, job: Job, udin: Person
) -> None:
    CauseList.kept_of(job.workshop).name(by=udin, words=[])
    address, typed = counting(job, 1, good_41=2, reject_41=1)
    assert "What was wrong" not in floor.get(address).text
    assert floor.post(address, typed)["Location"] == page_of(job)
    assert list(StageLog.objects.values_list("reject", "cause")) == [(1, "")]


def test_why_pairs_are_spoilt_is_chosen_with_the_count(floor: Client, job: Job) -> None:
    address, typed = counting(job, 1, good_41=2, reject_41=1)
    assert '<option value="Kulit cacat">Flaw in the leather</option>' in floor.get(address).text
    nothing = counting(job, 1, good_41=2)[1]
    answer = floor.post(address, {**nothing, "cause": "Kulit cacat"})
    assert (answer.status_code, StageLog.objects.count()) == (422, 0)
    assert "Say how many pairs were rejected or mended" in answer.text
    assert '<option value="Kulit cacat" selected>' in answer.text

    old = "Pola lama"  # chosen on a telephone before the list was changed
    for cause in ("Kulit cacat", old):
        assert floor.post(address, {**typed, "cause": cause})["Location"] == page_of(job)

    counted = StageLog.objects.order_by("pk").values_list("reject", "cause")
    assert list(counted) == [(1, "Kulit cacat"), (1, old)]
    assert '<span class="muted">Flaw in the leather</span>' in floor.get(page_of(job)).text
    assert f'href="{page_of(job)}"' in floor.get(f"{DESK}jobs/?cause=Kulit+cacat").text
    assert f'href="{page_of(job)}"' not in floor.get(f"{DESK}jobs/?cause=Lem+lepas").text


def test_the_same_form_counts_once(floor: Client, job: Job) -> None:
    path, typed = counting(job, 1, good_40=2)
    for _again in range(2):
        floor.post(path, typed | {"key": "a" * 32, "client_id": "phone-1"})

    assert StageLog.objects.get().good == 2


@pytest.mark.parametrize(("good_40", "reject_40"), [(0, 0), (5, 0), (3, 2)])
def test_a_count_that_cannot_be_is_asked_again(
    floor: Client, job: Job, good_40: int, reject_40: int
) -> None:
    path, typed = counting(job, 1, good_40=good_40, reject_40=reject_40)

    assert floor.post(path, typed).status_code == 422
    assert not StageLog.objects.exists()


def test_all_that_wait_are_filled_in(floor: Client, job: Job) -> None:
    path, _typed = counting(job, 1)
    assert 'value="6"' in floor.get(f"{path}?all").text


def test_a_count_is_taken_back(floor: Client, job: Job, udin: Person) -> None:
    job.tap(by=udin, stage=job.stages.get(position=1), good={"40": 3})
    path = f"{page_of(job)}counts/{StageLog.objects.get().pk}/correction/"
    assert floor.get(path).status_code == 200

    floor.post(path, {"reason": "salah hitung"})

    assert StageLog.objects.count() == 2
    assert floor.get(page_of(job)).status_code == 200


def test_hold_go_on_cancel(floor: Client, job: Job, udin: Person) -> None:
    job.tap(by=udin, stage=job.stages.get(position=1), good={"40": 1})
    assert floor.get(f"{page_of(job)}hold/").status_code == 200
    floor.post(f"{page_of(job)}hold/", {"reason": "listrik mati"})
    assert "listrik mati" in floor.get(DESK).text
    assert floor.get(f"{page_of(job)}stages/1/").status_code == 409
    floor.post(f"{page_of(job)}resumption/")
    assert floor.get(f"{page_of(job)}cancellation/").status_code == 200
    floor.post(f"{page_of(job)}cancellation/", {"reason": "batal"})

    assert Job.objects.get().status == Status.CANCELLED


def test_pairs_from_stock(floor: Client, buyer: Party) -> None:
    order = testing.needy_order(buyer)
    size = LineSize.objects.get(variant__size="41")
    testing.lay_down(size.variant, 4)
    path = f"/ciomas/desk/orders/{order.number}/shelf/"
    assert path in floor.get(f"/ciomas/desk/orders/{order.number}/").text
    assert floor.get(path).status_code == 200

    assert floor.post(path, {f"size_{size.pk}": 5}).status_code == 422
    assert floor.post(path, {f"size_{size.pk}": 4}).status_code == 302

    size.refresh_from_db()
    assert size.made == 4
    assert path not in floor.get(f"/ciomas/desk/orders/{order.number}/").text  # no more lie there


def test_where_no_pair_waits_none_can_be_given_out(floor: Client, job: Job) -> None:
    first, second = (floor.get(f"{page_of(job)}stages/{place}/").text for place in (1, 2))

    assert "Give pairs out" in first
    assert "No pair waits here now." in second
    assert "Give pairs out" not in second


def test_pairs_of_an_ended_order_go_back(floor: Client, job: Job, owner: Person) -> None:
    testing.run_through(job, {"40": 4})
    order = Order.objects.get()
    order.cancel(by=owner, reason="tutup")
    path = f"/ciomas/desk/orders/{order.number}/shelf/returning/"
    assert path in floor.get(DESK).text

    floor.post(path)

    assert path not in floor.get(DESK).text


def test_who_made_what_is_for_owner_and_production(
    client: Client, job: Job, udin: Person, sari: Person, owner: Person
) -> None:
    job.tap(by=udin, stage=job.stages.get(position=1), good={"40": 4}, worker="Ujang")

    for person, sees in ((owner, True), (udin, True), (sari, False)):
        testing.login(client, person)
        assert ("Ujang" in client.get(page_of(job)).text) is sees


def test_jobs_are_found(floor: Client, job: Job) -> None:
    for query in ("", "?q=Dewi", f"?q={job.number}", "?status=released", "?status=open"):
        assert job.number in floor.get(f"{DESK}jobs/{query}").text
    for query in ("?q=nobody", "?status=done"):
        assert job.number not in floor.get(f"{DESK}jobs/{query}").text


def test_sales_looks_but_does_not_count(client: Client, job: Job, sari: Person) -> None:
    testing.login(client, sari)
    path, typed = counting(job, 1, good_40=1)

    assert client.get(page_of(job)).status_code == 200
    assert path not in client.get(DESK).text
    assert client.get(path).status_code == 403
    assert client.post(path, typed).status_code == 403
    assert client.post(f"{page_of(job)}release/").status_code == 403


def test_another_workshop_finds_nothing(client: Client, job: Job) -> None:
    workshop = testing.workshop("cibaduyut")
    testing.login(client, testing.staff("Joko", workshop, Role.OWNER))
    order = job.line.order.number

    for path in ("", "stages/1/", "hold/", "cancellation/"):
        assert client.get(f"/cibaduyut/desk/production/jobs/{job.pk}/{path}").status_code == 404
        assert client.get(f"{page_of(job)}{path}").status_code == 404
    assert client.post(f"/cibaduyut/desk/production/jobs/{job.pk}/release/").status_code == 404
    assert client.get(f"/cibaduyut/desk/orders/{order}/shelf/").status_code == 404


@testing.counts_questions
@pytest.mark.parametrize("count", [1, 10])
@pytest.mark.parametrize(("path", "queries"), [("", 16), ("jobs/", 11)])
def test_the_lists_cost_the_same_for_any_number(
    floor: Client,
    workshop: Workshop,
    buyer: Party,
    udin: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    queries: int,
    count: int,
) -> None:
    for _one in range(count):
        line = testing.confirmed_order(buyer).lines.get()
        job = Job.plan(by=udin, line=line)
        Job.objects.filter(pk=job.pk).update(status="released", number=f"SPK-{job.pk}")
        testing.confirmed_order(buyer)
    floor.get(DESK)

    # session, user, person; jobs, sizes, variants, stages, counts, what is outside; what else the
    # page shows
    with django_assert_num_queries(queries):
        floor.get(f"{DESK}{path}")


@testing.counts_questions
@pytest.mark.parametrize("counts", [1, 10])
def test_a_job_costs_the_same_for_any_history(
    floor: Client,
    job: Job,
    udin: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    counts: int,
) -> None:
    for stage in job.stages.order_by("position")[: 1 if counts == 1 else 3]:
        for _one in range(1 if counts == 1 else 3):
            job.tap(by=udin, stage=stage, good={"41": 1})
        testing.photo(job)
    floor.get(page_of(job))

    with django_assert_num_queries(17):
        floor.get(page_of(job))


def test_today_leads_here(floor: Client) -> None:
    assert DESK in floor.get("/ciomas/desk/").text


def test_a_count_that_comes_twice_is_no_slip(floor: Client, job: Job) -> None:
    """A telephone that lost the answer sends once more: by then no pair waits there."""
    address, typed = counting(job, 1, good_40=4, good_41=6)
    typed["client_id"] = "a telephone's own"
    for _time in range(2):
        answer = floor.post(address, typed)
        assert (answer.status_code, answer["Location"]) == (302, page_of(job))

    assert sum(log.good for log in StageLog.objects.of(job)) == 10


# Photos


def handed_in() -> SimpleUploadedFile:
    return SimpleUploadedFile("foto.jpg", testing.picture().content, "image/jpeg")


def test_a_photo_is_taken_at_a_stage(floor: Client, job: Job) -> None:
    path = f"{page_of(job)}stages/1/photo/"
    assert path in floor.get(page_of(job)).text
    assert 'capture="environment"' in floor.get(path).text

    answer = floor.post(path, {"photo": handed_in(), "words": "Kulitnya bagus", "is_shown": "on"})

    assert answer["Location"] == page_of(job)
    photo = StagePhoto.objects.get()
    assert (photo.words, photo.is_shown, photo.stage.position) == ("Kulitnya bagus", True, 1)
    assert "Kulitnya bagus" in floor.get(page_of(job)).text
    picture = floor.get(f"{page_of(job)}photos/{photo.pk}/")
    assert (picture["Content-Type"], picture.content) == ("image/jpeg", photo.upload.read())


def test_what_is_no_photo_is_asked_again(floor: Client, job: Job) -> None:
    path = f"{page_of(job)}stages/1/photo/"
    for sent in ({}, {"photo": SimpleUploadedFile("x.jpg", b"<svg></svg>")}):
        answer = floor.post(path, {"words": "Kulit", **sent})
        assert answer.status_code == 422
        assert 'value="Kulit"' in answer.text

    assert not StagePhoto.objects.exists()


def test_a_photo_is_hidden_from_the_buyer_and_shown_again(floor: Client, job: Job) -> None:
    photo = testing.photo(job)
    for step, is_shown in (("hiding", False), ("showing", True)):
        path = f"{page_of(job)}photos/{photo.pk}/{step}/"
        assert path in floor.get(page_of(job)).text
        assert floor.post(path)["Location"] == page_of(job)
        photo.refresh_from_db()
        assert photo.is_shown is is_shown


def test_photos_of_another_job_are_not_found(floor: Client, job: Job, buyer: Party) -> None:
    photo = testing.photo(testing.released_job(buyer))

    assert floor.get(f"{page_of(job)}photos/{photo.pk}/").status_code == 404
    assert floor.post(f"{page_of(job)}photos/{photo.pk}/hiding/").status_code == 404
    assert StagePhoto.objects.get().is_shown


def test_what_nobody_has_planned_stands_in_pages(floor: Client, buyer: Party) -> None:
    model = testing.product(buyer.workshop)
    orders = [testing.confirmed_order(buyer, model) for _one in range(21)]
    first, last = (floor.get(f"{DESK}?page={page}").text for page in (1, 2))
    shown = [(one.number in first, one.number in last) for one in orders]
    assert shown == [(True, False)] * 20 + [(False, True)]
