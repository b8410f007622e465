"""The main job, from the registration of a shop to the closed order, through the pages alone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Page, expect

from simpul.delivery.models import Shipment
from simpul.insight.audit import findings
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Person
from simpul.procurement.models import PurchaseOrder
from simpul.production.models import Job
from simpul.tests.journeys import IN_A_BROWSER
from simpul.tests.journeys.conftest import House, link_of, log_in_as

pytestmark = IN_A_BROWSER

SHOP = "/contoh/"
PAIRS = {"39": 4, "40": 10, "41": 12, "42": 10, "43": 4}


def test_an_order_travels_all_nine_steps(
    window: Callable[[], Page], desk: Callable[[str], Page], house: House
) -> None:
    buyer = window()
    register(buyer)
    sales = desk("sari")
    welcome(sales)

    order = place(buyer)
    offer(sales, order)
    accept(buyer, order)
    assert knots(buyer) == [
        "done",
        "waiting",
        "waiting",
        "waiting",
        "waiting",
        "waiting",
        "waiting",
    ]
    assert order_now(order).total == 14_600_000 + 150_000

    amount = read_amount(buyer, order)
    claim(buyer, order, amount)
    finance = desk("fajar")
    house.bank.book(clock.today(), amount, f"TRSF E-BANKING CR {amount}.00 TOKO BARU {order.code}")
    import_statement(finance, house)
    buyer.goto(f"{SHOP}my/orders/{order.number}/")
    assert knots(buyer)[:2] == ["done", "done"]
    expect(buyer.get_by_role("link", name="Receipt KW").first).to_be_visible()

    stock = desk("rina")
    buy(stock)
    for purchase in PurchaseOrder.objects.order_by("pk"):
        answer(window(), purchase)
        receive(stock, purchase)
    buyer.reload()
    assert knots(buyer)[:3] == ["done", "done", "done"]

    floor = desk("udin")
    make(floor, order)
    pack(stock, order)
    buyer.reload()
    assert knots(buyer)[:5] == ["done"] * 5

    rest = read_amount(buyer, order, is_last=True)
    house.bank.book(clock.today(), rest, f"BI-FAST CR TRANSFER DARI TOKO BARU {order.code}")
    import_statement(finance, house)

    driver = window()
    shipment = send(stock, order, driver)
    buyer.goto(f"{SHOP}my/orders/{order.number}/")
    deliver(driver, shipment, pin_on(buyer))
    buyer.reload()
    assert knots(buyer) == ["done"] * 7
    buyer.get_by_role("link", name="Everything is here").click()
    buyer.wait_for_url(re.compile("/closing/$"))
    buyer.locator("main form .actions button").first.click()
    buyer.wait_for_url(re.compile(f"/my/orders/{order.number}/$"))

    order = order_now(order)
    assert (order.status, order.balance) == ("closed", 0)
    assert order.paid == 14_750_000
    assert tracked(window(), order) == ["done"] * 7
    assert list(findings()) == []


def register(page: Page) -> None:
    page.goto(SHOP)
    page.get_by_role("link", name="Become a customer").click()
    page.get_by_label("Distributor or shop").check()
    for label, text in {
        "Name of your shop": "Toko Baru",
        "Contact person": "Ani",
        "WhatsApp or telephone": "0812 0000 0099",
        "E-mail": "ani@toko.example",
        "Password": "rahasia-sekali-1",
        "Street": "Jl. Pasar 5",
        "Village": "Kec. Cibinong, Kab. Bogor",
    }.items():
        page.get_by_label(label).first.fill(text)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    log_in_as(page, "ani@toko.example", "rahasia-sekali-1")


def welcome(page: Page) -> None:
    page.get_by_role("link", name=re.compile("new prospect")).first.click()
    page.get_by_role("link", name=re.compile("Toko Baru")).first.click()
    page.get_by_role("button", name="Welcome as a customer").click()
    expect(page.get_by_role("button", name="Welcome as a customer")).to_have_count(0)


def place(page: Page) -> Order:
    """Two kodi of the black derby, as somebody types them."""
    page.goto(f"{SHOP}catalogue/derby-pria/")
    page.get_by_role("link", name="Order this model").click()
    row = page.locator("tr", has_text=re.compile("Black|Hitam")).first
    for size, pairs in PAIRS.items():
        row.locator(f"input[name$='-{size}']").fill(str(pairs))
    expect(page.locator("[data-all-pairs]").first).to_have_text("40")
    page.get_by_role("button", name="Place the order").click()
    page.wait_for_url(re.compile("/my/orders/SO-"))
    return Order.objects.get()


def offer(page: Page, order: Order) -> None:
    """Sales adds the shipping; all else stays."""
    page.goto(f"{SHOP}desk/")
    page.get_by_role("link", name=re.compile("new order")).first.click()
    page.get_by_role("link", name=order.number).click()
    page.get_by_role("link", name="Make an offer").click()
    page.get_by_label("Shipping").fill("150.000")
    page.get_by_role("button", name="Send the offer").click()
    expect(page.get_by_text("offer sent").first).to_be_visible()


def accept(page: Page, order: Order) -> None:
    page.goto(f"{SHOP}my/orders/{order.number}/")
    page.get_by_role("link", name="Read and accept").click()
    expect(page.get_by_text("Shipping").first).to_be_visible()
    page.get_by_role("button", name="I agree").click()
    page.wait_for_url(re.compile(f"/my/orders/{order.number}/$"))


def read_amount(page: Page, order: Order, *, is_last: bool = False) -> int:
    """What the payment page says, to the last rupiah."""
    page.goto(f"{SHOP}my/orders/{order.number}/payment/")
    expect(page.get_by_text("0000012345").first).to_be_visible()
    amount = int(page.locator(".pay__amount copy-text").get_attribute("value") or "0")
    assert is_last or amount % 1000
    return amount


def claim(page: Page, order: Order, amount: int) -> None:
    page.get_by_role("link", name="I have paid").click()
    page.get_by_label(re.compile("[Aa]mount")).first.fill(str(amount))
    page.get_by_label("From which bank").fill("BCA")
    page.locator("input[type=file]").set_input_files(
        {"name": "bukti.png", "mimeType": "image/png", "buffer": picture()}
    )
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("waits for the bank").first).to_be_visible()


def import_statement(page: Page, house: House) -> None:
    page.goto(f"{SHOP}desk/payments/")
    page.get_by_role("link", name="Import a statement").first.click()
    page.locator("input[type=file]").set_input_files(
        {"name": "mutasi.csv", "mimeType": "text/csv", "buffer": house.bank.export()}
    )
    page.get_by_role("button", name="Import").click()
    page.wait_for_url(re.compile("/payments/imports/"))


def buy(page: Page) -> None:
    """Purchasing does what is proposed, and sends each draft."""
    page.goto(f"{SHOP}desk/purchases/")
    page.get_by_role("button", name="Do all of this").click()
    expect(page.get_by_role("heading", name="What can be done now")).to_have_count(0)
    for purchase in PurchaseOrder.objects.order_by("pk"):
        page.goto(f"{SHOP}desk/purchases/{purchase.pk}/sending/")
        page.locator("main form .actions button").first.click()
        page.wait_for_url(re.compile(f"/purchases/{purchase.pk}/$"))


def answer(page: Page, purchase: PurchaseOrder) -> None:
    """The supplier opens the link; nobody logs in."""
    seller = Person.objects.filter(party=purchase.supplier).order_by("pk")[0]
    if seller.user is not None:
        seller.user.set_password("sandi-pemasok-1")
        seller.user.save()
        log_in_as(page, seller.user.email, "sandi-pemasok-1")
        page.goto(f"{SHOP}supply/purchases/{purchase.pk}/")
    else:
        page.goto(link_of(seller))
    page.get_by_role("button", name="Yes, all of it").click()
    expect(page.get_by_text("confirmed").first).to_be_visible()


def receive(page: Page, purchase: PurchaseOrder) -> None:
    page.goto(f"{SHOP}desk/purchases/{purchase.pk}/receipt/?all")
    page.get_by_role("button", name="Take into the store").click()
    page.wait_for_url(re.compile(f"/purchases/{purchase.pk}/$"))


def make(page: Page, order: Order) -> None:
    """Plan, release, and count every stage by the thumb."""
    page.goto(f"{SHOP}desk/orders/{order.number}/")
    page.get_by_role("button", name=re.compile("^Plan")).first.click()
    page.wait_for_url(re.compile("/production/jobs/"))
    job = Job.objects.get()
    page.goto(f"{SHOP}desk/production/jobs/{job.pk}/")
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("released").first).to_be_visible()
    for stage in job.stages.order_by("position"):
        page.goto(f"{SHOP}desk/production/jobs/{job.pk}/stages/{stage.position}/?all")
        page.get_by_role("button", name="Count", exact=True).click()
        page.wait_for_url(re.compile(f"/jobs/{job.pk}/$"))


def pack(page: Page, order: Order) -> None:
    page.goto(f"{SHOP}desk/orders/{order.number}/packing/")
    page.get_by_role("button", name="Pack all that is ready").click()
    expect(page.get_by_text("No package yet.")).to_have_count(0)


def send(page: Page, order: Order, driver: Page) -> Shipment:
    """A shipment is offered by link, accepted, noted, counted by both."""
    page.goto(f"{SHOP}desk/orders/{order.number}/shipment/")
    page.get_by_label(re.compile("[Ff]ee")).first.fill("75.000")
    page.get_by_role("button", name="Open the shipment").click()
    page.get_by_role("link", name="Ask couriers").first.click()
    page.get_by_role("group", name="Ask these couriers").get_by_label("Antar Contoh Kilat").check()
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_url(re.compile("/deliveries/KRM-[^/]*/$"))
    shipment = Shipment.objects.get()

    driver.goto(link_of(Person.objects.get(party__name="Antar Contoh Kilat")))
    assert "Jl. Pasar 5" not in driver.content()  # the address goes with the job
    driver.get_by_role("button", name="I take it").first.click()
    expect(driver.get_by_text("Jl. Pasar 5").first).to_be_visible()

    page.reload()
    page.get_by_role("button", name="Issue the delivery note").click()
    page.get_by_role("link", name="Hand over").first.click()
    page.locator("main input[type=number]").first.fill(str(shipment.packages.count()))
    page.get_by_role("button", name="Counted").click()
    page.wait_for_url(re.compile("/deliveries/KRM-[^/]*/$"))

    driver.goto(f"{SHOP}courier/jobs/{shipment.number}/pick-up/")
    driver.locator("main input[type=number]").first.fill(str(shipment.packages.count()))
    driver.locator("main form .actions button").first.click()
    driver.wait_for_url(re.compile(f"/jobs/{shipment.number}/$"))
    return shipment


def pin_on(page: Page) -> str:
    """The four digits on the buyer's own page."""
    found = re.search(r"PIN\D{0,200}?(\d{4})", page.locator("main").inner_text())
    assert found is not None
    return found[1]


def deliver(page: Page, shipment: Shipment, pin: str) -> None:
    """At the door, at first with a wrong PIN."""
    wrong = str((int(pin) + 1) % 10_000).zfill(4)
    for typed in (wrong, pin):
        page.goto(f"{SHOP}courier/jobs/{shipment.number}/delivery/")
        page.locator("input[name=receiver]").fill("Ani")
        page.locator("input[name=count]").fill(str(shipment.packages.count()))
        page.locator("input[name=pin]").fill(typed)
        page.locator("main form .actions button").first.click()
        if typed == wrong:
            expect(page.get_by_text("This PIN is not right").first).to_be_visible()
    page.wait_for_url(re.compile(f"/jobs/{shipment.number}/$"))


def tracked(page: Page, order: Order) -> list[str]:
    """What anybody sees who holds the code: the knots, no rupiah and no names."""
    page.goto(f"{SHOP}track/{order.public_code}/")
    words = page.locator("main").inner_text()
    assert "Rp" not in words
    assert "Toko Baru" not in words
    return knots(page)


def knots(page: Page) -> list[str]:
    """The states of the seven knots on the page."""
    states = page.locator(".knots .knot")
    return [states.nth(place).get_attribute("data-state") or "" for place in range(states.count())]


def order_now(order: Order) -> Order:
    return Order.objects.for_page().get(pk=order.pk)


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(buffer, "PNG")
    return buffer.getvalue()
