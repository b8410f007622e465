"""What chance may leave out of the last days, and what everybody should find waiting today.

From finished stock: an order on its way and one whose courier is asked. In purchasing: a draft, a
purchase order that nobody answered yet, and one that the supplier answered otherwise. Of orders:
one that has grown, one that the buyer wants to be smaller, and one that was put off.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from simpul.catalog.models import Product, SizeRun
from simpul.changes.agreeing import accept
from simpul.delivery.models import Shipment
from simpul.demo import catalogue, workshop_floor
from simpul.insight.dates import outlook
from simpul.insight.lots import lots_for
from simpul.lib import clock
from simpul.lib.workdays import IDUL_FITRI, next_feast
from simpul.orders.models import Amendment, LineSize, LineWish, Order
from simpul.payments import agreement
from simpul.payments.models import Receipt
from simpul.procurement import planning
from simpul.procurement.models import InquiredLine, Inquiry, LineTerms, PurchaseOrder, Terms
from simpul.production import lots, outwork, shelf
from simpul.production.models import Capacity, ClosedDays, Job, LastSet
from simpul.production.models import Status as JobStatus
from simpul.stock.models import Count, Item, Location
from simpul.workflow.steps import Refused

if TYPE_CHECKING:
    from simpul.demo.history import Story

OUTSIDE = "Jahit upper"  # the stage that is given out
SHELVES = {  # by material
    "KLT-BOX": "Rak 1, atas", "KLT-PUL": "Rak 1, tengah", "KLT-SUD": "Rak 1, bawah",
    "KLT-FUR": "Rak 2", "IMT-HTM": "Rak 3", "IMT-MRN": "Rak 3", "SOL-TPR": "Rak 4", "SOL-KRT": "Rak 4",
    "SOL-PUW": "Rak 5", "SOL-ANK": "Rak 5", "LEM-KNG": "Lemari lem", "LEM-PUS": "Lemari lem",
    "BNG-NYL": "Rak 6, kotak 1", "MTA-HTM": "Rak 6, kotak 2", "TLI-080": "Rak 6, kotak 3",
    "LBL-MRK": "Rak 6, kotak 10", "DUS-STD": "Rak 10", "KRN-010": "Rak 10",
}  # fmt: skip
FINISHED = {"DRB-01": "Rak jadi 1", "LFR-02": "Rak jadi 2", "SKL-05": "Rak jadi 3"}  # by model


def days_and_hands(story: Story) -> None:
    """Say who works at each stage, count the lasts, and close around the next Lebaran."""
    udin = story.cast.staff["udin"]
    for (post, _english), people in zip(catalogue.STAGES, catalogue.PEOPLE, strict=True):
        Capacity.set(by=udin, post=post, people=people, minutes_each=7 * 60)
    models = {one.code: one for one in Product.objects.filter(workshop=story.cast.workshop)}
    for name, codes, sizes in catalogue.LASTS:
        LastSet.add(
            by=udin,
            name=name,
            post=catalogue.LASTS_AT,
            turns=1,
            sizes=sizes,
            products=[models[code] for code in codes],
        )
    lebaran = next_feast(IDUL_FITRI, clock.today())
    if lebaran is not None:
        ClosedDays.close(
            by=udin,
            first_on=lebaran[0] - timedelta(days=3),
            last_on=lebaran[1] + timedelta(days=7),
            words="Lebaran",
        )


def on_its_way(story: Story) -> None:
    order = from_stock(story, "sukabumi", "SKL-05")
    shipment = offered(story, [order])
    story.later(partial(workshop_floor.fetch, story, shipment), hour=15)


def courier_asked(story: Story) -> None:
    offered(story, [from_stock(story, "maju", "DRB-01")])


def material_asked(story: Story) -> None:
    """One supplier has not answered, one answered otherwise, and one was not even asked.

    Glue should always lie there, and runs low.
    """
    order = _agreed(story, "padang", "BOT-03")
    first = order.instalments.order_by("position")[0]
    Receipt.take_cash(by=story.cast.staff["fajar"], order=order, amount=first.amount)
    rina, parties = story.cast.staff["rina"], story.cast.parties
    for purchase in planning.plan(story.cast.workshop, by=rina):
        if purchase.supplier == parties["bahan"]:
            continue
        try:
            purchase.send(by=rina, note="Mohon kabar hari ini, ya.")
        except Refused:
            continue
        if purchase.supplier == parties["kulit"]:
            _answer_otherwise(purchase)
    glue = Item.objects.get(workshop=story.cast.workshop, material__code="LEM-KNG")
    glue.set_reorder_point(by=rina, below=5_000, up_to=15_000)
    _put_up_marks(story)
    _price_asked(story)


def lot_named(story: Story) -> None:
    """The foreman says from which hides the work that runs was cut."""
    for job in Job.objects.filter(workshop=story.cast.workshop).open().order_by("pk"):
        for one in lots_for(job):
            if one.lot.item.code.startswith("KLT") and one.used_by(job):
                lots.choose_lot(
                    job, by=story.cast.staff["udin"], lot=one.lot.key,
                    quantity=one.used_by(job), material=one.lot.item.code, delivery=one.marks,
                )  # fmt: skip
                return


def _put_up_marks(story: Story) -> None:
    """Most shelves are marked."""
    rina = story.cast.staff["rina"]
    items = Item.objects.filter(workshop=story.cast.workshop)
    places = [
        *((items.filter(material__code=code), words) for code, words in SHELVES.items()),
        *((items.filter(variant__colourway__product__code=code), words)
          for code, words in FINISHED.items()),
    ]  # fmt: skip
    for rows, words in places:
        for item in rows.order_by("pk")[:1]:
            item.put(by=rina, shelf=words, is_for_all=True)


def _price_asked(story: Story) -> None:
    """Two suppliers are asked for the same leather; one has answered."""
    rina, parties = story.cast.staff["rina"], story.cast.parties
    materials = story.cast.workshop.materials
    wanted = [
        InquiredLine(materials.get(code=code), "", quantity, clock.in_days(14))
        for code, quantity in (("KLT-BOX", 400_000), ("KLT-SUD", 150_000))
    ]
    inquiry = Inquiry.ask(
        by=rina,
        suppliers=[parties["kulit"], parties["bahan"]],
        lines=wanted,
        answer_by=clock.in_days(5),
        note="Untuk pesanan bulan depan. Mohon harga terbaik, ya.",
    )
    bid = inquiry.bids.get(supplier=parties["kulit"])
    box, suede = inquiry.lines.order_by("position")
    bid.answer(
        by=parties["kulit"].people.order_by("pk")[0],
        terms=[
            Terms(box, 38_500, 4, minimum=50_000, valid_until=clock.in_days(30)),
            Terms(
                suede,
                33_000,
                9,
                valid_until=clock.in_days(30),
                note="Stok 80 kaki, sisanya minggu depan.",
            ),
        ],
        note="Harga sudah sampai Ciomas.",
    )


def changes_asked(story: Story) -> None:
    """One buyer has added a size since both agreed, one asks for fewer pairs, and one was put off."""
    sari = story.cast.staff["sari"]
    grown = _change(_agreed(story, "sukabumi", "DRB-01"), "42", 4, "Tambah nomor 42, ya.")
    accept(grown, by=sari)
    _change(_agreed(story, "maju", "SKL-05"), "", -6, "Satu toko batal, tolong dikurangi.")
    _put_off(story, "jakarta")


def _put_off(story: Story, key: str) -> None:
    """Tell a buyer whose order will be late the day that the schedule says; he wants what is ready first."""
    late = Order.objects.filter(
        pk__in=outlook.late_orders(story.cast.workshop), buyer=story.cast.parties[key]
    )
    order = late.for_page().order_by("turn").first()
    found = outlook.delay_of(order) if order is not None else None
    if order is None or found is None:
        return
    put_off = Amendment.propose(
        by=story.cast.staff["sari"],
        order=order,
        wishes=[line.wish for line in order.current.lines.all()],
        promised_on=found[0],
        shipping=order.current.shipping,
        discount=order.current.discount,
        note="Mohon maaf, bahannya datang terlambat.",
    )
    accept(put_off, by=order.buyer.people.order_by("pk")[0], in_parts=True)


def _change(order: Order, size: str, pairs: int, note: str) -> Amendment:
    """Let the buyer ask for some pairs more of a size, or fewer of the size that has most."""
    line = order.current.lines.get()
    size = size or max(line.sizes, key=lambda one: line.sizes[one])
    sizes = line.sizes | {size: max(line.sizes.get(size, 0) + pairs, 0)}
    wish = LineWish(line.line.colourway, {name: count for name, count in sizes.items() if count})
    return Amendment.propose(
        by=order.buyer.people.order_by("pk")[0],
        order=order,
        wishes=[wish],
        promised_on=order.current.promised_on,
        shipping=order.current.shipping,
        discount=order.current.discount,
        note=note,
    )


def given_out(story: Story, worker: str, telephone: str, days: int) -> None:
    """Let somebody close uppers at home: all that wait there of one running job."""
    jobs = Job.objects.filter(workshop=story.cast.workshop, status=JobStatus.RUNNING)
    for job in jobs.for_list().order_by("pk"):
        stage = next((one for one in job.stages.all() if one.name == OUTSIDE), None)
        if stage is None:
            continue
        room = job.room(stage)
        pairs = {size.name: room[size.pk] for size in job.sizes.all() if room[size.pk]}
        if sum(pairs.values()) < 10:
            continue
        try:
            outwork.give_out(
                job,
                by=story.cast.staff["udin"],
                stage=stage,
                stage_name=stage.name,
                pairs=pairs,
                worker=worker,
                telephone=telephone,
                rate=stage.piece_rate,
                due_on=clock.in_days(days),
            )
        except Refused:
            continue
        return


def _answer_otherwise(purchase: PurchaseOrder) -> None:
    latest = purchase.latest()
    terms = [
        LineTerms(said.line, said.quantity, said.price + 1_000, said.on + timedelta(days=3))
        for said in latest.lines.select_related("line__material")
    ]
    purchase.counter(
        by=purchase.supplier.people.order_by("pk")[0],
        revision=latest.number,
        terms=terms,
        note="Harga kulit naik seribu, dan baru bisa kirim tiga hari lagi.",
    )


def _agreed(story: Story, key: str, code: str, *, pairs: int = 0, **door: Any) -> Order:
    """Twenty pairs on the telephone, agreed at once; or so many of the middle size, or to another door."""
    buyer, sari = story.cast.parties[key], story.cast.staff["sari"]
    product = Product.objects.for_page().get(workshop=story.cast.workshop, code=code)
    look = min(product.colourways.all(), key=lambda one: one.position)
    run = SizeRun.objects.get(category=product.category, name="Seri kodi")
    address = buyer.addresses.get()
    own_door = {
        "receiver": address.receiver,
        "telephone": address.telephone,
        "address": address.in_one_text,
        "spot": address.spot,
    }
    order = agreement.place(
        by=sari,
        buyer=buyer,
        wishes=[LineWish(look, {str(product.base_size): pairs} if pairs else run.sizes)],
        wished_on=None,
        channel=Order.Channel.PHONE,
        **own_door | door,
    )
    agreement.confirm(order, by=sari)
    return _fresh(order)


def from_stock(story: Story, key: str, code: str, **wish: Any) -> Order:
    """What lies finished on the shelf: counted, paid in cash, taken and packed."""
    order = _agreed(story, key, code, **wish)
    rina = story.cast.staff["rina"]
    Receipt.take_cash(by=story.cast.staff["fajar"], order=order, amount=order.total)
    sizes = list(LineSize.objects.filter(line__order=order).select_related("variant"))
    shelf_place = Location.of(order.workshop_id, Location.Kind.FINISHED)
    for size in sizes:
        item = Item.of_variant(size.variant)
        lying = sum(item.balances.filter(location=shelf_place).values_list("on_hand", flat=True))
        Count.take(
            by=rina,
            item=item,
            location=shelf_place,
            counted=lying + size.pairs,
            reason="Stok lama ditemukan saat hitung rak.",
        )
    shelf.take_from_stock(order, by=rina, pairs={size: size.pairs for size in sizes})
    workshop_floor.fill(story, order, sizes)
    return _fresh(order)


def left_over(story: Story) -> None:
    """Sandals of an order that was cancelled once: found on the shelf, and nobody has wanted them."""
    product = Product.objects.for_page().get(workshop=story.cast.workshop, code="SDL-06")
    look = max(product.colourways.all(), key=lambda one: one.position)
    place = Location.of(story.cast.workshop.pk, Location.Kind.FINISHED)
    for variant in look.variants.filter(size__in=("39", "43")).order_by("pk"):
        Count.take(
            by=story.cast.staff["rina"],
            item=Item.of_variant(variant),
            location=place,
            counted=8,
            reason="Sisa pesanan lama di rak.",
        )


def offered(
    story: Story,
    orders: list[Order],
    *,
    courier: str = "cargo",
    mode: str = Shipment.Mode.CARGO,
    fee: int = 180_000,
    to: str = "",
    **then: Any,
) -> Shipment:
    """Ask one courier to bring what is packed of the orders to their door."""
    rina = story.cast.staff["rina"]
    route = f"Ciomas – {to or orders[0].buyer.area}"
    shipment = Shipment.open(by=rina, orders=orders, mode=mode, route=route, fee=fee)
    shipment.offer(
        by=rina,
        couriers=[story.cast.parties[courier]],
        expires_at=clock.now() + timedelta(days=3),
        **then,
    )
    return shipment


def _fresh(order: Order) -> Order:
    return Order.objects.select_related("workshop", "buyer").get(pk=order.pk)
