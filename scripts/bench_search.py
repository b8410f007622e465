"""How long the one box takes where much was said: `make bench`, or by itself with other numbers.

    scripts/bench_search.py [--messages 100000] [--only sqlite|postgres]

Makes a workshop with so many messages about 2,000 orders of 400 buyers, in a database of its own, and
tells how long the whole answer of the box takes (every kind, as the desk shows it) for a word that
stands in every tenth message, one that stands in few, the beginning of one, two together, two that
hardly ever stand together, two in a fourth of all messages each that never do, and a number; the same for a buyer; and beside each, in the same run, how
long the database takes to look through all messages instead (`LIKE '%word%'`, the newest five). Then
how long it takes to say something. Each is timed five times and the quickest one is shown.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from databases import measured

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

BUYERS = 400
ORDERS = 2_000
TURNS = 5
A_BATCH = 2_000
WORDS_EACH = 12  # of a message
VOCABULARY = 4_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        print(json.dumps(_measure(chosen.messages)))
        return 0
    print(f"{chosen.messages} messages, milliseconds of the whole answer (looking through all)")
    for database, told in measured(["--messages", str(chosen.messages)], chosen.only):
        _show(database, told)
    return 0


def _show(database: str, told: dict[str, str]) -> None:
    print(
        f"{database:11} " + ", ".join(f"{name} {taken}" for name, taken in told.items()), flush=True
    )


def _measure(messages: int) -> dict[str, str]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    seller, buyer, talk = _make(messages)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as the server does by itself within a minute

    from simpul.conversations.models import Message
    from simpul.insight.search import found, numbered, tidy

    def box(person: Any, side: str, typed: str) -> Callable[[], object]:
        words = tidy(typed)
        return lambda: [numbered(person, words), found(person, side, words)]

    def scan(person: Any, typed: str) -> Callable[[], object]:
        all_of_them = Message.objects.visible_to(person).filter(body__icontains=typed)
        return lambda: list(all_of_them.order_by("-pk")[:5])

    told = {
        name: f"{_timed(box(seller, 'workshop', typed))} ({_timed(scan(seller, typed))})"
        for name, typed in (
            ("common word", "kata0030"),
            ("rare word", "langka"),
            ("beginning", "kata003"),
            ("two words", "kata0030 kata0031"),
            ("seldom together", "kata0126 kata0129"),
            ("never together", "genap ganjil"),
            ("number", "SO-2026-0777"),
            ("nothing", "tidakada"),
        )
    }
    told["a buyer's"] = (
        f"{_timed(box(buyer, 'buyer', 'kata0030'))} ({_timed(scan(buyer, 'kata0030'))})"
    )
    dice = random.Random(1)  # noqa: S311 - for a bench
    told["to say something"] = _timed(
        lambda: Message.say(by=seller, conversation=talk, body=" ".join(_words(dice)))
    )
    return told


def _timed(what: Callable[[], object]) -> str:
    taken = []
    for _turn in range(TURNS):
        begun = time.perf_counter()
        what()
        taken.append(time.perf_counter() - begun)
    return f"{min(taken) * 1000:.0f}"


def _words(dice: random.Random) -> list[str]:
    """Words as people use them: few of them often. `kata0030` stands in every tenth message."""
    return [
        f"kata{min(VOCABULARY - 1, int(dice.paretovariate(0.6) * 8)):04}"
        for _n in range(WORDS_EACH)
    ]


def _make(messages: int) -> tuple[Any, Any, Any]:
    from django.contrib.contenttypes.models import ContentType
    from django.db import transaction

    from simpul import testing
    from simpul.conversations.models import Conversation, Message, MessageWord
    from simpul.orders.models import Order
    from simpul.parties.models import Party, Person
    from simpul.parties.roles import Role

    dice = random.Random(7)  # noqa: S311 - for a bench
    with transaction.atomic():
        workshop = testing.workshop()
        seller = testing.staff("Sari", workshop, Role.SALES)
        shops = Party.objects.bulk_create(
            [
                Party(workshop=workshop, name=f"Toko {n}", buys_as=Party.BuysAs.DISTRIBUTOR)
                for n in range(BUYERS)
            ]
        )
        people = Person.objects.bulk_create(
            [Person(workshop=workshop, party=shop, name=f"Bu {shop.pk}") for shop in shops]
        )
        orders = Order.objects.bulk_create(
            [
                Order(
                    workshop=workshop,
                    buyer=shops[n % BUYERS],
                    number=f"SO-2026-{n:04}",
                    code=f"K{n:05}",
                )
                for n in range(ORDERS)
            ]
        )
        kind = ContentType.objects.get_for_model(Order)
        talks = Conversation.objects.bulk_create(
            [
                Conversation(
                    workshop=workshop,
                    party=order.buyer,
                    subject_type=kind,
                    subject_id=order.pk,
                    label=order.number,
                )
                for order in orders
            ]
        )
        rare = set(dice.sample(range(messages), 8))
        apart: tuple[list[str], ...] = (
            ["genap"],
            [],
            ["ganjil"],
            [],
        )  # each in a fourth of the messages
        for begin in range(0, messages, A_BATCH):
            made = Message.objects.bulk_create(
                [
                    Message(
                        workshop=workshop,
                        conversation=talks[n % ORDERS],
                        by=seller if n % 2 else people[n % BUYERS],
                        body=" ".join(
                            [*_words(dice), *(["langka"] if n in rare else []), *apart[n % 4]]
                        ),
                    )
                    for n in range(begin, min(messages, begin + A_BATCH))
                ]
            )
            MessageWord.keep(made)
    return seller, people[0], talks[0]


if __name__ == "__main__":
    sys.exit(main())
