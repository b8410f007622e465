"""Ten things that happen in a workshop, told through the pages by the people they happen to."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from simpul import testing
from simpul.insight.audit import findings
from simpul.lib import clock
from simpul.orders.models import Amendment, LineSize, Order, OrderNeed
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement.models import PurchaseLine, PurchaseOrder
from simpul.production.models import Job, Outwork
from simpul.stock.models import Balance
from simpul.ui.jinja import day as long_day
from simpul.ui.jinja import day_short

DESK = "/ciomas/desk/"
MY = "/ciomas/my/"
SUPPLY = "/ciomas/supply/"

type Window = Callable[[Person], Client]


@pytest.fixture
def window() -> Window:
    """A browser for each person, in which he or she has logged in."""
    clients: dict[int, Client] = {}

    def of(person: Person) -> Client:
        if person.pk not in clients:
            clients[person.pk] = Client()
            testing.login(clients[person.pk], person)
        return clients[person.pk]

    return of


@pytest.fixture(autouse=True)
def _nothing_is_broken(workshop: Workshop) -> Any:
    yield
    assert list(findings(workshop)) == []


def post(client: Client, path: str, **typed: Any) -> None:
    """Send a form that is expected to be taken."""
    answer = client.post(path, typed)
    assert answer.status_code == 302, (path, answer.status_code, answer.text[-2000:])


def buy(window: Window, rina: Person, seller: Person) -> PurchaseOrder:
    """Let purchasing draft what is lacking, send it, and the supplier say yes."""
    post(window(rina), f"{DESK}purchases/plan/")
    purchase = PurchaseOrder.objects.filter(status="draft").latest("pk")
    post(window(rina), f"{DESK}purchases/{purchase.pk}/sending/", note="")
    post(window(seller), f"{SUPPLY}purchases/{purchase.pk}/confirmation/", revision="1")
    return PurchaseOrder.objects.for_page().get(pk=purchase.pk)


def receive(window: Window, rina: Person, purchase: PurchaseOrder, **counted: str) -> None:
    """Count all that is to come, or what is given by the code of a material and its size."""
    lines = purchase.lines.select_related("material").order_by("pk")
    good = {
        f"good_{line.pk}": counted.get(
            f"{line.material.code}{line.size}", str(line.quantity / 1000)
        )
        for line in lines
    }
    post(window(rina), f"{DESK}purchases/{purchase.pk}/receipt/", **good)


def work(window: Window, udin: Person, order: Order) -> Job:
    """Plan the work of an order's one line and let it begin."""
    line = order.lines.get()
    post(window(udin), f"{DESK}orders/{order.number}/lines/{line.pk}/plan/")
    job = Job.objects.filter(line=line).latest("pk")
    post(window(udin), f"{DESK}production/jobs/{job.pk}/release/")
    return Job.objects.get(pk=job.pk)


def count(window: Window, udin: Person, job: Job, position: int, **pairs: int) -> None:
    """Count pairs that leave a stage: `count(window, udin, job, 1, good_40=4, reject_41=1)`."""
    path, typed = counting(job, position, **pairs)
    post(window(udin), path, **typed)


def counting(job: Job, position: int, **pairs: int) -> tuple[str, dict[str, int]]:
    sizes = {size.name: size.pk for size in job.sizes.for_work()}
    typed = {
        f"{kind}_{sizes[size]}": number
        for name, number in pairs.items()
        for kind, size in [name.split("_")]
    }
    return f"{DESK}production/jobs/{job.pk}/stages/{position}/", typed


def line_of(purchase: PurchaseOrder, code: str, size: str = "") -> PurchaseLine:
    return purchase.lines.get(material__code=code, size=size)


def need_of(order: Order, code: str, size: str = "") -> OrderNeed:
    return OrderNeed.objects.get(line__order=order, material__code=code, size=size)


@pytest.fixture
def order(buyer: Party, supplier: Party, dewi: Person) -> Order:
    """Ten pairs, paid so far that material may be bought; the supplier sells all of it."""
    made = testing.needy_order(buyer)
    for need in OrderNeed.objects.filter(line__order=made).select_related("material"):
        testing.supplier_price(supplier, need.material)
    return made


def test_short_leather(
    window: Window, order: Order, rina: Person, budi: Person, udin: Person
) -> None:
    """The supplier has two thirds of the leather; the workshop takes it and buys the rest again."""
    post(window(rina), f"{DESK}purchases/plan/")
    purchase = PurchaseOrder.objects.for_page().get()
    post(window(rina), f"{DESK}purchases/{purchase.pk}/sending/", note="")
    answer: dict[str, Any] = {"revision": "1", "note": "Kulit tinggal 20 kaki."}
    for line in purchase.lines.all():
        quantity = "20" if line.material.code == "LEATHER" else str(line.quantity // 1000)
        answer |= {
            f"quantity_{line.pk}": quantity,
            f"price_{line.pk}": str(line.price),
            f"on_{line.pk}": line.wished_on.isoformat(),
        }
    post(window(budi), f"{SUPPLY}purchases/{purchase.pk}/answer/", **answer)
    assert order.number in window(rina).get(f"{DESK}purchases/{purchase.pk}/").text
    post(window(rina), f"{DESK}purchases/{purchase.pk}/agreement/", revision="2")

    assert need_of(order, "LEATHER").uncovered == 12_000
    again = buy(window, rina, budi)
    receive(window, rina, PurchaseOrder.objects.get(pk=purchase.pk), LEATHER="20")
    receive(window, rina, again)

    assert need_of(order, "LEATHER").is_ready
    work(window, udin, order)


def test_a_late_supplier(
    window: Window, order: Order, rina: Person, budi: Person, sari: Person, dewi: Person
) -> None:
    """The leather comes three weeks later; the buyer is written to, and agrees to a new day."""
    testing.hands(order.workshop)
    purchase = buy(window, rina, budi)
    line = line_of(purchase, "LEATHER")
    day = clock.in_days(30)
    post(
        window(budi), f"{SUPPLY}purchases/{purchase.pk}/lines/{line.pk}/delay/",
        day=day.isoformat(), reason="Banjir",
    )  # fmt: skip

    assert "1 order will be late" in window(sari).get(DESK).text
    page = f"{DESK}orders/{order.number}/delay/"
    draft = window(sari).get(page).text
    typed = re.search(r'name="promised_on" value="(.*?)"', draft)
    words = re.search(r'<textarea[^>]*name="note"[^>]*>(.*?)</textarea>', draft, re.DOTALL)
    assert typed is not None
    assert words is not None
    new_day = date.fromisoformat(typed[1])
    assert new_day > day
    for person, address in ((dewi, MY), (sari, DESK)):  # one day on all pages
        assert day_short(new_day) in window(person).get(f"{address}orders/").text
        page_text = window(person).get(f"{address}orders/{order.number}/").text
        assert re.search(rf"expected on {long_day(new_day)}", page_text, re.IGNORECASE)
    tracked = window(dewi).get(f"/ciomas/track/{order.public_code}/").text
    assert f"Expected on {long_day(new_day)}" in tracked
    post(window(sari), page, promised_on=new_day.isoformat(), note=words[1].strip())
    post(window(dewi), f"{MY}orders/{order.number}/changes/2/acceptance/")

    order.refresh_from_db()
    assert (order.promised_on, order.expected_on) == (new_day, new_day)
    assert "will be late" not in window(sari).get(DESK).text


def test_a_reject_of_pairs(window: Window, order: Order, udin: Person) -> None:
    """Four of ten pairs are spoiled when they are sewn; they are cut again, and all ten are made."""
    testing.fetch_material(order)
    job = work(window, udin, order)
    count(window, udin, job, 1, good_40=4, good_41=6)
    count(window, udin, job, 2, good_40=4, good_41=2, reject_41=4)

    count(window, udin, job, 1, good_41=4)
    count(window, udin, job, 2, good_41=4)
    count(window, udin, job, 3, good_40=4, good_41=6)

    assert Job.objects.get().status == "done"
    assert list(LineSize.objects.order_by("pk").values_list("made", flat=True)) == [4, 6]


def test_a_size_is_added_after_cutting(
    window: Window,
    order: Order,
    udin: Person,
    dewi: Person,
    sari: Person,
    rina: Person,
    budi: Person,
) -> None:
    """The buyer adds two of 42 when all is cut; they are bought, cut and made with the others."""
    testing.fetch_material(order)
    job = work(window, udin, order)
    count(window, udin, job, 1, good_40=4, good_41=6)
    look = order.lines.get().colourway_id
    post(
        window(dewi), f"{MY}orders/{order.number}/change/",
        **{f"pairs-{look}-40": "4", f"pairs-{look}-41": "6", f"pairs-{look}-42": "2"},
        promised_on=str(order.promised_on), note="Tambah 42",
    )  # fmt: skip
    tag = " ".join(window(sari).get(f"{DESK}orders/{order.number}/changes/2/").text.split())
    assert "2 pairs more" in tag
    post(window(sari), f"{DESK}orders/{order.number}/changes/2/acceptance/")

    path, typed = counting(job, 1, good_42=2)
    assert "does not lie ready" in window(udin).post(path, typed).text  # the leather of these
    receive(window, rina, buy(window, rina, budi))
    count(window, udin, job, 1, good_42=2)
    for position in (2, 3):
        count(window, udin, job, position, good_40=4, good_41=6, good_42=2)

    assert sorted(LineSize.objects.values_list("made", flat=True)) == [2, 4, 6]
    assert Order.objects.get().total == 2_400_000


def test_two_orders_want_the_same_sole(
    window: Window, order: Order, buyer: Party, rina: Person, budi: Person
) -> None:
    """Soles for one of two orders lie there: the earlier promise has them, the other's are bought."""
    model = order.lines.get().colourway.product
    later = testing.confirmed_order(buyer, model, wished_on=clock.in_days(40))
    testing.pay(later, later.instalments.order_by("position")[0].amount)
    for size, quantity in (("40", 4_000), ("41", 6_000)):
        testing.stock_up(need_of(order, "SOLE", size).material, quantity, size)

    purchase = buy(window, rina, budi)

    assert need_of(order, "SOLE", "40").is_ready
    assert need_of(order, "SOLE", "41").is_ready
    assert need_of(later, "SOLE", "41").ordered == 6_000
    assert line_of(purchase, "SOLE", "41").pegs.get().need.line.order == later
    assert line_of(purchase, "LEATHER").quantity == 64_000


def test_a_cancelled_orders_leather(
    window: Window, order: Order, buyer: Party, rina: Person, owner: Person
) -> None:
    """What was set aside for an order that ends goes to the one that waits for it."""
    testing.fetch_material(order)
    model = order.lines.get().colourway.product
    waiting = testing.confirmed_order(buyer, model, wished_on=clock.in_days(40))
    testing.pay(waiting, waiting.instalments.order_by("position")[0].amount)
    post(
        window(owner),
        f"{DESK}orders/{order.number}/cancellation/",
        reason="Toko tutup",
        rest="credit",
    )

    post(window(rina), f"{DESK}purchases/plan/")

    assert need_of(waiting, "LEATHER").is_ready
    assert not PurchaseOrder.objects.exists()
    assert need_of(order, "LEATHER").ready == 0


def test_fewer_pairs_and_the_supplier_leaves_them_out(
    window: Window, order: Order, rina: Person, budi: Person, dewi: Person, sari: Person
) -> None:
    """Half is called off when all is ordered: the supplier delivers half, what was paid is credit."""
    purchase = buy(window, rina, budi)
    testing.pay(order)
    look = order.lines.get().colourway_id
    post(
        window(dewi), f"{MY}orders/{order.number}/change/",
        **{f"pairs-{look}-40": "2", f"pairs-{look}-41": "3"},
        promised_on=str(order.promised_on), note="",
    )  # fmt: skip
    post(window(sari), f"{DESK}orders/{order.number}/changes/2/acceptance/")
    line = line_of(purchase, "LEATHER")
    assert "16 sq ft for no order" in " ".join(
        window(rina).get(f"{DESK}purchases/{purchase.pk}/").text.split()
    )
    path = f"purchases/{purchase.pk}/lines/{line.pk}/less/"
    post(window(rina), f"{DESK}{path}", quantity="16")
    post(window(budi), f"{SUPPLY}{path}", quantity="16000")

    line.refresh_from_db()
    assert (line.quantity, need_of(order, "LEATHER").ordered) == (16_000, 16_000)
    assert "1,000,000" in window(dewi).get(f"{MY}credit/").text


def test_too_much_comes_and_then_too_little(
    window: Window, order: Order, rina: Person, budi: Person
) -> None:
    """More than the workshop tolerates is not taken in; what never comes is bought elsewhere."""
    purchase = buy(window, rina, budi)
    line = line_of(purchase, "LEATHER")
    page = f"{DESK}purchases/{purchase.pk}/"
    assert window(rina).post(f"{page}receipt/", {f"good_{line.pk}": "60"}).status_code == 409
    assert not Balance.objects.filter(item__material__code="LEATHER", on_hand__gt=0).exists()

    receive(window, rina, purchase, LEATHER="30")
    post(window(rina), f"{page}lines/{line.pk}/shortfall/", reason="Habis")

    assert PurchaseOrder.objects.get().status == "closed"
    assert need_of(order, "LEATHER").uncovered == 2_000
    again = buy(window, rina, budi)
    assert [one.material.code for one in again.lines.all()] == ["LEATHER"]


def test_uppers_are_closed_at_home(window: Window, order: Order, udin: Person) -> None:
    """Six pairs go out to be sewn, five come back good and one spoiled, which is made again."""
    testing.fetch_material(order)
    job = work(window, udin, order)
    count(window, udin, job, 1, good_40=4, good_41=6)
    size = next(one for one in job.sizes.for_work() if one.name == "41")
    post(
        window(udin),
        f"{DESK}production/jobs/{job.pk}/stages/2/outwork/",
        worker="Bu Tini",
        rate="3000",
        due_on=clock.in_days(3).isoformat(),
        **{f"pairs_{size.pk}": "6"},
    )
    outwork = Outwork.objects.get()
    path, typed = counting(job, 2, good_41=1)
    assert window(udin).post(path, typed).status_code == 422  # they are not here
    row = outwork.sizes.get()
    post(
        window(udin),
        f"{DESK}production/outwork/{outwork.pk}/taking-in/",
        **{f"good_{row.pk}": "5", f"reject_{row.pk}": "1"},
    )
    count(window, udin, job, 1, good_41=1)
    count(window, udin, job, 2, good_40=4, good_41=1)
    count(window, udin, job, 3, good_40=4, good_41=6)

    assert Job.objects.get().status == "done"
    assert Outwork.objects.get().status == "back"


def test_pairs_that_lie_there_need_not_be_made(
    window: Window, order: Order, udin: Person, rina: Person, budi: Person
) -> None:
    """Three of six pairs are taken from the shelf; only the others are bought for and made."""
    size = LineSize.objects.get(variant__size="41")
    testing.lay_down(size.variant, 3)
    post(window(udin), f"{DESK}orders/{order.number}/shelf/", **{f"size_{size.pk}": "3"})

    purchase = buy(window, rina, budi)
    assert line_of(purchase, "SOLE", "41").quantity == 3_000
    receive(window, rina, purchase)
    job = work(window, udin, order)
    for position in (1, 2, 3):
        count(window, udin, job, position, good_40=4, good_41=3)

    assert Job.objects.get().status == "done"
    assert list(LineSize.objects.order_by("pk").values_list("made", flat=True)) == [4, 6]
    assert not Amendment.objects.exists()
