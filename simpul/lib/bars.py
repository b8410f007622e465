"""A bar on a terminal that says how far a long work is; on anything else nothing is said."""

from __future__ import annotations

from typing import Any

WIDTH = 30


class Bar:
    """One line of a terminal, written over and over. The stream is a command's `stdout` or `stderr`."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._is_shown = stream.isatty()
        self._longest = 0

    def show(self, done: float, of: float, text: str) -> None:
        """Show so much of so much; more than all of it is shown as all."""
        if not self._is_shown:
            return
        filled = int(WIDTH * min(done, of) / (of or 1))
        line = f"[{'#' * filled}{'.' * (WIDTH - filled)}] {text}"
        self._longest = max(self._longest, len(line))
        self._stream.write("\r" + line.ljust(self._longest), ending="")
        self._stream.flush()

    def clear(self) -> None:
        if self._longest:
            self._stream.write("\r" + " " * self._longest + "\r", ending="")
