"""Ten things that happen in a workshop, told in a browser by the people they happen to.

Who sells and who buys material sits at a desk; all others have a telephone in their hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from simpul import testing
from simpul.insight.audit import findings
from simpul.lib import clock
from simpul.orders.models import Order, OrderNeed
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.tests.journeys import IN_A_BROWSER

pytestmark = [
    *IN_A_BROWSER,
    pytest.mark.same_on_any_database("the same pages; their steps are tested on both databases"),
]

DESK = "/ciomas/desk/"
MY = "/ciomas/my/"
SUPPLY = "/ciomas/supply/"
WIDE, NARROW = 1280, 360
AT_A_DESK = {Role.SALES, Role.STOCK}
LEATHER, SOLE = "Bahan LEATHER", "Bahan SOLE"
# a page of which not all has been put in its place
UNREST = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"

type Screen = Callable[[Person], Page]


@pytest.fixture
def screen(window: Callable[..., Page], live_server: LiveServer) -> Screen:
    """The window of each person, in which he or she has logged in."""
    pages: dict[int, Page] = {}

    def of(person: Person) -> Page:
        if person.pk not in pages:
            page = pages[person.pk] = window(WIDE if person.role in AT_A_DESK else NARROW)
            client = Client()
            testing.login(client, person)
            cookie = settings.SESSION_COOKIE_NAME
            page.context.add_cookies(
                [{"name": cookie, "value": client.cookies[cookie].value, "url": live_server.url}]
            )
        return pages[person.pk]

    return of


@pytest.fixture(autouse=True)
def _nothing_is_broken(workshop: Workshop) -> Iterator[None]:
    yield
    assert list(findings(workshop)) == []


@pytest.fixture
def order(live_server: LiveServer, buyer: Party, supplier: Party, dewi: Person) -> Order:
    """Ten pairs, paid so far that material may be bought; the supplier sells all of it."""
    made = testing.needy_order(buyer)
    for need in OrderNeed.objects.filter(line__order=made).select_related("material"):
        testing.supplier_price(supplier, need.material)
    return made


# What everybody does


def press(page: Page, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
    """Press a button, and wait for what it leads to."""
    _touch(page, (within or page.locator("main")).get_by_role("button", name=name, exact=True))


def follow(page: Page, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
    """Open a link, and wait for its page."""
    _touch(page, (within or page.locator("main")).get_by_role("link", name=name, exact=True).first)


def _touch(page: Page, thing: Locator) -> None:
    with page.expect_response(
        lambda answer: (
            answer.request.resource_type in {"document", "xhr", "fetch"}
            and not 300 <= answer.status < 400
        )
    ):
        thing.click()
    expect(page.locator(UNREST)).to_have_count(0)


def read(page: Page, *words: str) -> None:
    """Find these words in what stands on the page."""
    for text in words:
        expect(page.locator("main")).to_contain_text(text)


def row(page: Page, text: str) -> Locator:
    """The row of a table that these words stand in."""
    return page.locator("main tr", has_text=text)


def cell(row: Locator, label: str) -> Locator:
    return row.locator(f"[data-label='{label}']")


# What buying takes


def draft(page: Page) -> None:
    """Let purchasing do what is proposed, and open the draft that came of it."""
    page.goto(f"{DESK}purchases/")
    press(page, "Do all of this")
    follow(page, re.compile("^draft"))


def send(page: Page) -> str:
    """Send the draft that is open; return the number of the purchase order."""
    follow(page, "Send")
    press(page, "Send")
    read(page, "sent")
    return page.locator("main .eyebrow").inner_text().split(" · ")[0]


def buy(rina: Page, budi: Page) -> str:
    """Buy what is lacking; the supplier says yes to all of it."""
    draft(rina)
    number = send(rina)
    budi.goto(SUPPLY)
    follow(budi, number)
    press(budi, "Yes, all of it")
    read(budi, "confirmed")
    return number


def open_purchase(page: Page, number: str) -> None:
    page.goto(f"{DESK}purchases/orders/")
    follow(page, number)


def receive(page: Page, number: str) -> None:
    """Take in all that is to come of a purchase."""
    open_purchase(page, number)
    follow(page, "Goods came")
    follow(page, "Everything came as ordered")
    press(page, "Take into the store")
    read(page, "What came")


# What making takes


def begin_work(page: Page, order: Order) -> None:
    """Plan the work of an order's one line, and release it; its page stays open."""
    page.goto(f"{DESK}production/")
    press(page, "Plan", within=row(page, order.number))
    press(page, "Release")
    read(page, "released")


def count(page: Page, stage: str, **pairs: int) -> None:
    """Count pairs that leave a stage: `count(page, "Potong", good_40=4, rejected_41=1)`."""
    fill_counts(page, stage, **pairs)
    press(page, "Count")
    read(page, "How far it is")


def fill_counts(page: Page, stage: str, **pairs: int) -> None:
    follow(page, re.compile(f"^{stage}"))
    expect(page.locator("tap-queue:defined")).to_have_count(1)
    if any(name.startswith("rejected") for name in pairs):
        page.get_by_text("Rejected or mended pairs").click()
    for name, number in pairs.items():
        kind, size = name.split("_")
        page.get_by_label(f"{kind.title()} pairs of size {size}").fill(str(number))


def finished(page: Page, pairs: int) -> None:
    """All of the job is made."""
    expect(page.locator("main h1 + p .badge")).to_have_text("done")
    read(page, f"{pairs} / {pairs}")


# What a change takes


def ask_for(page: Page, order: Order, *says: str, **sizes: int) -> None:
    """Let the buyer ask for other sizes: `ask_for(page, order, "2 pairs more", s42=2)`."""
    page.goto(MY)
    follow(page, order.number)
    follow(page, "Change the order")
    for size, pairs in sizes.items():
        page.get_by_label(f"Hitam {size[1:]}").fill(str(pairs))
    press(page, "See what it means")
    read(page, *says)
    press(page, "Ask the workshop")
    read(page, "You asked for it")


def agree_to_change(page: Page, order: Order, *says: str) -> None:
    page.goto(f"{DESK}orders/")
    follow(page, order.number)
    read(page, "The buyer asks for a change")
    follow(page, "See what it means")
    read(page, *says)
    press(page, "Agree to it")
    expect(page.get_by_role("button", name="Agree to it")).to_have_count(0)


# The ten


def test_short_leather(
    screen: Screen, order: Order, rina: Person, budi: Person, udin: Person
) -> None:
    """The supplier has two thirds of the leather; the workshop takes it and buys the rest again."""
    purchasing, supplier, floor = screen(rina), screen(budi), screen(udin)
    draft(purchasing)
    first = send(purchasing)
    supplier.goto(SUPPLY)
    follow(supplier, first)
    follow(supplier, "Answer line by line")
    leather = supplier.locator("details", has_text=LEATHER)
    leather.locator("summary").click()
    leather.get_by_label("Quantity").fill("20")
    supplier.get_by_label("A word").fill("Kulit tinggal 20 kaki.")
    press(supplier, "Send the answer")
    read(supplier, "waiting for the workshop")

    purchasing.reload()
    read(purchasing, "Kulit tinggal 20 kaki.", order.number)
    read(purchasing, f"12 sq ft of {LEATHER} must be found elsewhere")
    press(purchasing, "Agree")
    second = buy(purchasing, supplier)
    receive(purchasing, first)
    receive(purchasing, second)

    begin_work(floor, order)


def test_a_late_supplier(
    screen: Screen, order: Order, rina: Person, budi: Person, sari: Person, dewi: Person
) -> None:
    """The leather comes three weeks later; the buyer is written to, and agrees to a new day."""
    testing.hands(order.workshop)
    supplier, sales, shop = screen(budi), screen(sari), screen(dewi)
    buy(screen(rina), supplier)
    day = clock.in_days(30)
    follow(supplier, "Another day", within=row(supplier, LEATHER))
    supplier.get_by_label("Expected on").fill(day.isoformat())
    supplier.get_by_label("Why").fill("Banjir")
    press(supplier, "Tell the workshop")
    read(supplier, "What is asked for")

    sales.goto(DESK)
    follow(sales, re.compile("1 order will be late"))
    follow(sales, "Write to the buyer", within=row(sales, order.number))
    new_day = date.fromisoformat(sales.get_by_label("New day").input_value())
    assert day < new_day < day + timedelta(days=14)
    expected = f"xpected on {new_day.day} {new_day:%B %Y}"
    for page, address in (  # one day on all pages
        (screen(rina), f"{DESK}orders/{order.number}/"),
        (shop, f"{MY}orders/{order.number}/"),
        (shop, f"/ciomas/track/{order.public_code}/"),
    ):
        page.goto(address)
        read(page, expected)
    press(sales, "Send to the buyer")
    shop.goto(MY)
    follow(shop, order.number)
    follow(shop, "Read and answer")
    press(shop, "I agree to the new day")

    read(shop, f"expected on {new_day.day} {new_day:%B %Y}")
    expect(shop.get_by_text("promised for")).to_have_count(0)  # it is the promise now
    sales.goto(DESK)
    expect(sales.get_by_text("order will be late")).to_have_count(0)


def test_a_reject_of_pairs(screen: Screen, order: Order, udin: Person) -> None:
    """Four of ten pairs are spoiled when they are sewn; they are cut again, and all ten are made."""
    testing.fetch_material(order)
    floor = screen(udin)
    begin_work(floor, order)
    count(floor, "Potong", good_40=4, good_41=6)
    count(floor, "Jahit", good_40=4, good_41=2, rejected_41=4)
    read(floor, "4 rejected")

    count(floor, "Potong", good_41=4)
    count(floor, "Jahit", good_41=4)
    count(floor, "Finishing", good_40=4, good_41=6)

    finished(floor, 10)


def test_a_size_is_added_after_cutting(
    screen: Screen,
    order: Order,
    udin: Person,
    dewi: Person,
    sari: Person,
    rina: Person,
    budi: Person,
) -> None:
    """The buyer adds two of 42 when all is cut; they are bought, cut and made with the others."""
    testing.fetch_material(order)
    floor = screen(udin)
    begin_work(floor, order)
    count(floor, "Potong", good_40=4, good_41=6)
    ask_for(screen(dewi), order, "2 pairs more", s42=2)
    agree_to_change(screen(sari), order, "2 pairs more")

    floor.reload()
    fill_counts(floor, "Potong", good_42=2)
    press(floor, "Count")
    read(floor, f"This material does not lie ready in the store: {LEATHER}.")
    purchasing = screen(rina)
    receive(purchasing, buy(purchasing, screen(budi)))
    press(floor, "Count")  # what was typed is still there
    for stage in ("Jahit", "Finishing"):
        count(floor, stage, good_40=4, good_41=6, good_42=2)

    finished(floor, 12)


def test_two_orders_want_the_same_sole(
    screen: Screen, order: Order, buyer: Party, rina: Person
) -> None:
    """Soles for one of two orders lie there: the earlier promise has them, the other's are bought."""
    model = order.lines.get().colourway.product
    later = testing.confirmed_order(buyer, model, wished_on=clock.in_days(40))
    testing.pay(later, later.instalments.order_by("position")[0].amount)
    for need in OrderNeed.objects.filter(line__order=order, material__code="SOLE"):
        testing.stock_up(need.material, need.quantity, need.size)

    purchasing = screen(rina)
    draft(purchasing)
    soles = row(purchasing, f"{SOLE} 41")
    expect(cell(soles, "Quantity")).to_have_text("6 sq ft")
    expect(soles).to_contain_text(f"for {later.number}")
    expect(soles).not_to_contain_text(order.number)
    expect(cell(row(purchasing, LEATHER), "Quantity")).to_have_text("64 sq ft")


def test_a_cancelled_orders_leather(
    screen: Screen, order: Order, buyer: Party, rina: Person, owner: Person, udin: Person
) -> None:
    """What was set aside for an order that ends goes to the one that waits for it."""
    testing.fetch_material(order)
    model = order.lines.get().colourway.product
    waiting = testing.confirmed_order(buyer, model, wished_on=clock.in_days(40))
    testing.pay(waiting, waiting.instalments.order_by("position")[0].amount)
    boss, purchasing = screen(owner), screen(rina)
    boss.goto(f"{DESK}orders/")
    follow(boss, order.number)
    follow(boss, "Cancel the order")
    boss.get_by_label("Reason").fill("Toko tutup")
    boss.get_by_label("stays the buyer's credit").check()
    press(boss, "Cancel the order")
    read(boss, "Toko tutup")

    purchasing.goto(f"{DESK}purchases/")
    read(purchasing, f"Take back what is kept for {order.number}")
    read(purchasing, f"Set aside what the store has for {waiting.number}")
    expect(purchasing.get_by_text("Draft a purchase order")).to_have_count(0)
    press(purchasing, "Do all of this")
    read(purchasing, "All material is covered")
    expect(purchasing.get_by_text("Open purchase orders")).to_have_count(0)
    begin_work(screen(udin), waiting)


def test_fewer_pairs_and_the_supplier_leaves_them_out(
    screen: Screen, order: Order, rina: Person, budi: Person, dewi: Person, sari: Person
) -> None:
    """Half is called off when all is ordered: the supplier delivers half, what was paid is credit."""
    purchasing, supplier, shop = screen(rina), screen(budi), screen(dewi)
    number = buy(purchasing, supplier)
    testing.pay(order)
    ask_for(shop, order, "Becomes the buyer's credit", s40=2, s41=3)
    agree_to_change(screen(sari), order, "5 pairs fewer")

    open_purchase(purchasing, number)
    leather = row(purchasing, LEATHER)
    expect(leather).to_contain_text("16 sq ft for no order")
    follow(purchasing, "Ask for less", within=leather)
    purchasing.get_by_label("What is to be left of it in all").fill("16")
    press(purchasing, "Ask the supplier")
    expect(row(purchasing, LEATHER)).to_contain_text("asked for 16 sq ft only")
    supplier.reload()
    read(supplier, "16 sq ft instead of 32 sq ft")
    press(supplier, "That is fine")

    expect(cell(row(supplier, LEATHER), "Quantity")).to_have_text("16 sq ft")
    shop.goto(MY)
    read(shop, "You have Rp\N{NO-BREAK SPACE}1,000,000 of credit.")


def test_too_much_comes_and_then_too_little(
    screen: Screen, order: Order, rina: Person, budi: Person
) -> None:
    """More than the workshop tolerates is not taken in; what never comes is bought elsewhere."""
    purchasing = screen(rina)
    number = buy(purchasing, screen(budi))
    open_purchase(purchasing, number)
    follow(purchasing, "Goods came")
    good = purchasing.get_by_label(f"{LEATHER}: Good")
    good.fill("60")
    press(purchasing, "Take into the store")
    read(purchasing, f"More of {LEATHER} than was ordered: count it again.")

    good.fill("30")
    for size, pairs in (("40", "4"), ("41", "6")):
        purchasing.get_by_label(f"{SOLE} {size}: Good").fill(pairs)
    press(purchasing, "Take into the store")
    follow(purchasing, "No more comes", within=row(purchasing, LEATHER))
    purchasing.get_by_label("Reason").fill("Habis")
    press(purchasing, "Wait no longer")
    read(purchasing, "closed")

    draft(purchasing)
    expect(purchasing.locator("main tbody tr")).to_have_count(1)
    expect(cell(row(purchasing, LEATHER), "Quantity")).to_have_text("2 sq ft")


def test_uppers_are_closed_at_home(screen: Screen, order: Order, udin: Person) -> None:
    """Six pairs go out to be sewn, five come back good and one spoiled, which is made again."""
    testing.fetch_material(order)
    floor = screen(udin)
    begin_work(floor, order)
    count(floor, "Potong", good_40=4, good_41=6)
    follow(floor, re.compile("^Jahit"))
    follow(floor, "Give pairs out")
    floor.get_by_label("Pairs of size 41").fill("6")
    floor.get_by_label("Who").fill("Bu Tini")
    floor.get_by_label("Rupiah a pair").fill("3000")
    floor.get_by_label("Back by").fill(clock.in_days(3).isoformat())
    press(floor, "Give out")
    expect(floor.get_by_role("heading", name="Bu Tini")).to_be_visible()

    floor.goto(f"{DESK}production/")
    follow(floor, re.compile("^Model"))
    expect(floor.get_by_label("Good pairs of size 40")).to_be_visible()
    expect(floor.get_by_label("Good pairs of size 41")).to_have_count(0)  # they are not here
    floor.goto(f"{DESK}production/")
    follow(floor, re.compile("^Bu Tini"))
    follow(floor, "Take in")
    floor.get_by_label("Good pairs of size 41").fill("5")
    floor.get_by_label("Rejected pairs of size 41").fill("1")
    press(floor, "Take in")
    read(floor, "back")
    follow(floor, re.compile("^SPK"))
    count(floor, "Potong", good_41=1)
    count(floor, "Jahit", good_40=4, good_41=1)
    count(floor, "Finishing", good_40=4, good_41=6)

    finished(floor, 10)


def test_pairs_that_lie_there_need_not_be_made(
    screen: Screen, order: Order, udin: Person, rina: Person, budi: Person
) -> None:
    """Three of six pairs are taken from the shelf; only the others are bought for and made."""
    line = order.lines.get()
    testing.lay_down(line.sizes.get(variant__size="41").variant, 3)
    floor, purchasing = screen(udin), screen(rina)
    floor.goto(f"{DESK}orders/")
    follow(floor, order.number)
    follow(floor, "Take from stock")
    floor.get_by_label(re.compile("^Pairs of .*41")).fill("3")
    press(floor, "Take from stock")
    read(floor, "What was ordered")

    number = buy(purchasing, screen(budi))
    open_purchase(purchasing, number)
    expect(cell(row(purchasing, f"{SOLE} 41"), "Quantity")).to_have_text("3 sq ft")
    receive(purchasing, number)
    begin_work(floor, order)
    for stage in ("Potong", "Jahit", "Finishing"):
        count(floor, stage, good_40=4, good_41=3)

    finished(floor, 7)
