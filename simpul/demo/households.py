"""Households that find the shop window: a pair or two at the price of the shop, some again and again.

Enough of them that chances can be told: when they come back is drawn as the models take it, each at a
pace of its own, and some never come back.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from simpul.demo.people import CONSUMER, Partner

KEY = "rumah-"
SEED = 1
SINCE = 95  # days from the opening on: before that only who already knew the workshop orders
COMING = 300  # days in which new ones come, at first more than later
GONE = 0.2  # the chance that an order is the last one
SOONEST = 25  # days between two orders

MODELS = ("LFR-02", "LFR-02", "DRB-01", "PNT-04", "PNT-04", "BOT-03", "SKL-05")
ELSE = "LFR-02"  # what they take while a model cannot be had
NAMES = (
    "Ani", "Rudi", "Lina", "Agus", "Tuti", "Hendra", "Yuni", "Dian", "Eko", "Fitri", "Galih", "Hesti",
    "Indra", "Joko", "Kartika", "Lukman", "Maya", "Nanang", "Oki", "Putri", "Ratih", "Surya", "Tono",
    "Umi", "Vina", "Wahyu", "Yoga", "Arif", "Bayu", "Citra", "Desi", "Edi", "Farah", "Gita", "Ira",
    "Krisna", "Laras", "Mira", "Nur", "Rini", "Satrio", "Teguh", "Utami", "Vera", "Winda", "Zahra",
)  # fmt: skip
# Who found it only lately: a name, the place of the town, and the days, from the opening on, of each order.
LATER = (
    ("Wening", 2, (430, 520)), ("Dimas", 0, (455,)), ("Asti", 2, (498, 560, 655)), ("Rizki", 5, (541,)),
    ("Nadia", 3, (577, 700)), ("Bagas", 2, (618,)), ("Melati", 1, (664, 745)), ("Fauzan", 4, (701,)),
    ("Sekar", 2, (738,)),
)  # fmt: skip
TOWNS = (
    ("Tanah Sareal, Kota Bogor", "Jawa Barat", "16161"),
    ("Cibinong, Kab. Bogor", "Jawa Barat", "16914"),
    ("Beji, Kota Depok", "Jawa Barat", "16421"),
    ("Tebet, Jakarta Selatan", "DKI Jakarta", "12810"),
    ("Serpong, Kota Tangerang Selatan", "Banten", "15310"),
    ("Lengkong, Kota Bandung", "Jawa Barat", "40261"),
    ("Rawalumbu, Kota Bekasi", "Jawa Barat", "17116"),
    ("Banyumanik, Kota Semarang", "Jawa Tengah", "50263"),
)


class Buy(NamedTuple):
    """A day, from the opening on, on which a household orders so many pairs of a model."""

    day: int
    model: str
    pairs: int


def households(days: int) -> Iterator[tuple[Partner, list[Buy]]]:
    """Yield each with its orders of so many days from the opening on, at least one."""
    dice = random.Random(SEED)  # noqa: S311 - a story, not a secret
    told = [(name, place, _buys(dice)) for place, name in enumerate(NAMES)]
    told += [(name, town, [_buy(dice, day) for day in on]) for name, town, on in LATER]
    for place, (name, town, every) in enumerate(told):
        area, province, postcode = TOWNS[town % len(TOWNS)]
        partner = Partner(
            f"{KEY}{place + 1}", f"{name} Contoh", name, f"+62812000002{place:02}",
            area, f"Jl. Contoh Raya No. {3 * place + 2}", province, postcode,
            buys_as=CONSUMER, user=place % 2 == 0,
        )  # fmt: skip
        buys = [buy for buy in every if buy.day <= days]
        if buys:
            yield partner, buys


def _buys(dice: random.Random) -> list[Buy]:
    day = SINCE + round(COMING * dice.random() ** 1.2)
    usual = 80 + dice.gammavariate(2, 35)  # days
    buys = [_buy(dice, day)]
    while dice.random() > GONE:
        day += max(SOONEST, round(dice.expovariate(1 / usual)))
        buys.append(_buy(dice, day))
    return buys


def _buy(dice: random.Random, day: int) -> Buy:
    return Buy(day, dice.choice(MODELS), dice.choice((1, 1, 1, 2)))
