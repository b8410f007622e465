"""Eight processes plan, buy, count, make, pack and change the same few orders at once.

    python -m simpul.tests.goods_storm SEED TURNS

Run by `test_goods_storm.py` over an empty database of its own (a file of SQLite, or PostgreSQL). The
moves are those of the random walk, made as a page makes them: what is looked at is looked at before
the step begins. All begin each turn together; in every second turn they fall upon the same thing, in
one way or in two that do not go together. Before it writes a step waits a moment, so that the others
come in between wherever they can. A step may be refused, or give up because others were in its way; nothing else may happen. At the end the invariants must hold: what the program finds is printed, a
line each, after a line with how many steps were done and refused.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
from collections.abc import Callable

import django

WRITERS = 8
ORDERS = 3
ONCE = {
    "procurement.send",
    "procurement.confirm",
    "production.release",
    "orders.accept_change",
    "orders.refuse_change",
    "delivery.unpack",
}


def main(seed: int, turns: int) -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connections, transaction

    call_command("migrate", verbosity=0)
    from simpul.tests.test_random_walk import Town, Walk

    with transaction.atomic():
        Walk.town = Town()
        _begin()
    connections.close_all()  # each writer has a connection of its own
    if connections["default"].vendor == "postgresql":
        connections["default"].close_pool()  # type: ignore[attr-defined]  # its threads do not come along into a child
    together = multiprocessing.get_context("fork").Barrier(WRITERS)
    children = []
    for number in range(WRITERS):
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            told = _act(
                number,
                [f"{seed} {turn} {number if turn % 2 else 0}" for turn in range(turns)],
                lambda: together.wait(60),
            )
            os.write(writer, told.encode())
            os._exit(0)
        os.close(writer)
        children.append((child, reader))
    done: dict[str, int] = {}
    for child, reader in children:
        with os.fdopen(reader) as pipe:
            for line in pipe.read().splitlines():
                what, _tab, count = line.rpartition("\t")
                done[what] = done.get(what, 0) + int(count)
        os.waitpid(child, 0)
    print(" ".join(f"{what}={count}" for what, count in sorted(done.items())))
    from simpul.insight.audit import findings

    for finding in [*findings(), *_done_twice()]:
        print(finding)


def _begin() -> None:
    """Let some orders be agreed on and paid, with two finished pairs each; of material and of
    finished pairs some lies there for nobody."""
    from simpul import testing
    from simpul.payments import agreement
    from simpul.tests.test_random_walk import Walk

    town = Walk.town
    for number in range(ORDERS):
        buyer = town.buyers[number % len(town.buyers)]
        order = agreement.place(
            by=town.people[buyer.pk],
            buyer=buyer,
            wishes=[testing.wish(town.model, {"40": 3, "41": 2})],
            receiver="X",
            address="Y",
        )
        agreement.confirm(order, by=town.staff["sari"])
        testing.pay(order, order.instalments.order_by("position")[0].amount)
        testing.shelve(order, {"40": 2})
    for wished in order.lines.get().sizes.select_related("variant"):
        testing.lay_down(wished.variant, 2)
    for material in town.materials:
        for size in ("40", "41", "42") if material.is_by_size else ("",):
            testing.stock_up(material, 12_000, size)


def _done_twice() -> list[str]:
    """Tell which steps that lead to where nobody comes from twice were taken twice with one thing."""
    from django.db.models import Count

    from simpul.workflow.models import Entry

    steps = Entry.objects.filter(step__in=ONCE).values_list("step", "subject_id")
    return [
        f"{times} times: {step} of {subject}"
        for step, subject, times in steps.annotate(times=Count("pk")).order_by("step")
        if times > 1
    ]


def _act(number: int, seeds: list[str], wait: Callable[[], object]) -> str:
    """Make a move for each seed; return what came of them, a line each with its number."""
    from django.db import OperationalError, connection

    from simpul import testing
    from simpul.lib.sqlite import base
    from simpul.tests.test_random_walk import Nothing, Walk
    from simpul.workflow.steps import Refused

    base.PATIENCE_S = 120.0  # nobody gives up at the queue, however slow the machine

    walk = Walk.__new__(Walk)
    duels = [
        (walk._pack, walk._pack), (walk._job, walk._job), (walk._reserve, walk._plan),
        (walk._plan, walk._plan), (walk._send, walk._change), (walk._confirm_purchase,) * 2,
        (walk._receive, walk._receive), (walk._job, walk._take_stock), (walk._tap, walk._tap),
        (walk._pack, walk._unpack), (walk._amend, walk._tap), (walk._answer, walk._answer),
        (walk._tap, walk._give_out), (walk._take_in, walk._take_in), (walk._correct, walk._pack),
        (walk._deal, walk._receive), (walk._deal, walk._plan), (walk._deal, walk._job), (walk._take_turn, walk._deal),
        (walk._count, walk._receive), (walk._join, walk._move_line), (walk._answer, walk._tap),
    ]  # fmt: skip
    moves = [move for duel in duels for move in duel] + [
        walk._counter_purchase, walk._agree, walk._close_short, walk._substitute,
    ]  # fmt: skip
    came: dict[str, int] = {}
    for turn, seed in enumerate(seeds):
        walk.dice = random.Random(seed)
        move = walk.dice.choice(moves)
        if turn % 2 == 0:
            move = duels[turn // 2 % len(duels)][number % 2]
        wait()
        try:
            with connection.execute_wrapper(testing.give_way):
                move()
            what = "done"
        except Nothing:
            continue
        except Refused:
            what = "refused"
        except OperationalError as reason:  # a ring of locks is broken by the database
            what = "gave-up" if "deadlock" in str(reason) else f"{type(reason).__name__}:{reason}"
        except Exception as reason:
            what = f"{move.__name__}:{type(reason).__name__}:{reason}"
        what = " ".join(what.split())[:300].replace("=", ":").replace(" ", "_")
        came[what] = came.get(what, 0) + 1
    return "\n".join(f"{what}\t{count}" for what, count in came.items())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
