"""What waits for me: the first page of the desk, in the order of what it delays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from simpul.conversations.models import Conversation, GuestEntry, Ticket
from simpul.crm.clocks import clocks_of
from simpul.crm.models import AnswerPage, Lead, Rating, SentraInvitation, SentraPost, Visit, Wish
from simpul.delivery.models import Shipment
from simpul.delivery.models import Status as ShipmentStatus
from simpul.insight.dates import outlook
from simpul.orders.models import Amendment, Instalment, LineSize, Order, Status
from simpul.parties.models import Party, Person
from simpul.parties.roles import Role
from simpul.payments import texting
from simpul.payments.models import (
    Arrival,
    BankAccount,
    BankEntry,
    CashBox,
    CashHanding,
    PaymentClaim,
    Refund,
)
from simpul.procurement.models import Inquiry, PurchaseOrder
from simpul.procurement.models import Status as PurchaseStatus
from simpul.production.models import Job, Outwork, WageSheet
from simpul.production.models import Status as JobStatus
from simpul.production.queries import unplanned

HIGH, MIDDLE, LOW = "high", "middle", "low"


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits, how many of it, and the page of the desk where it is done."""

    page: str  # name of the page in the desk
    query: str
    icon: str
    title: str
    text: str
    count: int
    urgency: str


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: int
    is_money: bool
    page: str
    query: str = ""


def tasks(person: Person, today: date) -> list[Task]:
    """Return what waits for this person, most urgent first; a fixed number of questions."""
    found = [task for ask in _QUESTIONS[person.role] for task in ask(person, today)]
    ranks = {HIGH: 0, MIDDLE: 1, LOW: 2}
    return sorted(found, key=lambda task: (ranks[task.urgency], -task.count))


def figures(person: Person, today: date) -> list[Figure]:
    """Return the four numbers of the house that everybody of the desk may see."""
    running = Order.objects.visible_to(person).running()
    open_amount = F("amount") - F("paid")
    money = (
        Instalment.objects.unpaid()
        .filter(order__in=running)
        .aggregate(open=Sum(open_amount), due=Sum(open_amount, filter=Q(due_on__lte=today)))
    )
    pairs = LineSize.objects.of(running).aggregate(open=Sum(F("pairs") - F("made")))
    return [
        Figure(_("Orders in work"), running.count(), False, "orders", "?status=confirmed"),
        Figure(_("Pairs still to make"), pairs["open"] or 0, False, "production"),
        Figure(_("Still to be paid"), money["open"] or 0, True, "payments"),
        Figure(_("Of it due by today"), money["due"] or 0, True, "payments"),
    ]


def _placed(person: Person, today: date) -> Iterator[Task]:
    """What was ordered and waits for a word, and what was delivered and can be closed."""
    orders = Order.objects.visible_to(person)
    counts = _counted(orders, Status.PLACED, Status.FULFILLED)
    if count := counts[Status.PLACED]:
        text = _("Confirm them, make an offer or decline: the buyer waits for your word.")
        title = ngettext("%(n)s new order", "%(n)s new orders", count) % {"n": count}
        yield Task("orders", "?status=placed", "clipboard-list", title, text, count, HIGH)
    late = orders.filter(
        status=Status.OFFERED,
        revisions__number=F("revision"),
        revisions__valid_until__lt=today,
    )
    if count := late.count():
        text = _("Nobody answered in time: ask once more, or close them.")
        title = ngettext("%(n)s offer has run out", "%(n)s offers have run out", count) % {
            "n": count
        }
        yield Task("orders", "?status=offered", "hourglass", title, text, count, LOW)
    if count := counts[Status.FULFILLED]:
        text = _("Delivered in full: close what is paid, ask for what is not.")
        title = ngettext("%(n)s delivered order", "%(n)s delivered orders", count) % {"n": count}
        yield Task("orders", "?status=fulfilled", "circle-check", title, text, count, LOW)


def _changes(person: Person, today: date) -> Iterator[Task]:
    waiting = Amendment.objects.visible_to(person).open().filter(revision__side="buyer")
    if count := waiting.count():
        text = _("See what they mean for money, material and work, and answer.")
        title = ngettext("%(n)s buyer asks for a change", "%(n)s buyers ask for a change", count)
        yield Task("orders", "?status=change", "pencil", title % {"n": count}, text, count, HIGH)


def _late(person: Person, today: date) -> Iterator[Task]:
    if count := Order.objects.visible_to(person).late(today).count():
        text = _("Tell the buyers a new day before they ask.")
        title = ngettext("%(n)s order is late", "%(n)s orders are late", count) % {"n": count}
        query = "?status=late&sort=promised"
        yield Task("orders", query, "alarm-clock", title, text, count, HIGH)


def _will_be_late(person: Person, today: date) -> Iterator[Task]:
    """Orders that miss their promises by the schedule, and whose buyers were not told a new day."""
    late = Order.objects.visible_to(person).filter(
        pk__in=outlook.late_orders(person.workshop), promised_on__gte=today
    )
    asked = Amendment.objects.open().filter(order__workshop=person.workshop).values("order")
    if count := late.exclude(pk__in=asked).count():
        text = _("By the schedule they miss their promises. A message to each buyer is drafted.")
        title = ngettext("%(n)s order will be late", "%(n)s orders will be late", count)
        yield Task("floor-plan", "", "calendar-clock", title % {"n": count}, text, count, MIDDLE)


def _leads(person: Person, today: date) -> Iterator[Task]:
    if count := Lead.objects.visible_to(person).waiting().count():
        text = _("Say welcome, or what comes next: who registered waits for prices.")
        title = ngettext("%(n)s new prospect", "%(n)s new prospects", count) % {"n": count}
        yield Task("leads", "", "user-plus", title, text, count, MIDDLE)


def _wishes(person: Person, today: date) -> Iterator[Task]:
    if count := Wish.objects.visible_to(person).alarming().count():
        text = _(
            "Many want it, or it sounds like a complaint. An answer and a next step are drafted."
        )
        title = ngettext("%(n)s wish calls for you", "%(n)s wishes call for you", count)
        yield Task("wishes", "", "heart-handshake", title % {"n": count}, text, count, MIDDLE)


def _ratings(person: Person, today: date) -> Iterator[Task]:
    if count := Rating.objects.visible_to(person).alarming().count():
        text = _("They answered 1 or 2 of 5: call them. A next step is drafted.")
        title = ngettext("%(n)s customer is not content", "%(n)s customers are not content", count)
        asked = "?shown=waiting"
        yield Task("ratings", asked, "heart-handshake", title % {"n": count}, text, count, HIGH)


def _answers(person: Person, today: date) -> Iterator[Task]:
    if count := AnswerPage.objects.visible_to(person).unhelpful().count():
        text = _("Most visitors said that it did not help: say it better.")
        title = ngettext("%(n)s answer page does not help", "%(n)s answer pages do not help", count)
        asked = "?status=unhelpful"
        yield Task("answers", asked, "book-open", title % {"n": count}, text, count, LOW)


def _sentra(person: Person, today: date) -> Iterator[Task]:
    """What waits in the room of the sentra; of what others say there nobody is called."""
    if not person.may("crm.join_sentra", person.workshop):
        return
    if SentraInvitation.objects.open().filter(workshop=person.workshop_id).exists():
        text = _("Other workshops ask you into their room: join, or stay outside.")
        yield Task("sentra", "", "users", _("An invitation to a sentra"), text, 0, LOW)
    if count := SentraPost.objects.to_judge(person.workshop_id).count():
        text = _("Hide them or let them stand: you keep the room.")
        title = ngettext(
            "%(n)s word in the sentra was reported",
            "%(n)s words in the sentra were reported",
            count,
        )
        yield Task("sentra", "", "triangle-alert", title % {"n": count}, text, count, MIDDLE)


def _unreached(person: Person, today: date) -> Iterator[Task]:
    parties = Party.objects.visible_to(person).unreached()
    if names := list(parties.order_by("name", "pk").values_list("name", flat=True)):
        text = _("Mail or messages to %(names)s come back: call, and ask for the right address.")
        some = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
        title = ngettext("%(n)s party is not reached", "%(n)s parties are not reached", len(names))
        yield Task(
            "parties",
            "?kind=unreached",
            "mail-x",
            title % {"n": len(names)},
            text % {"names": some},
            len(names),
            MIDDLE,
        )


def _guests(person: Person, today: date) -> Iterator[Task]:
    if count := GuestEntry.objects.visible_to(person).waiting().count():
        text = _("Read, answer and publish what guests wrote.")
        title = ngettext("%(n)s word in the guest book", "%(n)s words in the guest book", count)
        yield Task("guestbook", "", "message-square-quote", title % {"n": count}, text, count, LOW)


def _money(person: Person, today: date) -> Iterator[Task]:
    entries = BankEntry.objects.visible_to(person).open()
    if count := entries.count():
        text = _("The program is not certain whose money this is.")
        title = ngettext("%(n)s bank entry to match", "%(n)s bank entries to match", count)
        yield Task("payments", "", "landmark", title % {"n": count}, text, count, HIGH)
    if count := PaymentClaim.objects.visible_to(person).open().count():
        text = _("Buyers say that they paid. Import the statement to see whether it came.")
        title = ngettext("%(n)s reported payment", "%(n)s reported payments", count) % {"n": count}
        yield Task("payments", "?tab=claims", "receipt", title, text, count, MIDDLE)
    yield from _going_back(person)
    yield from _cash(person)
    if BankAccount.objects.newest(person.workshop_id, BankAccount.Kind.BANK) is None:
        text = _("Without one nobody can be told where to pay.")
        yield Task("accounts", "", "landmark", _("No bank account yet"), text, 0, HIGH)


def _cash_box(person: Person, today: date) -> Iterator[Task]:
    box = CashBox.of(person.workshop_id, before=today)
    if box.is_moved and (box.previous is None or box.previous.on < today):
        text = _(
            "Cash moved before today, and nobody has counted since: count it and close the day."
        )
        title = _("The cash box was not closed")
        page = "new-closing" if person.may("payments.close_day", person.workshop) else "closings"
        yield Task(page, "", "calculator", title, text, 0, MIDDLE)


def _wages(person: Person, today: date) -> Iterator[Task]:
    if count := WageSheet.objects.visible_to(person).unpaid().count():
        text = _("Production has settled them: pay, and say whom.")
        title = ngettext("%(n)s wage sheet to pay", "%(n)s wage sheets to pay", count)
        yield Task("wages", "", "coins", title % {"n": count}, text, count, MIDDLE)


def _letters(person: Person, today: date) -> Iterator[Task]:
    if count := Arrival.objects.visible_to(person).waiting().count():
        text = _("Proofs came whose order is not certain: say which one, or set them aside.")
        title = ngettext("%(n)s e-mail or message", "%(n)s e-mails or messages", count) % {
            "n": count
        }
        yield Task("payments", "?tab=inbox", "inbox", title, text, count, MIDDLE)


def _going_back(person: Person) -> Iterator[Task]:
    refunds = Refund.objects.visible_to(person)
    counts = refunds.aggregate(
        asked=Count("pk", filter=Q(status=Refund.Status.REQUESTED)),
        approved=Count("pk", filter=Q(status=Refund.Status.APPROVED)),
    )
    if count := counts["asked"]:
        text = _("Approve or refuse them: the money is set aside until then.")
        title = ngettext("%(n)s refund to approve", "%(n)s refunds to approve", count)
        yield Task("payments", "?tab=refunds", "reply", title % {"n": count}, text, count, MIDDLE)
    if count := counts["approved"]:
        text = _("Make the transfer, or pay it in cash, and say so.")
        title = ngettext("%(n)s refund to send", "%(n)s refunds to send", count) % {"n": count}
        yield Task("payments", "?tab=refunds", "reply", title, text, count, MIDDLE)


def _cash(person: Person) -> Iterator[Task]:
    if count := CashHanding.objects.visible_to(person).waiting().count():
        text = _("A courier brought it: count it, and the orders are paid.")
        title = ngettext("%(n)s sum of cash to count", "%(n)s sums of cash to count", count)
        yield Task("courier-cash", "", "banknote", title % {"n": count}, text, count, HIGH)
    if count := Ticket.objects.visible_to(person).open().differences().count():
        text = _("Find out what happened, and say what became of it.")
        title = ngettext("%(n)s difference", "%(n)s differences", count) % {"n": count}
        yield Task("tickets", "?kind=differences", "triangle-alert", title, text, count, HIGH)


def _material(person: Person, today: date) -> Iterator[Task]:
    purchases = PurchaseOrder.objects.visible_to(person)
    counts = _counted(purchases, PurchaseStatus.COUNTERED, PurchaseStatus.DRAFT)
    if count := counts[PurchaseStatus.COUNTERED]:
        text = _("Suppliers answered otherwise than asked: agree, or ask again.")
        title = ngettext("%(n)s answer of a supplier", "%(n)s answers of suppliers", count)
        yield Task("purchases", "", "reply", title % {"n": count}, text, count, HIGH)
    if count := counts[PurchaseStatus.DRAFT]:
        text = _("Look them over and send them.")
        title = ngettext("%(n)s purchase to send", "%(n)s purchases to send", count) % {"n": count}
        yield Task("purchases", "", "send", title, text, count, MIDDLE)
    if count := purchases.late(today).count():
        text = _("Material should have come by now: telephone the supplier.")
        title = ngettext("%(n)s purchase is late", "%(n)s purchases are late", count) % {"n": count}
        yield Task("purchases", "", "alarm-clock", title, text, count, HIGH)


def _inquiries(person: Person, today: date) -> Iterator[Task]:
    if count := Inquiry.objects.visible_to(person).to_decide(today).count():
        text = _("The day for answers is over: compare them, take what is best, and close.")
        title = ngettext("%(n)s price inquiry to decide", "%(n)s price inquiries to decide", count)
        yield Task("inquiries", "", "tag", title % {"n": count}, text, count, MIDDLE)


def _work(person: Person, today: date) -> Iterator[Task]:
    orders = Order.objects.visible_to(person).filter(status=Status.CONFIRMED)
    if count := unplanned(orders).values("line__order").distinct().count():
        text = _("Plan their work, so that the floor knows what comes.")
        title = ngettext("%(n)s order without work", "%(n)s orders without work", count)
        yield Task(
            "orders", "?status=confirmed", "hammer", title % {"n": count}, text, count, MIDDLE
        )
    counts = _counted(Job.objects.visible_to(person), JobStatus.HELD, JobStatus.PLANNED)
    if count := counts[JobStatus.HELD]:
        text = _("Somebody stopped them: see why, and let them go on.")
        title = ngettext("%(n)s job stands still", "%(n)s jobs stand still", count) % {"n": count}
        yield Task("jobs", "?status=held", "circle-pause", title, text, count, HIGH)
    if count := counts[JobStatus.PLANNED]:
        text = _("Release them as soon as their material is there.")
        title = ngettext("%(n)s job to release", "%(n)s jobs to release", count) % {"n": count}
        yield Task("jobs", "?status=planned", "hammer", title, text, count, LOW)


def _outside(person: Person, today: date) -> Iterator[Task]:
    if count := Outwork.objects.visible_to(person).late(today).count():
        text = _("Pairs should be back from outside by now: telephone, and take them in.")
        title = ngettext("%(n)s outwork is late", "%(n)s outworks are late", count) % {"n": count}
        yield Task("production", "", "alarm-clock", title, text, count, HIGH)


def _delivery(person: Person, today: date) -> Iterator[Task]:
    orders = Order.objects.visible_to(person).running()
    made = LineSize.objects.of(orders).filter(made__gt=F("packed"))
    if count := made.values("line__order").distinct().count():
        text = _("Finished pairs wait for their cartons.")
        title = ngettext("%(n)s order to pack", "%(n)s orders to pack", count) % {"n": count}
        yield Task("deliveries", "", "package", title, text, count, MIDDLE)
    planned = (ShipmentStatus.PICKED_UP, ShipmentStatus.ACCEPTED)  # to deliver, or to fetch back
    is_open, goes_back = Q(status=ShipmentStatus.OPEN), Q(fetches__gt=0)
    waiting = (ShipmentStatus.FAILED, ShipmentStatus.OPEN, *planned)
    counts = (
        Shipment.objects.visible_to(person)
        .filter(status__in=waiting)
        .aggregate(
            failed=Count("pk", filter=Q(status=ShipmentStatus.FAILED)),
            overdue=Count("pk", filter=Q(status__in=planned, next_on__lt=today)),
            to_send=Count("pk", filter=is_open & ~goes_back),
            to_fetch=Count("pk", filter=is_open & goes_back),
        )
    )
    if count := counts["failed"]:
        text = _("Nobody was there: send them again or take them back.")
        title = ngettext("%(n)s failed delivery", "%(n)s failed deliveries", count) % {"n": count}
        yield Task("deliveries", "?status=failed", "triangle-alert", title, text, count, HIGH)
    if count := counts["overdue"]:
        text = _("The planned day has passed: ask the courier what became of it.")
        title = ngettext("%(n)s attempt is overdue", "%(n)s attempts are overdue", count)
        where = "?status=running"
        yield Task("deliveries", where, "alarm-clock", title % {"n": count}, text, count, HIGH)
    if count := counts["to_fetch"]:
        text = _("Goods come back: find a courier who fetches them.")
        title = ngettext("%(n)s return to fetch", "%(n)s returns to fetch", count) % {"n": count}
        yield Task("deliveries", "?status=open", "undo-2", title, text, count, MIDDLE)
    if count := counts["to_send"]:
        text = _("Packed and ready: find a courier.")
        title = ngettext("%(n)s shipment to send", "%(n)s shipments to send", count) % {"n": count}
        yield Task("deliveries", "?status=open", "truck", title, text, count, MIDDLE)


def _talk(person: Person, today: date) -> Iterator[Task]:
    if not person.may("conversations.say", person.workshop):
        return
    if count := Conversation.objects.visible_to(person).unread_by(person).count():
        text = _("Somebody waits for your word.")
        title = ngettext("%(n)s unread conversation", "%(n)s unread conversations", count)
        yield Task(
            "conversations",
            "?shown=unread",
            "message-circle",
            title % {"n": count},
            text,
            count,
            HIGH,
        )


def _follow_ups(person: Person, today: date) -> Iterator[Task]:
    if count := Conversation.objects.visible_to(person).due(person, today).count():
        text = _("You wanted to call, visit or write again by today.")
        title = ngettext("%(n)s next step", "%(n)s next steps", count) % {"n": count}
        yield Task("conversations", "?shown=due", "calendar-clock", title, text, count, HIGH)


def _tickets(person: Person, today: date) -> Iterator[Task]:
    """What customers wait for: those that are over, and those that are due today."""
    tickets = list(Ticket.objects.visible_to(person).of_customers().open())
    clocks = clocks_of(tickets, person.workshop).values()
    if count := sum(one.is_over for one in clocks):
        text = _("Answer or solve them now, or say what the customer has to do.")
        title = ngettext("%(n)s ticket is overdue", "%(n)s tickets are overdue", count)
        yield Task(
            "tickets", "?kind=customers", "life-buoy", title % {"n": count}, text, count, HIGH
        )
    if count := sum(one.is_due_today and not one.is_over for one in clocks):
        text = _("Customers wait for an answer or a solution.")
        title = ngettext("%(n)s ticket is due today", "%(n)s tickets are due today", count)
        where = "?kind=customers"
        yield Task("tickets", where, "life-buoy", title % {"n": count}, text, count, MIDDLE)


def _visits(person: Person, today: date) -> Iterator[Task]:
    mine = Visit.objects.visible_to(person).planned().filter(day__rep=person, day__on=today)
    if count := mine.count():
        text = _("Your list of today, in the order of the way.")
        title = ngettext("%(n)s visit", "%(n)s visits", count) % {"n": count}
        yield Task("visits", "", "footprints", title, text, count, MIDDLE)


def _messages(person: Person, today: date) -> Iterator[Task]:
    if count := texting.to_send_by_hand(person.workshop_id).count():
        text = _("Written already: one tap opens WhatsApp.")
        title = ngettext("%(n)s message to send", "%(n)s messages to send", count) % {"n": count}
        yield Task("messages", "", "message-circle", title, text, count, LOW)


def _counted(rows: QuerySet[Any], *states: str) -> Counter[str]:
    """Return how many rows are in each of these states."""
    found = rows.filter(status__in=states).order_by().values_list("status")
    return Counter(dict(found.annotate(n=Count("pk"))))


type _Question = Callable[[Person, date], Iterator[Task]]

_SALES: list[_Question] = [
    _placed,
    _talk,
    _follow_ups,
    _tickets,
    _visits,
    _changes,
    _late,
    _will_be_late,
    _letters,
    _leads,
    _wishes,
    _ratings,
    _answers,
    _unreached,
    _guests,
    _messages,
]
_FINANCE: list[_Question] = [
    _money,
    _talk,
    _follow_ups,
    _tickets,
    _cash_box,
    _wages,
    _letters,
    _messages,
]
_STOCK: list[_Question] = [_material, _inquiries, _talk, _follow_ups, _delivery, _messages]
_PRODUCTION: list[_Question] = [_late, _talk, _follow_ups, _work, _outside]
_ALL = list(dict.fromkeys([*_SALES, *_FINANCE, *_STOCK, _work, _outside, _sentra]))

_QUESTIONS: dict[str, list[_Question]] = {
    Role.OWNER: _ALL,
    Role.SALES: _SALES,
    Role.FINANCE: _FINANCE,
    Role.STOCK: _STOCK,
    Role.PRODUCTION: _PRODUCTION,
    Role.VIEWER: _ALL,
}
