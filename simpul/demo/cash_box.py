"""What passes through the cash box of the demonstration, and how finance counts it in the evening."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from simpul.lib import clock
from simpul.payments.models import PIECES, CashBox, DayClosing, Instruction, Receipt

if TYPE_CHECKING:
    from simpul.demo.history import Story

WEEKS = 6  # for so long finance has counted
BROUGHT = (40, 34, 27, 20, 16, 12, 8, 5, 3, 1)  # days ago on which a buyer brought cash
SHORT = 16  # days ago: parking was paid and not noted
FIRST = 1_500_000  # what lay in the box when it was counted for the first time
AFTERNOON, EVENING = time(14), time(17, 15)


def plan(story: Story) -> None:
    """Let cash come now and then, and count it each evening but yesterday's."""
    for days in BROUGHT:
        story.at(_ago(story, days, AFTERNOON), lambda: bring(story))
    for days in range(WEEKS * 7, 1, -1):
        story.at(_ago(story, days, EVENING), lambda: count(story))


def bring(story: Story) -> None:
    """A buyer stops by and pays a part of what is asked for."""
    asked = Instruction.objects.filter(
        order__workshop=story.cast.workshop, status="open", amount__gt=1_000_000
    )
    first = asked.select_related("order__buyer").order_by("pk").first()
    if first is not None:
        Receipt.take_cash(by=story.cast.staff["fajar"], order=first.order, amount=750_000)


def count(story: Story) -> None:
    """Count what is there: what the program expects, but for the first time and one evening."""
    box = CashBox.of(story.cast.workshop.pk)
    if box.previous is not None and not box.is_moved:
        return
    counted, reason = box.expected_sen // 100, ""
    if box.previous is None:
        counted, reason = counted + FIRST, "Isi kas saat pertama kali dihitung."
    elif clock.today() == (story.now - timedelta(days=SHORT)).date():
        counted, reason = (
            counted - 5_000,
            "Parkir waktu mengambil lem di Pasar Anyar, lupa dicatat.",
        )
    DayClosing.close(
        by=story.cast.staff["fajar"],
        counted=counted,
        expected_sen=box.expected_sen,
        reason=reason,
        pieces=_pieces(counted),
    )


def _ago(story: Story, days: int, at: time) -> datetime:
    return datetime.combine((story.now - timedelta(days=days)).date(), at, clock.WIB)


def _pieces(amount: int) -> dict[int, int]:
    """Return the notes and coins of an amount; none where it is no round one."""
    held = {}
    for piece in PIECES:
        held[piece], amount = divmod(amount, piece)
    return {} if amount else held
