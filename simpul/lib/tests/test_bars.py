"""A terminal sees how far it is; a file sees nothing of it."""

from __future__ import annotations

import io

from django.core.management.base import OutputWrapper

from simpul.lib.bars import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_one_line_that_grows_and_goes() -> None:
    screen = Terminal()
    bar = Bar(OutputWrapper(screen))

    bar.show(1, 2, "half")
    bar.show(3, 2, "all")
    bar.clear()

    half, whole, blank, rest = screen.getvalue().split("\r")[1:]
    assert half == f"[{'#' * 15}{'.' * 15}] half"
    assert whole == f"[{'#' * 30}] all "  # what was longer is written over
    assert (blank.strip(), rest) == ("", "")
    assert len(blank) == len(half)


def test_nothing_is_known_yet_and_still_it_is_shown() -> None:
    screen = Terminal()
    Bar(OutputWrapper(screen)).show(0, 0, "reading")
    assert screen.getvalue() == f"\r[{'.' * 30}] reading"


def test_a_file_sees_nothing() -> None:
    kept = io.StringIO()
    bar = Bar(OutputWrapper(kept))
    bar.show(1, 2, "half")
    bar.clear()
    assert kept.getvalue() == ""
