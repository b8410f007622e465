"""How long a large statement takes: `make bench`, or by itself with other numbers.

    scripts/bench_statements.py [--rows 10000,100000] [--asked 20000] [--pays 20]
                                [--only sqlite|postgres]

Imports a file of BCA and matches it against open payment instructions, each size in a process and
a database of its own, on SQLite and on PostgreSQL. Of the rows one in twenty (`--pays`) pays an
instruction exactly, as far as there are that many; the others are strangers' transfers and money
going out. Beside it stands what the least possible costs in the same run: the same file cut by the csv module
alone and its rows put into a table without any index. Peak memory is that of the whole process.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import resource
import sqlite3
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from databases import measured

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

DAYS = 90


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", default="10000,100000")
    parser.add_argument("--asked", type=int, default=20_000)
    parser.add_argument("--pays", type=int, default=20)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        print(json.dumps(_measure(int(chosen.rows), chosen)))
        return 0
    print(f"{'':10} {'rows':>8} {'asked':>7} {'matched':>8} {'read':>8} {'matching':>9} {'all':>8} "
          f"{'work':>8} {'memory':>8} {'longest':>8} {'least':>7}")  # fmt: skip
    for rows in map(int, chosen.rows.split(",")):
        arguments = ["--rows", str(rows), "--asked", str(chosen.asked), "--pays", str(chosen.pays)]
        for database, told in measured(arguments, chosen.only):
            _row(database, rows, told)
    print(
        "read, matching, all, work (of the processor): seconds; memory: MB at the peak (and before "
        "the file); longest: the longest time that another writer may have had to wait; least: the "
        "csv module and a bare table"
    )
    return 0


def _row(name: str, rows: int, found: dict[str, Any]) -> None:
    print(
        f"{name:10} {rows:8,} {found['asked']:7,} {found['matched']:8,} {found['read']:8.1f} "
        f"{found['matching']:9.1f} {found['all']:8.1f} {found['work']:8.1f} "
        f"{found['memory']:4.0f} ({found['before']:.0f}) {found['longest']:8.2f} {found['least']:7.1f}",
        flush=True,
    )


def _measure(rows: int, chosen: argparse.Namespace) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command

    from simpul.payments import importing, reconciliation
    from simpul.payments.models import BankEntry

    call_command("migrate", verbosity=0)
    fajar, account, amounts = _make(chosen.asked)
    content = _statement(account.number, rows, amounts, chosen.pays)
    least = _least(content)
    longest = _watch_transactions()
    file = importing.hand_in(by=fajar, account=account, content=content)
    del content
    before = _memory()
    began, worked = time.perf_counter(), time.process_time()
    importing.read_in(file)
    read = time.perf_counter() - began
    _made, matched = reconciliation.read(file)
    everything = time.perf_counter() - began
    if BankEntry.objects.count() != rows:
        raise SystemExit("Not every row has become an entry.")
    return {
        "asked": chosen.asked,
        "matched": matched,
        "read": read,
        "matching": everything - read,
        "all": everything,
        "work": time.process_time() - worked,
        "before": before,
        "memory": _memory(),
        "longest": max(longest, default=0.0),
        "least": least,
    }


def _make(asked: int) -> tuple[Any, Any, list[int]]:
    """Return who imports, the account, and the amounts of so many open instructions."""
    from simpul import testing
    from simpul.lib import clock, codes
    from simpul.orders.models import Instalment, Order
    from simpul.parties.roles import Role
    from simpul.payments import agreement
    from simpul.payments.models import Instruction

    workshop = testing.workshop("ciomas")
    fajar = testing.staff("Fajar", workshop, Role.FINANCE)
    sari = testing.staff("Sari", workshop, Role.SALES)
    testing.staff("Hadi", workshop, Role.OWNER)
    with clock.stopped(clock.now() - timedelta(days=DAYS + 30)):
        account = testing.account(workshop)
        first = testing.order(testing.party(workshop))
        agreement.confirm(first, by=sari)
    parts = list(first.instalments.order_by("position"))
    known = Instruction.objects.get(order=first, status="open")
    orders = [
        _copy(first, number=f"SO-2001-{at:06}", code=codes.spoken(), public_code=codes.public())
        for at in range(asked)
    ]
    by_code = {order.code: order for order in orders}  # six letters: a few are drawn twice
    orders = Order.objects.bulk_create(by_code.values(), batch_size=1_000)
    _copy_lines(first, orders)
    instalments = [_copy(part, order=order) for order in orders for part in parts]
    Instalment.objects.bulk_create(instalments, batch_size=2_000)
    asked_for = [
        _copy(
            known,
            order=one.order,
            instalment=one,
            amount=known.base + 1_000 * at + 217,
            base=known.base + 1_000 * at,
            suffix=217,
            is_unique=True,
        )
        for at, one in enumerate(instalments[:: len(parts)])
    ]
    Instruction.objects.bulk_create(asked_for, batch_size=2_000)
    for at, one in enumerate(instalments):
        whole = asked_for[at // len(parts)]
        one.amount = whole.amount if at % len(parts) == 0 else 10_000_000
    Instalment.objects.bulk_update(instalments, ["amount"], batch_size=500)
    totals = [
        _total(order, instalments[at * len(parts) : (at + 1) * len(parts)])
        for at, order in enumerate(orders)
    ]
    Order.objects.bulk_update(totals, ["total"], batch_size=500)
    return fajar, account, [one.amount for one in asked_for]


def _copy_lines(first: Any, orders: list[Any]) -> None:
    """Give each order what was agreed on: invoices name it line by line."""
    from simpul.orders.models import OrderLine
    from simpul.orders.models.revision import OrderRevision, RevisionLine

    [agreed] = first.revisions.all()
    revisions = [_copy(agreed, order=order) for order in orders]
    OrderRevision.objects.bulk_create(revisions, batch_size=1_000)
    for old in agreed.lines.all():
        lines = [_copy(old.line, order=order) for order in orders]
        OrderLine.objects.bulk_create(lines, batch_size=1_000)
        wishes = [
            _copy(old, revision=revision, line=line)
            for revision, line in zip(revisions, lines, strict=True)
        ]
        RevisionLine.objects.bulk_create(wishes, batch_size=1_000)


def _total(order: Any, parts: list[Any]) -> Any:
    order.total = sum(part.amount for part in parts)
    return order


def _copy(row: Any, **fields: Any) -> Any:
    values = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
    del values["id"]
    for name in fields:
        values.pop(f"{name}_id", None)
    return type(row)(**{**values, **fields})


def _statement(number: str, rows: int, amounts: list[int], pays_one_in: int) -> bytes:
    from simpul.demo.bank import Bank
    from simpul.lib import clock

    bank = Bank(number, "BENGKEL")
    first = clock.today() - timedelta(days=DAYS)
    waiting = iter(amounts)
    for at in range(rows):
        on: date = first + timedelta(days=at * DAYS // rows)
        pays = next(waiting, None) if at % pays_one_in == 0 else None
        if pays:
            bank.book(on, pays, f"TRSF E-BANKING CR FTSCY/WS95031 TOKO {at}")
        elif at % 3:
            bank.book(on, 41_000 + at % 997, f"TRSF E-BANKING CR FTSCY/WS95031 NASABAH {at}")
        else:
            bank.book(on, -(31_000 + at % 997), f"TRSF E-BANKING DB FTSCY/WS95271 PEMASOK {at}")
    return bank.export()


def _least(content: bytes) -> float:
    began = time.perf_counter()
    table = sqlite3.connect(":memory:")
    table.execute("create table entry (day, text, branch, amount, balance)")
    lines = csv.reader(io.StringIO(content.decode()))
    table.executemany(
        "insert into entry values (?, ?, ?, ?, ?)", (row for row in lines if len(row) == 5)
    )
    return time.perf_counter() - began


def _watch_transactions() -> list[float]:
    """Return a list that will hold how long each outermost transaction was open."""
    from django.db import transaction

    found: list[float] = []
    enter, leave = transaction.Atomic.__enter__, transaction.Atomic.__exit__
    opened: list[float] = []

    def timed_enter(self: Any) -> None:
        enter(self)
        opened.append(time.perf_counter())

    def timed_leave(self: Any, *reason: Any) -> None:
        leave(self, *reason)
        began = opened.pop()
        if not opened:
            found.append(time.perf_counter() - began)

    transaction.Atomic.__enter__, transaction.Atomic.__exit__ = timed_enter, timed_leave  # type: ignore[method-assign]
    return found


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
