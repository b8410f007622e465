"""Service after the sale: goods that came back, how content customers were, and answer pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from simpul.conversations.models import Ticket
from simpul.crm.models import (
    AnswerPage,
    Counted,
    GoodsReturn,
    Rating,
    Remedy,
    ShownAs,
    Voice,
    name_as,
)
from simpul.demo.tickets import DELIVERED, of_order
from simpul.lib import clock
from simpul.orders.models import LineSize, Order
from simpul.parties.models import Person

if TYPE_CHECKING:
    from simpul.demo.history import Story

# days ago; who; 1 to 5; in their own words
ANSWERED: list[tuple[int, str, int, str]] = [
    (160, "maju", 4, ""),
    (131, "jakarta", 5, "Jahitannya rapi, ukurannya pas semua."),
    (118, "sukabumi", 4, "Datang sehari lebih cepat."),
    (96, "padang", 3, "Bagus, tapi dua kardus penyok."),
    (74, "maju", 5, ""),
    (52, "jakarta", 4, "Lem sedikit terlihat di dua pasang, selebihnya baik."),
    (37, "sukabumi", 5, "Pelanggan saya suka sol barunya."),
    (5, "padang", 2, "Mundur empat hari dan baru dikabari setelah saya tanya."),
]
# what may stand in the shop window, and as whose
SHOWN = {
    "Jahitannya rapi, ukurannya pas semua.": ShownAs.NAMED,
    "Pelanggan saya suka sol barunya.": ShownAs.FIRST,
}

CARE = (
    "care", "Bagaimana merawat sepatu kulit?", "How do I care for leather shoes?",
    "Lap dengan kain lembap setelah dipakai, lalu angin-anginkan di tempat teduh. Jangan dijemur dan jangan di dekat kompor: kulit jadi kaku dan retak.\n\n"
    "Seminggu sekali, oleskan semir netral tipis-tipis dengan kain, tunggu sepuluh menit, lalu sikat sampai mengilap.\n\n"
    "Kalau basah kuyup, isi dengan koran dan ganti korannya setiap jam. Simpan dengan kertas di dalamnya supaya bentuknya terjaga.",
    "Wipe them with a damp cloth after wearing and let them dry in the shade. Never in the sun or near a stove: the leather turns stiff and cracks.\n\n"
    "Once a week put on a thin layer of neutral polish with a cloth, wait ten minutes, and brush until they shine.\n\n"
    "If they are soaked, fill them with newspaper and change it every hour. Keep them with paper inside, so that they hold their shape.",
)  # fmt: skip
SIZES = (
    "sizes", "Ukuran berapa yang pas?", "Which size fits?",
    "Berdiri di atas kertas, tandai tumit dan ujung jari terpanjang, lalu ukur jaraknya dalam milimeter. Ukur kedua kaki dan pakai yang lebih panjang.\n\n"
    "Kalau hasilnya di antara dua ukuran, ambil yang lebih besar. Untuk kaki lebar, tulis di catatan pesanan: kami punya acuan yang lebih lebar.",
    "Stand on a sheet of paper, mark heel and longest toe, and measure between the marks in millimetres. Measure both feet and take the longer one.\n\n"
    "Between two sizes take the larger. For wide feet write it in the remarks of the order: we have wider lasts.",
)  # fmt: skip
TERMS = (
    "terms", "Bagaimana uang muka, pelunasan, dan penukaran?", "Down payment, settlement and exchange",
    "Pengerjaan mulai setelah uang muka masuk. Pelunasan dibayar sebelum barang diserahkan, kecuali sudah ada kesepakatan lain di pesanan.\n\n"
    "Cacat jahitan dan sol kami perbaiki atau ganti sampai tiga bulan setelah barang sampai. Kirim fotonya lewat halaman pesanan.\n\n"
    "Salah ukuran bisa ditukar dalam tujuh hari selama sepatunya belum dipakai.",
    "Work begins once the down payment has arrived. The settlement is paid before the goods are handed over, unless the order says otherwise.\n\n"
    "Faults of seams and soles we mend or replace for three months after the delivery. Send a photo from the page of the order.\n\n"
    "A wrong size is exchanged within seven days as long as the shoes are unworn.",
)  # fmt: skip
# the page, how many days ago it was written, and how many said that it helped, or did not
PAGES = ((CARE, 120, 14, 1), (SIZES, 117, 22, 3), (TERMS, 64, 9, 2))


def plan(story: Story) -> None:
    for page, days, helped, unhelped in PAGES:
        story.at(_ago(story, days, 9), partial(_write, story, page, helped, unhelped))
    for days, who, stars, words in ANSWERED:
        story.at(_ago(story, days, 15), partial(_rate, story, who, stars, words))
    story.at(_ago(story, 12, 10), partial(_send_back, story))
    story.at(_ago(story, 1, 16), partial(_rate_ticket, story))
    story.at(_ago(story, 1, 17), partial(_fetch, story))


def _ago(story: Story, days: int, hour: int) -> datetime:
    return (story.now - timedelta(days=days)).replace(hour=hour, minute=35)


def _write(story: Story, page: tuple[str, str, str, str, str], helped: int, unhelped: int) -> None:
    kind, title, title_en, words, words_en = page
    sari = story.cast.staff["sari"]
    made = AnswerPage.write(
        by=sari, kind=kind, title=title, words=words, title_en=title_en, words_en=words_en
    )
    made.publish(by=sari)
    for is_helped in [True] * helped + [False] * unhelped:
        made.vote(by=story.cast.workshop.machine, is_helped=is_helped)


def _rate(story: Story, who: str, stars: int, words: str) -> None:
    orders = Order.objects.filter(buyer=story.cast.parties[who], status__in=DELIVERED)
    order = orders.filter(rating=None).order_by("-fulfilled_at", "-pk").first()
    if order is not None:
        asked = Rating.ask(by=story.cast.workshop.machine, about=order)
        asked.reply(by=story.cast.contacts[who], stars=stars, words=words)
        if words in SHOWN:
            voice = _let_show(asked, story.cast.contacts[who], SHOWN[words])
            voice.show(by=story.cast.staff["sari"])


def _let_show(rating: Rating, by: Person, shown_as: ShownAs) -> Voice:
    """Let what a customer said be shown, with what the form would have asked."""
    label = shown_as.label % {"name": name_as(shown_as, by)}
    consent = f"Bolehkah kata-kata Anda ditampilkan untuk umum? {label}"
    return Voice.offer(by=by, rating=rating, shown_as=shown_as, consent=consent)


def _rate_ticket(story: Story) -> None:
    """The dealer whose soles were mended is content."""
    solved = Ticket.objects.of_customers().filter(party=story.cast.parties["jakarta"])
    ticket = solved.filter(status=Ticket.Status.RESOLVED).order_by("-pk").first()
    if ticket is not None:
        asked = Rating.ask(by=story.cast.workshop.machine, about=ticket)
        asked.reply(
            by=story.cast.contacts["jakarta"], stars=5, words="Cepat dibereskan, terima kasih."
        )
        _let_show(asked, story.cast.contacts["jakarta"], ShownAs.FIRST)  # waits for the desk


def _send_back(story: Story) -> None:
    """Two pairs were too small: they come back whole, and only then a credit note is written."""
    ticket = of_order(
        story, "sukabumi", "return", "Dua pasang kekecilan.\nBelum dipakai, kardusnya masih ada."
    )
    if ticket is None:
        return
    sari, rina = story.cast.staff["sari"], story.cast.staff["rina"]
    goods = GoodsReturn.agree(
        by=sari, ticket=ticket, pairs=_pairs(ticket), way="sent", note="Ongkos ditanggung pembeli."
    )
    goods.send(by=sari)
    story.later(partial(_count_in, ticket, goods, sari, rina), days=3)


def _count_in(ticket: Ticket, goods: GoodsReturn, sari: Person, rina: Person) -> None:
    goods.count_in(
        by=rina, counted={one.pk: Counted(one.agreed, 0, 0) for one in goods.pairs.all()}
    )
    note = f"{ticket.number}: {ticket.title}"
    Remedy.credit(by=sari, ticket=ticket, amount=360_000, kind="returned", note=note)
    ticket.solve(
        by=sari, how="credited", reason="Dua pasang sudah kami terima, nilainya jadi kredit."
    )


def _fetch(story: Story) -> None:
    """The pairs with the open seam: the ojek has accepted to fetch them."""
    party = story.cast.parties["maju"]
    ticket = Ticket.objects.open().filter(party=party, kind="warranty").order_by("-pk").first()
    if ticket is not None:
        sari = story.cast.staff["sari"]
        goods = GoodsReturn.agree(
            by=sari,
            ticket=ticket,
            pairs=_pairs(ticket),
            way="courier",
            note="Besok pagi, ongkos kami.",
        )
        shipment = goods.shipment
        assert shipment is not None  # noqa: S101
        until = clock.now() + timedelta(hours=6)
        shipment.offer(by=sari, couriers=[story.cast.parties["ojek"]], expires_at=until, fee=25_000)
        shipment.accept(by=story.cast.contacts["ojek"])


def _pairs(ticket: Ticket) -> dict[LineSize, int]:
    """Return the pairs of the order that a ticket names."""
    sizes = LineSize.objects.filter(line__order=ticket.subject_id).select_related("variant")
    return {
        one: min(said["sizes"][one.variant.size], one.delivered)
        for said in ticket.pairs
        for one in sizes
        if one.line_id == said["line"] and one.variant.size in said["sizes"]
    }
