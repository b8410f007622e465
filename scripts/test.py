"""Everything that must hold before a change gets in: `make test`, and the gate runs the same.

One line a part; the whole output only of what failed. --quick leaves out PostgreSQL and the browser.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from postgres import postgres

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
JOURNEYS = ROOT / "simpul" / "tests" / "journeys"
CHROMIUM = "/usr/bin/chromium"
SLOW = {"PYTHONDONTWRITEBYTECODE"}  # many processes start here: what is compiled once is kept
TWO = ["-n", "2", "--dist", "worksteal"]  # processes of a suite; who is done helps the other
LONGEST_S = 2400  # a part that takes longer hangs
SETTINGS = {"DJANGO_SETTINGS_MODULE": "simpul.settings"}
PRODUCTION = SETTINGS | {
    "SIMPUL_HTTPS": "1",
    "SIMPUL_HOST": "simpul.example",
    "SIMPUL_SECRET_KEY": "x7Kq" * 16 + "_only for this check",
    "SIMPUL_SMTP_HOST": "smtp.example",
}

running: set[subprocess.Popen[bytes]] = set()  # each with a group of processes of its own
is_stopped = threading.Event()


@dataclass(frozen=True)
class Part:
    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


def tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def django(*arguments: str) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "django", *arguments]


CHECKS = [
    Part("types", tool("mypy", "simpul", "scripts")),
    Part("code layout", tool("ruff", "format", "--check", "simpul", "scripts")),
    Part("code", tool("ruff", "check", "simpul", "scripts")),
    Part("who knows whom", tool("lint-imports")),
    Part("templates", tool("djlint", "simpul", "--lint", "--quiet")),
    Part("texts", [sys.executable, "scripts/messages.py", "--check"]),
    Part("migrations", django("makemigrations", "--check", "--dry-run"), SETTINGS),
    Part("settings", django("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
]


def pytest(name: str, *arguments: str, **env: str) -> Part:
    return Part(name, tool("pytest", "-q", "--no-header", "--tb=short", *arguments), env)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a part at once, with the processes that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def end_all_on_a_signal() -> None:
    """Let whoever is asked to stop end the parts that run, and leave by the way that stops PostgreSQL."""

    def stop(number: int, _frame: FrameType | None) -> None:
        if is_stopped.is_set():
            return  # asked twice
        is_stopped.set()
        for process in tuple(running):
            end(process)
        sys.exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def run(part: Part) -> bool:
    """Tell whether a part is well. What it says goes into a file: a pipe would stay open as long as
    anything does that it left behind."""
    if is_stopped.is_set():
        return False
    started = time.monotonic()
    around = {name: value for name, value in os.environ.items() if name not in SLOW}
    with (
        tempfile.TemporaryDirectory(prefix="simpul-") as data,
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,
    ):
        process = subprocess.Popen(
            part.command,
            cwd=ROOT,
            env={**around, "SIMPUL_DATA": data, **part.env},
            stdout=said,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        running.add(process)
        if is_stopped.is_set():  # while it was being started
            end(process)
        try:
            is_well = process.wait(LONGEST_S) == 0
        except subprocess.TimeoutExpired:
            end(process)
            said.write(f"\nbroken off after {LONGEST_S} s")
            is_well = False
        running.discard(process)
        said.seek(0)
        text = said.read()
    lines = text.strip().splitlines()
    closing = f"  {lines[-1]}" if lines and "pytest" in part.command[0] else ""
    if is_stopped.is_set():
        return False
    seconds = time.monotonic() - started
    line = f"{'ok  ' if is_well else 'FAIL'} {part.name:24} {seconds:6.1f} s{closing}"
    print(line if is_well else f"{line}\n{text}", flush=True)
    return is_well


def run_all(tests: list[Part]) -> list[bool]:
    """Run the checks, two at once, and then the tests, each with two processes. The first suite need
    not wait for the types, which take longer than all other checks together."""
    first, *rest = tests
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, [*CHECKS, first]))
    with ThreadPoolExecutor(1) as pool:  # a signal never meets this thread starting a process
        return results + list(pool.map(run, rest))


def suites(address: str) -> list[Part]:
    """Return the tests on both databases, with the journeys where there is a browser."""
    databases = {"SQLite": "", "PostgreSQL": address}
    parts = [
        pytest(f"tests on {name}", *TWO, "simpul", DATABASE_URL=url)
        for name, url in databases.items()
        if url or name == "SQLite"
    ]
    if address and Path(CHROMIUM).exists() and JOURNEYS.exists():
        parts += [
            pytest(
                f"journeys on {name}",
                *TWO,
                "--migrations",
                "-m",
                "browser",
                str(JOURNEYS),
                DATABASE_URL=url,
            )
            for name, url in databases.items()
        ]
    return parts


def main() -> int:
    end_all_on_a_signal()
    started = time.monotonic()
    is_quick = "--quick" in sys.argv
    subprocess.run([sys.executable, "-c", _COMPILE], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory(prefix="simpul-compiled-") as compiled:
        os.environ["SIMPUL_COMPILED"] = compiled  # templates: read by conftest.py
        if is_quick:
            results = run_all(suites(""))
        else:
            with postgres(is_measured=False) as address:
                results = run_all(suites(address))
    failed = results.count(False)
    print(f"\n{_summary(len(results), failed)} in {time.monotonic() - started:.0f} s")
    return _browser_verdict(is_quick) or (1 if failed else 0)


_COMPILE = "from pathlib import Path; from simpul.lib.messages import compile_texts as c; c(Path('locale'))"


def _summary(parts: int, failed: int) -> str:
    return f"{failed} of {parts} parts FAILED" if failed else f"All {parts} parts are well"


def _browser_verdict(is_quick: bool) -> int:
    """Say loudly that the journeys were skipped; fail where a browser was demanded."""
    if is_quick or Path(CHROMIUM).exists():
        return 0
    print(re.sub("^", "!! ", f"NO BROWSER at {CHROMIUM}:\nthe journeys were SKIPPED.", flags=re.M))
    return 1 if os.environ.get("SIMPUL_NEED_BROWSER") == "1" else 0


if __name__ == "__main__":
    sys.exit(main())
