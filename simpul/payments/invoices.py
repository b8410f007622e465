"""Invoices: one for each instalment, when it is first asked for; the last one deducts what was paid.

An order that is paid before its last instalment was ever asked for gets its last invoice with the
money. Nothing is invoiced twice: what changes later stands on the order's page.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from simpul.lib import clock, money, phones
from simpul.orders.models import Instalment, Order
from simpul.orders.models.instalment import Kind
from simpul.orders.models.revision import OrderRevision, RevisionLine
from simpul.orders.sheets import in_order
from simpul.papers.models import LANGUAGE, Paper
from simpul.papers.tasks import render
from simpul.parties.models import Person
from simpul.payments import papers
from simpul.payments.papers import Addressed, InvoiceFacts, InvoiceLine
from simpul.ui.jinja import day, number, rupiah, sen

if TYPE_CHECKING:
    from simpul.payments.models.instruction import Instruction

type Rows = list[tuple[str, str]]

TEMPLATE = "payments/papers/invoice.typ"


def issue(instruction: Instruction, *, by: Person) -> Paper | None:
    """Issue the invoice of what is asked for, unless it has one; called by the step that asks."""
    return _issue(instruction.instalment, instruction, by=by)


def finish(order: Order, *, by: Person) -> Paper | None:
    """Issue the last invoice of an order that is paid and was never asked for its last part."""
    last = order.instalments.order_by("position").last()
    return _issue(last, None, by=by) if last is not None and not order.balance_now() else None


def _issue(part: Instalment, instruction: Instruction | None, *, by: Person) -> Paper | None:
    kind = ContentType.objects.get_for_model(Instalment)
    known = Paper.objects.filter(kind=Paper.Kind.INVOICE, subject_type=kind, subject_id=part.pk)
    if known.exists():
        return None
    order = Order.objects.select_related("buyer", "workshop").get(pk=part.order_id)
    with override(LANGUAGE):
        facts = _facts(order, part, instruction)
    paper = Paper.issue(
        Paper.Kind.INVOICE,
        part,
        party=order.buyer,
        by=by,
        template=TEMPLATE,
        facts=dict(facts),
        mentions=[order],
    )
    render.enqueue(paper.pk)
    return paper


def _facts(order: Order, part: Instalment, instruction: Instruction | None) -> InvoiceFacts:
    revision = order.revisions.get(number=F("order__agreed_revision"))
    is_last = not order.instalments.filter(position__gt=part.position).exists()
    left = order.balance_now()
    sums = _sums(revision)
    if is_last:
        sums += [*_paid(order), (_("Still to pay"), rupiah(left))]
    else:
        sums += _part(part, instruction)
    return {
        "words": papers.invoice_words(_title(part, is_last=is_last)),
        "to": _to(order),
        "details": _details(order, part),
        "lines": _lines(revision),
        "sums": sums,
        "taxes": _taxes(order, order.total if is_last else part.amount),
        "asked": rupiah(instruction.amount if instruction else left),
        "due": _due(part, instruction),
        "pay_to": _pay_to(instruction),
        "qris": instruction.qris_code if instruction else "",
        "qris_note": _qris_note(instruction),
        "remarks": "",
    }


def _title(part: Instalment, *, is_last: bool) -> str:
    if part.kind == Kind.FULL:
        return _("Invoice")
    if is_last:
        return _("Final invoice")
    return _("Down payment invoice") if part.kind == Kind.DOWN_PAYMENT else _("Instalment invoice")


def _to(order: Order) -> Addressed:
    telephone = phones.national(order.telephone) if order.telephone else ""
    lines = [*order.address.splitlines(), telephone]
    return {"name": order.buyer.name, "lines": [line for line in lines if line]}


def _details(order: Order, part: Instalment) -> Rows:
    rows = [
        (_("Date"), day(clock.today())),
        (_("Order"), f"{order.number} · {order.code}"),
    ]
    if order.promised_on is not None:
        rows.append((_("Promised for"), day(order.promised_on)))
    return [*rows, (_("Due on"), day(part.due_on))]


def _lines(revision: OrderRevision) -> list[InvoiceLine]:
    lines = revision.lines.select_related("line__colourway__product").order_by("position")
    return [_line(line) for line in lines]


def _line(line: RevisionLine) -> InvoiceLine:
    colourway = line.line.colourway
    sizes = [f"{size}: {line.sizes[size]}" for size in in_order(set(line.sizes))]
    price = line.unit_price
    per = f"/{price.unit}" if price and price.per > 1 else ""
    return {
        "what": f"{colourway.product.code} {colourway.product}, {colourway}",
        "more": " · ".join(sizes),
        "quantity": ngettext("%(n)s pair", "%(n)s pairs", line.pairs) % {"n": number(line.pairs)},
        "price": f"{rupiah(price.amount)}{per}" if price else "",
        "amount": rupiah(line.amount),
    }


def _sums(revision: OrderRevision) -> Rows:
    rows: Rows = []
    if revision.shipping or revision.discount:
        goods = revision.total - revision.shipping + revision.discount
        rows.append((_("Goods"), rupiah(goods)))
    if revision.shipping:
        rows.append((_("Shipping"), rupiah(revision.shipping)))
    if revision.discount:
        rows.append((_("Discount"), rupiah(-revision.discount)))
    return [*rows, (_("Total of the order"), rupiah(revision.total))]


def _part(part: Instalment, instruction: Instruction | None) -> Rows:
    """What of the total is asked for now, and the digits by which the payment is known."""
    rows = [(part.get_kind_display().capitalize(), rupiah(part.amount))]
    if part.paid:
        rows.append((_("Paid already"), rupiah(-part.paid)))
    if instruction is not None and instruction.suffix:
        rows.append((_("Unique digits, taken off the balance"), rupiah(instruction.suffix)))
    asked = instruction.amount if instruction else part.open_amount
    return [*rows, (_("To pay now"), rupiah(asked))]


def _paid(order: Order) -> Rows:
    """Each payment and credit note by its day and paper, as far as it counts for this order."""
    counted = (
        order.instalments.filter(allocations__isnull=False)
        .values_list(
            "allocations__receipt",
            "allocations__receipt__received_on",
            "allocations__credit_note__number",
        )
        .annotate(counted=Sum("allocations__amount"))
        .order_by("allocations__receipt__received_on", "allocations__receipt")
    )
    rows = [row for row in counted if row[3]]
    numbers = _kuitansi([receipt for receipt, _day, _number, _amount in rows if receipt])
    return [
        (_paid_by(received_on, note, numbers.get(receipt, "–")), rupiah(-amount))
        for receipt, received_on, note, amount in rows
    ]


def _paid_by(received_on: date | None, note: str | None, kuitansi: str) -> str:
    if received_on is None:
        return _("Credit note %(number)s") % {"number": note}
    return _("Paid %(day)s, kuitansi %(number)s") % {"day": day(received_on), "number": kuitansi}


def _kuitansi(receipts: list[int]) -> dict[int, str]:
    papers = Paper.objects.filter(
        kind=Paper.Kind.KUITANSI,
        subject_type__app_label="payments",
        subject_type__model="receipt",
        subject_id__in=receipts,
    )
    return dict(papers.values_list("subject_id", "number"))


def _taxes(order: Order, amount: int) -> Rows:
    """The PPN within an amount, shown as base and rate; only of a workshop that is PKP."""
    if not order.workshop.is_pkp:
        return []
    tax = money.ppn_within(amount)
    return [
        (_("Price without PPN"), rupiah(tax.price)),
        (_("Tax base, 11/12 of it"), sen(tax.base_sen)),
        (_("PPN at 12 per cent of the base"), rupiah(tax.amount)),
    ]


def _due(part: Instalment, instruction: Instruction | None) -> str:
    if instruction is None:
        return _("Everything is paid. Thank you.")
    return _("Please pay by %(day)s.") % {"day": day(part.due_on)}


def _pay_to(instruction: Instruction | None) -> list[str]:
    if instruction is None:
        return []
    account = instruction.account
    return [account.bank, account.number, _("in the name of %(who)s") % {"who": account.holder}]


def _qris_note(instruction: Instruction | None) -> str:
    if instruction is None or instruction.qris is None:
        return ""
    if instruction.is_above_qris:
        limit = rupiah(instruction.workshop.qris_limit)
        return _("One payment by QRIS may be at most %(limit)s: please transfer.") % {
            "limit": limit
        }
    return _("The amount is in the code. It counts once we have seen it.")
