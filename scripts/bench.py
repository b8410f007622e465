"""How long the pages take at the demonstration's size: `make bench`.

Makes the demonstration in a folder of its own, follows the links of every visitor's portal in this
process (so the network counts for nothing), and names the slowest pages. Fails on a page above the
limit, on a dead link and on a heavy catalogue.
"""

from __future__ import annotations

import gzip
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LIMIT_MS = 100
CATALOGUE_BYTES = 60_000
PAGES_EACH = 60
TIMES = 5
LINK = re.compile(r'href="(/[^"#]*)')
PART = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')
LEFT_ALONE = re.compile(r"^/(?:static|accounts|l|look)/|\.pdf$|\.csv$|/photos/|/proof/")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="simpul-bench-") as data:
        os.environ |= {
            "SIMPUL_DATA": os.environ.get("SIMPUL_BENCH_DATA", data),
            "SIMPUL_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "simpul.settings",
        }
        import django

        django.setup()
        return _bench()


def _bench() -> int:
    from django.core.management import call_command

    from simpul.parties.models import Person, Workshop
    from simpul.portals import serving

    serving.prepare()
    if not Workshop.objects.exists():
        call_command("load_demo")
    slug = Workshop.objects.order_by("pk")[0].slug
    people = Person.objects.active().exclude(user=None).select_related("party", "user")
    visitors = {"": [f"/{slug}/"]}
    for person in people.order_by("pk"):
        visitors.setdefault(_kind(person), [person])
    measured: dict[tuple[str, str], float] = {}
    dead = []
    for kind, (start,) in visitors.items():
        for path, status, milliseconds in _walk(start):
            measured[kind or "anybody", path] = milliseconds
            if status >= 400:
                dead.append(f"{status} {path} as {kind or 'anybody'}")
    slow = sorted(measured.items(), key=lambda item: -item[1])
    for (kind, path), milliseconds in slow[:15]:
        print(f"{milliseconds:7.1f} ms  {kind:12} {path}")
    too_slow = [path for (_kind, path), milliseconds in slow if milliseconds > LIMIT_MS]
    weight = _weight(f"/{slug}/catalogue/")
    middle = statistics.median(measured.values())
    print(f"{len(measured)} pages, median {middle:.1f} ms, {len(too_slow)} above {LIMIT_MS} ms")
    print(f"catalogue on a first visit: {weight / 1000:.1f} kB without pictures")
    for line in dead:
        print(f"DEAD {line}")
    return 1 if too_slow or dead or weight > CATALOGUE_BYTES else 0


def _walk(start):  # type: ignore[no-untyped-def]
    """Follow the links from a person's portal, or from an address, and time each page."""
    from django.test import Client

    from simpul.portals.doors import portal_path

    client = Client(HTTP_HOST="localhost")
    if isinstance(start, str):
        below = start
    else:
        client.force_login(start.user)
        below = portal_path(start)
    waiting, known = [below], {below}
    while waiting and len(known) - len(waiting) < PAGES_EACH:
        path = waiting.pop(0)
        times = []
        for _time in range(TIMES):
            began = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - began) * 1000)
        yield path, answer.status_code, statistics.median(times)
        if "text/html" not in answer.get("Content-Type", ""):
            continue
        for found in LINK.findall(answer.text):
            if found.startswith(below) and found not in known and not LEFT_ALONE.search(found):
                known.add(found)
                waiting.append(found)


def _kind(person) -> str:  # type: ignore[no-untyped-def]
    from simpul.portals.doors import sides_of

    return person.role or (sides_of(person) or ["nobody"])[0]


def _weight(path: str) -> int:
    """Return what a first visit carries over the wire: the page, its style sheets and scripts."""
    from django.conf import settings
    from django.test import Client

    page = Client(HTTP_HOST="localhost").get(path)
    parts = {part.removeprefix("/static/") for part in PART.findall(page.text)}
    files = [(Path(settings.STATIC_ROOT) / part).read_bytes() for part in parts]
    return sum(len(gzip.compress(body, 9)) for body in [page.content, *files])


if __name__ == "__main__":
    sys.exit(main())
