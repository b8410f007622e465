"""Capacity, working days and the schedule on the desk, and the day that a grid and a payment name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from simpul import testing
from simpul.catalog.models import Material, Product
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement
from simpul.portals.workshop import hours
from simpul.production.models import Capacity, CauseList, ClosedDays, LastSet, WorkWeek
from simpul.workflow.models import Entry

DESK = "/ciomas/desk/production/"


@pytest.fixture(autouse=True)
def _wednesday() -> Iterator[None]:
    with clock.stopped(datetime(2026, 11, 25, 9, tzinfo=clock.WIB)):
        yield


@pytest.fixture
def floor(client: Client, udin: Person) -> Client:
    testing.login(client, udin)
    return client


@pytest.fixture
def model(workshop: Workshop) -> Product:
    made = testing.product(workshop, "DRB-01")
    testing.stages(made)
    testing.recipe(made)
    for material in Material.objects.filter(workshop=workshop):
        for size in ("40", "41") if material.is_by_size else ("",):
            testing.stock_up(material, 10_000_000, size)
    return made


def read(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


# Capacity


def test_people_and_hours_are_kept_for_each_stage(
    floor: Client, model: Product, workshop: Workshop
) -> None:
    typed = {
        "post-0-people": "2", "post-0-hours": "7.5",
        "post-1-people": "", "post-1-hours": "",
        "post-2-people": "1", "post-2-hours": "8",
    }  # fmt: skip
    answer = floor.post(f"{DESK}days/hands/", typed)

    assert answer.status_code == 302
    known = {one.post: one.minutes for one in Capacity.objects.filter(workshop=workshop)}
    assert known == {"Potong": 900, "Finishing": 480}
    page = floor.get(f"{DESK}days/").text
    assert "not known" in page  # of Jahit
    for label in ("Hours a day each", "Minutes a day"):  # empty: on a phone no row
        assert page.count(f'<td class="num" data-label="{label}"></td>') == 1


def test_people_without_hours_are_refused_and_nothing_is_lost(
    floor: Client, model: Product
) -> None:
    typed = {
        "post-0-people": "2", "post-0-hours": "",
        "post-1-people": "3", "post-1-hours": "7",
    }  # fmt: skip
    answer = floor.post(f"{DESK}days/hands/", typed)

    assert answer.status_code == 422
    assert "Both are needed" in answer.text
    assert 'value="3"' in answer.text
    assert not Capacity.objects.exists()


def test_hours_that_do_not_divide_come_back_as_they_were_typed(
    floor: Client, model: Product, workshop: Workshop
) -> None:
    typed = {f"post-{place}-{name}": value for place in range(3)
             for name, value in (("people", "1"), ("hours", "7.33"))}  # fmt: skip
    floor.post(f"{DESK}days/hands/", typed)
    assert {one.minutes_each for one in Capacity.objects.all()} == {440}

    form = floor.get(f"{DESK}days/hands/").text
    assert 'value="7.33"' in form
    assert floor.post(f"{DESK}days/hands/", typed).status_code == 302


def test_a_known_post_is_not_emptied_without_a_word(
    floor: Client, model: Product, workshop: Workshop
) -> None:
    testing.hands(workshop)
    answer = floor.post(f"{DESK}days/hands/", {"post-0-people": "", "post-0-hours": ""})

    assert answer.status_code == 422
    assert "Somebody must work there" in answer.text


def test_what_did_not_change_is_no_step(floor: Client, model: Product, workshop: Workshop) -> None:
    testing.hands(workshop, minutes=480)
    before = {one.post: one.pk for one in Capacity.objects.all()}
    typed: dict[str, str] = {}
    for place, post in enumerate(("Potong", "Jahit", "Finishing")):
        typed |= {
            f"post-{place}-post": post,
            f"post-{place}-people": "1",
            f"post-{place}-hours": "8",
        }
    typed["post-1-people"] = "4"
    floor.post(f"{DESK}days/hands/", typed)

    assert Capacity.objects.get(pk=before["Jahit"]).people == 4
    steps = Entry.objects.filter(step="production.set_capacity")
    assert steps.count() == 4  # three before, one now


# Lasts


def lasts_typed(model: Product, **more: str) -> dict[str, str]:
    typed = {"name": "Acuan derby", "post": "Jahit", "turns": "1", "products": str(model.pk)}
    return typed | {"size_40": "4", "size_41": "6"} | more


def test_lasts_are_counted_changed_and_put_away(
    floor: Client, model: Product, workshop: Workshop
) -> None:
    assert "the schedule goes by people alone" in floor.get(f"{DESK}days/").text
    assert floor.post(f"{DESK}days/lasts/new/", lasts_typed(model)).status_code == 302
    made = LastSet.objects.get()
    page = re.sub(r"<[^>]+>", "", floor.get(f"{DESK}days/").text)
    assert "40: 4, 41: 6" in page

    form = floor.get(f"{DESK}days/lasts/{made.pk}/").text
    assert 'value="Acuan derby"' in form
    assert re.search(r'name="size_41"[^>]* value="6"|value="6"[^>]* name="size_41"', form)
    floor.post(f"{DESK}days/lasts/{made.pk}/", lasts_typed(model, size_41="", turns="2"))
    made.refresh_from_db()
    assert (made.by_size, made.turns) == ([("40", 4)], 2)

    floor.post(f"{DESK}days/lasts/{made.pk}/dropping/")
    assert not LastSet.objects.standing().exists()
    assert floor.post(f"{DESK}days/lasts/{made.pk}/dropping/").status_code == 404


def test_lasts_that_make_no_sense_are_refused_and_what_was_typed_stays(
    floor: Client, model: Product, workshop: Workshop
) -> None:
    testing.lasts(model)
    for more, why in (
        ({"size_40": "", "size_41": ""}, "Say how many there are of each size."),
        ({"name": "Acuan baru"}, "made on other lasts at this stage already: Acuan derby"),
        ({"products": "0"}, "is not one of the available choices"),
        ({"turns": "0"}, "greater than or equal to 1"),
    ):
        answer = floor.post(f"{DESK}days/lasts/new/", lasts_typed(model, **more))
        assert answer.status_code == 422
        assert why in answer.text
        assert f'value="{more.get("name", "Acuan derby")}"' in answer.text

    assert LastSet.objects.count() == 1


def test_a_stage_that_is_gone_is_named(floor: Client, model: Product) -> None:
    made = testing.lasts(model)
    model.stages.filter(name="Jahit").update(name="Jahit upper")

    assert "no model has this stage any more" in floor.get(f"{DESK}days/").text
    assert floor.post(f"{DESK}days/lasts/{made.pk}/", lasts_typed(model)).status_code == 302


def test_the_page_of_days_costs_the_same_with_many_lasts(
    floor: Client, model: Product, workshop: Workshop
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert floor.get(f"{DESK}days/").status_code == 200
        return len(queries)

    testing.lasts(model)
    asked()
    one = asked()
    for number in range(4):
        testing.lasts(testing.product(workshop), name=f"Acuan {number}")
    assert asked() == one


# Days


def test_the_week_and_the_holidays(floor: Client, workshop: Workshop) -> None:
    floor.post(f"{DESK}days/week/", {"weekdays": ["0", "1", "2", "3", "4"]})

    assert WorkWeek.objects.get(workshop=workshop).weekdays == "1111100"
    page = floor.get(f"{DESK}days/").text
    assert "Monday, Tuesday, Wednesday, Thursday, Friday" in page
    assert "Work goes on on public holidays" in page


def test_a_week_without_a_day_is_refused(floor: Client, workshop: Workshop) -> None:
    assert floor.post(f"{DESK}days/week/", {"keeps_holidays": "on"}).status_code == 422
    assert not WorkWeek.objects.exists()


def test_a_workshop_writes_its_own_causes(floor: Client, workshop: Workshop) -> None:
    page = floor.get(f"{DESK}days/").text
    assert "Glue came off, Skipped stitches, Flaw in the leather" in page
    many = "\n".join(f"Sebab {number}" for number in range(13))
    for wrong, why in ((many, "At most 12 causes"), ("x" * 41, "too long to be read")):
        answer = floor.post(f"{DESK}days/causes/", {"words": wrong})
        assert answer.status_code == 422
        assert why in answer.text
    assert not CauseList.objects.exists()

    floor.post(f"{DESK}days/causes/", {"words": " Pola salah \n\nLem  lepas\nPola salah"})

    assert CauseList.objects.get(workshop=workshop).words == ["Pola salah", "Lem lepas"]
    assert "Pola salah, Glue came off" in floor.get(f"{DESK}days/").text


def test_lebaran_is_proposed_closed_and_opened_again(floor: Client, workshop: Workshop) -> None:
    assert "Idul Fitri is on 10 March 2027" in read(floor.get(f"{DESK}days/").text)
    form = floor.get(f"{DESK}days/closing/?lebaran=1").text
    assert 'value="2027-03-07"' in form
    assert 'value="2027-03-18"' in form

    typed = {"words": "Lebaran", "first_on": "2027-03-07", "last_on": "2027-03-18"}
    floor.post(f"{DESK}days/closing/", typed)
    closed = ClosedDays.objects.get()
    page = read(floor.get(f"{DESK}days/").text)
    assert "7 Mar 2027 – 18 Mar 2027" in page
    assert "Idul Fitri is on" not in page

    floor.post(f"{DESK}days/{closed.pk}/opening/")
    assert not ClosedDays.objects.standing().exists()
    assert floor.post(f"{DESK}days/{closed.pk}/opening/").status_code == 404


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2026-12-10", "2026-12-09", "before the first day"),
        ("2026-11-01", "2026-11-02", "This day is over"),
        ("2026-12-01", "2027-03-01", "At most 60 days"),
    ],
)
def test_days_that_make_no_sense_are_refused(
    floor: Client, first: str, last: str, why: str
) -> None:
    typed = {"words": "Libur", "first_on": first, "last_on": last}
    answer = floor.post(f"{DESK}days/closing/", typed)

    assert answer.status_code == 422
    assert why in answer.text
    assert 'value="Libur"' in answer.text
    assert not ClosedDays.objects.exists()


# The schedule


def test_the_schedule_says_when_each_order_is_ready_and_how_full_the_stages_are(
    floor: Client, model: Product, buyer: Party, workshop: Workshop
) -> None:
    testing.hands(workshop)
    order = testing.confirmed_order(buyer, model)
    testing.pay(order, order.instalments.order_by("position")[0].amount)
    late = testing.confirmed_order(buyer, model, sizes={"40": 300})
    testing.pay(late, late.instalments.order_by("position")[0].amount)
    page = read(floor.get(f"{DESK}plan/").text)

    assert order.number in page
    assert "30 Nov 2026" in page
    assert "days late" in page
    assert "Pairs wait" in page
    assert 'max="300" value="300"' in page  # from Thursday to Saturday, Potong is full


def order_of(page: str) -> list[str]:
    return re.findall(r'<tr data-number="([^"]+)"', page)


def test_an_order_is_put_before_another_one_on_the_schedule_and_back_again(
    floor: Client, model: Product, buyer: Party, workshop: Workshop
) -> None:
    testing.hands(workshop)
    first, second, third = [testing.confirmed_order(buyer, model) for _one in range(3)]
    page = floor.get(f"{DESK}plan/").text
    assert order_of(page) == [first.number, second.number, third.number]
    assert "put here by hand" not in page
    assert f'name="before" value="{second.number}" aria-label="{third.number} earlier"' in page
    assert f'name="after" value="{third.number}" aria-label="{second.number} later"' in page
    assert f'name="before" disabled aria-label="{first.number} earlier"' in page
    assert f'name="after" disabled aria-label="{third.number} later"' in page

    turn = f"/ciomas/desk/orders/{third.number}/turn/"
    answer = floor.post(turn, {"before": second.number})
    assert answer["Location"] == f"{DESK}plan/?moved={third.number}"
    page = floor.get(answer["Location"]).text
    assert order_of(page) == [first.number, third.number, second.number]
    assert page.count("put here by hand") == page.count("Back to its promise") == 1
    assert f'aria-label="{third.number} earlier" autofocus' in page

    floor.post(turn, {})
    page = floor.get(f"{DESK}plan/").text
    assert order_of(page) == [first.number, second.number, third.number]
    assert "put here by hand" not in page


def test_the_schedule_has_pages_and_leads_to_the_order_that_was_moved(
    floor: Client,
    model: Product,
    buyer: Party,
    workshop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hours, "A_PAGE", 2)
    testing.hands(workshop)
    one, two, three, four, five = [
        testing.confirmed_order(buyer, model).number for _one in range(5)
    ]
    assert order_of(floor.get(f"{DESK}plan/").text) == [one, two]
    page = floor.get(f"{DESK}plan/?page=2").text
    assert order_of(page) == [three, four]
    assert f'name="before" value="{two}" aria-label="{three} earlier"' in page
    assert f'name="after" value="{five}" aria-label="{four} later"' in page

    answer = floor.post(f"/ciomas/desk/orders/{five}/turn/", {"before": four})
    page = floor.get(answer["Location"]).text
    assert order_of(page) == [three, five]
    assert f'name="after" value="{four}" aria-label="{five} later"' in page


def test_an_order_that_ended_meanwhile_is_no_place(
    floor: Client, model: Product, buyer: Party, owner: Person
) -> None:
    first, second = [testing.confirmed_order(buyer, model) for _one in range(2)]
    first.cancel(by=owner, reason="Gone")

    answer = floor.post(f"/ciomas/desk/orders/{second.number}/turn/", {"before": first.number})

    assert answer.status_code == 409
    assert "does not wait for its turn any more" in answer.text
    assert Order.objects.get(pk=second.pk).has_own_turn


def test_who_may_not_move_orders_and_who_has_only_one_sees_no_buttons(
    client: Client, model: Product, buyer: Party, fajar: Person, udin: Person
) -> None:
    testing.confirmed_order(buyer, model)
    testing.login(client, udin)
    assert 'class="turn"' not in client.get(f"{DESK}plan/").text
    testing.confirmed_order(buyer, model)
    assert client.get(f"{DESK}plan/").text.count('class="turn"') == 2

    testing.login(client, fajar)
    assert 'class="turn"' not in client.get(f"{DESK}plan/").text


def test_the_schedule_says_what_it_does_not_know(
    floor: Client, model: Product, buyer: Party
) -> None:
    testing.confirmed_order(buyer, model)
    page = floor.get(f"{DESK}plan/").text

    assert "Finishing, Jahit, Potong" in page
    assert "not known" in page
    assert '<td class="num" data-label="Slack"></td>' in page


def test_with_nothing_to_make_it_says_so(floor: Client, workshop: Workshop) -> None:
    assert "Nothing is to be made" in floor.get(f"{DESK}plan/").text


# Where orders are placed and paid


def typed_into(model: Product, **pairs: str) -> dict[str, str]:
    colourway = model.colourways.get()
    sizes = {f"pairs-{colourway.pk}-{size[1:]}": count for size, count in pairs.items()}
    return {"product": model.slug, **sizes}


def test_the_grid_says_when_what_is_typed_is_ready(
    client: Client, model: Product, buyer: Party, workshop: Workshop
) -> None:
    testing.hands(workshop)
    testing.login(client, testing.contact_of(buyer))
    address = "/ciomas/my/orders/new/earliest/"
    said = read(client.get(address, typed_into(model, _40="10")).text)

    # paid on Saturday the 28th; Monday to Wednesday, and packed on Thursday
    assert "pay by 28 November 2026, it can be ready on <strong>3 December 2026</strong>" in said
    assert client.get(address, typed_into(model)).text.strip() == ""
    assert client.get(address, typed_into(model, _40="ten")).text.strip() == ""
    assert "hx-get" in client.get(f"/ciomas/my/orders/new/?product={model.slug}").text


def test_sales_hears_the_same_on_the_telephone(
    client: Client, sari: Person, model: Product, buyer: Party, workshop: Workshop
) -> None:
    testing.hands(workshop)
    testing.login(client, sari)
    address = f"/ciomas/desk/orders/new/{buyer.pk}/earliest/"

    assert "3 December" in read(client.get(address, typed_into(model, _40="10")).text)


def test_an_order_is_wished_for_the_day_on_which_it_can_be_ready(
    client: Client, model: Product, buyer: Party, workshop: Workshop
) -> None:
    testing.hands(workshop)
    testing.login(client, testing.contact_of(buyer))
    facts = {"place": "new", "receiver": "Dewi", "street": "Jl. Raya 7", "area": "Ciomas"}
    client.post("/ciomas/my/orders/new/", typed_into(model, _40="10") | facts)
    order = Order.objects.get()

    assert order.current.promised_on == date(2026, 12, 3)


def test_an_offer_says_when_it_can_be_kept(
    client: Client, sari: Person, model: Product, buyer: Party, workshop: Workshop
) -> None:
    testing.hands(workshop)
    order = testing.order(buyer, model, sizes={"40": 300})
    testing.login(client, sari)
    for page in ("offer", "confirmation"):
        said = read(client.get(f"/ciomas/desk/orders/{order.number}/{page}/").text)
        assert "Later than 9 December 2026, which was asked for" in said
        assert "By schedule it is ready on <strong>9 January 2027</strong>" in said


def test_the_payment_page_says_what_waiting_costs(
    client: Client, sari: Person, model: Product, buyer: Party, workshop: Workshop
) -> None:
    testing.account(workshop)
    testing.hands(workshop)
    order = testing.order(buyer, model)
    agreement.confirm(order, by=sari)
    testing.login(client, testing.contact_of(buyer))
    page = read(client.get(f"/ciomas/my/orders/{order.number}/payment/").text)

    assert "pay by 28 November 2026, the order is ready on <strong>9 December 2026</strong>" in page
    assert "If you pay on 5 December 2026: 10 December 2026." in page
    assert "It was promised for" not in page
