"""The network of the floor goes away and comes back: no count is lost, and none is counted twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from simpul import testing
from simpul.catalog.models import Stage
from simpul.production.models import Job, StageLog
from simpul.tests.journeys import IN_A_BROWSER
from simpul.tests.journeys.conftest import PASSWORD, House, log_in_as

pytestmark = [
    *IN_A_BROWSER,
    pytest.mark.same_on_any_database(
        "what waits on a telephone knows no database; counting, once only, is tested on both"
    ),
]


@pytest.fixture
def job(house: House) -> Job:
    """Ten pairs (4 of 40, 6 of 41) that are to be cut, then closed; they need no material."""
    workshop = house.cast.workshop
    model = testing.product(workshop, "UJI-01")
    for position, name in enumerate(("Potong", "Jahit"), start=1):
        Stage.objects.create(product=model, position=position, name=name)
    order = testing.confirmed_order(house.cast.parties["maju"], model)
    testing.pay(order, order.instalments.order_by("position")[0].amount)
    made = Job.plan(by=house.cast.staff["udin"], line=order.lines.get())
    made.release(by=house.cast.staff["udin"])
    return made


def counted(job: Job) -> dict[str, int]:
    logs = StageLog.objects.of(job).order_by("size", "pk")
    return {f"{log.stage.name} {log.size.name}": log.good for log in logs}


def stand_at(page: Page, job: Job, position: int = 1) -> None:
    page.goto(f"/contoh/desk/production/jobs/{job.pk}/stages/{position}/")
    expect(page.locator("tap-queue:defined")).to_have_count(1)


def count(page: Page, **pairs: int) -> None:
    for size, number in pairs.items():
        page.get_by_label(f"Good pairs of size {size[1:]}").fill(str(number))
    page.get_by_role("button", name="Count", exact=True).click()


def test_what_is_counted_without_a_network_arrives_once(
    desk: Callable[[str], Page], job: Job
) -> None:
    page = desk("udin")
    stand_at(page, job)

    page.context.set_offline(True)
    count(page, _40=3)
    expect(page.locator("[data-state=waiting]")).to_contain_text("3 × 40")
    expect(page.get_by_label("Good pairs of size 40")).to_have_value("")
    count(page, _40=1, _41=6)
    expect(page.locator("[data-state=waiting]")).to_have_count(2)
    assert counted(job) == {}

    page.context.set_offline(False)
    expect(page.locator("[data-state=taken]")).to_have_count(2)
    expect(page.locator("[data-state=waiting]")).to_have_count(0)
    assert sum(counted(job).values()) == 6 + 1  # of 40 the later line stands in its place
    assert sum(log.good for log in StageLog.objects.of(job)) == 10
    page.reload()
    expect(page.locator("[data-state]")).to_have_count(0)


def test_it_waits_while_the_page_is_closed(desk: Callable[[str], Page], job: Job) -> None:
    page = desk("udin")
    stand_at(page, job)
    page.context.set_offline(True)
    count(page, _41=5)
    expect(page.locator("[data-state=waiting]")).to_have_count(1)
    later = page.context.new_page()  # first: a browser without any page hung once
    page.close()

    page.context.set_offline(False)
    later.goto("/contoh/desk/production/")
    expect(later.locator("[data-state=taken]")).to_contain_text("5 × 41")
    assert counted(job) == {"Potong 41": 5}


def test_what_the_server_has_is_not_counted_again(desk: Callable[[str], Page], job: Job) -> None:
    """The answer is lost on its way back: the count is kept, and sent once more in vain."""
    page = desk("udin")
    stand_at(page, job)

    def lose(route: Route) -> None:
        route.fetch()  # the server hears it
        route.abort()  # and nobody hears the server

    page.route("**/stages/1/", lose, times=1)
    count(page, _40=4)
    expect(page.locator("[data-state=waiting], [data-state=taken]")).to_have_count(1)
    assert counted(job) == {"Potong 40": 4}
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-state=taken]")).to_have_count(1)

    assert counted(job) == {"Potong 40": 4}
    assert StageLog.objects.of(job).count() == 1


def test_what_the_server_refuses_stays_with_its_reason(
    desk: Callable[[str], Page], job: Job
) -> None:
    page = desk("udin")
    stand_at(page, job)
    page.context.set_offline(True)
    count(page, _40=4)
    job.tap(  # meanwhile somebody counts the same pairs at the desk
        by=job.workshop.people.get(name="Udin"), stage=job.stages.get(position=1), good={"40": 4}
    )
    page.context.set_offline(False)

    line = page.locator("[data-state=refused]")
    expect(line).to_contain_text("4 × 40")
    expect(line).to_contain_text("less than or equal to 0")
    assert counted(job) == {"Potong 40": 4}
    line.get_by_role("button", name="Forget it").click()
    expect(page.locator("[data-state]")).to_have_count(0)


def test_it_waits_until_whoever_counted_is_logged_in_again(
    desk: Callable[[str], Page], job: Job
) -> None:
    page = desk("udin")
    stand_at(page, job)
    page.context.set_offline(True)
    count(page, _40=4)
    page.context.clear_cookies(name="sessionid")
    page.context.set_offline(False)
    page.wait_for_timeout(500)  # it was asked, and sent to the log-in
    expect(page.locator("[data-state=waiting]")).to_have_count(1)

    log_in_as(page, "udin@contoh.example", PASSWORD)  # with another token for forms than before
    page.goto("/contoh/desk/production/")
    expect(page.locator("[data-state=taken]")).to_contain_text("4 × 40")
    assert counted(job) == {"Potong 40": 4}


def test_nobody_sends_the_counts_of_somebody_else(
    desk: Callable[[str], Page], job: Job, house: House
) -> None:
    page = desk("udin")
    stand_at(page, job)
    page.locator("tap-queue").evaluate("queue => queue.setAttribute('owner', '0')")
    page.context.set_offline(True)
    count(page, _40=4)
    expect(page.locator("[data-state=waiting]")).to_have_count(1)
    later = page.context.new_page()  # first: a browser without any page hung once
    page.close()

    page.context.set_offline(False)
    later.goto("/contoh/desk/production/")
    expect(later.locator("[data-state=foreign]")).to_contain_text("4 × 40")
    assert counted(job) == {}
