"""Hold the books against what other parts of the program count by themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Sum

from simpul.insight.books.chart import Account
from simpul.insight.books.margins import costs_of_delivered
from simpul.insight.books.postings import Books, books_of
from simpul.insight.books.reports import balances, by_detail
from simpul.insight.keeping import keep
from simpul.insight.models import OrderFact
from simpul.orders.models import AGREED, Order
from simpul.parties.models import Workshop
from simpul.payments.models import Allocation, CashBox, CreditNote, Receipt, Refund
from simpul.payments.models.refund import GONE, WAITING
from simpul.procurement.payables import payables
from simpul.stock.models import Balance, Location


def disagreements(workshop: Workshop) -> Iterator[tuple[str, str]]:
    """Yield what does not agree: the subject, and how."""
    books = books_of(workshop)
    for posting in books.postings:
        if sum(line.sen for line in posting.lines):
            yield f"posting {posting.what} {posting.source.label}", "does not add up to zero"
    if total := sum(balances(books, books.until).values()):
        yield "trial balance", f"{total} sen"
    yield from _cash(books)
    yield from _orders(books)
    yield from _credit(books)
    yield from _suppliers(books)
    yield from _stock(books)
    yield from _pairs(books)
    if not keep.is_behind(workshop):
        yield from costs_off(books)


def costs_off(books: Books) -> Iterator[tuple[str, str]]:
    """Yield the delivered orders of which something else is kept than they cost by the books; what is kept
    has to be up to date."""
    told = {
        pk: (one.material, one.wages, one.freight) for pk, one in costs_of_delivered(books).items()
    }
    facts = OrderFact.objects.filter(workshop=books.workshop, material__isnull=False).order_by()
    kept = {
        pk: (material, wages, freight)
        for pk, material, wages, freight in facts.values_list("pk", "material", "wages", "freight")
    }
    for pk in sorted(told.keys() | kept.keys()):
        if kept.get(pk) != told.get(pk):
            yield f"order {pk}", f"cost {told.get(pk)} by the books, {kept.get(pk)} is kept"


def banks_off(books: Books) -> list[tuple[str, int, int]]:
    """Return accounts whose books are not what their last statement says: a statement is missing.

    The name of the account, what the books say, and what the statement says; sen.
    """
    found = []
    for closing in books.facts.money.closings:
        stands = by_detail(books, Account.BANK, closing.on).get(closing.account, 0)
        if stands != closing.sen:
            found.append((books.banks[closing.account], stands, closing.sen))
    return found


def _cash(books: Books) -> Iterator[tuple[str, str]]:
    """The books have the cash that should lie in the box, since it was counted last."""
    stands = balances(books, books.until).get(Account.CASH, 0)
    if stands != (expected := CashBox.of(books.workshop.pk).expected_sen):
        yield "cash box", f"{stands} sen in the books, {expected} by its counts"


def _orders(books: Books) -> Iterator[tuple[str, str]]:
    """What a buyer owes, less what is held = the balance of the order, less what is not sold yet."""
    orders = Order.objects.filter(workshop=books.workshop, agreed_revision__isnull=False)
    for order in orders.prefetch_related("instalments").order_by("pk"):
        mine = books.order(order.pk)
        paid = sum(one.paid for one in order.instalments.all()) * 100
        expected = mine.sold - paid
        if order.status in AGREED:
            expected = order.balance * 100 - (order.total * 100 - mine.sold)
        if mine.net != expected:
            yield str(order), f"owes {mine.net} sen in the books, {expected} by the order"


def _credit(books: Books) -> Iterator[tuple[str, str]]:
    """The credit of each party = its receipts and notes, less what is counted for orders or kept,
    less what went back."""
    workshop = books.workshop
    sums: dict[int | str, int] = defaultdict(int)
    for model in (Receipt, CreditNote):
        rows = model.objects.filter(workshop=workshop, annulled_at=None).order_by()
        for party, n in rows.values_list("party").annotate(n=Sum("amount")):
            sums[party] -= n * 100
    for source in ("receipt", "credit_note"):
        counted = Allocation.objects.filter(**{f"{source}__workshop": workshop}).order_by()
        for party, n in counted.values_list(f"{source}__party").annotate(n=Sum("amount")):
            sums[party] += n * 100
    for refund in Refund.objects.filter(workshop=workshop).with_covered():
        if refund.status in WAITING:  # still in the house
            sums[refund.party_id] -= refund.covered * 100
        elif refund.status in GONE:  # gone, also where nothing covers it any more
            sums[refund.party_id] += (refund.amount - refund.covered) * 100
    stands = by_detail(books, Account.CREDIT)
    for party in sorted(sums.keys() | stands.keys(), key=str):
        if stands.get(party, 0) != sums.get(party, 0):
            yield f"party {party}", f"credit {stands.get(party, 0)}, facts {sums.get(party, 0)}"


def _suppliers(books: Books) -> Iterator[tuple[str, str]]:
    stands = by_detail(books, Account.PAYABLES)
    for account in payables(books.workshop, books.until):
        owed = -stands.pop(account.supplier.pk, 0)
        if owed != account.balance_sen:
            yield str(account.supplier), f"owed {owed} in the books, {account.balance_sen} by bills"
    if stands:
        yield "suppliers", f"owed to nobody: {stands}"


def _pairs(books: Books) -> Iterator[tuple[str, str]]:
    """The finished pairs that the books have for no order are what lies free; none costs nothing."""
    places = Balance.objects.filter(
        location__workshop=books.workshop, item__variant__isnull=False
    ).exclude(location__kind=Location.Kind.SCRAP)
    lies: dict[int, int] = defaultdict(int)
    for variant, rest in places.rests("item__variant"):
        lies[variant] += rest
    in_work = by_detail(books, Account.WORK)
    for line, work in sorted(books.state.work.items()):
        if in_work.get(line, 0) != work.material + work.wages or (
            work.is_over and in_work.get(line)
        ):
            yield f"line {line}", f"{in_work.get(line, 0)} sen in work, and it is over"
    for variant in sorted(lies.keys() | books.state.pairs.keys()):
        pairs, material, wages = books.state.pairs.get(variant, (0, 0, 0))
        sen = material + wages
        if pairs != lies[variant] or min(material, wages) < 0 or (sen and not pairs):
            text = f"{pairs} pairs worth {sen} sen in the books, {lies[variant]} on the shelf"
            yield f"variant {variant}", text


def _stock(books: Books) -> Iterator[tuple[str, str]]:
    """The material that the books value is what lies in the house; nothing costs nothing."""
    places = Balance.objects.filter(
        location__workshop=books.workshop, item__material__isnull=False
    ).exclude(location__kind=Location.Kind.SCRAP)
    lies = dict(places.order_by().values_list("item").annotate(n=Sum("on_hand")))
    for item in sorted(lies.keys() | books.stock.keys()):
        quantity, sen = books.stock.get(item, (0, 0))
        if quantity != lies.get(item, 0) or sen < 0 or (sen and not quantity):
            text = f"{quantity} worth {sen} sen in the books, {lies.get(item, 0)} on the shelf"
            yield f"item {item}", text
