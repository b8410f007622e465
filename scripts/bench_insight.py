"""How long the analysis takes with a million orders: `scripts/bench_insight.py`.

    scripts/bench_insight.py [--orders 1000000] [--parties 20000] [--only postgres|sqlite]

Makes one workshop with so many agreed and delivered orders over five years in a PostgreSQL of its own,
written by the database itself, and tells how long the rebuild of all facts takes and how much memory,
how long it takes to bring them up to date after one, ten and a hundred steps, how long the jobs of the
night take, and each page of the analysis and each list that is long then, as a browser gets them. Beside
the pages the same questions are asked of the raw tables in the same run.

Beside each time stands what the processor worked for it, in this program and in the database: on a
machine that others use, too, that is what may be compared.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from databases import measured

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

MODELS, COLOURS, SIZES = 60, 3, ("39", "40", "41", "42", "43", "44")
MATERIALS = 10
YEARS = 5
TURNS = 5
STEPS = (1, 10, 100)
AREAS = 30
LIMIT_MS = 300
FEWEST = 10_000  # orders that the pages of the books still tell


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--parties", type=int, default=20_000)
    parser.add_argument("--only", choices=["sqlite", "postgres"], default="postgres")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.orders <= FEWEST:
        parser.error(
            f"--orders: more than {FEWEST}; the books, asked below that, want the bank, too"
        )
    if chosen.child:
        print(json.dumps(_measure(chosen.orders, chosen.parties)))
        return 0
    print(f"{chosen.orders} orders of {chosen.parties} parties over {YEARS} years")
    given = ["--orders", str(chosen.orders), "--parties", str(chosen.parties)]
    for database, told in measured(given, chosen.only):
        for name, taken in told.items():
            print(f"{database:11} {name:44} {taken}", flush=True)
    return 0


def _measure(orders: int, parties: int) -> dict[str, str]:
    import django

    django.setup()
    from django.db import connection

    from simpul.portals import serving

    serving.prepare()
    told = Told()
    seller, workshop = _cast()
    with told.timing("written by the database"):
        _write(connection, workshop, seller, orders, parties)
    _tell(connection, workshop, seller, told)
    return told


def _tell(connection: Any, workshop: Any, seller: Any, told: Told) -> None:
    before = _memory()
    _rebuild(workshop, told)
    told["memory that it took more"] = f"{_memory() - before} MB"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as the server does by itself within a minute
    _bring_up_to_date(workshop, seller, told)
    for name, job in _jobs().items():
        with told.timing(f"job of the night {name}"):
            job(workshop)
    _pages(workshop, told)
    _raw(connection, workshop, told)


def _rebuild(workshop: Any, told: Told) -> None:
    """Reckon everything anew; the first half of what it says of its progress are the costs."""
    from simpul.insight.keeping import keep

    begun, halfway = (time.perf_counter(), _worked()), (0.0, 0.0)

    def hear(done: int, of: int) -> None:
        nonlocal halfway
        if 2 * done <= of:
            halfway = time.perf_counter(), _worked()

    with told.timing("rebuild of everything"):
        keep.rebuild(workshop, hear)
    told["of it the costs of all weeks"] = _said(halfway[0] - begun[0], halfway[1] - begun[1])


def _bring_up_to_date(workshop: Any, seller: Any, told: Told) -> None:
    from simpul.insight.keeping import keep

    with told.timing("up to date where nothing happened"):
        keep.bring_up_to_date(workshop)
    for count in STEPS:
        _agree(workshop, count)
        with told.timing(f"up to date after {count} more orders"):
            keep.bring_up_to_date(workshop)


def _jobs() -> dict[str, Callable[[Any], object]]:
    """Return what the timetable lets the analysis do by night."""
    from simpul.portals.timetable import JOBS

    return {
        job.name: job.run
        for job in JOBS
        if job.name.startswith("insight.") and job.name != "insight.facts"
    }


class Told(dict[str, str]):
    """What was measured; said at once, for whoever waits."""

    def __setitem__(self, name: str, taken: str) -> None:
        print(f"{name:44} {taken}", file=sys.stderr, flush=True)
        super().__setitem__(name, taken)

    @contextmanager
    def timing(self, name: str) -> Iterator[None]:
        begun, worked = time.perf_counter(), _worked()
        yield
        self[name] = _said(time.perf_counter() - begun, _worked() - worked)


def _worked() -> float:
    """Return the seconds of the processor that this program and its connection to the database had."""
    from django.db import connection

    own = time.process_time()
    if connection.vendor != "postgresql":
        return own
    connection.ensure_connection()
    told = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not told.exists():
        return own
    user, system = told.read_text().rpartition(")")[2].split()[11:13]
    return own + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _said(taken: float, worked: float) -> str:
    if taken < 10:
        return f"{taken * 1000:.0f} ms, of the processor {worked * 1000:.0f}"
    return f"{taken:.0f} s, of the processor {worked:.0f}"


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _cast() -> tuple[Any, Any]:
    from django.db import transaction

    from simpul import testing
    from simpul.catalog.models import Colourway, Variant
    from simpul.lib import clock
    from simpul.parties.roles import Role
    from simpul.stock.models import Item

    with transaction.atomic():
        workshop = testing.workshop()
        seller = testing.staff("Sari", workshop, Role.OWNER)
        for n in range(MODELS):
            product = testing.product(workshop, f"M-{n:02}")
            product.colourways.all()[0].variants.all().delete()
            product.colourways.all().delete()
            for colour in range(COLOURS):
                way = Colourway.objects.create(product=product, name=f"Warna {colour}")
                Variant.objects.bulk_create(Variant(colourway=way, size=size) for size in SIZES)
        tannery = testing.party(workshop, "Penyamak", is_supplier=True)
        with clock.stopped(clock.now() - timedelta(days=365 * YEARS + 1)):
            for n in range(MATERIALS):
                material = testing.material(workshop, f"L-{n:02}")
                testing.supplier_price(tannery, material, 40_000 + 1_000 * n)
                Item.of_material(material)
    return seller, workshop


def _write(connection: Any, workshop: Any, seller: Any, orders: int, parties: int) -> None:
    """Let the database write parties, orders of one or two lines of two sizes each, what was agreed
    on and paid, material that comes each week and is used, jobs of three stages, packages and shipments,
    and two lines of the journal an order; of the bank only that the money came from there.

    An order's key is its number; all else follows from it by arithmetic, so that each run is the same.
    Of the last three weeks nothing is delivered yet.
    """
    from django.apps import apps
    from django.contrib.contenttypes.models import ContentType

    from simpul.catalog.models import Variant
    from simpul.lib import clock
    from simpul.orders.models import Order
    from simpul.production.models import Job
    from simpul.stock.models import Item, Location

    ways = list(
        Variant.objects.order_by("colourway").values_list("colourway", flat=True).distinct()
    )
    first_variant = dict(
        Variant.objects.order_by("-pk").values_list("colourway", "pk")
    )  # of a colourway; those of its other sizes follow
    gap = 365 * YEARS * 86_400 / orders
    values = {
        "w": workshop.pk,
        "s": seller.pk,
        "kind": ContentType.objects.get_for_model(Order).pk,
        "first": (clock.now() - timedelta(days=365 * YEARS)).isoformat(),
        "gap": f"{gap:.6f}",
        "orders": orders,
        "parties": parties,
        "open": orders - int(21 * 86_400 / gap),
        "areas": AREAS,
        "ways": len(ways),
        "job": ContentType.objects.get_for_model(Job).pk,
        "item": ContentType.objects.get_for_model(Item).pk,
        "items": MATERIALS,
        "lies": Item.objects.filter(variant=None).order_by("pk")[0].pk,  # the others follow
        "store": Location.of(workshop.pk, Location.Kind.STORE).pk,
        "weeks": YEARS * 52,
        "comes": orders * 20 // YEARS,  # in a week, of each material: more than is used
    }
    _let_the_database_know_defaults(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET session_replication_role = replica"
        )  # every key is there: not looked up
        cursor.execute("CREATE TEMP TABLE way (n int PRIMARY KEY, way bigint, variant bigint)")
        cursor.executemany(
            "INSERT INTO way VALUES (%s, %s, %s)",
            [(n, way, first_variant[way]) for n, way in enumerate(ways)],
        )
        for statement in STATEMENTS.split(";"):
            if statement.strip():
                cursor.execute(statement.format(**values))
        for label in WRITTEN:
            table = apps.get_model(label)._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"  # noqa: S608
                f" (SELECT max(id) FROM {table}))"
            )
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")


def _let_the_database_know_defaults(connection: Any) -> None:
    """So that the statements name only the columns that matter here."""
    from django.apps import apps

    with connection.cursor() as cursor:
        for label in WRITTEN:
            model = apps.get_model(label)
            for field in model._meta.concrete_fields:
                default = "" if field.empty_strings_allowed else None
                if field.has_default() and not callable(field.default):
                    default = field.default
                if not field.null and not field.is_relation and default is not None:
                    cursor.execute(
                        f"ALTER TABLE {model._meta.db_table} ALTER COLUMN {field.column}"
                        " SET DEFAULT %s",
                        [default],
                    )


WRITTEN = (
    "parties.Party",
    "orders.Order",
    "orders.OrderRevision",
    "orders.RevisionLine",
    "orders.OrderLine",
    "orders.LineSize",
    "orders.Instalment",
    "payments.Receipt",
    "payments.Allocation",
    "delivery.Shipment",
    "delivery.Load",
    "delivery.Package",
    "delivery.PackageLine",
    "production.Job",
    "production.JobStage",
    "production.JobSize",
    "production.StageLog",
    "stock.Movement",
    "workflow.Entry",
)
STATEMENTS = """
INSERT INTO parties_party (id, workshop_id, name, buys_as, is_supplier, is_courier, is_welcome, area,
    vehicle, prefers, is_reminded, sees_forecast, sends_in_own_name, since)
SELECT 1000 + n, {w}, 'Toko ' || n, CASE WHEN n % 3 = 0 THEN 'consumer' ELSE 'distributor' END,
    false, false, true, 'Kecamatan, Kota ' || n % {areas}, '', '', true, true, false, now()
FROM generate_series(1, {parties}) n;

INSERT INTO orders_order (id, workshop_id, buyer_id, number, code, public_code, status, channel,
    revision, agreed_revision, total, promised_on, forfeit_percent, turn, in_parts, receiver,
    telephone, address, remarks, in_buyers_name, reason, placed_at, confirmed_at, fulfilled_at,
    arrived_on)
SELECT n, {w}, 1001 + (n * 7919 + n / 13) % {parties}, 'B-' || n, lpad(to_hex(n), 6, '0'), 'B' || n,
    CASE WHEN n < {open} THEN 'closed' ELSE 'confirmed' END,
    (ARRAY['web', 'whatsapp', 'phone', 'visit'])[1 + (n % 4)::int], 1, 1, 400000 * (1 + n % 2),
    (t + interval '14 days')::date, 0, n, false, 'X', '', 'Jl. X', '', false, '', t, t,
    CASE WHEN n < {open} THEN t + (10 + n % 9) * interval '1 day' END,
    CASE WHEN n < {open} THEN ((t + (10 + n % 9) * interval '1 day') AT TIME ZONE 'Asia/Jakarta')::date END
FROM (SELECT n, timestamptz '{first}' + n * interval '{gap} seconds' t
    FROM generate_series(1::bigint, {orders}) n) x;

INSERT INTO orders_orderrevision (id, order_id, number, side, by_id, at, shipping, discount, total,
    promised_on, plan, note, digest)
SELECT id, id, 1, 'buyer', {s}, placed_at, 0, 0, total, promised_on, '[]', '', ''
FROM orders_order;

INSERT INTO orders_orderline (id, order_id, colourway_id)
SELECT 2 * o.id + k, o.id, way.way
FROM orders_order o JOIN generate_series(0, 1) k ON k <= o.id % 2
JOIN way ON way.n = (o.id * 31 + o.id / 97 + 5 * k) % {ways};

INSERT INTO orders_revisionline (id, revision_id, line_id, position, sizes, pairs, price, per, amount)
SELECT id, order_id, id, id % 2, '{{}}', 4, 100000, 1, 400000 FROM orders_orderline;

INSERT INTO orders_linesize (id, line_id, variant_id, pairs, made, packed, picked_up, delivered)
SELECT 2 * l.id + k, l.id, way.variant + (l.id / 7 % 3) * 2 + k, 2, d, d, d, d
FROM (SELECT id, colourway_id, CASE WHEN order_id < {open} THEN 2 ELSE 0 END d
    FROM orders_orderline) l
JOIN way ON way.way = l.colourway_id CROSS JOIN generate_series(0, 1) k;

INSERT INTO orders_instalment (id, order_id, position, kind, amount, due_on, gate, paid,
    waived_because)
SELECT id, id, 1, 'full', total, (placed_at + interval '7 days')::date, 1,
    CASE WHEN id < {open} OR id % 2 = 0 THEN total ELSE 0 END, ''
FROM orders_order;

INSERT INTO payments_receipt (id, workshop_id, party_id, source, entry_id, amount, received_on, note,
    by_id, at, annulled_because)
SELECT id, {w}, buyer_id, CASE WHEN id % 50 = 0 THEN 'cash' ELSE 'bank' END,
    CASE WHEN id % 50 = 0 THEN NULL ELSE id END, total, (placed_at + (3 + id % 11) * interval '1 day')::date,
    '', {s}, placed_at, ''
FROM orders_order WHERE id < {open} OR id % 2 = 0;

INSERT INTO payments_allocation (id, receipt_id, instalment_id, amount, by_id, at, reason)
SELECT id, id, id, amount, {s}, at, '' FROM payments_receipt;

INSERT INTO delivery_shipment (id, workshop_id, buyer_id, number, status, mode, route, fee, pin,
    wrong_pins, note_number, reason, next_part, opened_at, delivered_at, arrived_on)
SELECT id, {w}, buyer_id, 'B-' || id, 'delivered', 'ojek', '', 0, '', 0, 'N' || id, '', '', placed_at,
    fulfilled_at, arrived_on
FROM orders_order WHERE id < {open};

INSERT INTO delivery_load (id, shipment_id, order_id)
SELECT id, id, id FROM orders_order WHERE id < {open};

INSERT INTO delivery_package (id, order_id, number, code, shipment_id, by_id, at)
SELECT id, id, 1, 'B' || id, id, {s}, placed_at FROM orders_order WHERE id < {open};

INSERT INTO delivery_packageline (id, package_id, size_id, pairs)
SELECT z.id, l.order_id, z.id, 2 FROM orders_linesize z JOIN orders_orderline l ON l.id = z.line_id
WHERE l.order_id < {open};

INSERT INTO production_job (id, workshop_id, line_id, number, status, reason, planned_at, released_at,
    done_at)
SELECT l.id, {w}, l.id, 'J-' || l.id, 'done', '', o.placed_at, o.placed_at,
    o.placed_at + interval '9 days'
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id WHERE o.id < {open};

INSERT INTO production_jobstage (id, job_id, position, is_last, name, name_en, piece_rate)
SELECT 3 * id + k, id, k + 1, k = 2, 'S' || k, '', 2000
FROM production_job CROSS JOIN generate_series(0, 2) k;

INSERT INTO production_jobsize (id, job_id, line_size_id, pairs)
SELECT z.id, z.line_id, z.id, 2 FROM orders_linesize z JOIN production_job j ON j.id = z.line_id;

INSERT INTO production_stagelog (id, stage_id, size_id, good, cause, worker, rate, by_id, at, client_id)
SELECT 3 * z.id + k, 3 * z.job_id + k, z.id, 2, '', 'Oman', 2000, {s},
    j.planned_at + (4 + 2 * k) * interval '1 day', ''
FROM production_jobsize z JOIN production_job j ON j.id = z.job_id CROSS JOIN generate_series(0, 2) k;

INSERT INTO stock_movement (id, workshop_id, item_id, quantity, source_id, target_id, reason, lot_mark,
    subject_type_id, subject_id, by_id, at)
SELECT {items} * n + k + 1, {w}, {lies} + k, {comes}, NULL, {store}, 'stock.count', '', {item}, {lies} + k,
    {s}, timestamptz '{first}' + n * interval '7 days'
FROM generate_series(0, {weeks}) n CROSS JOIN generate_series(0, {items} - 1) k;

INSERT INTO stock_movement (id, workshop_id, item_id, quantity, source_id, target_id, reason, lot_mark,
    subject_type_id, subject_id, by_id, at)
SELECT 10000 + 3 * id + k, {w}, {lies} + (id + k) % {items}, 1000, {store}, NULL, 'production.tap', '',
    {job}, id, {s}, planned_at + 3 * interval '1 day'
FROM production_job CROSS JOIN generate_series(0, 2) k;

INSERT INTO workflow_entry (id, workshop_id, subject_type_id, subject_id, step, by_id, at, facts, key,
    told_at)
SELECT 1000 + 2 * id + k, {w}, {kind}, id, 'orders.confirm', {s}, placed_at, '{{}}', '', placed_at
FROM orders_order CROSS JOIN generate_series(0, 1) k;
"""


def _agree(workshop: Any, count: int) -> None:
    from simpul import testing
    from simpul.catalog.models import Product
    from simpul.parties.models import Party

    models = list(Product.objects.order_by("pk")[:count])
    buyers = Party.objects.filter(workshop=workshop, buys_as="distributor", people=None)
    for n, buyer in enumerate(buyers.order_by("pk")[:count]):
        testing.person(f"P {buyer.pk}", buyer)
        testing.confirmed_order(buyer, models[n % len(models)])


def _pages(workshop: Any, told: Told) -> None:
    """Tell how long each page takes, the quickest of some turns."""
    from django.test import Client

    from simpul import testing
    from simpul.parties.models import Person

    client = Client(headers={"Host": "localhost"})
    testing.login(client, Person.objects.get(workshop=workshop, role="owner"))
    for path in (*PAGES, *_of_the_analysis(client, workshop)):
        _time(told, f"page {path}", partial(_get, client, f"/{workshop.slug}/desk/{path}"))


def _get(client: Any, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answers {answer.status_code}")


def _of_the_analysis(client: Any, workshop: Any) -> list[str]:
    """Return the paths of all pages of the analysis that want nothing to be chosen."""
    from simpul.portals.workshop import urls

    logging.getLogger("django.request").setLevel(logging.ERROR)  # some take only a POST
    paths = [str(one.pattern) for one in urls.urlpatterns]
    return [
        path
        for path in paths
        if path.startswith("insight/")
        and "<" not in path
        and client.get(f"/{workshop.slug}/desk/{path}").status_code == 200
    ]


def _raw(connection: Any, workshop: Any, told: Told) -> None:
    """Ask the tables of the orders themselves what the pages tell from the sums."""
    for name, question in RAW.items():

        def ask(question: str = question) -> None:
            with connection.cursor() as cursor:
                cursor.execute(question, [workshop.pk])
                cursor.fetchall()

        _time(told, f"the same from the orders: {name}", ask, 1)


def _time(told: Told, name: str, what: Callable[[], object], turns: int = TURNS) -> None:
    taken = []
    for _turn in range(turns):
        begun, worked = time.perf_counter(), _worked()
        what()
        taken.append((time.perf_counter() - begun, _worked() - worked))
    quickest, least = min(one for one, _worked in taken), min(worked for _one, worked in taken)
    told[name] = _said(quickest, least) + ("" if quickest * 1000 <= LIMIT_MS else "  SLOW")


PAGES = (
    "",
    "orders/",
    "orders/?q=Toko+77",
    "orders/?q=Toko",
    "orders/?sort=total",
    "orders/B-77/",
    "production/",
    "production/jobs/",
    "production/plan/",
    "deliveries/",
    "payments/",
    "parties/",
    "parties/1078/",
    "parties/1078/history/",
    "customers/returning/",
    "customers/returning/?shown=overdue&kind=consumer",
    "insight/?by=month",
    "insight/?by=colour",
    "insight/?by=size&measure=contribution",
    "insight/?by=area",
    "insight/?by=channel",
    "insight/?by=sold_as",
    *(f"insight/?by={by}&months=6" for by in ("model", "colour", "size", "area", "month")),
    "insight/?measure=sold&months=3",
    "insight/factors/?step=loyal",
    "insight/workings/?part=floor",
    "insight/workings/?part=cash",
    "insight/workings/?part=prices",
)
RAW = {
    "models of twelve months": """
        SELECT c.product_id, sum(z.pairs), sum(r.amount) FROM orders_order o
        JOIN orders_orderline l ON l.order_id = o.id
        JOIN orders_linesize z ON z.line_id = l.id
        JOIN orders_revisionline r ON r.line_id = l.id
        JOIN catalog_colourway c ON c.id = l.colourway_id
        WHERE o.workshop_id = %s AND o.confirmed_at > now() - interval '24 months' GROUP BY 1""",
    "areas of twelve months": """
        SELECT p.area, count(DISTINCT o.id), sum(z.pairs) FROM orders_order o
        JOIN parties_party p ON p.id = o.buyer_id
        JOIN orders_orderline l ON l.order_id = o.id
        JOIN orders_linesize z ON z.line_id = l.id
        WHERE o.workshop_id = %s AND o.confirmed_at > now() - interval '24 months' GROUP BY 1""",
}


if __name__ == "__main__":
    sys.exit(main())
