"""What the floor and the couriers of the demonstration do once money and material are there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Sum

from simpul.delivery.models import Consignment, Package, Route, Shipment
from simpul.delivery.models import Status as ShipmentStatus
from simpul.demo import households, odd_money, photos
from simpul.lib import clock
from simpul.orders.models import Gate, LineSize, Order, OrderLine, Status
from simpul.production.models import OPEN, Job, calendar_of
from simpul.production.models import Status as JobStatus
from simpul.workflow.steps import Refused

if TYPE_CHECKING:
    from simpul.demo.history import Story

CARTON = 10
LATELY = timedelta(days=60)  # in which a stage of an order is often counted in two parts
WORKERS = ("Oman", "Iwan", "Nining", "Dedi", "Euis")
MENDED_ONE_IN = (17, 11, 3, 5, 13)  # counts at each of the stages: closing is the hardest
CAUSES = {  # at each of the stages; sometimes nobody says one
    "Potong": ("Kulit cacat", "Salah potong", "Kulit cacat"),
    "Seset": ("Salah potong", "", "Kulit cacat"),
    "Jahit upper": ("Jahitan loncat", "Jahitan loncat", ""),
    "Open dan sol": ("Lem lepas", "Salah ukuran atau acuan", "Lem lepas"),
    "Finishing dan kemas": ("Belang atau kotor", "Lem lepas", ""),
}
UNPLANNED_ONE_IN = 6  # jobs: the schedule did not know
PLANNED_ANEW_ONE_IN = 5
SPOILT_ONE_IN = 6  # jobs, when leather is cut
FARAWAY = {"padang", "ambon", "siti", "budi", "semarang", "cirebon", "lampung", "serang", "solo"}


def go_on(story: Story) -> None:
    """Begin the work on every line whose first material is there."""
    begun = Job.objects.filter(line=OuterRef("pk")).exclude(
        status__in=(JobStatus.PLANNED, JobStatus.CANCELLED)
    )
    waiting = OrderLine.objects.filter(~Exists(begun), order=OuterRef("pk"))
    orders = Order.objects.running().filter(Exists(waiting), workshop=story.cast.workshop)
    rows = orders.select_related("workshop", "buyer").order_by("pk")
    for order in rows.prefetch_related("lines", "instalments"):
        _begin(story, order)


def _begin(story: Story, order: Order) -> None:
    udin = story.cast.staff["udin"]
    for line in order.lines.all():
        job = Job.objects.filter(line=line).exclude(status=JobStatus.CANCELLED).first()
        try:
            if job is None:
                job = Job.plan(by=udin, line=line)
            if job.status == JobStatus.PLANNED and order.is_open(Gate.PRODUCTION):
                job.release(by=udin, days=_days(job))
                story.later(partial(work, story, job, 0), days=story.dice.choice((0, 1)))
        except Refused:
            continue


def work(story: Story, job: Job, place: int) -> None:
    """Count one stage, size by size; what is not ready is tried again tomorrow."""
    job = Job.objects.for_list().get(pk=job.pk)
    if job.status not in OPEN or job.line.order.status != Status.CONFIRMED:
        return
    stages = list(job.stages.order_by("position"))
    if place == len(stages):
        return
    stage = stages[place]
    room = job.room(stage)
    good = {size.name: room[size.pk] for size in job.sizes.all() if room[size.pk]}
    half = {size: pairs // 2 for size, pairs in good.items() if pairs > 3}
    in_halves = 0.5 if story.now - clock.now() < LATELY else 0.1
    part = half if half and story.dice.random() < in_halves and sum(good.values()) > 20 else good
    try:
        if part:
            worker = WORKERS[(job.pk + place) % len(WORKERS)]
            most = max(part, key=lambda size: part[size])
            mended = {most: 1 + job.pk % 3} if _is_mended(job, place) else {}
            if place == 0 and part is good and job.pk % SPOILT_ONE_IN == 0:
                job.tap(
                    by=story.cast.staff["udin"],
                    stage=stage,
                    good={},
                    reject={most: 1},
                    cause=CAUSES[stage.name][job.pk // 2 % 3],
                    worker=worker,
                )
            job.tap(
                by=story.cast.staff["udin"],
                stage=stage,
                good=part,
                rework=mended,
                cause=CAUSES[stage.name][job.pk // 2 % 3] if mended else "",
                worker=worker,
            )
            photos.take(story, stage)
    except Refused:
        story.later(lambda: work(story, job, place), days=1)
        return
    if part is not good:
        story.later(lambda: work(story, job, place), days=1)
    elif place + 1 < len(stages):
        if place == 2 and job.pk % PLANNED_ANEW_ONE_IN == 0:
            _plan_anew(story, job, place + 1)
        story.later(lambda: work(story, job, place + 1), days=story.dice.choice((1, 1, 2)))
    else:
        story.later(lambda: pack(story, job.line.order), days=1)


def _days(job: Job) -> dict[int, date]:
    """By when each stage is to be done: some days of work after the one before it."""
    if job.pk % UNPLANNED_ONE_IN == 0:
        return {}
    days = calendar_of(job.workshop).open_days(clock.today(), clock.in_days(60))
    return {stage.position: _planned(days, stage.position) for stage in job.stages.all()}


def _planned(days: Sequence[date], place: int) -> date:
    """One and a half days of work for each stage."""
    return days[3 * place // 2]


def _plan_anew(story: Story, job: Job, place: int) -> None:
    """Leather came late, or the glue dries slowly in the rain: the rest has other days."""
    stages = [one for one in job.stages.order_by("position") if one.position > place]
    days = calendar_of(job.workshop).open_days(clock.today(), clock.in_days(60))
    job.schedule(
        by=story.cast.staff["udin"],
        days={one.position: _planned(days, at + 1) for at, one in enumerate(stages)},
        reason="Lem lama kering karena hujan terus",
    )


def _is_mended(job: Job, place: int) -> bool:
    return (3 * job.pk + place) % MENDED_ONE_IN[place] == 0


def pack(story: Story, order: Order) -> None:
    """Fill cartons of ten once every pair is made, and ask for the rest of the money."""
    sizes = list(LineSize.objects.filter(line__order=order).order_by("pk"))
    if any(size.made < size.pairs for size in sizes) or all(size.packed for size in sizes):
        return
    fill(story, order, sizes)
    fresh = Order.objects.select_related("workshop", "buyer").get(pk=order.pk)
    slow = 2 * story.slowness(fresh)
    story.later(lambda: story.pay(fresh), days=story.dice.choice((0, 1, 3)) + slow)
    story.later(lambda: ship(story, order), days=2)


def fill(story: Story, order: Order, sizes: list[LineSize]) -> None:
    """Fill cartons of ten."""
    rina = story.cast.staff["rina"]
    carton: dict[LineSize, int] = {}
    for size in sizes:
        for _pair in range(size.pairs - size.packed):
            carton[size] = carton.get(size, 0) + 1
            if sum(carton.values()) == CARTON:
                Package.pack(by=rina, order=order, contents=carton)
                carton = {}
    if carton:
        Package.pack(by=rina, order=order, contents=carton)


def ship(story: Story, order: Order) -> None:
    """Offer the packages to a courier once the rest is paid; else look again tomorrow."""
    order = Order.objects.select_related("workshop", "buyer").get(pk=order.pk)
    if order.status != Status.CONFIRMED:
        return
    if order.balance > order.paid_at_the_door:
        story.later(lambda: ship(story, order), days=2)
        return
    rina, courier = story.cast.staff["rina"], story.cast.parties["cargo"]
    key = story.key_of(order)
    is_near = key not in FARAWAY and not key.startswith(households.KEY)
    if is_near and sum(len(line.sizes.all()) for line in order.lines.all()) < 12:
        courier = story.cast.parties["ojek"]
    if order.paid_at_the_door:
        courier = story.cast.parties["ojek"]
    is_ojek = courier == story.cast.parties["ojek"]
    by_ojek = Route.objects.filter(workshop=order.workshop_id, mode=Shipment.Mode.OJEK)
    shipment = Shipment.open(
        by=rina,
        orders=[order],
        mode=Shipment.Mode.OJEK if is_ojek else Shipment.Mode.CARGO,
        route=f"Ciomas – {order.buyer.area}",
        fee=_fee(order, is_ojek),
        days=1 if is_ojek else 3,
        tariff=by_ojek.first() if is_ojek else None,
    )
    shipment.offer(by=rina, couriers=[courier], expires_at=clock.now() + timedelta(days=3))
    story.later(lambda: fetch(story, shipment), days=story.dice.choice((0, 1)))


def _fee(order: Order, is_ojek: bool) -> int:
    """What a way costs, by the pairs: in rupiah."""
    sizes = LineSize.objects.filter(line__order=order)
    pairs: int = sizes.aggregate(n=Sum("pairs"))["n"]
    return 15_000 + 1_500 * pairs if is_ojek else 20_000 + 3_000 * pairs


def fetch(story: Story, shipment: Shipment) -> None:
    """The courier takes the packages along, and brings them."""
    hand_over(story, shipment)
    late = shipment.pk % 5 == 0  # the ship waits, or nobody is at home
    days = 1 if shipment.mode == Shipment.Mode.OJEK else 3
    story.later(lambda: bring(story, shipment), days=days + 2 * late)


def hand_over(story: Story, shipment: Shipment) -> None:
    """The courier accepts, both count, and the packages leave with their note."""
    shipment = Shipment.objects.select_related("workshop", "courier").get(pk=shipment.pk)
    rina = story.cast.staff["rina"]
    offer = shipment.offers.get(status="offered")
    driver = offer.courier.people.order_by("pk")[0]
    shipment.accept(by=driver)
    count = shipment.packages.count()
    shipment.issue_note(by=rina)
    shipment.hand_over(by=rina, count=count)
    shipment.pick_up(by=driver, count=count)
    if shipment.mode == Shipment.Mode.CARGO:
        receipt = "88" + "".join(one for one in shipment.number if one.isdigit())
        Consignment.write_down(
            by=rina, shipment=shipment, carrier=offer.courier.name, number=receipt
        )


def bring(story: Story, shipment: Shipment) -> None:
    """At the door: counted, named, proved by PIN; sometimes only at the second try."""
    shipment = Shipment.objects.select_related("workshop", "courier").get(pk=shipment.pk)
    driver = shipment.courier.people.order_by("pk")[0] if shipment.courier else None
    if driver is None or shipment.status != ShipmentStatus.PICKED_UP:
        return
    shipment.deliver(
        by=driver,
        receiver=shipment.first_order.receiver,
        count=shipment.packages.count(),
        pin=shipment.pin,
        collected=shipment.asked or None,
    )
    if shipment.asked:
        story.later(lambda: odd_money.bring_cash(story, shipment), days=1)
    if story.dice.random() < 0.85:
        for order in shipment.orders:
            story.later(partial(close, story, order), days=story.dice.choice((0, 1, 2)))


def close(story: Story, order: Order) -> None:
    """The buyer says that all is well."""
    order = Order.objects.select_related("workshop", "buyer").get(pk=order.pk)
    if order.status == Status.FULFILLED and not order.balance:
        order.close(by=order.buyer.people.order_by("pk")[0])
