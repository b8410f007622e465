"""The people of the demonstration: the workshop's own, and its parties (one more registers later)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from simpul.lib.places import Spot
from simpul.parties.models import Address, Identity, Party, Person, User, Workshop
from simpul.parties.roles import Role

SLUG = "contoh"

STORY = """Bengkel kami ada di Desa Mekarjaya, Ciomas, di kaki Gunung Salak. Sejak 1987 kami \
membuat sepatu kulit dengan tangan: dari memilih lembar kulit sampai menyemir pasang terakhir.

Sembilan tukang bekerja di sini. Setiap pasang melewati lima tahap, dan setiap tahap diperiksa \
sebelum lanjut. Pesanan Anda bisa diikuti dari potong sampai kirim, kapan saja."""

STORY_EN = """Our workshop stands in Mekarjaya, Ciomas, at the foot of Mount Salak. Since 1987 we \
have made leather shoes by hand, from choosing the hide to polishing the last pair.

Nine craftsmen work here. Every pair passes five stages, and each stage is checked before the \
next begins. You can follow your order from the first cut to your door, at any hour."""

STAFF = [
    ("Pak Hadi", Role.OWNER, "hadi"),
    ("Sari", Role.SALES, "sari"),
    ("Fajar", Role.FINANCE, "fajar"),
    ("Rina", Role.STOCK, "rina"),
    ("Udin", Role.PRODUCTION, "udin"),
    ("Bu Lilis", Role.VIEWER, "lilis"),
]


@dataclass(frozen=True, slots=True)
class Partner:
    """One party of the demonstration with its first contact person; `user` opens a login."""

    key: str
    name: str
    contact: str
    phone: str
    area: str
    street: str
    province: str = "Jawa Barat"
    postcode: str = ""
    buys_as: str = ""
    supplies: bool = False
    delivers: bool = False
    welcome: bool = True
    user: bool = False
    vehicle: str = ""
    landmark: str = ""
    spot: Spot | None = None  # the middle of the district: nobody lives there


DISTRIBUTOR, CONSUMER = Party.BuysAs.DISTRIBUTOR, Party.BuysAs.CONSUMER

PARTNERS = [
    Partner("maju", "Toko Contoh Maju", "Dewi", "+6281200000002",
            "Pasar Anyar, Kota Bogor", "Jl. Dewi Sartika Blok C No. 12", postcode="16121",
            buys_as=DISTRIBUTOR, user=True, landmark="sebelah tukang jam",
            spot=Spot(-6_592_000, 106_793_000)),
    Partner("padang", "Grosir Contoh Padang", "Uda Rizal", "+6281200000003",
            "Pasar Raya, Kota Padang", "Jl. Pasar Raya Barat No. 45", "Sumatera Barat", "25112",
            buys_as=DISTRIBUTOR, user=True),
    Partner("siti", "Siti Contoh", "Siti", "+6281200000004",
            "Sinduharjo, Ngaglik, Sleman", "Jl. Kaliurang Km 9 No. 3", "DI Yogyakarta", "55581",
            buys_as=CONSUMER, user=True, landmark="pagar biru depan musala"),
    Partner("kulit", "CV Kulit Contoh", "Kang Asep", "+6281200000005",
            "Sukaregang, Garut", "Jl. Gagak Lumayung No. 8", postcode="44151", supplies=True),
    Partner("bahan", "Toko Bahan Contoh", "Koh Hendra", "+6281200000006",
            "Ciomas, Kab. Bogor", "Jl. Raya Ciomas No. 101", postcode="16610", supplies=True),
    Partner("ojek", "Ojek Contoh", "Mang Ujang", "+6281200000007",
            "Ciomas, Kab. Bogor", "Kp. Sawah RT 03/RW 04", postcode="16610", delivers=True,
            vehicle="Honda Supra, F 1234 XX", user=True),
    Partner("jakarta", "UD Langkah Contoh", "Bu Yanti", "+6281200000008",
            "Jatinegara, Jakarta Timur", "Jl. Bekasi Barat Raya No. 27", "DKI Jakarta", "13310",
            buys_as=DISTRIBUTOR, user=True, spot=Spot(-6_215_000, 106_870_000)),
    Partner("sukabumi", "Toko Sepatu Contoh Jaya", "Pak Dedi", "+6281200000009",
            "Cikole, Kota Sukabumi", "Jl. Ahmad Yani No. 88", postcode="43113",
            buys_as=DISTRIBUTOR, spot=Spot(-6_920_000, 106_930_000)),
    Partner("budi", "Budi Contoh", "Budi", "+6281200000011",
            "Coblong, Kota Bandung", "Jl. Cisitu Lama No. 14", postcode="40135",
            buys_as=CONSUMER),
    Partner("sol", "Gudang Sol Contoh", "Pak Wawan", "+6281200000012",
            "Cibaduyut, Kota Bandung", "Jl. Cibaduyut Raya No. 150", postcode="40239",
            supplies=True, user=True),
    Partner("cargo", "Ekspedisi Contoh Cargo", "Mas Agus", "+6281200000013",
            "Bogor Tengah, Kota Bogor", "Jl. Raya Tajur No. 60", postcode="16134", delivers=True,
            vehicle="truk boks, B 9876 XX", user=True),
    Partner("motor", "Antar Contoh Kilat", "Kang Jajang", "+6281200000014",
            "Dramaga, Kab. Bogor", "Jl. Raya Dramaga Km 6", postcode="16680", delivers=True,
            vehicle="motor bak, F 4321 XX"),
    Partner("koperasi", "Koperasi Contoh Sekolah", "Pak Usman", "+6281200000015",
            "Cibinong, Kab. Bogor", "Jl. Tegar Beriman No. 5", postcode="16914",
            buys_as=DISTRIBUTOR, landmark="gerbang samping lapangan",
            spot=Spot(-6_482_000, 106_838_000)),
    Partner("wulan", "Wulan Contoh", "Wulan", "+6281200000016",
            "Dramaga, Kab. Bogor", "Jl. Babakan Lio No. 19", postcode="16680",
            buys_as=CONSUMER, spot=Spot(-6_571_000, 106_741_000)),
    Partner("nita", "Nita Contoh", "Nita", "+6281200000017",
            "Bojonggede, Kab. Bogor", "Perumahan Contoh Asri Blok D4 No. 7", postcode="16920",
            buys_as=CONSUMER, landmark="rumah hijau dekat taman", spot=Spot(-6_493_000, 106_795_000)),
    Partner("ayu", "Ayu Contoh", "Ayu", "+6281200000018",
            "Babakan Madang, Kab. Bogor", "Kp. Contoh RT 01/RW 06", postcode="16810",
            buys_as=CONSUMER, spot=Spot(-6_566_000, 106_872_000)),
]  # fmt: skip


# Distributors who hear of the workshop later: the key is that of their habits.
NEWCOMERS = [
    Partner("semarang", "Toko Contoh Johar", "Bu Endang", "+6281200000019",
            "Pasar Johar, Kota Semarang", "Jl. H. Agus Salim No. 21", "Jawa Tengah", "50138",
            buys_as=DISTRIBUTOR),
    Partner("cirebon", "UD Contoh Kejaksan", "Pak Yayat", "+6281200000020",
            "Kejaksan, Kota Cirebon", "Jl. Siliwangi No. 64", postcode="45123",
            buys_as=DISTRIBUTOR, user=True),
    Partner("lampung", "Grosir Contoh Lampung", "Bang Iwan", "+6281200000021",
            "Tanjung Karang, Kota Bandar Lampung", "Jl. Imam Bonjol No. 118", "Lampung", "35117",
            buys_as=DISTRIBUTOR, user=True),
    Partner("serang", "Toko Contoh Rau", "Haji Mamat", "+6281200000022",
            "Pasar Rau, Kota Serang", "Jl. Kyai Haji Abdul Latif No. 9", "Banten", "42117",
            buys_as=DISTRIBUTOR),
    Partner("bekasi", "Toko Contoh Bekasi", "Ibu Lusi", "+6281200000024",
            "Bekasi Timur, Kota Bekasi", "Jl. Ir. H. Juanda No. 150", postcode="17112",
            buys_as=DISTRIBUTOR),
    Partner("solo", "CV Contoh Klewer", "Mas Bagus", "+6281200000025",
            "Pasar Kliwon, Kota Surakarta", "Jl. Dr. Rajiman No. 5", "Jawa Tengah", "57118",
            buys_as=DISTRIBUTOR, user=True),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody of the demonstration, by key."""

    workshop: Workshop
    staff: dict[str, Person]
    parties: dict[str, Party]
    contacts: dict[str, Person]


def gather(opened: datetime) -> Cast:
    """Open the workshop on that day with all its people."""
    workshop = Workshop.objects.create(
        slug=SLUG,
        name="Bengkel Sepatu Contoh",
        tagline="Sepatu kulit buatan tangan dari Ciomas, sejak 1987.",
        tagline_en="Leather shoes made by hand in Ciomas, since 1987.",
        story=STORY,
        story_en=STORY_EN,
        founded_in=1987,
        street="Jl. Raya Ciomas No. 17, Kp. Contoh RT 02/RW 05",
        area="Desa Mekarjaya, Kec. Ciomas, Kab. Bogor",
        postcode="16610",
        latitude=-6_603_000,
        longitude=106_765_000,
        telephone="+6281200000001",
        email="bengkel@contoh.example",
        hours="Senin–Sabtu, 08.00–16.00",
        opened_at=opened,
    )
    Person.objects.create(workshop=workshop, role=Role.MACHINE, name="Simpul")
    staff = {}
    for name, role, key in STAFF:
        user = User.objects.create_user(f"{key}@contoh.example")
        staff[key] = Person.objects.create(workshop=workshop, name=name, role=role, user=user)
        _known_by(staff[key], mail=user.email)
    parties, contacts = {}, {}
    for partner in PARTNERS:
        parties[partner.key], contacts[partner.key] = introduce(workshop, partner, opened)
    return Cast(workshop, staff, parties, contacts)


def introduce(workshop: Workshop, partner: Partner, since: datetime) -> tuple[Party, Person]:
    """Write down a party with its first contact person."""
    party = Party.objects.create(
        workshop=workshop,
        name=partner.name,
        buys_as=partner.buys_as,
        is_supplier=partner.supplies,
        is_courier=partner.delivers,
        is_welcome=partner.welcome,
        area=partner.area,
        vehicle=partner.vehicle,
        since=since,
    )
    mail = f"{partner.key}@contoh.example"
    person = Person.objects.create(
        workshop=workshop,
        party=party,
        name=partner.contact,
        user=User.objects.create_user(mail) if partner.user else None,
    )
    _known_by(person, phone=partner.phone, mail=mail if partner.user else "")
    address = Address(
        party=party,
        receiver=partner.contact,
        telephone=partner.phone,
        street=partner.street,
        area=partner.area,
        province=partner.province,
        postcode=partner.postcode,
        landmark=partner.landmark,
    )
    address.spot = partner.spot
    address.save()
    return party, person


def _known_by(person: Person, *, phone: str = "", mail: str = "") -> None:
    Identity.objects.bulk_create(
        Identity(workshop=person.workshop, person=person, kind=kind, value=value)
        for kind, value in ((Identity.Kind.PHONE, phone), (Identity.Kind.MAIL, mail))
        if value
    )
