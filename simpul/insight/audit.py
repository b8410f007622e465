"""Hold the invariants of the design against the facts: `simpul audit` and the property test run this."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum

from simpul.conversations.models import Ticket
from simpul.crm.models import GoodsReturn, PointLot, PointUse, Quotation
from simpul.crm.models.point import TAKEN_BACK
from simpul.delivery.models import Load, Package, PackageLine, Shipment
from simpul.delivery.models import Status as ShipmentStatus
from simpul.insight import recent
from simpul.insight.books.checks import disagreements
from simpul.lib import clock
from simpul.orders.models import (
    AGREED,
    Amendment,
    Gate,
    Instalment,
    LineSize,
    Order,
    OrderNeed,
    OrderRevision,
)
from simpul.papers import chain
from simpul.papers.models import Paper
from simpul.parties.models import Party, Workshop
from simpul.payments.models import (
    Allocation,
    BankEntry,
    CashBox,
    CashHanding,
    Collection,
    CreditNote,
    DayClosing,
    Forfeit,
    GatewayPayment,
    Receipt,
    Refund,
    party_credit,
    party_debt,
)
from simpul.payments.models.closing import worth
from simpul.payments.models.refund import GONE, WAITING
from simpul.payments.tally import owed_by
from simpul.procurement.models import GoodsReceipt, Inquiry, PurchaseLine, PurchaseOrder
from simpul.production.models import (
    Job,
    Outwork,
    OutworkMaterial,
    OutworkSize,
    StageLog,
    WagePayment,
    WageSheet,
    WageSlip,
)
from simpul.stock.lots import trace_of
from simpul.stock.models import Balance, Item, Location, LotChoice, Movement, Reservation
from simpul.workflow.models import Entry, NumberSeries


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant that does not hold: its number, what it is broken by, and how."""

    invariant: int
    subject: str
    text: str


type Check = Callable[[Workshop], Iterator[Finding]]


def findings(
    workshop: Workshop | None = None, checks: list[Check] | None = None
) -> Iterator[Finding]:
    """Run every check (or these) over one workshop, or over all."""
    for one in [workshop] if workshop else Workshop.objects.order_by("pk"):
        for check in checks or [*CHECKS, books]:
            yield from check(one)


def totals(workshop: Workshop) -> Iterator[Finding]:
    """1: total = lines + charges - discount of the current revision = sum of the instalments."""
    revisions = OrderRevision.objects.filter(order__workshop=workshop, number=F("order__revision"))
    for revision in revisions.select_related("order").annotate(lines_sum=Sum("lines__amount")):
        expected = (revision.lines_sum or 0) + revision.shipping - revision.discount
        if not revision.total == revision.order.total == expected:
            text = f"total {revision.order.total}, revision {revision.total}, lines {expected}"
            yield Finding(1, str(revision.order), text)
    agreed = Order.objects.filter(workshop=workshop, agreed_revision__isnull=False)
    sums = agreed.annotate(n=Sum("instalments__amount")).order_by("pk")
    for number, total, planned in sums.values_list("number", "total", "n"):
        if (planned or 0) != total:
            yield Finding(1, number, f"total {total}, instalments {planned}")


def stock(workshop: Workshop) -> Iterator[Finding]:
    """5: on hand = sum of the movements >= 0; reserved = sum of the reservations <= on hand."""
    moved: dict[tuple[int, int], int] = defaultdict(int)
    for side, sign in (("source", -1), ("target", 1)):
        rows = Movement.objects.filter(workshop=workshop, **{f"{side}__isnull": False})
        for place, item, total in (
            rows.values_list(side, "item").annotate(n=Sum("quantity")).order_by()
        ):
            moved[place, item] += sign * total
    kept = dict(
        Reservation.objects.filter(balance__location__workshop=workshop)
        .values_list("balance")
        .annotate(n=Sum("quantity"))
        .order_by()
    )
    balances = Balance.objects.filter(location__workshop=workshop).select_related(
        "location", "item__material", "item__variant__colourway__product"
    )
    for balance in balances:
        facts = moved.pop((balance.location_id, balance.item_id), 0)
        if balance.on_hand != facts:
            yield Finding(5, str(balance), f"on hand {balance.on_hand}, movements {facts}")
        if balance.reserved != kept.get(balance.pk, 0):
            text = f"reserved {balance.reserved}, reservations {kept.get(balance.pk, 0)}"
            yield Finding(5, str(balance), text)
        if not 0 <= balance.reserved <= balance.on_hand:
            text = f"reserved {balance.reserved} of {balance.on_hand}"
            yield Finding(5, str(balance), text)
    for (place, item), left in moved.items():
        if left:
            yield Finding(5, f"item {item} at {place}", f"movements {left}, and no balance")


def lots(workshop: Workshop) -> Iterator[Finding]:
    """5: what was said of a lot <= what came with it and what was taken; the rule can tell the rest."""
    said = LotChoice.objects.standing().filter(lot__workshop=workshop)
    for choice in said.filter(~Q(taken__item=F("lot__item"))):
        yield Finding(5, f"lot {choice.lot_id}", f"choice {choice.pk} of another item")
    named = said.order_by().values_list("lot__item", flat=True).distinct()
    for item in Item.objects.filter(pk__in=list(named)).order_by("pk"):
        trace = trace_of([item])
        for lot in trace.lots:
            if lot.unnamed < 0 or lot.left < 0:
                text = f"came {lot.came}, not named {lot.unnamed}, left {lot.left}"
                yield Finding(5, f"lot {lot.key}", text)
        if trace.untold:
            yield Finding(5, f"item {item.pk}", f"of no lot: {trace.untold}")


def needs(workshop: Workshop) -> Iterator[Finding]:
    """6: what is ordered, ready and used for a need <= the need; ready = what is reserved for it."""
    rows = OrderNeed.objects.filter(line__order__workshop=workshop).select_related("material")
    reserved = _reserved(workshop, OrderNeed)  # in the store, or with an outworker
    for need in rows:
        if need.uncovered < 0:
            yield Finding(6, str(need), f"covered by {-need.uncovered} more than needed")
        if need.ready != reserved.get(need.pk, 0):
            yield Finding(6, str(need), f"ready {need.ready}, reserved {reserved.get(need.pk, 0)}")


def pairs(workshop: Workshop) -> Iterator[Finding]:
    """7: delivered <= picked up <= packed <= made, and what was made and not delivered is kept."""
    kept = _reserved(workshop, LineSize)
    for size in LineSize.objects.filter(line__order__workshop=workshop).select_related(
        "line__order", "variant__colourway__product"
    ):
        if not size.delivered <= size.picked_up <= size.packed <= size.made <= size.pairs:
            text = f"{size.delivered} {size.picked_up} {size.packed} {size.made} of {size.pairs}"
            yield Finding(7, f"{size.line.order} {size.variant}", text)
        if size.line.order.status != "cancelled" and size.made - size.delivered != kept.get(
            size.pk, 0
        ):
            text = f"{size.made - size.delivered} in the house, {kept.get(size.pk, 0)} kept"
            yield Finding(7, f"{size.line.order} {size.variant}", text)


def outwork(workshop: Workshop) -> Iterator[Finding]:
    """7: what came back from outside was counted, and what went along lies there until it is used
    or brought back."""
    logs = StageLog.objects.filter(outwork__workshop=workshop).order_by()
    rows = logs.values_list("outwork", "size").annotate(g=Sum("good"), r=Sum("reject"))
    counted = {(pk, size): (good, reject) for pk, size, good, reject in rows}
    for row in OutworkSize.objects.filter(outwork__workshop=workshop).select_related("outwork"):
        back = counted.get((row.outwork_id, row.size_id), (0, 0))
        if (row.good, row.reject) != back:
            text = f"{row.good} and {row.reject} of size {row.size_id}, counted {back}"
            yield Finding(7, str(row.outwork), text)
    there = _reserved(workshop, OrderNeed, Location.Kind.OUTWORKER)
    left = F("quantity") - F("used") - F("returned")
    material = OutworkMaterial.objects.filter(outwork__workshop=workshop).order_by()
    for need, n in material.values_list("need").annotate(n=Sum(left)):
        if n != there.get(need, 0):
            yield Finding(7, f"need {need}", f"{n} went along, {there.get(need, 0)} lies outside")
    jobs = Job.objects.filter(workshop=workshop, stages__outwork__status="out").distinct()
    for job in jobs.prefetch_related("sizes", "stages"):
        sums, out = job.sums(), job.out()
        if any(min(job.room(stage, sums, out).values()) < 0 for stage in job.stages.all()):
            yield Finding(7, str(job), "more is outside than the stage before passed on")


def packages(workshop: Workshop) -> Iterator[Finding]:
    """7: what lies in the packages of a size = what was packed of it."""
    packed = dict(
        PackageLine.objects.filter(package__order__workshop=workshop, package__unpacked_at=None)
        .values_list("size")
        .annotate(n=Sum("pairs"))
        .order_by()
    )
    for size in LineSize.objects.filter(line__order__workshop=workshop).select_related(
        "line__order", "variant__colourway__product"
    ):
        if size.packed != packed.get(size.pk, 0):
            text = f"packed {size.packed}, in packages {packed.get(size.pk, 0)}"
            yield Finding(7, f"{size.line.order} {size.variant}", text)


def shipments(workshop: Workshop) -> Iterator[Finding]:
    """7: what is in a shipment is of the orders that it carries, and they go to one door; what is
    collected there for an order is asked for that order."""
    loads = Load.objects.filter(shipment__workshop=workshop)
    carried: dict[str, set[int]] = defaultdict(set)
    doors: dict[str, set[object]] = defaultdict(set)
    for load in loads.select_related("shipment", "order", "collection").order_by("pk"):
        carried[load.shipment.number].add(load.order_id)
        doors[load.shipment.number] |= {
            load.order.door,
            (load.shipment.buyer_id, *load.order.door[1:]),
        }
        if load.collection is not None and load.collection.order_id != load.order_id:
            yield Finding(7, str(load), f"collects for {load.collection.order}")
    for number, found in doors.items():
        if len(found) > 1:
            yield Finding(7, number, f"goes to {len(found)} doors")
    inside = Package.objects.filter(shipment__workshop=workshop).order_by("pk")
    for number, order, package in inside.values_list("shipment__number", "order", "number"):
        if order not in carried[number]:
            yield Finding(7, number, f"package {package} of an order that it does not carry")


def arrivals(workshop: Workshop) -> Iterator[Finding]:
    """7: what arrived did so between the day it left and the day that was noted; an order with packages
    in it arrived on the last of these days."""
    there = Shipment.objects.filter(workshop=workshop, delivered_at__isnull=False)
    for shipment in there.order_by("pk"):
        on, noted = shipment.arrived_on, shipment.delivered_at
        if on and noted and not shipment.began_on <= on <= clock.day_of(noted):
            yield Finding(7, shipment.number, f"arrived on {on}, noted at {noted}")
    orders = Order.objects.filter(workshop=workshop)
    came = Max("packages__shipment__arrived_on")
    both = orders.annotate(came=came).filter(came__isnull=False).exclude(arrived_on=F("came"))
    for number, on, last in both.order_by("pk").values_list("number", "arrived_on", "came"):
        yield Finding(7, number, f"arrived on {on}, its packages on {last}")


def journal(workshop: Workshop) -> Iterator[Finding]:
    """8: each order has one line for its placing, and one for the state it is in."""
    steps = {
        "confirmed": ("orders.confirm", "orders.accept"),
        "fulfilled": ("orders.fulfil",),
        "closed": ("orders.close",),
        "declined": ("orders.decline",),
        "withdrawn": ("orders.withdraw",),
        "cancelled": ("orders.cancel",),
        "expired": ("orders.expire",),
    }
    orders = Order.objects.filter(workshop=workshop)
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    told = orders.values_list("pk", "journal__step").annotate(n=Count("journal__pk")).order_by()
    for pk, step, count in told:
        counted[pk][step] = count
    for order in orders:
        if counted[order.pk].get("orders.place") != 1:
            yield Finding(8, str(order), "it was not placed exactly once")
        ways = steps.get(order.status, ())
        again = counted[order.pk].get("orders.reopen", 0) if order.status == "closed" else 0
        if ways and sum(counted[order.pk].get(way, 0) for way in ways) != 1 + again:
            yield Finding(8, str(order), f"it is {order.status}, and not by exactly one step")
    doubles = Entry.objects.filter(workshop=workshop).exclude(key="").values("by", "key")
    for double in doubles.annotate(n=Count("pk")).filter(n__gt=1).order_by():
        yield Finding(8, f"key {double['key']}", "stands in two lines of the journal")


def gates(workshop: Workshop) -> Iterator[Finding]:
    """9: no pair was handed over, no work begun, while money before that gate is missing."""
    orders = Order.objects.filter(
        workshop=workshop, status__in=["confirmed", "fulfilled", "closed"]
    )
    far = dict(
        LineSize.objects.filter(line__order__in=orders, packed__gt=0)
        .values_list("line__order")
        .annotate(n=Sum("picked_up"))
        .order_by()
    )
    for order in orders.filter(pk__in=far).prefetch_related("instalments"):
        gate = Gate.HAND_OVER if far[order.pk] else Gate.PACKING
        shut = [one for one in order.instalments.all() if one.gate <= gate and not one.lets_pass]
        if shut and not _was_reversed(order) and not _was_asked_later(order):
            yield Finding(9, str(order), f"gate {gate} was passed before {shut[0]} was paid")


def promises(workshop: Workshop) -> Iterator[Finding]:
    """10: the promised day is that of the agreed revision."""
    agreed = OrderRevision.objects.filter(
        order__workshop=workshop, number=F("order__agreed_revision")
    ).select_related("order")
    for revision in agreed.filter(~Q(promised_on=F("order__promised_on"))):
        text = f"promised {revision.order.promised_on}, agreed {revision.promised_on}"
        yield Finding(10, str(revision.order), text)


def numbers(workshop: Workshop) -> Iterator[Finding]:
    """11: the numbers of a series run from 1 to the last without gap or double."""
    standing = _numbers(workshop)
    for series in NumberSeries.objects.filter(workshop=workshop):
        head = f"{series.prefix}-{series.year}-"
        heads = [number for number in standing if number.startswith(head)]
        used = sorted(int(number.removeprefix(head)) for number in heads)
        if used != list(range(1, series.last + 1)):
            missing = sorted(set(range(1, series.last + 1)) - set(used))
            yield Finding(
                11, str(series), f"{len(used)} used of {series.last}; missing {missing[:5]}"
            )


def money(workshop: Workshop) -> Iterator[Finding]:
    """2 and 3: what is counted of a receipt or a credit note <= its amount; what an instalment
    was paid = what was counted for it."""
    sources: list[tuple[str, Any]] = [("receipt", Receipt), ("credit note", CreditNote)]
    for name, model in sources:
        rows = model.objects.filter(workshop=workshop).annotate(n=Sum("allocations__amount"))
        for pk, amount, annulled, n in rows.order_by("pk").values_list(
            "pk", "amount", "annulled_at", "n"
        ):
            counted = n or 0
            if not 0 <= counted <= amount or (annulled is not None and counted):
                yield Finding(2, f"{name} {pk}", f"{counted} counted of {amount}")
    instalments = Instalment.objects.filter(order__workshop=workshop)
    sums = instalments.annotate(n=Sum("allocations__amount")).order_by("pk")
    for number, position, amount, paid, n in sums.values_list(
        "order__number", "position", "amount", "paid", "n"
    ):
        if paid != (n or 0) or not 0 <= paid <= amount:
            text = f"paid {paid}, counted {n or 0}, of {amount}"
            yield Finding(3, f"{number} instalment {position}", text)


def refunds(workshop: Workshop) -> Iterator[Finding]:
    """2: a refund that waits is taken from credit in full, one that ended not at all; of one that
    was sent no more than its amount is, and less only where money was taken back."""
    rows = Refund.objects.filter(workshop=workshop).with_covered().order_by("pk")
    undone = rows.annotate(undone=Count("allocations__reverses"))
    for pk, status, amount, covered, taken_back in undone.values_list(
        "pk", "status", "amount", "covered", "undone"
    ):
        least = amount if status in WAITING or (status in GONE and not taken_back) else 0
        most = amount if status in {*WAITING, *GONE} else 0
        if not least <= covered <= most:
            yield Finding(2, f"refund {pk}", f"{status}, {covered} taken of {amount}")
    kept = Forfeit.objects.filter(workshop=workshop).annotate(n=Sum("allocations__amount"))
    for pk, amount, n in kept.order_by("pk").values_list("pk", "amount", "n"):
        if not 0 <= (n or 0) <= amount:
            yield Finding(2, f"forfeit {pk}", f"{n} taken of {amount}")
    parties = Party.objects.filter(workshop=workshop, receipts__isnull=False).distinct()
    for party in parties.order_by("pk"):
        if (credit := party_credit(party)) < 0:
            yield Finding(2, str(party), f"credit {credit}")


def tallies(workshop: Workshop) -> Iterator[Finding]:
    """3: what a party owes by its account = what is open on its orders - its credit - what is set
    aside for refunds + what it owes because its money was taken back."""
    for party in Party.objects.filter(workshop=workshop, orders__isnull=False).distinct():
        unpaid = Instalment.objects.filter(order__buyer=party, order__status__in=AGREED)
        open_sum = unpaid.aggregate(n=Sum(F("amount") - F("paid")))["n"] or 0
        set_aside = Allocation.objects.filter(refund__party=party, refund__status__in=WAITING)
        kept = set_aside.aggregate(n=Sum("amount"))["n"] or 0
        expected = open_sum - party_credit(party) - kept + party_debt(party)
        if (owed := owed_by(party)) != expected:
            yield Finding(3, str(party), f"owes {owed} by its account, {expected} by its orders")


def collections(workshop: Workshop) -> Iterator[Finding]:
    """3 and 9: what finance counted of a courier's cash pays the orders, no more; where it is not
    what was said, or less was collected than asked, a ticket says so."""
    cash = CashHanding.objects.filter(workshop=workshop, status=CashHanding.Status.COUNTED)
    sums = cash.annotate(n=Sum("collections__collected"), paid=Sum("collections__receipt__amount"))
    told = _told_of(workshop, CashHanding)
    for pk, said, counted, n, paid in sums.order_by("pk").values_list(
        "pk", "said", "counted", "n", "paid"
    ):
        collected = n or 0
        if (paid or 0) != min(counted or 0, collected):
            yield Finding(3, f"handing {pk}", f"{counted} counted, {paid or 0} pays orders")
        if not said == counted == collected and pk not in told:
            yield Finding(3, f"handing {pk}", f"{collected}, {said}, {counted}, and no ticket")
    short = Collection.objects.filter(workshop=workshop, collected__lt=F("asked"))
    told = _told_of(workshop, Collection)
    for pk in short.order_by("pk").values_list("pk", flat=True):
        if pk not in told:
            yield Finding(9, f"collection {pk}", "less than was asked for, and no ticket")


def statements(workshop: Workshop) -> Iterator[Finding]:
    """4: an entry is recognised at most once, and an allocated one by a receipt of its amount."""
    entries = BankEntry.objects.filter(workshop=workshop, status=BankEntry.Status.ALLOCATED)
    for entry in entries.prefetch_related("receipts"):
        standing = [one for one in entry.receipts.all() if one.annulled_at is None]
        if len(standing) != 1 or standing[0].amount != entry.rupiah:
            sums = [one.amount for one in standing]
            yield Finding(4, f"entry {entry.pk}", f"{entry.rupiah} recognised as {sums}")
    gone = Receipt.objects.standing().filter(
        entry__workshop=workshop, entry__status=BankEntry.Status.REVERSED
    )
    for pk in gone.values_list("entry", flat=True):
        yield Finding(4, f"entry {pk}", "taken back by the bank, and still recognised")


def purposes(workshop: Workshop) -> Iterator[Finding]:
    """4: what an entry was for never adds up to more than it, nor to what goes the other way."""
    entries = BankEntry.objects.filter(workshop=workshop).annotate(n=Sum("purposes__amount_sen"))
    for pk, amount, status, n in entries.exclude(n=None).values_list(
        "pk", "amount_sen", "status", "n"
    ):
        whole = amount if status in ("out", "set_aside") else 0
        if abs(n) > abs(whole) or n * whole < 0:
            yield Finding(4, f"entry {pk}", f"{n} explained of {whole}")


def wages(workshop: Workshop) -> Iterator[Finding]:
    """2: a slip pays what its counts earned, once, and no payment pays more than it holds."""
    slips = WageSlip.objects.filter(sheet__workshop=workshop).annotate(
        n=Sum(F("logs__log__good") * F("logs__log__rate"))
    )
    for pk, amount, n in slips.exclude(n=F("amount")).values_list("pk", "amount", "n"):
        yield Finding(2, f"wage slip {pk}", f"{amount} settled for {n} earned")
    standing = WagePayment.objects.standing().filter(purpose__workshop=workshop)
    paid = standing.order_by().values_list("slip", "slip__amount").annotate(n=Sum("amount"))
    for pk, amount, n in paid.filter(n__gt=F("slip__amount")):
        yield Finding(2, f"wage slip {pk}", f"{n} paid of {amount}")
    used = standing.order_by().values_list("purpose", "purpose__amount_sen")
    for pk, sen, n in used.annotate(n=Sum("amount")):
        if n * 100 > -sen:
            yield Finding(2, f"payment {pk}", f"{n} of wages paid by {-sen // 100}")


def gateways(workshop: Workshop) -> Iterator[Finding]:
    """2: what a gateway received is counted at most once, never more than it says that is left,
    and never of a sandbox; what is left and not counted waits for a person."""
    payments = GatewayPayment.objects.filter(workshop=workshop).prefetch_related(
        "receipts", "notices"
    )
    for payment in payments.order_by("pk"):
        sums = [one.amount for one in payment.receipts.all() if one.annulled_at is None]
        if sums not in ([], [payment.booked]) or payment.booked not in (0, payment.net):
            text = f"{payment.booked} booked of {payment.net}, recognised as {sums}"
            yield Finding(2, str(payment), text)
        states = {one.status for one in payment.notices.all()}
        if payment.is_live and payment.net and not sums and states == {"applied"}:
            yield Finding(2, str(payment), f"{payment.net} came and nobody is asked about it")


def closings(workshop: Workshop) -> Iterator[Finding]:
    """2: each count of the cash box begins where the one before ended, and closes on what was
    counted; what it has taken for a fact is one for good."""
    before = 0
    counts = DayClosing.objects.filter(workshop=workshop).order_by("pk")
    for count in counts:
        if count.opening_sen != before:
            yield Finding(2, f"closing {count}", f"begins at {count.opening_sen}, not at {before}")
        if count.expected_sen + count.difference_sen != count.counted_sen:
            text = f"{count.expected_sen} and {count.difference_sen} are not {count.counted_sen}"
            yield Finding(2, f"closing {count}", text)
        if count.held and worth(count.pieces) != count.counted:
            yield Finding(2, f"closing {count}", f"pieces make {worth(count.pieces)}")
        before = count.counted_sen
    box = CashBox.of(workshop.pk)
    if box.came_sen < 0 or box.went_sen < 0:
        text = f"facts that were counted are gone: {box.came_sen} in, {box.went_sen} out"
        yield Finding(2, "cash box", text)


def pegs(workshop: Workshop) -> Iterator[Finding]:
    """6: pegs of a purchase line <= what is open of it; a need's `ordered` = its pegs."""
    lines = PurchaseLine.objects.filter(purchase__workshop=workshop)
    sums = lines.annotate(n=Sum("pegs__quantity")).order_by("pk")
    for number, code, quantity, received, n in sums.values_list(
        "purchase__number", "material__code", "quantity", "received", "n"
    ):
        if (n or 0) > max(quantity - received, 0):
            yield Finding(6, f"{number} {code}", f"{n} pegged, {quantity - received} open")
    needs = OrderNeed.objects.filter(line__order__workshop=workshop)
    for number, code, ordered, n in (
        needs.annotate(n=Sum("pegs__quantity"))
        .order_by("pk")
        .values_list("line__order__number", "material__code", "ordered", "n")
    ):
        if ordered != (n or 0):
            yield Finding(6, f"{number} {code}", f"ordered {ordered}, pegged {n or 0}")


def points(workshop: Workshop) -> Iterator[Finding]:
    """15: no lot gives more than it holds, but where it was taken back; what is left pays for that
    first, and what one lot paid for another comes to nothing."""
    lots = PointLot.objects.filter(workshop=workshop)
    signs: dict[int, set[bool]] = defaultdict(set)
    for lot in lots.uneven():
        signs[lot.party_id].add(lot.rest > 0)
    for party, found in signs.items():
        if len(found) > 1:
            yield Finding(15, f"party {party}", "points are left, and others are missing")
    uses = PointUse.objects.filter(lot__workshop=workshop)
    netted = uses.filter(kind=PointUse.Kind.NETTED).order_by()
    for party, n in netted.values_list("lot__party").annotate(n=Sum("points")).exclude(n=0):
        yield Finding(15, f"party {party}", f"{n} points were paid for nothing")
    given = uses.exclude(kind__in=[*TAKEN_BACK, PointUse.Kind.NETTED]).order_by()
    of_lots = given.values_list("lot", "lot__points").annotate(n=Sum("points"))
    for pk, held, n in of_lots.exclude(n__range=(0, F("lot__points"))):
        yield Finding(15, f"points {pk}", f"{n} gone of {held}")


def papers(workshop: Workshop) -> Iterator[Finding]:
    """13: an issued paper is never changed: the chain is whole, and so is each kept file."""
    for faults in (chain.faults(workshop), chain.damaged_files(workshop)):
        for paper, text in faults:
            yield Finding(13, paper, text)


def books(workshop: Workshop) -> Iterator[Finding]:
    """14: every posting adds up to zero, and the books agree with orders, credit, bills and stock."""
    recent.forget()  # what a process remembers is no evidence
    for subject, text in disagreements(workshop):
        yield Finding(14, subject, text)


def fetching(workshop: Workshop) -> Iterator[Finding]:
    """7: goods that a courier is to fetch have a shipment that can still bring them."""
    over = (ShipmentStatus.RETURNED, ShipmentStatus.CANCELLED)
    stuck = GoodsReturn.objects.open().filter(workshop=workshop, shipment__status__in=over)
    for goods in stuck.select_related("ticket", "shipment").order_by("pk"):
        yield Finding(7, str(goods), f"waits for {goods.shipment}, which brings nothing any more")


CHECKS: list[Check] = [
    totals, money, tallies, refunds, collections, statements, gateways, stock, lots, needs, pegs, pairs, shipments, arrivals, fetching,
    packages, journal, gates, promises,
    numbers, papers,
    purposes, wages, outwork,
    closings, points,
]  # fmt: skip


def _told_of(workshop: Workshop, model: Any) -> set[int]:
    """Return the things of a model that have a ticket."""
    tickets = Ticket.objects.filter(
        workshop=workshop,
        subject_type__app_label=model._meta.app_label,
        subject_type__model=model._meta.model_name,
    )
    return set(tickets.values_list("subject_id", flat=True))


def _was_reversed(order: Order) -> bool:
    """Tell whether money was taken back later: then the gate has shut behind what had passed."""
    return Allocation.objects.filter(instalment__order=order, reverses__isnull=False).exists()


def _was_asked_later(order: Order) -> bool:
    """Tell whether a change was agreed on after the first package: it may ask for money behind it."""
    first = order.packages.aggregate(at=Min("at"))["at"]
    return Amendment.objects.filter(order=order, status="accepted", answered_at__gte=first).exists()


def _numbers(workshop: Workshop) -> set[str]:
    """Return all numbers that stand on things."""
    tables: list[Any] = [
        Order.objects.filter(workshop=workshop),
        PurchaseOrder.objects.filter(workshop=workshop),
        GoodsReceipt.objects.filter(purchase__workshop=workshop),
        Inquiry.objects.filter(workshop=workshop),
        Paper.objects.filter(workshop=workshop),
        Job.objects.filter(workshop=workshop),
        WageSheet.objects.filter(workshop=workshop),
        Outwork.objects.filter(workshop=workshop),
        Shipment.objects.filter(workshop=workshop),
        Ticket.objects.filter(workshop=workshop),
        Quotation.objects.filter(workshop=workshop),
    ]
    return {number for table in tables for number in table.values_list("number", flat=True)}


def _reserved(workshop: Workshop, model: Any, place: str = "") -> dict[int, int]:
    """Return how much is reserved for each row of a model, wherever it lies."""
    rows = Reservation.objects.filter(
        balance__location__workshop=workshop,
        subject_type__app_label=model._meta.app_label,
        subject_type__model=model._meta.model_name,
    )
    if place:
        rows = rows.filter(balance__location__kind=place)
    return dict(rows.values_list("subject_id").annotate(n=Sum("quantity")).order_by())
