"""What the demonstration workshop makes, from what and for how much."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from simpul.catalog.models import (
    MILLI,
    Alternative,
    Category,
    Colourway,
    Group,
    Material,
    PriceRule,
    Product,
    Recipe,
    RecipeLine,
    SizeRun,
    Stage,
    Unit,
    Variant,
)
from simpul.parties.models import Workshop

# code, Indonesian, English, unit, price of a unit, bought by size
MATERIALS = [
    ("KLT-BOX", "Kulit sapi box hitam 1,6 mm", "Black corrected-grain cow leather", "kaki", 42_000, False),
    ("KLT-PUL", "Kulit sapi pull-up cokelat 1,8 mm", "Brown pull-up cow leather", "kaki", 46_000, False),
    ("KLT-SUD", "Kulit sapi suede pasir 1,6 mm", "Sand suede", "kaki", 34_000, False),
    ("KLT-FUR", "Kulit furing domba", "Sheep lining leather", "kaki", 16_000, False),
    ("IMT-HTM", "Imitasi (PU) hitam, lebar 137 cm", "Black PU, 137 cm wide", "meter", 65_000, False),
    ("IMT-MRN", "Imitasi (PU) marun, lebar 137 cm", "Maroon PU, 137 cm wide", "meter", 65_000, False),
    ("KFR-150", "Kain furing, lebar 150 cm", "Lining cloth, 150 cm wide", "meter", 28_000, False),
    ("SPN-003", "Spon 3 mm, lebar 100 cm", "Foam 3 mm, 100 cm wide", "meter", 18_000, False),
    ("TEK-150", "Tekson 1,5 mm 100×150 cm", "Insole board, sheet", "lembar", 56_000, False),
    ("TMS-100", "Tamsin 1 mm 100×150 cm", "Stiffener, sheet", "lembar", 60_000, False),
    ("SOL-TPR", "Sol TPR pria", "TPR outsole, men", "pasang", 34_000, True),
    ("SOL-KRT", "Sol karet chukka", "Rubber outsole, chukka", "pasang", 48_000, True),
    ("SOL-PUW", "Sol PU wanita", "PU outsole, women", "pasang", 26_000, True),
    ("SOL-ANK", "Sol TPR anak", "TPR outsole, child", "pasang", 19_000, True),
    ("SOL-SDL", "Sol sandal EVA-karet", "Sandal sole", "pasang", 18_000, True),
    ("LEM-KNG", "Lem kuning (lem tarik)", "Chloroprene cement", "kg", 72_000, False),
    ("LEM-PUS", "Lem PU (lem sol)", "PU sole cement", "kg", 96_000, False),
    ("LTX-PTH", "Lem lateks", "Latex glue", "kg", 36_000, False),
    ("PCS-LTR", "Pencuci sol", "Sole primer", "liter", 64_000, False),
    ("BNG-NYL", "Benang nilon, gulungan 1.500 m", "Nylon thread, cone", "gulung", 36_000, False),
    ("MTA-HTM", "Mata ayam", "Eyelets", "biji", 200, False),
    ("TLI-080", "Tali sepatu 80 cm", "Laces 80 cm", "pasang", 3_000, False),
    ("GSP-SDL", "Gesper", "Buckles", "biji", 3_500, False),
    ("LBL-MRK", "Label merek", "Brand label", "pasang", 600, False),
    ("SMR-FIN", "Semir dan bahan finishing", "Polish and finish", "kg", 90_000, False),
    ("DUS-STD", "Dus sepatu", "Shoe box", "biji", 7_500, False),
    ("TSU-KRT", "Kertas tisu", "Tissue paper", "lembar", 400, False),
    ("PLS-SDL", "Plastik kemas", "Poly bag", "biji", 500, False),
    ("KRN-010", "Karton koli isi 10 pasang", "Carton for 10 pairs", "biji", 15_000, False),
]  # fmt: skip

STAGES = [
    ("Potong", "Cutting"),
    ("Seset", "Skiving"),
    ("Jahit upper", "Closing"),
    ("Open dan sol", "Lasting and soling"),
    ("Finishing dan kemas", "Finishing"),
]
MINUTES = (9, 6, 30, 20, 10)  # of a pair at each of them
PEOPLE = (1, 1, 4, 2, 1)  # who work there

# Lasts: their name, the models that are made on them, and how many pairs of lasts of each size there are.
LASTS_AT = "Open dan sol"
LASTS = [
    ("Acuan pria bulat", ("DRB-01", "BOT-03"),
     {"38": 4, "39": 8, "40": 12, "41": 14, "42": 12, "43": 8, "44": 4}),
    ("Acuan loafer", ("LFR-02",), {"38": 2, "39": 5, "40": 8, "41": 10, "42": 8, "43": 5, "44": 2}),
    ("Acuan pantofel hak 5", ("PNT-04",), {"36": 4, "37": 10, "38": 12, "39": 10, "40": 6, "41": 2}),
    ("Acuan sekolah", ("SKL-05",),
     {"30": 4, "31": 6, "32": 8, "33": 8, "34": 8, "35": 8, "36": 6, "37": 5, "38": 4}),
]  # fmt: skip

# In which of the five stages a material goes in.
STAGE_OF = {
    "KLT": 0, "IMT": 0, "KFR": 0, "SPN": 0, "TEK": 0, "TMS": 0, "LTX": 2, "BNG": 2, "MTA": 2,
    "SOL": 3, "LEM": 3, "PCS": 3, "TLI": 4, "GSP": 2, "LBL": 4, "SMR": 4, "DUS": 4, "TSU": 4,
    "PLS": 4, "KRN": 4,
}  # fmt: skip

# Gross of waste, in the unit of the material, for a pair of the middle size.
RECIPES: dict[str, dict[str, str]] = {
    "DRB-01": {
        "KLT-BOX": "3.2", "KLT-FUR": "1.8", "SPN-003": "0.03", "TEK-150": "0.05",
        "TMS-100": "0.025", "SOL-TPR": "1", "LEM-KNG": "0.08", "LEM-PUS": "0.05",
        "LTX-PTH": "0.03", "PCS-LTR": "0.02", "BNG-NYL": "0.02", "MTA-HTM": "10", "TLI-080": "1",
        "LBL-MRK": "1", "SMR-FIN": "0.01", "DUS-STD": "1", "TSU-KRT": "2", "KRN-010": "0.1",
    },
    "LFR-02": {
        "KLT-PUL": "2.6", "KLT-FUR": "1.6", "SPN-003": "0.03", "TEK-150": "0.05",
        "TMS-100": "0.025", "SOL-TPR": "1", "LEM-KNG": "0.08", "LEM-PUS": "0.05",
        "LTX-PTH": "0.03", "PCS-LTR": "0.02", "BNG-NYL": "0.02", "LBL-MRK": "1",
        "SMR-FIN": "0.01", "DUS-STD": "1", "TSU-KRT": "2", "KRN-010": "0.1",
    },
    "BOT-03": {
        "KLT-SUD": "4.5", "KLT-FUR": "2.4", "TEK-150": "0.05", "TMS-100": "0.03", "SOL-KRT": "1",
        "LEM-KNG": "0.1", "LEM-PUS": "0.06", "LTX-PTH": "0.03", "PCS-LTR": "0.02",
        "BNG-NYL": "0.03", "MTA-HTM": "8", "TLI-080": "1", "LBL-MRK": "1", "DUS-STD": "1",
        "TSU-KRT": "2", "KRN-010": "0.1",
    },
    "PNT-04": {
        "IMT-HTM": "0.14", "KFR-150": "0.12", "SPN-003": "0.04", "TEK-150": "0.045",
        "TMS-100": "0.02", "SOL-PUW": "1", "LEM-KNG": "0.06", "LEM-PUS": "0.04", "LTX-PTH": "0.02",
        "PCS-LTR": "0.015", "BNG-NYL": "0.012", "LBL-MRK": "1", "DUS-STD": "1", "TSU-KRT": "1",
        "KRN-010": "0.1",
    },
    "SKL-05": {
        "IMT-HTM": "0.13", "KFR-150": "0.1", "SPN-003": "0.03", "TEK-150": "0.04",
        "TMS-100": "0.02", "SOL-ANK": "1", "LEM-KNG": "0.05", "LEM-PUS": "0.035",
        "LTX-PTH": "0.02", "PCS-LTR": "0.015", "BNG-NYL": "0.012", "MTA-HTM": "8", "TLI-080": "1",
        "LBL-MRK": "1", "PLS-SDL": "1", "KRN-010": "0.05",
    },
    "SDL-06": {
        "KLT-PUL": "0.8", "TEK-150": "0.02", "SOL-SDL": "1", "LEM-KNG": "0.04", "LEM-PUS": "0.03",
        "PCS-LTR": "0.01", "BNG-NYL": "0.006", "GSP-SDL": "4", "LBL-MRK": "1", "PLS-SDL": "1",
        "KRN-010": "0.05",
    },
}  # fmt: skip

# Of the gross figures above, what falls off the hide. Shown apart, so that it can be improved.
WASTE_PERCENT = {"KLT": 30}
SIZE_STEP_PERMILLE = {"KLT": 30, "IMT": 30, "KFR": 30}

# What always lies there: as soon as it is enough for no more than so many pairs, for that many it is bought.
KEPT = ("LEM-PUS", "LTX-PTH", "PCS-LTR", "BNG-NYL", "MTA-HTM", "TLI-080", "GSP-SDL", "LBL-MRK", "SMR-FIN",
        "DUS-STD", "TSU-KRT", "PLS-SDL", "KRN-010")  # fmt: skip
KEPT_FOR = (200, 600)

# In another colour the upper is cut from another hide, the same area of it.
UPPERS = {
    ("DRB-01", "Cokelat"): "KLT-PUL",
    ("LFR-02", "Hitam"): "KLT-BOX",
    ("BOT-03", "Cokelat"): "KLT-PUL",
    ("PNT-04", "Marun"): "IMT-MRN",
    ("SDL-06", "Hitam"): "KLT-BOX",
}

# What does as well where the material cannot be had, the preferred first: thousandths of it.
INSTEAD = {
    "KLT-PUL": (("KLT-BOX", 1_050), ("KLT-SUD", 1_100)),
    "SOL-TPR": (("SOL-KRT", 1_000),),
}

CATEGORIES = [
    ("pria", "Sepatu pria", "Men's shoes"),
    ("wanita", "Sepatu wanita", "Women's shoes"),
    ("sekolah", "Sepatu sekolah", "School shoes"),
    ("sandal", "Sandal", "Sandals"),
]

SIZE_RUNS = [
    ("pria", "Seri lusin", {"39": 1, "40": 3, "41": 4, "42": 3, "43": 1}),
    ("pria", "Seri kodi", {"39": 2, "40": 5, "41": 6, "42": 5, "43": 2}),
    ("wanita", "Seri kodi", {"36": 2, "37": 5, "38": 6, "39": 5, "40": 2}),
    (
        "sekolah",
        "Seri kodi",
        {"30": 1, "31": 2, "32": 3, "33": 3, "34": 3, "35": 3, "36": 2, "37": 2, "38": 1},
    ),
    ("sandal", "Seri kodi", {"39": 2, "40": 5, "41": 6, "42": 5, "43": 2}),
]

BLACK = ("Hitam", "Black", "#22201f")
BROWN = ("Cokelat", "Brown", "#7a4a2b")
SAND = ("Pasir", "Sand", "#c2a27a")
MAROON = ("Marun", "Maroon", "#6d1f2c")

# code, slug, category, names, sizes, middle size, wholesale, retail, days, piece rates, looks, stories
PRODUCTS = [
    (
        "DRB-01", "derby-pria", "pria", "Derby pria kulit", "Men's derby", range(38, 45), 41,
        365_000, 549_000, 18, (4_000, 1_500, 16_000, 15_000, 4_500),
        [(*BLACK, "derby-black"), (*BROWN, "derby-brown")],
        "Derby kulit sapi box dengan lima lubang tali. Bagian dalam kulit domba, jadi adem dipakai "
        "seharian. Jahitan welt terlihat, sol TPR yang tidak licin di lantai basah.",
        "A derby in box-finished cow leather with five rows of eyelets. Lined in sheepskin, so it "
        "stays cool all day. Visible welt stitching on a TPR sole that grips wet floors.",
    ),
    (
        "LFR-02", "loafer-pria", "pria", "Loafer pria pull-up", "Men's loafer", range(38, 45), 41,
        335_000, 499_000, 16, (3_500, 1_500, 17_000, 14_000, 4_500),
        [(*BROWN, "loafer-brown"), (*BLACK, "loafer-black")],
        "Loafer dari kulit pull-up yang warnanya makin hidup setiap kali dipakai. Tanpa tali, "
        "langsung masuk, rapi untuk kantor dan hari Jumat.",
        "A loafer in pull-up leather whose colour comes alive the more it is worn. No laces: step "
        "in and go, neat for the office and for Fridays.",
    ),
    (
        "BOT-03", "boot-chukka", "pria", "Boot chukka suede", "Suede chukka boot", range(39, 45), 41,
        435_000, 649_000, 21, (5_000, 2_000, 20_000, 18_000, 5_000),
        [(*SAND, "chukka-sand"), (*BROWN, "chukka-brown")],
        "Boot semata kaki dari suede tebal dengan sol karet. Dua pasang lubang tali saja, ringan, "
        "dan bentuknya tetap bagus setelah perjalanan jauh.",
        "An ankle boot in thick suede on a rubber sole. Few eyelets, light on the foot, and it "
        "keeps its shape after a long journey.",
    ),
    (
        "PNT-04", "pantofel-wanita", "wanita", "Pantofel wanita", "Women's court shoe",
        range(36, 42), 38, 118_000, 195_000, 12, (1_500, 0, 8_000, 7_500, 2_000),
        [(*BLACK, "pump-black"), (*MAROON, "pump-maroon")],
        "Pantofel dengan hak lima sentimeter yang stabil untuk berdiri lama. Bahan imitasi yang "
        "mudah dilap, bantalan busa di telapak.",
        "A court shoe on a steady five-centimetre heel, made for standing long hours. Wipe-clean "
        "upper, foam under the foot.",
    ),
    (
        "SKL-05", "sepatu-sekolah", "sekolah", "Sepatu sekolah hitam", "Black school shoe",
        range(30, 39), 34, 92_000, 149_000, 10, (1_200, 0, 6_500, 6_000, 1_300),
        [(*BLACK, "school-black")],
        "Hitam polos sesuai aturan sekolah, ujung kaki lapang untuk anak yang sedang tumbuh, dan "
        "sol yang tahan lapangan upacara.",
        "Plain black as schools ask, with room at the toes for feet that grow and a sole that "
        "survives the school yard.",
    ),
    (
        "SDL-06", "sandal-dua-tali", "sandal", "Sandal kulit dua tali", "Two-strap leather sandal",
        range(39, 44), 41, 125_000, 195_000, 8, (1_500, 0, 4_000, 4_500, 1_000),
        [(*BROWN, "sandal-brown"), (*BLACK, "sandal-black")],
        "Sandal dua tali dengan gesper yang bisa disetel. Kulit asli, sol EVA ringan, cocok untuk "
        "ke masjid, ke pasar, dan ke mana saja.",
        "A two-strap sandal with buckles to adjust. Real leather on a light EVA sole, for the "
        "mosque, the market and everywhere else.",
    ),
]  # fmt: skip


# What a pair cost the distributors before, until so many days ago.
REPRICED = {"SDL-06": (108_000, 330), "PNT-04": (130_000, 300), "DRB-01": (350_000, 210)}

WHOLESALE = {row[0]: row[7] for row in PRODUCTS}

LAUNCHED = {"BOT-03": 350}  # days ago: before that it could not be had, in a story as long as that
# What is asked for in the place of a model since that came, so many days until only some still want it.
OUT_OF_FASHION = {"LFR-02": ("BOT-03", 120)}
STILL_WANT_IT = 0.15

# gram, with the box
PAIR_WEIGHT = {"pria": 1_050, "wanita": 720, "sekolah": 850, "sandal": 620}


def dearness(code: str, ago: int) -> float:
    """By which share a pair was dearer for distributors, so many days ago, than at its other price."""
    if code not in REPRICED:
        return 0
    was, days = REPRICED[code]
    then, other = (was, WHOLESALE[code]) if ago > days else (WHOLESALE[code], was)
    return max(0.0, then / other - 1)


def left_for(code: str, ago: int) -> tuple[str, float]:
    """Return the model that is taken in the place of one that goes out of fashion, so many days ago, and
    which share of those who took the old one did so."""
    if code not in OUT_OF_FASHION:
        return code, 0
    other, days = OUT_OF_FASHION[code]
    since = LAUNCHED[other] - ago
    return other, min(1 - STILL_WANT_IT, max(0, since / days))


def fill(workshop: Workshop, since: date, today: date | None = None) -> None:
    """Give the workshop its materials, models, recipes and price list; `today`: the day up to which
    its past is told, with the prices of then."""
    materials = {
        code: Material.objects.create(
            workshop=workshop, code=code, name=name, name_en=name_en, unit=unit, price=price,
            is_by_size=by_size,
        )
        for code, name, name_en, unit, price, by_size in MATERIALS
    }  # fmt: skip
    categories = {
        slug: Category.objects.create(
            workshop=workshop, slug=slug, name=name, name_en=name_en, position=position
        )
        for position, (slug, name, name_en) in enumerate(CATEGORIES)
    }
    for slug, name, run in SIZE_RUNS:
        SizeRun.objects.create(category=categories[slug], name=name, sizes=run)
    for position, row in enumerate(PRODUCTS):
        code, slug, category, name, name_en, sizes, middle, wholesale, retail, days = row[:10]
        rates, looks, story, story_en = row[10:]
        product = Product.objects.create(
            workshop=workshop, category=categories[category], code=code, slug=slug, name=name,
            name_en=name_en, story=story, story_en=story_en, base_size=middle, minimum_pairs=10,
            lead_days=days, position=position, pair_weight=PAIR_WEIGHT[category],
        )  # fmt: skip
        for place, (colour, colour_en, swatch, drawing) in enumerate(looks):
            colourway = Colourway.objects.create(
                product=product, name=colour, name_en=colour_en, swatch=swatch, drawing=drawing,
                position=place,
            )  # fmt: skip
            Variant.objects.bulk_create(Variant(colourway=colourway, size=str(n)) for n in sizes)
        _price(product, wholesale, retail, since)
        if today and code in REPRICED:
            _cost_before(product, today)
        _cook(product, rates, materials)


def kept(code: str) -> tuple[int, int]:
    """Return below how much, and up to how much of a material is bought again, in thousandths."""
    a_pair = max(Decimal(recipe.get(code, 0)) for recipe in RECIPES.values())
    below, up_to = (int(a_pair * pairs * MILLI) for pairs in KEPT_FOR)
    return below, up_to


def _price(product: Product, wholesale: int, retail: int, since: date) -> None:
    """A price a pair; distributors pay 3 % less a kodi from three kodi on."""
    kodi = wholesale * Unit.KODI * 97 // 100
    for group, pairs, amount, per in (
        (Group.WHOLESALE, 1, wholesale, Unit.PAIR),
        (Group.WHOLESALE, 60, kodi, Unit.KODI),
        (Group.RETAIL, 1, retail, Unit.PAIR),
        (Group.DEALER, 1, (wholesale + retail) // 2 // 5_000 * 5_000, Unit.PAIR),
    ):
        PriceRule.objects.create(
            product=product, group=group, from_pairs=pairs, amount=amount, per=per, valid_from=since
        )


def _cost_before(product: Product, today: date) -> None:
    """Let the wholesale prices begin on the day of the change, and the earlier ones end there."""
    was, days = REPRICED[product.code]
    changed_on = today - timedelta(days=days)
    for rule in product.prices.filter(group=Group.WHOLESALE, valid_from__lt=changed_on):
        earlier = was if rule.per == Unit.PAIR else was * rule.per * 97 // 100
        PriceRule.objects.create(
            product=product, group=rule.group, from_pairs=rule.from_pairs, amount=earlier,
            per=rule.per, valid_from=rule.valid_from, valid_to=changed_on - timedelta(days=1),
        )  # fmt: skip
        product.prices.filter(pk=rule.pk).update(valid_from=changed_on)


def _cook(product: Product, rates: tuple[int, ...], materials: dict[str, Material]) -> None:
    """Write the stages and the first version of the recipe."""
    stages = {
        number: Stage.objects.create(
            product=product,
            position=number,
            name=name,
            name_en=name_en,
            piece_rate=rate,
            minutes=MINUTES[number],
        )
        for number, ((name, name_en), rate) in enumerate(zip(STAGES, rates, strict=True))
        if rate
    }
    recipe = Recipe.objects.create(product=product)
    colourways = list(product.colourways.all())
    for code, gross in RECIPES[product.code].items():
        kind = code[:3]
        waste = WASTE_PERCENT.get(kind, 0)
        net = int(Decimal(gross) * MILLI * (100 - waste) / 100)
        others = [one for one in colourways if (product.code, one.name) in UPPERS]
        is_upper = kind in {"KLT", "IMT"} and code != "KLT-FUR"
        for colourway in colourways if is_upper and others else [None]:
            name = colourway.name if colourway else ""
            taken = UPPERS.get((product.code, name), code) if is_upper else code
            line = RecipeLine.objects.create(
                recipe=recipe,
                material=materials[taken],
                colourway=colourway,
                stage=stages[STAGE_OF[kind]],
                quantity=net,
                waste_percent=waste,
                size_step_permille=SIZE_STEP_PERMILLE.get(kind, 0),
            )
            Alternative.objects.bulk_create(
                Alternative(
                    line=line, position=position, material=materials[other], permille=permille
                )
                for position, (other, permille) in enumerate(INSTEAD.get(taken, ()), start=1)
            )
