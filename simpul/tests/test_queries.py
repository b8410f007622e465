"""No page asks the database more questions for many rows than for one."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from simpul.catalog import models as catalog
from simpul.conversations.models import (
    Conversation,
    GuestEntry,
    InternalNote,
    Message,
    MessageFile,
    Notice,
    Ticket,
)
from simpul.crm.models import Lead, Post, Territory, Wish, WishVote
from simpul.delivery import models as delivery
from simpul.insight import recent
from simpul.insight.models import MorningTask
from simpul.orders import models as orders
from simpul.papers.models import Paper
from simpul.parties.models import Address, Identity, Party, Person
from simpul.payments import models as payments
from simpul.procurement import models as procurement
from simpul.production import models as production
from simpul.production.models.job import JobSize, JobStage
from simpul.stock import models as stock
from simpul.tests.doors import TABLE
from simpul.tests.world import World
from simpul.workflow.models import Entry

COPIES = 12  # one question for each row would be found with two, but some rows are of others
LOOKS = {
    "workshop": "owner",
    "buyer": "dewi",
    "supplier": "budi",
    "courier": "asep",
    "storefront": "anonymous",
}
TABS = {
    "workshop:payments": ("entries", "claims", "inbox", "due", "receipts", "refunds"),
    "workshop:spending": ("open", "explained"),
    "workshop:gateways": ("waiting", "payments", "notices"),
}
# what is copied: a thing stands behind whatever it points to
COPIED: tuple[type[models.Model], ...] = (
    Party,
    Person,
    Identity,
    Address,
    Lead,
    Territory,
    Post,
    Wish,
    WishVote,
    MorningTask,
    GuestEntry,
    catalog.Category,
    catalog.SizeRun,
    catalog.Product,
    catalog.Colourway,
    catalog.Variant,
    catalog.PriceRule,
    catalog.Material,
    catalog.Stage,
    catalog.Recipe,
    catalog.RecipeLine,
    catalog.Alternative,
    stock.Item,
    stock.Balance,
    orders.Order,
    orders.OrderRevision,
    orders.OrderLine,
    orders.RevisionLine,
    orders.LineSize,
    orders.OrderNeed,
    orders.Instalment,
    payments.PaymentClaim,
    payments.Arrival,
    payments.ArrivalFile,
    payments.BankImport,
    payments.BankEntry,
    payments.GatewayPayment,
    payments.GatewayNotice,
    payments.StatementFile,
    payments.ColumnMapping,
    payments.Receipt,
    payments.CreditNote,
    payments.Refund,
    payments.Forfeit,
    payments.Allocation,
    payments.Payer,
    payments.Sighting,
    payments.Purpose,
    payments.CashHanding,
    payments.Collection,
    Ticket,
    procurement.SupplierPrice,
    procurement.PurchaseOrder,
    procurement.PurchaseLine,
    procurement.PurchaseRevision,
    procurement.RevisedLine,
    procurement.Peg,
    procurement.SupplierBill,
    procurement.BillPayment,
    production.Job,
    JobSize,
    JobStage,
    production.Outwork,
    production.OutworkSize,
    production.OutworkMaterial,
    production.StageLog,
    production.StagePhoto,
    production.WageSheet,
    production.WageSlip,
    production.SettledLog,
    production.WagePayment,
    delivery.Shipment,
    delivery.Load,
    delivery.Package,
    delivery.PackageLine,
    delivery.CourierOffer,
    delivery.Handover,
    stock.Reservation,
    stock.Movement,
    Paper,
    Conversation,
    Message,
    MessageFile,
    InternalNote,
    Entry,
    Notice,
)


@pytest.fixture
def world(db: None) -> World:
    """One of each thing, some talk about the order, and a word in the guest book."""
    world = World()
    guest = GuestEntry.sign(by=world.workshop.machine, name="Agus", body="Bagus!")
    guest.reply(by=world.people["owner"], answer="Terima kasih.")
    thread = Conversation.of(world.order, world.party("dewi"))
    Message.say(by=world.people["dewi"], conversation=thread, body="Kapan siap?")
    InternalNote.write(by=world.people["owner"], subject=world.order, body="Tanya Udin.")
    return world


def test_many_rows_need_no_more_queries_than_one(world: World) -> None:
    pages = pages_of(world)
    few = {page: queries_of(*page) for page in pages}
    copy_everything()
    many = {page: queries_of(*page) for page in pages}
    assert {page[1]: (few[page], many[page]) for page in pages if many[page] > few[page]} == {}


def pages_of(world: World) -> list[tuple[Client, str]]:
    """Return every page that shows something, with somebody who sees it."""
    found = []
    for name, door in TABLE.items():
        portal = name.partition(":")[0]
        if portal in LOOKS and door.answer == 200:
            client, path = world.clients[LOOKS[portal]], world.path(name, door.thing)
            tabs = TABS.get(name, ("",))
            found += [(client, path + (f"?tab={tab}" if tab else "")) for tab in tabs]
    return [page for page in found if page[0].get(page[1]).status_code == 200]  # warms up, too


def queries_of(client: Client, path: str) -> int:
    recent.forget()  # as whoever comes first
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


# A maker of many: the whole world again, twelve times


def copy_everything() -> None:
    """Copy each row with all that hangs on it; every second time for other parties."""
    copies: dict[tuple[type[models.Model], int], list[int]] = {}
    for model in COPIED:
        rows = _originals(model)
        made = [_copy(row, turn, copies) for row in rows for turn in range(COPIES)]
        model._base_manager.bulk_create(made)
        for place, row in enumerate(rows):
            mine = made[place * COPIES : (place + 1) * COPIES]
            copies[model, row.pk] = [one.pk for one in mine]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as the server does by itself within a minute


def _originals(model: type[models.Model]) -> list[Any]:
    rows = model._base_manager.order_by("pk")
    return list(rows.exclude(party=None) if model is Person else rows)


def _copy(row: Any, turn: int, copies: dict[tuple[type[models.Model], int], list[int]]) -> Any:
    made = copy.copy(row)
    made._state = models.base.ModelState()
    made.pk = None
    moved = set()
    for field in row._meta.concrete_fields:
        if not isinstance(field, models.ForeignKey):
            continue
        key = (field.related_model, getattr(row, field.attname))
        is_side = field.related_model in {Party, Person} and _stays(row, turn)
        if key in copies and not is_side:
            setattr(made, field.attname, copies[key][turn])
            moved.add(field.name)
    if getattr(row, "subject_type_id", None):
        about = ContentType.objects.get_for_id(row.subject_type_id).model_class()
        if about is not None and (about, row.subject_id) in copies:
            made.subject_id = copies[about, row.subject_id][turn]
            moved.add("subject_id")
    if isinstance(row, Person):
        made.user_id = None
    for name in _unique(row, moved):
        _make_unique(made, row._meta.get_field(name), turn)
    return made


def _stays(row: Any, turn: int) -> bool:
    """Tell whether this copy belongs to the same parties as the first."""
    return turn % 2 == 0 and not isinstance(row, Person | Identity)


def _unique(row: Any, moved: set[str]) -> set[str]:
    """Return the columns that must differ, because nothing else of their constraint does."""
    groups = [[field.name] for field in row._meta.concrete_fields if field.unique]
    groups += [
        list(one.fields)
        for one in row._meta.constraints
        if isinstance(one, models.UniqueConstraint)
    ]
    return {name for group in groups if not moved & set(group) for name in group if name != "id"}


def _make_unique(made: Any, field: Any, turn: int) -> None:
    value = getattr(made, field.attname)
    if isinstance(field, models.CharField) and value:
        ending = f"-{turn}"
        setattr(made, field.attname, value[: (field.max_length or 99) - len(ending)] + ending)
    elif isinstance(field, models.IntegerField):
        setattr(made, field.attname, value + 100 * (turn + 1))
