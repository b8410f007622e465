"""Sari goes to see buyers: what she found three weeks ago, and her list of today; a dealer for whom his
distributor orders, and a price for whoever buys much."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from simpul.catalog.models import Group, PriceRule, Product
from simpul.crm.models import DealerOrder, Dealing, VisitDay
from simpul.lib import clock
from simpul.orders import tiers
from simpul.orders.models import LineWish

if TYPE_CHECKING:
    from simpul.demo.history import Story

FOUND: list[tuple[str, dict[str, Any]]] = [
    ("sukabumi", {"body": "Pak Dedi minta derby hitam ukuran 40–42 untuk akhir bulan.",
                  "pairs_seen": 18, "seen": "Loafer cokelat laku, sandal mengendap.",
                  "rival": "Merek lain dari Bandung 165 ribu, diskon 10%."}),
    ("koperasi", {"body": "Pak Usman puas dengan sepatu sekolah, menunggu tahun ajaran baru.",
                  "pairs_seen": 6, "seen": "Tinggal ukuran 37 dan 44."}),
]  # fmt: skip
TODAY = ("maju", "wulan", "sukabumi")


def plan(story: Story) -> None:
    before = (story.now - timedelta(days=22)).replace(hour=14, minute=40)
    story.at(before, partial(_visit, story))
    story.at((story.now - timedelta(days=1)).replace(hour=16), partial(_plan_today, story))
    story.at((story.now - timedelta(days=60)).replace(hour=9), partial(_through, story))
    story.at((story.now - timedelta(days=4)).replace(hour=11), partial(_order_for_dealer, story))
    story.at((story.now - timedelta(days=1)).replace(hour=17), partial(_price_for_many, story))


def _visit(story: Story) -> None:
    sari = story.cast.staff["sari"]
    parties = [story.cast.parties[key] for key, _facts in FOUND]
    day = VisitDay.plan(by=sari, rep=sari, on=clock.today(), parties=parties)
    for visit, (key, facts) in zip(day.visits.order_by("pk"), FOUND, strict=True):
        visit.note(by=sari, with_whom=story.cast.contacts[key], **facts)


def _plan_today(story: Story) -> None:
    sari = story.cast.staff["sari"]
    parties = [story.cast.parties[key] for key in TODAY]
    VisitDay.plan(by=sari, rep=sari, on=clock.day_of(story.now), parties=parties)


def _through(story: Story) -> None:
    Dealing.begin(
        by=story.cast.staff["sari"],
        distributor=story.cast.parties["jakarta"],
        dealer=story.cast.parties["koperasi"],
    )


def _order_for_dealer(story: Story) -> None:
    """Bu Yanti orders two dozen school shoes that go straight to the cooperative."""
    dealing = Dealing.objects.get(dealer=story.cast.parties["koperasi"])
    address = dealing.dealer.addresses.get()
    look = _model(story, "SKL-05").colourways.order_by("position")[0]
    DealerOrder.place(
        by=story.cast.contacts["jakarta"],
        dealing=dealing,
        wishes=[LineWish(look, {"33": 6, "34": 6, "35": 6, "36": 6})],
        receiver=address.receiver,
        telephone=address.telephone,
        address=address.in_one_text,
        spot=address.spot,
    )


def _price_for_many(story: Story) -> None:
    """Whoever bought 300 pairs in 12 months pays four percent less for the derby."""
    model = _model(story, "DRB-01")
    price = model.price_for(Group.WHOLESALE, 1, clock.today())
    assert price is not None  # noqa: S101 - every model has one
    PriceRule.objects.create(
        product=model,
        group=Group.WHOLESALE,
        year_pairs=300,
        amount=price.amount * 96 // 100,
        valid_from=clock.today(),
    )
    tiers.count_year(story.cast.workshop)


def _model(story: Story, code: str) -> Product:
    return Product.objects.for_page().get(workshop=story.cast.workshop, code=code)
