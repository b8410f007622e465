"""Invoices: one for each instalment, when it is first asked for; the last one deducts what was paid.

An order that is paid before its last instalment was ever asked for gets its last invoice with the
money. Nothing is invoiced twice: what changes later stands on the order's page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Prefetch, Sum, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from simpul.catalog.models import Colourway, Price
from simpul.lib import clock, money, phones
from simpul.orders.models import Instalment, Order
from simpul.orders.models.instalment import Kind
from simpul.orders.models.revision import RevisionLine
from simpul.orders.sheets import in_order
from simpul.papers import issuing
from simpul.papers.models import LANGUAGE, Draft, Paper
from simpul.parties.models import Person
from simpul.payments import papers
from simpul.payments.papers import Addressed, InvoiceFacts, InvoiceLine
from simpul.ui.jinja import day, number, rupiah, sen

if TYPE_CHECKING:
    from simpul.payments.models.instruction import Instruction

type Rows = list[tuple[str, str]]

TEMPLATE = "payments/papers/invoice.typ"


def issue(instruction: Instruction, *, by: Person) -> None:
    """Issue the invoice of what is asked for, unless it has one; called by the step that asks."""
    _issue(instruction.order_id, instruction, by=by)


def finish(order: Order, *, by: Person) -> None:
    """Issue the last invoice of an order that is paid and was never asked for its last part."""
    _issue(order.pk, None, by=by)


def drafts(
    wanted: Mapping[int, Instruction | None],
    orders: Mapping[int, Order],
    *,
    kuitansi: Mapping[int, str] | None = None,
) -> dict[int, Draft]:
    """Return by order what the invoice says of what is asked for now, or at last of what was paid.

    Where nothing is asked for, the order has to be paid. What has its invoice gets no other.
    `orders` are asked for what their invoices say, with a fixed number of queries. `kuitansi` are
    the numbers of those that are not issued yet, by receipt.
    """
    prefetch_related_objects(
        [orders[key] for key in wanted],
        "workshop",
        Prefetch("instalments", Instalment.objects.order_by("position")),
    )
    parts = {key: _part_of(orders[key], asked) for key, asked in wanted.items()}
    invoiced = Paper.objects.filter(
        kind=Paper.Kind.INVOICE,
        subject_type=ContentType.objects.get_for_model(Instalment),
        subject_id__in=[part.pk for part in parts.values() if part],
    )
    known = set(invoiced.values_list("subject_id", flat=True))
    missing = {key: part for key, part in parts.items() if part and part.pk not in known}
    last = [key for key, part in missing.items() if part == _last(orders[key])]
    with override(LANGUAGE):
        agreed = _agreed(missing)
        paid = _paid(last, kuitansi or {}) if last else {}
        return {
            key: Draft(
                kind=Paper.Kind.INVOICE,
                subject=part,
                party=orders[key].buyer,
                template=TEMPLATE,
                facts=_facts(orders[key], part, wanted[key], paid.get(key), agreed[key]),
                mentions=(orders[key],),
            )
            for key, part in missing.items()
        }


def _issue(order_id: int, instruction: Instruction | None, *, by: Person) -> None:
    order = Order.objects.select_related("buyer").get(pk=order_id)
    issuing.issue_all(list(drafts({order_id: instruction}, {order_id: order}).values()), by=by)


class _Agreed(NamedTuple):
    """What was agreed on of an order, as far as an invoice says it."""

    total: int
    shipping: int
    discount: int
    lines: list[InvoiceLine]


def _agreed(orders: Collection[int]) -> dict[int, _Agreed]:
    rows = RevisionLine.objects.filter(
        revision__order__in=orders, revision__number=F("revision__order__agreed_revision")
    )
    facts = ("sizes", "pairs", "price", "per", "amount")
    said = list(
        rows.order_by("revision", "position").values_list(
            *("revision__order", "revision__total", "revision__shipping", "revision__discount"),
            *("line__colourway", *facts),
        )
    )
    colourways = Colourway.objects.select_related("product").in_bulk({row[4] for row in said})
    names = {key: f"{one.product.code} {one.product}, {one}" for key, one in colourways.items()}
    found: dict[int, _Agreed] = {}
    for order, total, shipping, discount, colourway, *line in said:
        agreed = found.setdefault(order, _Agreed(total, shipping, discount, []))
        agreed.lines.append(_line(names[colourway], *line))
    return found


def _part_of(order: Order, instruction: Instruction | None) -> Instalment | None:
    if instruction is None:
        return None if order.balance else _last(order)
    parts = order.instalments.all()
    return next(part for part in parts if part.pk == instruction.instalment_id)


def _last(order: Order) -> Instalment | None:
    return max(order.instalments.all(), key=lambda part: part.position, default=None)


def _facts(
    order: Order,
    part: Instalment,
    instruction: Instruction | None,
    paid: Rows | None,
    agreed: _Agreed,
) -> InvoiceFacts:
    """`paid` says what was paid already, on the last invoice of an order."""
    is_last = paid is not None
    left = order.balance
    sums = _sums(agreed)
    if paid is not None:
        sums += [*paid, (_("Still to pay"), rupiah(left))]
    else:
        sums += _part(part, instruction)
    return {
        "words": papers.invoice_words(_title(part, is_last=is_last)),
        "to": _to(order),
        "details": _details(order, part),
        "lines": agreed.lines,
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


def _line(
    name: str, sizes: dict[str, int], pairs: int, amount: int | None, per: int, sum_: int
) -> InvoiceLine:
    price = Price(amount, per) if amount is not None else None
    unit = f"/{price.unit}" if price and price.per > 1 else ""
    return {
        "what": name,
        "more": " · ".join(f"{size}: {sizes[size]}" for size in in_order(set(sizes))),
        "quantity": ngettext("%(n)s pair", "%(n)s pairs", pairs) % {"n": number(pairs)},
        "price": f"{rupiah(price.amount)}{unit}" if price else "",
        "amount": rupiah(sum_),
    }


def _sums(agreed: _Agreed) -> Rows:
    rows: Rows = []
    if agreed.shipping or agreed.discount:
        goods = agreed.total - agreed.shipping + agreed.discount
        rows.append((_("Goods"), rupiah(goods)))
    if agreed.shipping:
        rows.append((_("Shipping"), rupiah(agreed.shipping)))
    if agreed.discount:
        rows.append((_("Discount"), rupiah(-agreed.discount)))
    return [*rows, (_("Total of the order"), rupiah(agreed.total))]


def _part(part: Instalment, instruction: Instruction | None) -> Rows:
    """What of the total is asked for now, and the digits by which the payment is known."""
    rows = [(part.get_kind_display().capitalize(), rupiah(part.amount))]
    if part.paid:
        rows.append((_("Paid already"), rupiah(-part.paid)))
    if instruction is not None and instruction.suffix:
        rows.append((_("Unique digits, taken off the balance"), rupiah(instruction.suffix)))
    asked = instruction.amount if instruction else part.open_amount
    return [*rows, (_("To pay now"), rupiah(asked))]


def _paid(orders: Sequence[int], kuitansi: Mapping[int, str]) -> dict[int, Rows]:
    """Each payment and credit note by its day and paper, as far as it counts for these orders."""
    counted = (
        Instalment.objects.filter(order__in=orders, allocations__isnull=False)
        .values_list(
            "order",
            "allocations__receipt",
            "allocations__receipt__received_on",
            "allocations__credit_note__number",
        )
        .annotate(counted=Sum("allocations__amount"))
        .order_by("allocations__receipt__received_on", "allocations__receipt")
    )
    rows = [row for row in counted if row[4]]
    numbers = {**_kuitansi([row[1] for row in rows if row[1]]), **kuitansi}
    found: dict[int, Rows] = {key: [] for key in orders}
    for key, receipt, received_on, note, amount in rows:
        words = _paid_by(received_on, note, numbers.get(receipt, "–"))
        found[key].append((words, rupiah(-amount)))
    return found


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
