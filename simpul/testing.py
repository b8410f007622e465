"""Makers for tests: everything that a test does not talk about has a default."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from PIL import Image

from simpul.catalog.models import (
    Category,
    Colourway,
    Group,
    Material,
    Price,
    PriceRule,
    Product,
    Recipe,
    RecipeLine,
    SizeRun,
    Stage,
    Variant,
)
from simpul.crm.models import Lead, Quotation, Terms
from simpul.delivery import packing
from simpul.delivery.carriers import CARRIERS, Booked, Rate
from simpul.delivery.models import CarrierAccount, Consignment, RateRequest, Route, Shipment
from simpul.lib import clock, uploads
from simpul.orders.models import (
    Amendment,
    LineSize,
    LineWish,
    Order,
    OrderNeed,
    PlannedInstalment,
    Track,
)
from simpul.orders.models.instalment import Gate, Kind
from simpul.parties.models import Party, Person, User, Workshop
from simpul.parties.roles import Role
from simpul.payments.gateways import GATEWAYS
from simpul.payments.models import (
    BankAccount,
    CreditNote,
    GatewayAccount,
    Instruction,
    PaymentLink,
    Receipt,
)
from simpul.procurement import planning
from simpul.procurement.models import InquiredLine, Inquiry, PurchaseOrder, SupplierPrice
from simpul.production.models import Capacity, Job, LastSet, OwnPairs, StagePhoto
from simpul.stock.models import Balance, Count, Item, Location, Reservation
from simpul.workflow.steps import Refused

SIZES = ("39", "40", "41", "42", "43")
LONG_AGO = date(2020, 1, 1)
PAUSE_S = 0.002
# the printed QRIS of a shop that does not exist
QRIS = (
    "00020101021126670015COM.EXAMPLE.WWW011893600999000000001702150000000000000170303UMI51440014"
    "ID.CO.QRIS.WWW0215ID10999000000170303UMI5204566153033605802ID5921BENGKEL SEPATU CONTOH6005"
    "BOGOR61051661063048CA5"
)

# for a test that looks at nothing but how many questions a page asks; not for pages of analysis
counts_questions = pytest.mark.same_on_any_database(
    "Django asks any database as often; `test_queries` and what else is tested of a page ask both"
)

_serial = count(100)  # beyond the codes that tests choose themselves


# At the same moment


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Let several do something in the same moment; return how they ended, `done` or `refused`, sorted.

    Before each writes it lets the others come in between. In SQLite's memory, where there is one
    writer anyway, they do it one after another.
    """
    barrier, ends = Barrier(len(deeds)), []

    def run(deed: Callable[[], object]) -> None:
        try:
            deed()
        except Refused:
            ends.append("refused")
        else:
            ends.append("done")

    def run_with_others(deed: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            with connection.execute_wrapper(give_way):
                run(deed)
        finally:
            connection.close()

    if connection.vendor != "postgresql":
        for deed in deeds:
            run(deed)
        return sorted(ends)
    threads = [Thread(target=run_with_others, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(ends)


def give_way(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
    """Wait between what was read and what is written: a wrapper for a connection."""
    if not sql.startswith("SELECT"):
        time.sleep(PAUSE_S)
    return execute(sql, *arguments)


# Who is who


def workshop(slug: str = "ciomas", **fields: Any) -> Workshop:
    """A workshop with its machine."""
    made = Workshop.objects.create(slug=slug, name=fields.pop("name", slug.title()), **fields)
    Person.objects.create(workshop=made, role=Role.MACHINE, name="Simpul")
    return made


def staff(name: str, workshop: Workshop, role: Role, **fields: Any) -> Person:
    fields = {"language": "en"} | fields
    return Person.objects.create(workshop=workshop, name=name, role=role, **fields)


def party(workshop: Workshop, name: str = "Toko Dewi", **fields: Any) -> Party:
    """A distributor, unless the fields say otherwise."""
    if not fields.keys() & {"buys_as", "is_supplier", "is_courier"}:
        fields["buys_as"] = Party.BuysAs.DISTRIBUTOR
    return Party.objects.create(workshop=workshop, name=name, **fields)


def person(name: str, party: Party, **fields: Any) -> Person:
    """A contact of a party."""
    fields = {"language": "en"} | fields
    return Person.objects.create(workshop=party.workshop, party=party, name=name, **fields)


def login(client: Client, person: Person) -> None:
    """Log in as this person, with a user made for it where there is none."""
    if person.user is None:
        person.user = User.objects.create_user(f"user{next(_serial)}@example.com")
        person.save(update_fields=["user"])
    client.force_login(person.user)


def inquiry(*suppliers: Party) -> Inquiry:
    """What 30 of `LEATHER` would cost, asked of each supplier until in three days."""
    workshop = suppliers[0].workshop
    leather = Material.objects.filter(workshop=workshop, code="LEATHER").first()
    wanted = InquiredLine(leather or material(workshop, "LEATHER"), "", 30_000, clock.in_days(7))
    return Inquiry.ask(
        by=keeper(workshop),
        suppliers=list(suppliers),
        lines=[wanted],
        answer_by=clock.in_days(3),
    )


# What is made


def product(workshop: Workshop, code: str = "", **fields: Any) -> Product:
    """A model in one colour and five sizes, at 200.000 wholesale and 300.000 retail a pair."""
    code = code or f"DRB-{next(_serial)}"
    category, _made = Category.objects.get_or_create(
        workshop=workshop, slug="men", defaults={"name": "Pria", "name_en": "Men"}
    )
    fields = {"name": f"Model {code}", "slug": code.lower(), "category": category} | fields
    made = Product.objects.create(workshop=workshop, code=code, **fields)
    for group, amount in ((Group.WHOLESALE, 200_000), (Group.RETAIL, 300_000)):
        PriceRule.objects.create(product=made, group=group, amount=amount, valid_from=LONG_AGO)
    colourway(made)
    return made


def colourway(product: Product, name: str = "Hitam", sizes: tuple[str, ...] = SIZES) -> Colourway:
    made = Colourway.objects.create(product=product, name=name, position=product.colourways.count())
    Variant.objects.bulk_create(Variant(colourway=made, size=size) for size in sizes)
    return made


def size_run(product: Product, sizes: dict[str, int] | None = None) -> SizeRun:
    sizes = sizes or {"39": 1, "40": 2, "41": 3, "42": 2, "43": 2}
    return SizeRun.objects.create(category=product.category, name="Seri", sizes=sizes)


def material(workshop: Workshop, code: str = "", **fields: Any) -> Material:
    code = code or f"KLT-{next(_serial)}"
    fields = {"name": f"Bahan {code}", "unit": "kaki", "price": 40_000} | fields
    return Material.objects.create(workshop=workshop, code=code, **fields)


def stages(product: Product, *names: str) -> list[Stage]:
    return [
        Stage.objects.create(
            product=product, position=position, name=name, piece_rate=2_000, minutes=10
        )
        for position, name in enumerate(names or ("Potong", "Jahit", "Finishing"), start=1)
    ]


def recipe(product: Product, *, stage: Stage | None = None, **quantities: int) -> Recipe:
    """A recipe of thousandths a pair: `recipe(model, leather=3_200, sole=1_000)`.

    Each material is found by its code in capitals or made; one called `sole` is bought by size.
    Without a stage everything goes in at the first one, if the model has stages.
    """
    made = Recipe.objects.create(product=product, version=product.recipes.count() + 1)
    if stage is None:
        stage = product.stages.order_by("position").first()
    for name, quantity in (quantities or {"leather": 3_200, "sole": 1_000}).items():
        code = name.upper()
        found = Material.objects.filter(workshop=product.workshop, code=code).first()
        RecipeLine.objects.create(
            recipe=made,
            material=found or material(product.workshop, code, is_by_size=name == "sole"),
            stage=stage,
            quantity=quantity,
        )
    return made


def alternative(line: RecipeLine, code: str, permille: int = 1_000) -> Material:
    """Let a material of this code, new where it is, be taken instead of the line's, as the last
    choice; `permille` thousandths of it for a whole of the line's."""
    workshop = line.recipe.product.workshop
    found = workshop.materials.filter(code=code).first() or material(workshop, code)
    line.alternatives.create(
        position=line.alternatives.count() + 1, material=found, permille=permille
    )
    return found


# What was promised


def wish(
    product: Product, sizes: dict[str, int] | None = None, price: int | None = None
) -> LineWish:
    """Ten pairs of a model's first colour, without a price unless one is given."""
    return LineWish(
        product.colourways.order_by("position", "pk")[0],
        sizes or {"40": 4, "41": 6},
        Price(price, 1) if price else None,
    )


def order(
    buyer: Party,
    *products: Product,
    lines: int = 1,
    sizes: dict[str, int] | None = None,
    by: Person | None = None,
    **facts: Any,
) -> Order:
    """An order of ten pairs (4 of 40, 6 of 41) a line at 200.000, placed by the buyer.

    Models are made where none are given.
    """
    if "wishes" not in facts:
        models = products or tuple(product(buyer.workshop) for _line in range(lines))
        facts["wishes"] = [wish(model, sizes) for model in models]
    facts = {
        "receiver": "Dewi",
        "telephone": "+6281234567890",
        "address": "Jl. Raya Ciomas 7\nCiomas, Bogor",
    } | facts
    return Order.place(by=by or contact_of(buyer), buyer=buyer, **facts)


def confirmed_order(buyer: Party, *products: Product, **facts: Any) -> Order:
    """An order that sales confirmed as it was asked for: 30 % down, the rest at hand-over."""
    made = order(buyer, *products, **facts)
    made.confirm(by=seller(buyer.workshop))
    return made


def offered_order(
    buyer: Party, *products: Product, price: int = 190_000, note: str = "", **facts: Any
) -> Order:
    """An order that sales answered with another price: revision 2."""
    made = order(buyer, *products, **facts)
    offer(made, price=price, note=note)
    return made


def offer(order: Order, *, price: int = 190_000, note: str = "", **facts: Any) -> None:
    """Offer what the latest revision asks for at another price, 30 % down, valid for a week."""
    lines = order.current.lines.select_related("line__colourway__product").order_by("position")
    wishes = [LineWish(line.line.colourway, line.sizes, Price(price, 1)) for line in lines]
    total = sum(wish.amount for wish in wishes)
    first = total * 30 // 100
    day = clock.in_days(21)
    terms: dict[str, Any] = {
        "wishes": wishes,
        "promised_on": day,
        "plan": [
            PlannedInstalment(Kind.DOWN_PAYMENT, first, Gate.PROCUREMENT),
            PlannedInstalment(Kind.SETTLEMENT, total - first, Gate.HAND_OVER, day),
        ],
        "valid_until": clock.in_days(7),
        "note": note,
    }
    order.offer(by=seller(order.workshop), **(terms | facts))


def quotation(lead: Lead, by: Person, *, price: int = 190_000, **terms: Any) -> Quotation:
    """Ten pairs offered to a prospect, a third of it first."""
    wishes = [wish(product(lead.workshop), price=price)]
    facts = {"valid_until": clock.in_days(7), "ready_days": 14, "down_payment": 600_000, **terms}
    return Quotation.send(by=by, lead=lead, wishes=wishes, terms=Terms(**facts))


def amendment(order: Order, by: Person | None = None, **sizes: int) -> Amendment:
    """A change of the one line of an agreed order, proposed by its buyer: `amendment(order, s40=2)`."""
    order = Order.objects.for_page().get(pk=order.pk)
    line = order.current.lines.get()
    pairs = {size.removeprefix("s"): count for size, count in sizes.items() if count}
    return Amendment.propose(
        by=by or contact_of(order.buyer),
        order=order,
        wishes=[LineWish(line.line.colourway, pairs, line.unit_price)] if pairs else [],
        promised_on=order.current.promised_on,
        shipping=order.current.shipping,
        discount=order.current.discount,
    )


def full(amount: int) -> PlannedInstalment:
    """All at once, before anything is bought."""
    return PlannedInstalment(Kind.FULL, amount, Gate.PROCUREMENT)


def contact_of(buyer: Party) -> Person:
    """The first person of a party, made where there is none."""
    return buyer.people.order_by("pk").first() or person(f"Contact of {buyer}", buyer)


def seller(workshop: Workshop) -> Person:
    """Somebody who sells in the workshop, made where there is none."""
    sellers = workshop.people.filter(role=Role.SALES).order_by("pk")
    return sellers.first() or staff("Sari", workshop, Role.SALES)


# What is paid


def account(workshop: Workshop, number: str = "0000012345", bank: str = "BCA") -> BankAccount:
    """An account that two people have seen and whose day of waiting is over."""
    made = BankAccount.open(by=accountant(workshop), bank=bank, number=number, holder=workshop.name)
    owner = workshop.people.filter(role=Role.OWNER).first() or staff("Hadi", workshop, Role.OWNER)
    made.confirm(by=owner)
    made.hasten(by=owner, reason="a test")
    return made


def qris(workshop: Workshop, payload: str = QRIS) -> BankAccount:
    """The shop's printed QRIS, seen by two people and waited for."""
    made = BankAccount.open_qris(by=accountant(workshop), payload=payload)
    owner = workshop.people.filter(role=Role.OWNER).first() or staff("Hadi", workshop, Role.OWNER)
    made.confirm(by=owner)
    made.hasten(by=owner, reason="a test")
    return made


def pay(order: Order, amount: int = 0) -> Receipt:
    """Count cash for an order: all of it, unless an amount is given."""
    paid = amount or order.balance_now()
    return Receipt.take_cash(by=accountant(order.workshop), order=order, amount=paid)


def credit(order: Order, amount: int) -> CreditNote:
    """Take so much off what is open of an order."""
    return CreditNote.issue(
        by=seller(order.workshop),
        party=order.buyer,
        order=order,
        amount=amount,
        kind=CreditNote.Kind.PRICE,
        note="a test",
    )


def accountant(workshop: Workshop) -> Person:
    """Somebody who keeps the workshop's money, made where there is none."""
    keepers = workshop.people.filter(role=Role.FINANCE).order_by("pk")
    return keepers.first() or staff("Fajar", workshop, Role.FINANCE)


# What lies on the shelf, and what is bought


def keeper(workshop: Workshop) -> Person:
    """Somebody who keeps the store, made where there is none."""
    keepers = workshop.people.filter(role=Role.STOCK).order_by("pk")
    return keepers.first() or staff("Rina", workshop, Role.STOCK)


def stock_up(material: Material, quantity: int, size: str = "") -> Item:
    """Let so many thousandths more of a material lie in the store."""
    item = Item.of_material(material, size)
    store = Location.of(material.workshop_id, Location.Kind.STORE)
    Count.take(
        by=keeper(material.workshop),
        item=item,
        location=store,
        counted=Balance.locked(item, store).on_hand + quantity,
        reason="a test",
    )
    return item


def supplier_price(
    supplier: Party, material: Material, price: int = 40_000, **facts: Any
) -> SupplierPrice:
    facts = {"lead_days": 2} | facts
    return SupplierPrice.quote(
        by=keeper(supplier.workshop), supplier=supplier, material=material, price=price, **facts
    )


def hands(workshop: Workshop, *posts: str, minutes: int = 100) -> None:
    """Let one person work so many minutes a day at each post: ten pairs, where a pair takes ten."""
    for post in posts or ("Potong", "Jahit", "Finishing"):
        Capacity.set(by=foreman(workshop), post=post, people=1, minutes_each=minutes)


def lasts(
    product: Product, sizes: dict[str, int] | None = None, *, by: Person | None = None, **facts: Any
) -> LastSet:
    """Four lasts of 40 and six of 41 for a model, needed at its second stage; one pair a day on each."""
    said: dict[str, Any] = {
        "name": "Acuan derby",
        "post": "Jahit",
        "turns": 1,
        "sizes": sizes or {"40": 4, "41": 6},
        "by": by or foreman(product.workshop),
    } | facts
    return LastSet.add(products=[product], **said)


def needy_order(buyer: Party, *, paid: bool = True, **facts: Any) -> Order:
    """A confirmed order of ten pairs that need 32 of `LEATHER`, and soles: 4 of 40, 6 of 41."""
    model = product(buyer.workshop)
    stages(model)
    recipe(model)
    made = confirmed_order(buyer, model, **facts)
    if paid:
        pay(made, made.instalments.order_by("position")[0].amount)
    return made


def draft_purchase(supplier: Party, order: Order | None = None) -> PurchaseOrder:
    """A draft of all that the plan would buy from this supplier for an order in need.

    Its lines are 32 of leather and soles of 40 and of 41, each at 40.000.
    """
    if order is None:
        buyer = supplier.workshop.parties.buyers().first() or party(supplier.workshop)
        order = needy_order(buyer)
    for need in OrderNeed.objects.filter(line__order=order).select_related("material"):
        if not SupplierPrice.objects.filter(supplier=supplier, material=need.material).exists():
            supplier_price(supplier, need.material)
    made = planning.plan(supplier.workshop, by=keeper(supplier.workshop))
    return next(purchase for purchase in made if purchase.supplier == supplier)


def sent_purchase(supplier: Party, order: Order | None = None) -> PurchaseOrder:
    made = draft_purchase(supplier, order)
    made.send(by=keeper(supplier.workshop))
    return made


def confirmed_purchase(supplier: Party, order: Order | None = None) -> PurchaseOrder:
    made = sent_purchase(supplier, order)
    made.confirm(by=contact_of(supplier), revision=1)
    return made


# What is made


def foreman(workshop: Workshop) -> Person:
    """Somebody who leads the work, made where there is none."""
    leaders = workshop.people.filter(role=Role.PRODUCTION).order_by("pk")
    return leaders.first() or staff("Udin", workshop, Role.PRODUCTION)


def fetch_material(order: Order) -> None:
    """Let all that an order needs lie in the store, set aside for it."""
    for need in OrderNeed.objects.filter(line__order=order).select_related("material"):
        stock_up(need.material, need.uncovered, need.size)
    planning.reserve(order, by=keeper(order.workshop))


def planned_job(buyer: Party, *, paid: bool = True, material: bool = True, **facts: Any) -> Job:
    """The work on ten pairs (4 of 40, 6 of 41) in three stages; all of its material is there."""
    order = needy_order(buyer, paid=paid, **facts)
    if material:
        fetch_material(order)
    return Job.plan(by=foreman(buyer.workshop), line=order.lines.get())


def released_job(buyer: Party, **facts: Any) -> Job:
    made = planned_job(buyer, **facts)
    made.release(by=foreman(buyer.workshop))
    return made


def run_through(job: Job, sizes: dict[str, int] | None = None) -> None:
    """Count so many pairs (all of them) good at every stage."""
    good = sizes or {size.name: size.pairs for size in job.sizes.for_work()}
    for stage in job.stages.order_by("position"):
        job.tap(by=foreman(job.workshop), stage=stage, good=good)


@transaction.atomic
def shelve(order: Order, sizes: dict[str, int] | None = None) -> None:
    """Let finished pairs of an order (all that are missing) lie in stock, without making them."""
    finished = Location.of(order.workshop_id, Location.Kind.FINISHED)
    for size in LineSize.objects.filter(line__order=order).select_related("variant"):
        pairs = size.pairs - size.made if sizes is None else sizes.get(size.variant.size, 0)
        if pairs:
            item = lay_down(size.variant, pairs)
            Reservation.make(item, finished, pairs, size)
            size.advance(Track.MADE, pairs)
            OwnPairs.note(size, -pairs)


@transaction.atomic
def lay_down(variant: Variant, pairs: int) -> Item:
    """Let so many finished pairs more lie in stock, free."""
    item = Item.of_variant(variant)
    finished = Location.of(item.workshop_id, Location.Kind.FINISHED)
    Count.take(
        by=keeper(item.workshop),
        item=item,
        location=finished,
        counted=Balance.locked(item, finished).on_hand + pairs,
        reason="a test",
    )
    return item


def picture(side: int = 64) -> uploads.Admitted:
    """A photo that passed the upload door."""
    buffer = io.BytesIO()
    Image.new("RGB", (side, side // 2), "brown").save(buffer, "PNG")
    return uploads.admit(ContentFile(buffer.getvalue()), uploads.PHOTO)


def photo(job: Job, *, is_shown: bool = True, words: str = "") -> StagePhoto:
    """A photo of the work at the first stage of a job."""
    return StagePhoto.take(
        by=foreman(job.workshop),
        stage=job.stages.get(position=1),
        photo=picture(),
        words=words,
        is_shown=is_shown,
    )


# What is sent


def packed_order(buyer: Party, *, paid: bool = True, **facts: Any) -> Order:
    """An order of ten pairs in two cartons of five; all of its money has come."""
    order = needy_order(buyer, **facts)
    shelve(order)
    packing.fill(order, by=keeper(buyer.workshop), pairs=5)
    if paid and order.balance_now():
        pay(order)
    return order


def route(workshop: Workshop, name: str = "Ciomas – Bandung", **terms: Any) -> Route:
    """A line of the table: cargo to Bandung, Rp 25.000 and Rp 3.000 for each kg, in two days."""
    known: dict[str, Any] = {
        "mode": "cargo",
        "area": "Bandung",
        "fee": 25_000,
        "kg_fee": 3_000,
        "days": 2,
    }
    return Route.add(by=keeper(workshop), name=name, **known | terms)


def shipment(buyer: Party, mode: str = Shipment.Mode.OJEK, **facts: Any) -> Shipment:
    """Two packages, ready to be offered to a courier."""
    order = packed_order(buyer, **facts)
    return Shipment.open(
        by=keeper(buyer.workshop), orders=[order], mode=mode, route="Ciomas – Bogor", fee=35_000
    )


def accepted_shipment(buyer: Party, driver: Person, **facts: Any) -> Shipment:
    made = shipment(buyer, **facts)
    offer_to(made, driver)
    made.accept(by=driver)
    return made


def offer_to(shipment: Shipment, driver: Person) -> None:
    """Ask the courier that a driver belongs to."""
    shipment.offer(
        by=keeper(shipment.workshop),
        couriers=list(Party.objects.filter(people=driver)),
        expires_at=clock.now() + timedelta(hours=2),
    )


def fill(order: Order, pairs: int) -> None:
    """Pack what lies ready, so many pairs a carton."""
    packing.fill(order, by=keeper(order.workshop), pairs=pairs)


def shipment_on_the_way(buyer: Party, driver: Person, **facts: Any) -> Shipment:
    """Two packages that both sides have counted; they left with their note."""
    made = accepted_shipment(buyer, driver, **facts)
    made.issue_note(by=keeper(buyer.workshop))
    made.hand_over(by=keeper(buyer.workshop), count=2)
    made.pick_up(by=driver, count=2)
    return made


def delivered_order(buyer: Party, *products: Product, paid: bool = True, **facts: Any) -> Order:
    """An order whose every pair has reached the buyer, without being made, packed or sent."""
    made = confirmed_order(buyer, *products, **facts)
    for size in LineSize.objects.filter(line__order=made).order_by("pk"):
        for track in Track:
            size.advance(track, size.pairs)
    made.deliver_all()
    if paid:
        pay(made)
    made.refresh_from_db()
    return made


# Carriers


def carrier(workshop: Workshop, **keys: str) -> CarrierAccount:
    """The workshop at Biteship; the keys are those of the samples."""
    owner = Person.objects.filter(workshop=workshop, role=Role.OWNER).first()
    known = {secret.name: f"{secret.name}-CONTOH" for secret in CARRIERS["biteship"].secrets}
    return CarrierAccount.connect(
        by=owner or staff("Pemilik", workshop, Role.OWNER),
        provider="biteship",
        keys=known | keys,
    )


def rates(shipment: Shipment, *offers: Rate) -> RateRequest:
    """What carriers answered: JNE for Rp 54.000 in two days, and what else is named."""
    connected = CarrierAccount.objects.connected().filter(workshop=shipment.workshop).first()
    for package in shipment.packages.all():
        package.weigh(by=keeper(shipment.workshop), weight=4_000)
    asked = RateRequest.ask(
        by=keeper(shipment.workshop),
        shipment=shipment,
        account=connected or carrier(shipment.workshop),
        postcode="40111",
        value=0,
    )
    asked.answer([Rate("jne", "reg", "JNE Reguler", 54_000, 2), *offers])
    asked.refresh_from_db()
    return asked


def consignment(shipment: Shipment) -> Consignment:
    """JNE, chosen from its offer and not booked yet."""
    return Consignment.choose(
        by=keeper(shipment.workshop), request=rates(shipment), company="jne", service="reg"
    )


def booked_consignment(shipment: Shipment, reference: str = "bs-1") -> Consignment:
    """JNE, booked under a number."""
    made = consignment(shipment)
    made.book(by=keeper(shipment.workshop))
    made.take_booking(
        by=shipment.workshop.machine,
        booked=Booked(reference, "JP1234567890", "https://track.biteship.com/x", 54_000),
    )
    return made


# Payment gateways


def gateway(
    workshop: Workshop, provider: str = "midtrans", *, is_live: bool = True, reason: str = "tes"
) -> GatewayAccount:
    """The workshop at a gateway, ready for real money; the keys are those of the samples."""
    owner = Person.objects.filter(workshop=workshop, role=Role.OWNER).first()
    return GatewayAccount.connect(
        by=owner or staff("Pemilik", workshop, Role.OWNER),
        provider=provider,
        keys={secret.name: f"{secret.name}-CONTOH" for secret in GATEWAYS[provider].secrets},
        is_live=is_live,
        reason=reason,
    )


def payment_link(order: Order, provider: str = "midtrans") -> PaymentLink:
    """A link on which the order's open instruction can be paid, as a gateway made it."""
    connected = GatewayAccount.objects.connected().filter(
        workshop=order.workshop, provider=provider
    )
    account = connected.first() or gateway(order.workshop, provider)
    link = PaymentLink.want(account, Instruction.objects.open().get(order=order))
    link.keep(f"https://{account.gateway.pages[0]}/pay/{link.reference}", "made")
    return link
