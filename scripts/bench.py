"""How long the pages take at the demonstration's size: `make bench`.

Makes the demonstration in a folder of its own (or takes the one that SIMPUL_BENCH_DATA names),
follows the links of every kind of visitor in this process, so that the network counts for nothing,
and times each page over warm runs, with whoever sees it; those of the books also as the first who
looks after money has come. Then it lets a real server with two workers answer a few of them, beside a
constant page, so that the machine's own speed is seen in the same run. Times are marked, never
asserted: it fails on a dead link and on a heavy catalogue.
"""

from __future__ import annotations

import gc
import gzip
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LIMIT_MS = 100
CATALOGUE_BYTES = 60_000
ADDRESSES_EACH = 3  # of each page, such as three orders
WARM_RUNS = 7
CONNECTIONS = 4
SECONDS = 4
REQUESTS = 2_000
LINK = re.compile(r'href="(/[^"#]*)')
PART = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')
LEFT_ALONE = re.compile(r"^/(?:static|accounts|l|look|language|gallery)/")


@dataclass(frozen=True, slots=True)
class Timing:
    """One address, seen by one kind of visitor."""

    name: str
    visitor: str
    path: str
    median: float
    worst: float
    work: float  # of the processor: what is left on a machine that does nothing else
    queries: int
    plain: int
    packed: int


def constant(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer as little as a server can."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="simpul-bench-") as folder:
        os.environ |= {
            "SIMPUL_DATA": os.environ.get("SIMPUL_BENCH_DATA", folder),
            "SIMPUL_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "simpul.settings",
        }
        import django

        django.setup()
        return _bench()


def _bench() -> int:
    from simpul.demo.load import load
    from simpul.parties.models import Workshop
    from simpul.portals import serving

    serving.prepare()
    workshop = Workshop.objects.order_by("pk").first()
    if workshop is None:
        began = time.perf_counter()
        workshop = load()
        print(f"demonstration loaded in {time.perf_counter() - began:.0f} s")
    gc.collect()
    gc.freeze()  # as simpul.wsgi does
    visitors = _visitors(workshop)
    timings: list[Timing] = []
    dead: list[str] = []
    for visitor, (client, start) in visitors.items():
        for name, path, status in _walk(client, start):
            if status >= 400:
                dead.append(f"{status} {path} as {visitor}")
            else:
                timings.append(_time(client, name, visitor, path))
                if name.startswith("workshop:books"):
                    timings.append(_time_anew(workshop, client, name, visitor, path))
    _print(_slowest_of_each(timings))
    weight = _weight(f"/{workshop.slug}/catalogue/")
    print(f"catalogue on a first visit: {weight / 1000:.1f} kB without pictures\n")
    _serve(visitors)
    for line in dead:
        print(f"DEAD {line}")
    return 1 if dead or weight > CATALOGUE_BYTES else 0


def _visitors(workshop: Any) -> dict[str, tuple[Any, str]]:
    """Return one client for each kind of visitor, and where it begins: the busiest of its kind."""
    from django.db.models import Count
    from django.test import Client

    from simpul.parties.models import Person
    from simpul.portals.doors import portal_path, sides_of

    people = Person.objects.active().filter(workshop=workshop).exclude(user=None)
    busy = people.annotate(
        orders=Count("party__orders", distinct=True),
        purchases=Count("party__purchases", distinct=True),
    )
    found: dict[str, tuple[Any, str]] = {
        "anybody": (Client(headers={"Host": "localhost"}), f"/{workshop.slug}/")
    }
    for person in busy.order_by("-orders", "-purchases", "pk").select_related("party", "user"):
        for side in sides_of(person):
            visitor = person.role or side
            if visitor not in found:
                client = Client(headers={"Host": "localhost"})
                client.force_login(cast(Any, person.user))  # the others were left out
                found[visitor] = (client, portal_path(person, side))
    return found


def _walk(client: Any, start: str) -> Iterator[tuple[str, str, int]]:
    """Follow the links from where a visitor begins: a few addresses of each page."""
    from django.urls import Resolver404, resolve, reverse

    waiting, known = [start], {start}
    seen: dict[str, int] = {}
    while waiting:
        path = waiting.pop(0)
        try:
            name = resolve(path.partition("?")[0]).view_name
        except Resolver404:
            yield "?", path, 404
            continue
        if seen.get(name, 0) == ADDRESSES_EACH:
            continue
        seen[name] = seen.get(name, 0) + 1
        answer = client.get(path)
        if answer.status_code == 403 and reverse("account_reset_password") in answer.text:
            continue  # it asks for a password again, and nobody here has one
        yield name, path, answer.status_code
        if "text/html" in answer.get("Content-Type", ""):
            for found in LINK.findall(answer.text):
                found = found.replace("&amp;", "&")
                inside = found.startswith(start) and not LEFT_ALONE.search(found)
                if inside and found not in known:
                    known.add(found)
                    waiting.append(found)


def _time_anew(workshop: Any, client: Any, name: str, visitor: str, path: str) -> Timing:
    """Time a page as the first who looks after money has come; at the end it never came."""
    from django.db import transaction

    from simpul.insight import recent
    from simpul.orders.models import AGREED, Order
    from simpul.parties.models import Person
    from simpul.parties.roles import Role
    from simpul.payments.models import Receipt

    fajar = Person.objects.active().filter(workshop=workshop, role=Role.FINANCE)[0]
    order = Order.objects.filter(workshop=workshop, status__in=AGREED).order_by("-pk")[0]

    def take_cash() -> None:
        Receipt.take_cash(by=fajar, order=order, amount=1)

    with transaction.atomic():
        found = _time(client, f"{name}, told anew", visitor, path, take_cash)
        transaction.set_rollback(True)
    recent.forget()
    return found


def _time(client: Any, name: str, visitor: str, path: str, change: Any = None) -> Timing:
    """Time a page; before each run something is changed."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        plain = _size(client.get(path))
    asked = len(queries)
    times, work = [], []
    for _run in range(WARM_RUNS):
        if change:
            change()
        began, busy = time.perf_counter(), time.process_time()
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        times.append((time.perf_counter() - began) * 1000)
        work.append((time.process_time() - busy) * 1000)
    packed = _size(answer)
    middle = statistics.median(times)
    return Timing(
        name, visitor, path, middle, max(times), statistics.median(work), asked, plain, packed
    )


def _size(answer: Any) -> int:
    return sum(len(part) for part in answer) if answer.streaming else len(answer.content)


def _slowest_of_each(timings: Iterable[Timing]) -> list[Timing]:
    found = {timing.name: timing for timing in sorted(timings, key=lambda one: one.median)}
    return sorted(found.values(), key=lambda one: -one.median)


def _print(rows: list[Timing]) -> None:
    print(f"{'median':>8} {'worst':>7} {'work':>6} {'queries':>7} {'plain':>8} {'gzip':>7}  page")
    for row in rows:
        mark = "!" if row.median > LIMIT_MS else " "
        print(
            f"{row.median:6.1f}{mark}  {row.worst:6.1f} {row.work:6.1f} {row.queries:7} {row.plain:8,} "
            f"{row.packed:7,}  {row.name} ({row.visitor}) {row.path}"
        )
    middle = statistics.median(row.median for row in rows)
    slow = sum(row.median > LIMIT_MS for row in rows)
    names = len({row.name for row in rows})
    print(f"{names} pages, median {middle:.1f} ms, {slow} above {LIMIT_MS} ms (marked !)")


def _weight(path: str) -> int:
    """Return what a first visit carries over the wire: the page, its style sheets and scripts."""
    from django.conf import settings
    from django.test import Client

    page = Client(headers={"Host": "localhost"}).get(path)
    parts = {part.removeprefix("/static/") for part in PART.findall(page.text)}
    files = [(Path(settings.STATIC_ROOT) / part).read_bytes() for part in parts]
    return sum(len(gzip.compress(body, 9)) for body in [page.content, *files])


# Through a server


def _serve(visitors: dict[str, tuple[Any, str]]) -> None:
    """Count how many requests a second a server with two workers answers, bounded in time."""
    with _Server("bench:constant", cwd=ROOT / "scripts") as port:
        print(f"{_rate(port, '/', ''):7.0f} requests/s  a constant page, no Simpul in it")
    with _Server("simpul.wsgi:application", cwd=ROOT) as port:
        for visitor, suffix in (("anybody", "catalogue/"), ("owner", ""), ("owner", "orders/")):
            client, start = visitors[visitor]
            cookie = "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())
            rate = _rate(port, start + suffix, cookie)
            print(f"{rate:7.0f} requests/s  {start}{suffix} as {visitor}")


class _Server:
    """Granian with two workers on a free port of the loopback."""

    def __init__(self, target: str, *, cwd: Path) -> None:
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            self.port: int = door.getsockname()[1]
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", target]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "2"]
        command += ["--blocking-threads", "4", "--no-ws", "--no-access-log"]
        self.process = subprocess.Popen(
            [*command, "--log-level", "error"],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{cwd}"},
        )

    def __enter__(self) -> int:
        give_up_at = time.monotonic() + 30
        while time.monotonic() < give_up_at:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self.port
            except OSError:
                time.sleep(0.1)
        self.__exit__()
        raise SystemExit("The server did not start.")

    def __exit__(self, *reason: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _rate(port: int, path: str, cookie: str) -> float:
    """Return the requests a second that a few connections at once get answered."""
    done: list[int] = []
    headers = {"Accept-Encoding": "gzip", "Cookie": cookie}

    def ask(seconds: float, most: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        stop_at = time.monotonic() + seconds
        while most and time.monotonic() < stop_at:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"{answer.status} {path}")
            done.append(answer.status)
            most -= 1
        connection.close()

    for _run in range(4):  # both workers are warm
        ask(5, 3)
    done.clear()
    askers = [
        threading.Thread(target=ask, args=(SECONDS, REQUESTS // CONNECTIONS))
        for _connection in range(CONNECTIONS)
    ]
    began = time.monotonic()
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    return len(done) / (time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
