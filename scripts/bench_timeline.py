"""How long the timeline of a party takes where much happened: `scripts/bench_timeline.py`.

    scripts/bench_timeline.py [--entries 10000] [--only sqlite|postgres]

Makes a workshop with one buyer of so many entries (half of them messages, a third steps of orders, the
rest payments and notes) among ten others of a tenth of that, in a database of its own, and tells in
milliseconds how long the first page takes, one in the middle, the last one, one kind alone and a search;
beside it how long it takes to read all of it and sort it instead; and the two pages, the history and the
party's own, as a browser gets them. Each is timed five times and the quickest one is shown, in brackets what this
process used of the processor: on a machine that is busy otherwise only that says something.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from databases import measured

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

OTHERS = 10
TURNS = 5
STEPS = ("orders.place", "orders.confirm", "orders.fulfil", "orders.close")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        print(json.dumps(_measure(chosen.entries)))
        return 0
    print(f"{chosen.entries} entries of one party, milliseconds")
    for database, told in measured(["--entries", str(chosen.entries)], chosen.only):
        _show(database, told)
    return 0


def _show(database: str, told: dict[str, str]) -> None:
    print(
        f"{database:11} " + ", ".join(f"{name} {taken}" for name, taken in told.items()), flush=True
    )


def _measure(entries: int) -> dict[str, str]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    seller, buyer = _make(entries)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as the server does by itself within a minute

    from simpul.insight.timeline import timeline

    whole = timeline(seller, buyer, size=2 * entries)[0]
    middle, end = whole[len(whole) // 2].place, whole[-20].place
    from django.test import Client

    from simpul import testing

    browser = Client(headers={"Host": "localhost"})
    testing.login(browser, seller)
    own = f"/{buyer.workshop.slug}/desk/parties/{buyer.pk}/"
    return {
        "entries": str(len(whole)),
        "first page": _timed(lambda: timeline(seller, buyer)),
        "middle": _timed(lambda: timeline(seller, buyer, before=middle)),
        "last page": _timed(lambda: timeline(seller, buyer, before=end)),
        "messages alone": _timed(lambda: timeline(seller, buyer, kinds=["messages"])),
        "search": _timed(lambda: timeline(seller, buyer, words="langka")),
        "history page": _timed(lambda: _seen(browser, f"{own}history/")),
        "party's page": _timed(lambda: _seen(browser, own)),
        "all of it instead": _timed(lambda: timeline(seller, buyer, size=2 * entries)),
    }


def _seen(browser: Any, page: str) -> None:
    answer = browser.get(page)
    if answer.status_code != 200:
        raise SystemExit(f"{page} answers {answer.status_code}")


def _timed(what: Callable[[], object]) -> str:
    by_clock, by_processor = [], []
    for _turn in range(TURNS):
        begun = time.perf_counter(), time.process_time()
        what()
        by_clock.append(time.perf_counter() - begun[0])
        by_processor.append(time.process_time() - begun[1])
    return f"{min(by_clock) * 1000:.0f} ({min(by_processor) * 1000:.0f})"


def _make(entries: int) -> tuple[Any, Any]:
    from django.db import transaction

    from simpul import testing
    from simpul.parties.models import Party
    from simpul.parties.roles import Role

    with transaction.atomic():
        workshop = testing.workshop()
        seller = testing.staff("Sari", workshop, Role.SALES)
        for n in range(OTHERS):
            other = testing.party(workshop, f"Toko {n}", buys_as=Party.BuysAs.DISTRIBUTOR)
            _let_happen(seller, other, entries // 10, f"A{n}")
        buyer = testing.party(workshop, "Toko Dewi", buys_as=Party.BuysAs.DISTRIBUTOR)
        _let_happen(seller, buyer, entries, "B")
    return seller, buyer


def _let_happen(seller: Any, party: Any, entries: int, mark: str) -> None:
    """Let so many things happen, one every hour, about an order for every thirty of them."""
    from django.contrib.contenttypes.models import ContentType

    from simpul import testing
    from simpul.conversations.models import Conversation, InternalNote, Message, MessageWord
    from simpul.lib import clock
    from simpul.orders.models import Order
    from simpul.payments.models import Receipt
    from simpul.workflow.models import Entry

    workshop, now = party.workshop, clock.now()
    person = testing.person(f"Bu {mark}", party)
    kind = ContentType.objects.get_for_model(Order)
    orders = Order.objects.bulk_create(
        Order(workshop=workshop, buyer=party, number=f"SO-2026-{mark}{n:04}", code=f"{mark}{n:04}")
        for n in range(max(1, entries // 30))
    )
    general = Conversation.objects.create(
        workshop=workshop,
        party=party,
        subject_type=ContentType.objects.get_for_model(party),
        subject_id=party.pk,
    )
    talks = Conversation.objects.bulk_create(
        Conversation(
            workshop=workshop,
            party=party,
            subject_type=kind,
            subject_id=one.pk,
            label=one.number,
        )
        for one in orders
    )
    rows: dict[Any, list[Any]] = {Message: [], Entry: [], Receipt: [], InternalNote: []}
    for n in range(entries):
        at, about = now - timedelta(hours=n), n % len(orders)
        common = {"workshop": workshop, "by": seller, "at": at}
        if n % 6 < 3:
            body = f"Pesan {n} tentang kulit dan ukuran {'langka' if n % 999 == 0 else ''}"
            said = common | {"by": seller if n % 2 else person, "body": body}
            where = general if n % 4 == 0 else talks[about]
            rows[Message].append(Message(conversation=where, **said))
        elif n % 6 < 5:
            line = common | {"subject_type": kind, "subject_id": orders[about].pk}
            rows[Entry].append(Entry(step=STEPS[n % len(STEPS)], **line))
        elif n % 12 < 6:
            paid = common | {"party": party, "amount": 1_000 + n, "received_on": at.date()}
            rows[Receipt].append(Receipt(source=Receipt.Source.CASH, **paid))
        else:
            note = common | {"subject_type": kind, "subject_id": orders[about].pk}
            rows[InternalNote].append(InternalNote(body=f"Catatan {n}", **note))
    for model, made in rows.items():
        model.objects.bulk_create(made, batch_size=500)
    MessageWord.keep(rows[Message])


if __name__ == "__main__":
    sys.exit(main())
