"""Two years and more of the demonstration workshop, told through the steps themselves.

A small simulation: what happens is kept in a queue by its moment; each happening does one or two
steps with the clock stopped at that moment, and says what happens next. Whatever lies after today
has not happened yet, so there are orders in every state. The same seed gives the same history.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.crypto import get_random_string

from simpul.catalog.models import Colourway, Group, Material, Product, SizeRun
from simpul.crm import referrals
from simpul.delivery.models import Route
from simpul.demo import (
    bulletins,
    cash_box,
    catalogue,
    households,
    letters,
    lists,
    marketing,
    money_out,
    odd_money,
    people,
    points,
    prospects,
    room,
    service,
    talk,
    this_week,
    tickets,
    to_the_door,
    visits,
    wishes,
    workshop_floor,
)
from simpul.demo.bank import Bank
from simpul.demo.people import Cast
from simpul.lib import clock, uploads
from simpul.lib.quantities import amount_of
from simpul.orders.models import LineWish, Order, proposed_plan
from simpul.parties.models import Address, Party, Person
from simpul.payments import agreement, reconciliation
from simpul.payments.models import BankAccount, BankEntry, Instruction, PaymentClaim
from simpul.procurement import planning
from simpul.procurement.models import LineTerms, PurchaseLine, PurchaseOrder, SupplierPrice
from simpul.stock.models import Item
from simpul.workflow.steps import Refused

# the printed code of a shop that does not exist
QRIS = (
    "00020101021126670015COM.EXAMPLE.WWW011893600999000000001702150000000000000170303UMI51440014"
    "ID.CO.QRIS.WWW0215ID10999000000170303UMI5204566153033605802ID5921BENGKEL SEPATU CONTOH6005"
    "BOGOR61051661063048CA5"
)

type Happening = Callable[[], object]

WISHED = 30  # days from the order: what a buyer of the past asked for
YOUNG = 270  # days in which the workshop was less known: orders came more seldom
LATELY = timedelta(days=18)  # whose orders stand in `_plant`
LONG_LYING = timedelta(days=215)  # some pairs that nobody wants
BUSY = timedelta(days=40)  # in which the bank is read and material bought as often as can be
SLOW = {"serang": 7, "solo": 3}  # who pays later than others, by days
SAYS_SO_BEFORE = ("padang",)  # reports transfers that come two days later
OFFICE, FAMILY = ("DRB-01", "LFR-02"), ("SKL-05", "PNT-04")  # what shops take together


class Habit(NamedTuple):
    """How a buyer orders: the days between, what stands in one order, pairs a line; the first and the
    last day from the opening on (`after` of 0: known from the beginning)."""

    key: str
    pause: int
    baskets: tuple[tuple[str, ...], ...]
    sizes: tuple[int, ...]
    after: int = 0
    until: int = 10_000


HABITS = [
    Habit("maju", 25, (OFFICE, OFFICE, FAMILY, FAMILY, ("PNT-04",), ("DRB-01",)), (20, 40)),
    Habit("padang", 46, (("SDL-06",), ("SDL-06",), OFFICE, ("PNT-04",)), (40, 60, 80)),
    Habit("jakarta", 54, (("BOT-03",), OFFICE, OFFICE, ("LFR-02",)), (20, 40)),
    Habit("sukabumi", 60, (FAMILY, FAMILY, ("SKL-05",), ("SDL-06",)), (20, 40)),
    Habit("siti", 190, (("BOT-03",), ("PNT-04",)), (1,)),
    Habit("budi", 240, (("LFR-02",), ("DRB-01",)), (1, 2)),
    Habit("semarang", 58, (FAMILY, ("SDL-06",), ("BOT-03",)), (20, 40), after=70, until=400),
    Habit("cirebon", 66, (OFFICE, FAMILY, ("SDL-06",)), (20, 40), after=150),
    Habit("lampung", 72, (("SDL-06",), ("BOT-03",), OFFICE), (40, 60), after=290),
    Habit("serang", 58, (FAMILY, FAMILY, ("PNT-04",), ("SDL-06",)), (20, 40), after=420),
    Habit("bekasi", 30, (("LFR-02",),), (20,), after=470, until=480),
    Habit("solo", 48, (OFFICE, ("BOT-03",), ("PNT-04",)), (20, 40), after=570),
]
SUPPLIERS = {
    "kulit": ("KLT-BOX", "KLT-PUL", "KLT-SUD", "KLT-FUR"),
    "sol": ("SOL-TPR", "SOL-KRT", "SOL-PUW", "SOL-ANK", "SOL-SDL"),
}
TINS = {"LEM-KNG": 2_500, "LEM-PUS": 2_500}  # glue is sold by the tin of 2.5 kg
PACKS = {
    "KLT": 20,
    "MTA": 500,
    "TLI": 50,
    "LBL": 100,
    "DUS": 50,
    "TSU": 100,
    "PLS": 100,
    "GSP": 100,
}


@dataclass(slots=True)
class Story:
    """The running simulation."""

    cast: Cast
    now: datetime
    opened: datetime
    dice: random.Random
    account: BankAccount | None = None
    bank: Bank = field(default_factory=lambda: Bank("0000012345", "BENGKEL SEPATU CONTOH"))
    money_came: bool = False  # since the bank was read
    is_short: bool = True  # of material, perhaps: money was found since it was last bought
    queue: list[tuple[datetime, int, Happening]] = field(default_factory=list)
    serial: count[int] = field(default_factory=count)

    def at(self, moment: datetime, happening: Happening) -> None:
        """Let it happen then, if that is not after today; nobody works on a Sunday."""
        if moment.weekday() == 6:
            moment += timedelta(days=1)
        if moment <= self.now:
            heapq.heappush(self.queue, (moment, next(self.serial), happening))

    def later(self, happening: Happening, *, days: int = 0, hour: int | None = None) -> None:
        """Let it happen so many days from the moment that is being told, at a working hour."""
        day = clock.today() + timedelta(days=days)
        hour = self.dice.randint(8, 15) if hour is None else hour
        moment = datetime.combine(day, time(hour, self.dice.randint(0, 59)), clock.WIB)
        self.at(max(moment, clock.now() + timedelta(minutes=5)), happening)

    def key_of(self, order: Order) -> str:
        return next(key for key, party in self.cast.parties.items() if party == order.buyer)

    def slowness(self, order: Order) -> int:
        """How many days later than others the buyer pays; in these weeks nobody does."""
        return SLOW.get(self.key_of(order), 0) if self.now - clock.now() > BUSY else 0

    def pay(self, order: Order) -> None:
        """The buyer pays what is asked for."""
        _pay(self, order)

    def run(self) -> Iterator[datetime]:
        """Let everything happen that is planned, and what it brings; yield each moment."""
        while self.queue:
            moment, _serial, happening = heapq.heappop(self.queue)
            with clock.stopped(moment):
                happening()
            yield moment


def tell(
    cast: Cast,
    now: datetime,
    opened: datetime,
    seed: int = 1987,
    told: Callable[[float], None] | None = None,
) -> None:
    """Tell the whole history up to `now`; `told` hears which share of it is over."""
    story = Story(cast, now, opened, random.Random(seed))  # noqa: S311 - a story, not a secret
    story.at(opened + timedelta(hours=1), lambda: _open_house(story))
    newcomers = {partner.key: partner for partner in people.NEWCOMERS}
    for habit in HABITS:
        first = opened + timedelta(days=habit.after or 5 + story.dice.randint(0, habit.pause))
        if habit.key in newcomers:
            story.at(first, partial(_get_to_know, story, newcomers[habit.key]))
        story.at(first + timedelta(hours=1), partial(_order, story, habit))
    for partner, buys in households.households((now - opened - LATELY).days):
        first = opened + timedelta(days=buys[0].day, hours=2)
        story.at(first, partial(_get_to_know, story, partner))
        for buy in buys:
            moment = opened + timedelta(days=buy.day, hours=3)
            story.at(moment, partial(_buy_at_retail, story, partner.key, buy))
    for week in range((now - opened).days // 7 + 1):
        for day, hour in ((1, 8), (3, 9), (5, 9)):
            moment = opened + timedelta(days=7 * week + day)
            if day != 3 or now - moment < BUSY:
                story.at(moment.replace(hour=hour), lambda: _read_bank(story))
        moment = opened + timedelta(days=7 * week + 2)
        story.at(moment.replace(hour=10), lambda: _buy(story))
        if now - moment < BUSY:
            story.at((moment + timedelta(days=2)).replace(hour=10), lambda: _buy(story))
    _money_out(story, opened)
    talk.plan(story)
    prospects.plan(story)
    tickets.plan(story)
    service.plan(story)
    visits.plan(story)
    _plant(story)
    cash_box.plan(story)
    to_the_door.plan(story)
    points.plan(story)
    marketing.plan(story)
    lists.plan(story)
    wishes.plan(story)
    bulletins.plan(story)
    room.plan(story)
    coming = (letters.from_the_buyer, letters.from_a_stranger, letters.by_message)
    for moment, come in zip(letters.days(now), coming, strict=True):
        story.at(moment, partial(come, cast.workshop))
    for moment in story.run():
        if told is not None:
            told((moment - opened) / (now - opened))


def _money_out(story: Story, opened: datetime) -> None:
    """Wages on Saturdays, what comes each month on its day, and small things from the market."""
    for days in range(1, (story.now - opened).days + 1):
        moment = (opened + timedelta(days=days)).replace(hour=16)
        if moment.weekday() == 5:
            story.at(moment, lambda: money_out.pay_weekly(story))
        if moment.day in {day for day, *_rest in money_out.EACH_MONTH}:
            story.at(moment, partial(money_out.pay_monthly, story, moment.day))
        if moment.day == 9:
            story.at(moment, lambda: money_out.buy_small_things(story))
    before = (story.now - timedelta(days=3)).replace(hour=9, minute=20)
    story.at(before, lambda: money_out.advance(story))


# The house


def _open_house(story: Story) -> None:
    story.account = open_house(story.cast, story.bank)
    rina = story.cast.staff["rina"]
    for material in Material.objects.filter(workshop=story.cast.workshop).order_by("pk"):
        if material.code in catalogue.KEPT:
            below, up_to = catalogue.kept(material.code)
            Item.of_material(material).set_reorder_point(by=rina, below=below, up_to=up_to)
    money_out.begin(story)
    talk.begin(story)


ROUTES: list[tuple[str, str, dict[str, Any]]] = [
    ("Ciomas – Kota Bogor", "ojek", {"area": "Bogor", "fee": 75_000, "days": 0}),
    (
        "Ciomas – Bandung",
        "cargo",
        {"area": "Bandung", "fee": 25_000, "kg_fee": 3_500, "divisor": 5_000, "days": 2},
    ),
    (
        "Ciomas – Surabaya",
        "expedition",
        {"area": "Surabaya", "kg_fee": 9_000, "divisor": 6_000, "grace": 300, "days": 4},
    ),
]


def open_house(cast: Cast, bank: Bank) -> BankAccount:
    """An account that two people have seen, and what the suppliers ask."""
    owner, fajar, rina = (cast.staff[key] for key in ("hadi", "fajar", "rina"))
    account = BankAccount.open(by=owner, bank="BCA", number=bank.number, holder=bank.holder)
    account.confirm(by=fajar)
    account.hasten(by=owner, reason="Rekening lama bengkel, sudah dikenal pembeli.")
    printed = BankAccount.open_qris(by=owner, payload=QRIS)
    printed.confirm(by=fajar)
    printed.hasten(by=owner, reason="QRIS yang tergantung di bengkel sejak lama.")
    seller = {code: key for key, codes in SUPPLIERS.items() for code in codes}
    for material in Material.objects.filter(workshop=cast.workshop).order_by("pk"):
        SupplierPrice.quote(
            by=rina,
            supplier=cast.parties[seller.get(material.code, "bahan")],
            material=material,
            **_sold(material),
            lead_days=4 if material.code[:3] in {"KLT", "SOL"} else 2,
        )
    for name, mode, terms in ROUTES:
        Route.add(by=rina, name=name, mode=mode, **terms)
    return account


def _sold(material: Material) -> dict[str, Any]:
    """Say in what it is sold, and for how much: glue by the tin, all else in its own unit."""
    if material.code in TINS:
        size = TINS[material.code]
        price = amount_of(material.price, size)
        return {"price": price, "unit": "kaleng", "unit_size": size}
    return {"price": material.price, "pack": PACKS.get(material.code[:3], 1) * 1000}


# Orders


def _get_to_know(story: Story, partner: people.Partner) -> None:
    """Somebody who has heard of the workshop calls."""
    party, contact = people.introduce(story.cast.workshop, partner, clock.now())
    story.cast.parties[partner.key], story.cast.contacts[partner.key] = party, contact


def _order(story: Story, habit: Habit) -> None:
    """One buyer orders, and will again; the season before Lebaran brings them sooner."""
    if story.now - clock.now() < LATELY or clock.now() > story.opened + timedelta(days=habit.until):
        return
    wishes = _wishes(story, _basket(story, habit), habit.sizes)
    order = _place(story, habit.key, wishes, clock.in_days(WISHED))
    season = 0.6 if clock.today().month in {11, 12, 1} else 1
    young = 1.4 if clock.now() < story.opened + timedelta(days=YOUNG) else 1
    next_days = max(5, round(habit.pause * season * young * story.dice.uniform(0.75, 1.3)))
    story.later(lambda: _order(story, habit), days=next_days)
    if story.dice.random() < 0.06:
        story.later(lambda: _decline(story, order), days=1)
    elif story.dice.random() < 0.25:
        story.later(lambda: _offer(story, order), days=1)
    else:
        story.later(lambda: _confirm(story, order), days=story.dice.choice((0, 1, 1)))


def _buy_at_retail(story: Story, key: str, buy: households.Buy) -> None:
    """A household orders, at the price of the shop window."""
    model = buy.model if _is_launched(story, buy.model) else households.ELSE
    model = _in_fashion(story, model)
    order = _place(story, key, _wishes(story, (model,), (buy.pairs,)), clock.in_days(WISHED))
    story.later(lambda: _confirm(story, order), days=story.dice.choice((0, 1)))


def _basket(story: Story, habit: Habit) -> tuple[str, ...]:
    """What stands in the next order: a model that is dear these days is left out, and one alone gives
    way to others."""
    baskets = [one for one in habit.baskets if all(_is_launched(story, code) for code in one)]
    basket = story.dice.choice(baskets)
    wanted = tuple(code for code in basket if not _is_too_dear(story, code))
    others = [one for one in baskets if one != basket]
    chosen = wanted or (story.dice.choice(others) if others else basket)
    return tuple(_in_fashion(story, code) for code in chosen)


def _is_too_dear(story: Story, code: str) -> bool:
    dear = catalogue.dearness(code, (story.now - clock.now()).days)
    return story.dice.random() < min(0.95, 6 * dear)


def _is_launched(story: Story, code: str) -> bool:
    return (story.now - clock.now()).days <= catalogue.LAUNCHED.get(code, 10_000)


def _in_fashion(story: Story, code: str) -> str:
    """Return a model, or what most take by now in its place."""
    other, share = catalogue.left_for(code, (story.now - clock.now()).days)
    return other if share and story.dice.random() < share else code


def _wishes(story: Story, codes: tuple[str, ...], sizes: tuple[int, ...]) -> list[LineWish]:
    """A line for each of these models."""
    wishes = []
    for code in codes:
        product = Product.objects.for_page().get(workshop=story.cast.workshop, code=code)
        looks = sorted(product.colourways.all(), key=lambda one: one.position)
        look = looks[0] if story.dice.random() < 0.75 else looks[-1]
        wishes.append(LineWish(look, _spread(story, product, look, story.dice.choice(sizes))))
    return wishes


def _spread(story: Story, product: Product, look: Colourway, pairs: int) -> dict[str, int]:
    """Whole size runs where they fit, else any size for single pairs."""
    run = SizeRun.objects.filter(category=product.category, name="Seri kodi").first()
    if run is not None and pairs % run.pairs == 0:
        return {size: count * (pairs // run.pairs) for size, count in run.sizes.items()}
    size = str(product.base_size + story.dice.choice((-1, 0, 0, 1)))
    return {size: pairs}


def _place(story: Story, key: str, wishes: list[LineWish], wished_on: date | None = None) -> Order:
    buyer, contact = story.cast.parties[key], story.cast.contacts[key]
    address = buyer.addresses.get()
    by_phone = contact.user is None or story.dice.random() < 0.2
    return agreement.place(
        by=story.cast.staff["sari"] if by_phone else contact,
        buyer=buyer,
        wishes=wishes,
        receiver=address.receiver,
        telephone=address.telephone,
        address=address.in_one_text,
        spot=address.spot,
        wished_on=wished_on,
        channel=Order.Channel.PHONE if by_phone else Order.Channel.WEB,
    )


def _fresh(order: Order) -> Order:
    return Order.objects.select_related("workshop", "buyer").get(pk=order.pk)


def _decline(story: Story, order: Order) -> None:
    _fresh(order).decline(
        by=story.cast.staff["sari"], reason="Jadwal produksi penuh sampai akhir bulan."
    )


def _confirm(story: Story, order: Order) -> None:
    order = _fresh(order)
    if not order.current.is_priced:
        _offer(story, order)
        return
    agreement.confirm(order, by=story.cast.staff["sari"])
    days = story.dice.choice((0, 1, 1, 2, 4)) + story.slowness(order)
    story.later(lambda: _pay(story, order), days=days)


def _offer(story: Story, order: Order, answers: bool = True) -> None:
    """Sales proposes a later day and a rounded price."""
    order = _fresh(order)
    wishes = [_priced(line.wish, order) for line in order.current.lines.all()]
    total = sum(wish.amount for wish in wishes)
    promised_on = order.current.promised_on + timedelta(days=4)
    order.offer(
        by=story.cast.staff["sari"],
        wishes=wishes,
        promised_on=promised_on,
        plan=proposed_plan(total, order.buyer, promised_on),
        valid_until=clock.in_days(7),
        note="Kulitnya baru masuk minggu depan, jadi kami minta empat hari lagi.",
    )
    if answers:
        story.later(lambda: _accept(story, order), days=1)


def _priced(wish: LineWish, order: Order) -> LineWish:
    if wish.price is not None:
        return wish
    is_shop = order.buyer.buys_as == Party.BuysAs.DISTRIBUTOR
    group = Group.WHOLESALE if is_shop else Group.RETAIL
    price = wish.colourway.product.price_for(group, wish.pairs, clock.today())
    return LineWish(wish.colourway, wish.sizes, price)


def _accept(story: Story, order: Order) -> None:
    order = _fresh(order)
    agreement.accept(order, by=_contact(story, order), revision=order.revision)
    days = story.dice.choice((0, 1, 2)) + story.slowness(order)
    story.later(lambda: _pay(story, order), days=days)


def _contact(story: Story, order: Order) -> Person:
    return order.buyer.people.order_by("pk")[0]


# Money


def _pay(story: Story, order: Order, less: int = 0, name: str = "") -> None:
    """The buyer transfers what is asked for; often it reports so with a picture."""
    order = _fresh(order)
    asked = Instruction.objects.filter(order=order, status="open").first()
    if asked is None:
        return
    amount = asked.amount - less
    says = order.code if story.dice.random() < 0.5 else "PEMBAYARAN SEPATU"
    comes = partial(_transfer, story, amount, f"{says} {(name or order.buyer.name).upper()}")
    if story.key_of(order) in SAYS_SO_BEFORE and story.now - clock.now() > BUSY:
        story.later(comes, days=2)
    else:
        comes()
    contact = _contact(story, order)
    if contact.user is not None and story.dice.random() < 0.6:
        PaymentClaim.submit(
            by=contact,
            order=order,
            amount=amount,
            paid_on=clock.today(),
            bank="BCA",
            sender=contact.name,
            proof=_proof(order.number, amount),
        )


def _transfer(story: Story, amount: int, words: str) -> None:
    text = f"TRSF E-BANKING CR {clock.today():%d%m}/FTSCY/WS95031 {amount}.00 "
    story.bank.book(clock.today(), amount, text + words)
    story.money_came = True


def _proof(number: str, amount: int) -> uploads.Admitted:
    """A picture as a telephone shows after a transfer, handed in."""
    content = letters.picture(number, amount)
    return uploads.admit(SimpleUploadedFile("bukti.png", content), uploads.PROOF)


def _read_bank(story: Story) -> None:
    """Finance imports the statement; what is certain the machine matches by itself."""
    if story.account is None or not story.bank.lines:
        return
    fajar = story.cast.staff["fajar"]
    reconciliation.take(by=fajar, account=story.account, content=story.bank.export())
    story.is_short, story.money_came = story.is_short or story.money_came, False
    _match_by_hand(story)
    if clock.today().weekday() >= 3 or story.now - clock.now() < BUSY:
        money_out.explain(story)
    workshop_floor.go_on(story)


def _match_by_hand(story: Story) -> None:
    """What the machine was not certain of, finance looks at two days later."""
    waiting = BankEntry.objects.open().filter(
        workshop=story.cast.workshop, booked_on__lte=clock.in_days(-2)
    )
    entries = list(waiting.order_by("pk"))
    for entry in entries:
        likely = reconciliation.suggestions(story.cast.workshop, entries)[entry.pk]
        if likely:
            by = story.cast.staff["fajar"]
            first = likely[0]
            entry.allocate(by=by, parts=first.parts, party=first.party, how="hand")
            story.is_short = True


# Material


def _buy(story: Story) -> None:
    """Purchasing looks at what is needed, sends what the program proposes, and suppliers answer."""
    if not story.is_short and story.now - clock.now() > BUSY:
        return
    story.is_short = False
    rina = story.cast.staff["rina"]
    for purchase in planning.plan(story.cast.workshop, by=rina):
        try:
            purchase.send(by=rina)
        except Refused:
            continue
        story.later(partial(_answer, story, purchase), days=story.dice.choice((0, 1)))


def _answer(story: Story, purchase: PurchaseOrder) -> None:
    purchase = PurchaseOrder.objects.select_related("workshop", "supplier").get(pk=purchase.pk)
    seller = purchase.supplier.people.order_by("pk")[0]
    latest = purchase.latest()
    is_near = purchase.supplier == story.cast.parties["bahan"]
    days = (1 if is_near else 3) + story.dice.randint(0, 2)
    if story.dice.random() < 0.2:
        terms = [
            LineTerms(said.line, said.quantity, said.price, said.on + timedelta(days=2))
            for said in latest.lines.select_related("line__material")
        ]
        purchase.counter(by=seller, revision=latest.number, terms=terms, note="Dua hari lagi, ya.")
        story.later(lambda: _agree(story, purchase), days=1)
        days += 2
    else:
        purchase.confirm(by=seller, revision=latest.number)
    story.later(lambda: _receive(story, purchase), days=days)


def _agree(story: Story, purchase: PurchaseOrder) -> None:
    purchase = PurchaseOrder.objects.select_related("workshop", "supplier").get(pk=purchase.pk)
    purchase.agree(by=story.cast.staff["rina"], revision=purchase.latest().number)


def _mark(line: PurchaseLine) -> str:
    """The tannery numbers its hides by the month and the drum."""
    return f"{clock.today():%y%m}-{line.pk % 9 + 1}"


def _receive(story: Story, purchase: PurchaseOrder) -> None:
    """What was ordered comes, most often at once."""
    purchase = PurchaseOrder.objects.select_related("workshop", "supplier").get(pk=purchase.pk)
    if purchase.status not in {"sent", "confirmed"}:
        return
    lines = [line for line in purchase.lines.all() if line.open_quantity]
    goods = {line: (line.open_quantity, 0) for line in lines}
    if len(lines) > 1 and story.dice.random() < 0.15:
        goods.pop(lines[-1])
        story.later(lambda: _receive(story, purchase), days=2)
    marks = {line: _mark(line) for line in goods if line.material.code.startswith("KLT")}
    purchase.receive(by=story.cast.staff["rina"], goods=goods, marks=marks)
    workshop_floor.go_on(story)


# What only happens once


def _plant(story: Story) -> None:
    """The states that chance may leave out, in the last days."""
    one = (20,)
    for days, key, likes in (
        (17, "padang", ("SDL-06",)),
        (13, "sukabumi", ("SKL-05",)),
        (11, "maju", ("PNT-04",)),
        (8, "jakarta", ("BOT-03",)),
        (6, "maju", ("DRB-01",)),
    ):
        story.at(_ago(story, days), partial(_under_way, story, key, likes))
    story.at(_ago(story, 9), lambda: _offer_unanswered(story, "jakarta"))
    story.at(_ago(story, 6), lambda: _withdrawn(story, "padang"))
    story.at(_ago(story, 5), lambda: _cancelled(story, "sukabumi"))
    story.at(
        _ago(story, 2),
        lambda: _offer(
            story, _place(story, "maju", _wishes(story, ("BOT-03",), one)), answers=False
        ),
    )
    story.at(_ago(story, 2), lambda: _prospect(story))
    story.at(
        _ago(story, 1),
        lambda: talk.a_photo_and_a_call(
            story, _place(story, "padang", _wishes(story, ("DRB-01",), (40,)))
        ),
    )
    story.at(_ago(story, 3), lambda: _waits_for_money(story, "maju"))
    story.at(_ago(story, 2), lambda: _pays_oddly(story, "jakarta"))
    if story.now - story.opened > LONG_LYING:
        story.at(_ago(story, LONG_LYING.days), partial(this_week.left_over, story))
    before_yesterday = (story.now - timedelta(days=2)).replace(hour=10, minute=30)
    story.at(before_yesterday, partial(this_week.days_and_hands, story))
    story.at(before_yesterday, partial(this_week.on_its_way, story))
    story.at(before_yesterday, partial(this_week.courier_asked, story))
    story.at(before_yesterday, partial(this_week.material_asked, story))
    story.at(before_yesterday, partial(this_week.changes_asked, story))
    for days, worker, telephone in (
        (6, "Bu Tini Contoh", "+6281200000041"),
        (1, "Pak Ujang Contoh", "+6281200000042"),
    ):
        out = partial(this_week.given_out, story, worker, telephone, 4)
        story.at((story.now - timedelta(days=days)).replace(hour=16, minute=40), out)
    yesterday = (story.now - timedelta(days=1)).replace(hour=16, minute=55)
    story.at(yesterday, partial(this_week.lot_named, story))
    story.at(_ago(story, 12), lambda: _then(story, "jakarta", odd_money.cancelled_and_given_back))
    story.at(_ago(story, 10), lambda: _then(story, "maju", odd_money.credit_note))
    story.at(_ago(story, 9), lambda: _then(story, "padang", odd_money.bounced))
    story.at(_ago(story, 34), lambda: _at_the_door(story, "maju"))


def _under_way(story: Story, key: str, likes: tuple[str, ...]) -> None:
    """Agreed and paid at once, so that today it is somewhere on its way."""
    order = _place(story, key, _wishes(story, likes, (40,)))
    agreement.confirm(_fresh(order), by=story.cast.staff["sari"])
    story.later(lambda: _pay(story, order), hour=15)


def _then(story: Story, key: str, happens: Callable[[Story, Order], None]) -> None:
    """Agreed and paid, and some days later something happens to the money."""
    order = _place(story, key, _wishes(story, ("DRB-01",), (20,)))
    agreement.confirm(_fresh(order), by=story.cast.staff["sari"])
    story.later(lambda: _pay(story, order), hour=15)
    story.later(lambda: happens(story, order), days=4)


def _at_the_door(story: Story, key: str) -> None:
    """The rest of this order is paid to the courier."""
    order = _place(story, key, _wishes(story, ("DRB-01",), (20,)))
    odd_money.offer_at_the_door(story, order)
    story.later(lambda: _pay(story, order), hour=15)


def _ago(story: Story, days: int) -> datetime:
    return (story.now - timedelta(days=days)).replace(hour=9, minute=story.dice.randint(0, 59))


def _offer_unanswered(story: Story, key: str) -> None:
    order = _place(story, key, _wishes(story, ("LFR-02",), (20,)))
    _offer(story, order, answers=False)
    story.later(lambda: _fresh(order).expire(by=story.cast.staff["sari"]), days=8)


def _withdrawn(story: Story, key: str) -> None:
    order = _place(story, key, _wishes(story, ("SDL-06",), (40,)))
    contact = _contact(story, order)
    story.later(lambda: _fresh(order).withdraw(by=contact, reason="Salah pilih warna."), days=1)


def _cancelled(story: Story, key: str) -> None:
    order = _place(story, key, _wishes(story, ("SKL-05",), (20,)))
    agreement.confirm(_fresh(order), by=story.cast.staff["sari"])
    story.later(
        lambda: agreement.cancel(
            _fresh(order), by=story.cast.staff["hadi"], reason="Toko tutup, pembeli minta batal."
        ),
        days=2,
    )


def _prospect(story: Story) -> None:
    """A shop from Ambon registers by Dewi's link, and orders before it is known."""
    lead = referrals.register(
        by=story.cast.workshop.machine,
        code=points.code_of(story.cast),
        name="CV Contoh Sejahtera",
        contact="Ibu Martha",
        telephone="+6281200000010",
        email="ambon@contoh.example",
        password=get_random_string(24),
        buys_as=Party.BuysAs.DISTRIBUTOR,
        area="Sirimau, Kota Ambon",
        address=Address(
            receiver="Ibu Martha",
            telephone="+6281200000010",
            street="Jl. A.Y. Patty No. 6",
            area="Sirimau, Kota Ambon",
            province="Maluku",
            postcode="97124",
        ),
        message="Kami punya dua toko di Ambon, ingin jual derby dan pantofel.",
    )
    story.cast.parties["ambon"] = lead.party
    story.cast.contacts["ambon"] = lead.person
    _place(story, "ambon", _wishes(story, ("DRB-01",), (20,)))


def _waits_for_money(story: Story, key: str) -> None:
    """Confirmed and reported as paid, but the bank has not shown it yet."""
    order = _place(story, key, _wishes(story, ("PNT-04",), (40,)))
    agreement.confirm(_fresh(order), by=story.cast.staff["sari"])
    asked = Instruction.objects.filter(order=order, status="open").first()
    if asked is not None:
        PaymentClaim.submit(
            by=_contact(story, order),
            order=_fresh(order),
            amount=asked.amount,
            paid_on=clock.today(),
            bank="Mandiri",
            sender="Dewi",
            proof=_proof(order.number, asked.amount),
        )


def _pays_oddly(story: Story, key: str) -> None:
    """Pays a round sum in another name: finance has to look at it."""
    order = _place(story, key, _wishes(story, ("BOT-03",), (20,)))
    agreement.confirm(_fresh(order), by=story.cast.staff["sari"])
    asked = Instruction.objects.filter(order=order, status="open").first()
    if asked is not None:
        _pay(story, order, less=asked.amount % 1000, name="H. YANTO")
