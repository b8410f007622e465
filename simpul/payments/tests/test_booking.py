"""The machine books in batches: they leave what single steps leave, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from simpul import testing
from simpul.lib import clock, codes, uploads
from simpul.orders.models import Instalment, Order
from simpul.papers.models import Paper
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement, asked, booking, importing, matching
from simpul.payments.matching import Heard
from simpul.payments.models import (
    BankAccount,
    BankEntry,
    Instruction,
    PaymentClaim,
    Receipt,
)
from simpul.payments.models.receipt import spread
from simpul.payments.tests.test_entry import statement
from simpul.workflow.models import Entry
from simpul.workflow.steps import Refused

ORDERS = 6
MOMENTS = (models.DateTimeField,)  # and jobs of the worker are no rows of ours


@pytest.fixture
def world(workshop: Workshop, account: BankAccount, fajar: Person) -> Workshop:
    """Six orders of three buyers, a report, and entries of every kind, certain and not."""
    model = testing.product(workshop)
    buyers = [testing.party(workshop, f"Toko {name}") for name in ("Ani", "Beni", "Cici")]
    orders = [testing.order(buyers[turn % 3], model) for turn in range(ORDERS)]
    for order in orders:
        agreement.confirm(order, by=testing.seller(workshop))
    first = [Instruction.objects.open().get(order=order).amount for order in orders]
    report(orders[1], first[1])
    rows = [
        ("BI-FAST CR TRANSFER DARI ANI LESTARI", first[0]),
        ("TRSF E-BANKING CR 0211/FTSCY/WS95031 DP BENI SUSANTO", first[1]),
        ("TRSF E-BANKING CR 0211/FTSCY/WS95031 DP BENI SUSANTO", first[1]),  # paid twice
        (f"DP {orders[2].code} 1060000000001", 600_000),
        (f"LUNAS {orders[2].code}", orders[2].total - 600_000),  # after the one before
        (f"LUNAS {orders[3].number} DARI CICI", orders[3].total),
        (f"TRANSFER DARI ANI LESTARI {orders[4].code}", 1_400_000),  # the later instalment's sum
        ("SETORAN TUNAI", 600_000),
        ("BUNGA", 1_234),
        (f"{orders[5].code}", 17),
    ]
    importing.take(by=fajar, account=account, content=statement(*rows))
    return workshop


def report(order: Order, amount: int) -> None:
    picture = uploads.Admitted(b"x", "image/png", "png", "0" * 64)
    PaymentClaim.submit(
        by=testing.contact_of(order.buyer),
        order=order,
        amount=amount,
        paid_on=clock.today(),
        proof=picture,
    )


def singly(workshop: Workshop) -> int:
    """Match what is certain with one step for each entry: what the batches are held against."""
    book = asked.book_of(workshop)
    matched = 0
    for entry in BankEntry.objects.open().order_by("booked_on", "pk"):
        heard = Heard(entry.rupiah, entry.text, entry.booked_on, entry.account_id, entry.pk)
        known = matching.certain(heard, book)
        if known is None:
            continue
        order = Order.objects.get(pk=known[0].order_id)
        entry.allocate(by=workshop.machine, parts=spread(order, entry.rupiah), how=known[1])
        matched += 1
        book.drop(order.pk)
        for one in asked.open_of(workshop, [order.pk]):
            book.put(one)
    return matched


def after(world: Workshop, match: Callable[[Workshop], int]) -> tuple[int, dict[str, Any]]:
    """Return how many were matched and all that stands in our tables then; undo it all."""
    with transaction.atomic():
        with codes.seeded(5), clock.stopped(clock.now()):
            matched = match(world)
        found = dict(tables())
        transaction.set_rollback(True)
    return matched, found


def tables() -> Iterator[tuple[str, list[Any]]]:
    """Yield every table of ours without keys and moments: what points at a row names its place."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("simpul.")]
    places: dict[tuple[type[models.Model], int], int] = {}
    for model in ours:
        for place, pk in enumerate(model._base_manager.order_by("pk").values_list("pk", flat=True)):
            places[model, pk] = place
    for model in ours:
        yield (
            model._meta.label,
            [plain(row, places) for row in model._base_manager.order_by("pk")],
        )


def plain(row: Any, places: dict[tuple[type[models.Model], int], int]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(field, models.ForeignKey) and value is not None:
            value = places.get((field.related_model, value), value)
        elif field.name == "subject_id":
            kind = ContentType.objects.get_for_id(row.subject_type_id).model_class()
            value = places.get((kind, value), value) if kind else value
        if not (field.primary_key or isinstance(field, MOMENTS) or field.name in HASHED):
            told[field.name] = value
    return told


HASHED = {"digest", "previous", "head"}  # over moments, too


@pytest.mark.parametrize("size", [1, 2, 3, 400])
def test_batches_leave_the_same_rows_as_single_steps(
    world: Workshop, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booking, "A_BATCH", size)
    one_by_one, expected = after(world, singly)
    together, found = after(world, booking.match_open)

    assert one_by_one == together == 6
    assert found.keys() == expected.keys()
    for table, rows in found.items():
        for row, other in zip(rows, expected[table], strict=True):
            assert row == other, table


def test_what_is_booked_is_whole(world: Workshop) -> None:
    assert booking.match_open(world) == 6

    assert Receipt.objects.count() == Paper.objects.filter(kind=Paper.Kind.KUITANSI).count() == 6
    kuitansi = Paper.objects.filter(kind=Paper.Kind.KUITANSI)
    numbers = kuitansi.order_by("pk").values_list("number", flat=True)
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003", "0004", "0005", "0006"]
    assert PaymentClaim.objects.get().status == PaymentClaim.Status.MATCHED
    for receipt in Receipt.objects.all():
        assert receipt.credit_now() == 0
    assert booking.match_open(world) == 0  # nothing is counted twice


def test_if_it_is_stopped_the_rest_waits(world: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booking, "A_BATCH", 2)
    stops = iter([None, RuntimeError("the power is gone")])
    whole = booking.Desk.book

    def book(desk: booking.Desk, certain: Any) -> int:
        stop = next(stops)
        if stop is None:
            return whole(desk, certain)
        with transaction.atomic():
            whole(desk, certain)
            raise stop

    monkeypatch.setattr(booking.Desk, "book", book)
    with pytest.raises(RuntimeError):
        booking.match_open(world)
    done = Receipt.objects.count()
    assert 0 < done < 6
    assert BankEntry.objects.filter(status=BankEntry.Status.ALLOCATED).count() == done
    assert Paper.objects.filter(kind=Paper.Kind.KUITANSI).count() == done

    monkeypatch.undo()
    assert booking.match_open(world) == 6 - done


def test_an_entry_or_order_that_somebody_was_quicker_with_is_left(
    world: Workshop, fajar: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and booking a colleague counts cash for one order and another's entry."""
    whole = booking.Desk.book
    entry = BankEntry.objects.order_by("pk")[0]
    paid = Order.objects.order_by("pk")[3]

    def book(desk: booking.Desk, certain: Any) -> int:
        monkeypatch.undo()
        testing.pay(paid, 5_000)
        entry.set_aside(by=fajar, reason="a loan")
        return whole(desk, certain)

    monkeypatch.setattr(booking.Desk, "book", book)
    booking.match_open(world)

    entry.refresh_from_db()
    assert entry.status == BankEntry.Status.SET_ASIDE
    assert Receipt.objects.filter(allocations__instalment__order=paid).count() == 1
    assert not Instalment.objects.filter(paid__gt=models.F("amount")).exists()


def test_a_machine_that_may_not_books_nothing(
    world: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    Person.objects.filter(pk=world.machine.pk).update(is_active=False)
    lines = Entry.objects.count()
    with pytest.raises(Refused):
        booking.match_open(world)
    assert Entry.objects.count() == lines
    assert not Receipt.objects.exists()


def test_it_says_how_far_it_is(world: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booking, "A_LOOK", 4)
    told: list[tuple[int, int]] = []
    booking.match_open(world, told=lambda looked, of: told.append((looked, of)))
    assert told == [(4, 10), (8, 10), (10, 10)]


def test_amounts_that_are_asked_for_meanwhile_stay_apart(
    world: Workshop, buyer: Party, account: BankAccount
) -> None:
    booking.match_open(world)
    desk = booking.Desk(world)
    known = set(desk.amounts(account))
    order = testing.order(buyer)
    agreement.confirm(order, by=testing.seller(world))
    fresh = desk.amounts(account) - known
    assert fresh == {Instruction.objects.open().get(order=order).amount}
    Instruction.objects.update(closed_at=clock.now() - timedelta(days=90), status="closed")
    assert booking.Desk(world).amounts(account) == set()
