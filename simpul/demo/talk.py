"""What is said: with the parties over every channel, among our own people, and in the guest book.

Some of it waits for an answer today. Nothing is sent; numbers and addresses are invented.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.utils import translation

from simpul.catalog.models import Product
from simpul.conversations import spam
from simpul.conversations.models import (
    Channel,
    Conversation,
    GuestEntry,
    InternalNote,
    Message,
    QuickReply,
    ReadMark,
)
from simpul.crm.models import Lead
from simpul.demo import photos
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Identity
from simpul.procurement.models import PurchaseOrder

if TYPE_CHECKING:
    from simpul.demo.history import Story

Shown = GuestEntry.ShownAs

GUESTS = [  # days ago, name, may be shown as, words, answer, code of the model
    (400, "Pak Rahmat", Shown.NAME, "Apakah derby bisa dipesan ukuran 45? Kaki saya panjang.",
     "Bisa, Pak. Tambah satu minggu untuk acuan khusus.", "DRB-01"),
    (150, "Ibu Ningsih", Shown.INITIALS, "Sepatu sekolah anak saya awet dua tahun. Terima kasih!",
     "", ""),
    (40, "Toko Kaki Lima", Shown.NAME, "Minimal pesan berapa untuk toko baru?",
     "Mulai sepuluh pasang tiap model. Silakan daftar dulu, nanti kami kirim penawaran.", ""),
    (2, "Ibu Ratna", Shown.NOWHERE, "Kotak sepatunya penyok waktu sampai. Sepatunya sendiri bagus.",
     "", ""),
    (1, "Bayu", Shown.NAME, "Derby ini bisa diganti solnya kalau sudah aus?", "", "DRB-01"),
    (0, "Andi", Shown.NAME, "Kapan loafer hitam tersedia lagi?", "", ""),
]  # fmt: skip
SUSPICIOUS = [  # days ago, name, words, what speaks against a person
    (1, "Jasa SEO", "Website Anda sepi? Cek https://seo.example dan https://iklan.example sekarang!",
     [spam.FAST, spam.LINKS]),
    (0, "Pak Mulyono", "Hari Minggu buka tidak? Saya mau datang dari Depok.", [spam.OLD]),
]  # fmt: skip
REPLIES = [  # title, in Indonesian, in English
    (
        "Sudah masuk produksi",
        "Halo {nama}, pesanan {nomor} sudah masuk produksi. Kami kabari begitu siap dikirim.",
        "Hello {name}, order {number} is in production. We tell you as soon as it can be sent.",
    ),
    (
        "Minta bukti transfer",
        "Halo {nama}, mohon kirim bukti transfer untuk {nomor} lewat halaman pesanan. Terima kasih.",
        "Hello {name}, please send the proof of your transfer for {number} on the order's page.",
    ),
    (
        "Jam buka",
        "Halo {nama}, bengkel buka Senin sampai Sabtu, 08.00–16.00. Silakan mampir.",
        "Hello {name}, the workshop is open Monday to Saturday, 8:00 to 16:00. You are welcome.",
    ),
]


def begin(story: Story) -> None:
    """Save what Sari writes again and again."""
    for title, body, body_en in REPLIES:
        QuickReply.objects.create(
            workshop=story.cast.workshop, title=title, body=body, body_en=body_en
        )


def plan(story: Story) -> None:
    """Let the guests write, and everybody talk in the last days."""
    for days, name, shown_as, body, answer, model in GUESTS:
        happens = partial(_sign, story, name, shown_as, body, answer, model, is_new=days < 3)
        story.at(story.now - timedelta(days=days, hours=3), happens)
    for days, name, body, signs in SUSPICIOUS:
        happens = partial(_hold, story, name, body, signs)
        story.at(story.now - timedelta(days=days, hours=2), happens)
    for days, hour, talk in (
        (4, 11, by_mail_and_whatsapp),
        (3, 14, a_visit),
        (3, 15, a_call_and_a_dead_address),
        (2, 13, with_a_supplier),
        (1, 9, by_somebody_new),
    ):
        story.at(_ago(story, days, hour), partial(talk, story))


# With the parties


def by_mail_and_whatsapp(story: Story) -> None:
    """A buyer asks by mail and reads the answer, then asks by WhatsApp: that waits for Sari."""
    order, dewi, sari = (
        _latest(story, "maju"),
        story.cast.contacts["maju"],
        story.cast.staff["sari"],
    )
    if order is None:
        return
    thread = Conversation.of(order, order.buyer)
    Message.say(
        by=dewi,
        conversation=thread,
        channel=Channel.MAIL,
        body="Selamat siang Bu Sari,\n\nnotanya nanti atas nama Toko Contoh Maju, ya, bukan nama "
        "saya. Apakah masih bisa diubah?\n\nSalam,\nDewi",
    )
    with clock.stopped(clock.now() + timedelta(minutes=40)):
        answer = Message.say(
            by=sari, conversation=thread, body="Bisa, Bu. Notanya sudah atas nama toko."
        )
        thread.assign(by=sari, to=sari)
    with clock.stopped(clock.now() + timedelta(hours=2)):
        ReadMark.move(dewi, thread.pk, answer.pk)
    body = "Bu, kalau sebagian sudah jadi, boleh dikirim duluan? Rak toko mulai kosong."
    story.at(
        _ago(story, 1, 10),
        lambda: Message.say(by=dewi, conversation=thread, channel=Channel.WHATSAPP, body=body),
    )


def a_visit(story: Story) -> None:
    """Sari was in Jakarta, and promised something for today; Fajar leaves word for the owner."""
    yanti, staff = story.cast.contacts["jakarta"], story.cast.staff
    buyer = story.cast.parties["jakarta"]
    Message.call(
        by=staff["sari"],
        conversation=Conversation.of(buyer, buyer),
        channel=Channel.VISIT,
        direction=Message.Direction.OUT,
        body="Lihat rak loafernya: nomor 40 dan 41 paling cepat habis. Minta contoh kulit warna tan.",
        with_whom=yanti,
        next_words="Kirim contoh kulit warna tan",
        next_on=clock.day_of(story.now),
    )
    InternalNote.write(
        by=staff["fajar"],
        subject=buyer,
        body="@Hadi, Bu Yanti minta tempo 30 hari. Dua pesanan terakhir dibayar tepat waktu.",
    )


def a_call_and_a_dead_address(story: Story) -> None:
    """A buyer telephones, and another one's mail address is gone."""
    order, dedi = _latest(story, "sukabumi"), story.cast.contacts["sukabumi"]
    if order is not None:
        Message.call(
            by=story.cast.staff["sari"],
            conversation=Conversation.of(order, order.buyer),
            channel=Channel.PHONE,
            direction=Message.Direction.IN,
            body="Barangnya diterima adiknya; toko tutup setelah Asar.",
            with_whom=dedi,
        )
    rizal = story.cast.contacts["padang"]
    Identity.objects.get(person=rizal, kind=Identity.Kind.MAIL).come_back()


def with_a_supplier(story: Story) -> None:
    """The tannery writes about what was ordered, and nobody has answered yet."""
    asep = story.cast.contacts["kulit"]
    bought = PurchaseOrder.objects.filter(supplier=asep.party).exclude(number="")
    purchase = bought.order_by("-pk").first()
    if purchase is None or asep.party is None:
        return
    Message.say(
        by=asep,
        conversation=Conversation.of(purchase, asep.party),
        channel=Channel.WHATSAPP,
        body="Teh Rina, kulit boks hitam baru selesai dicat. Boleh dikirim dua kali?",
    )
    InternalNote.write(
        by=story.cast.staff["rina"],
        subject=purchase,
        body="@Udin, yang hitam kemungkinan datang dua kali. Potong yang cokelat dulu?",
    )


def a_photo_and_a_call(story: Story, order: Order) -> None:
    """A buyer shows which sole he means, and Sari calls him back."""
    sari, contact = story.cast.staff["sari"], order.buyer.people.order_by("pk")[0]
    thread = Conversation.of(order, order.buyer)
    wish = photos.wish(order.lines.order_by("pk")[0].colourway.drawing)
    body = "Bisa siap sebelum tanggal 20 bulan depan? Solnya seperti di foto ini, ya."
    Message.say(by=contact, conversation=thread, body=body, attached=[wish])
    Message.call(
        by=sari,
        conversation=thread,
        channel=Channel.PHONE,
        direction=Message.Direction.OUT,
        body="Beliau mau menunggu; minta kabar setelah jadwal potong jelas.",
        with_whom=contact,
        next_words="Kabari tanggal jadinya",
        next_on=clock.in_days(2),
    )
    thread.assign(by=story.cast.staff["hadi"], to=sari)
    InternalNote.write(by=sari, subject=order, body="@Udin, apakah kapasitas potong cukup?")


def by_somebody_new(story: Story) -> None:
    """Somebody whom nobody knows yet writes by WhatsApp, and another one by mail."""
    machine = story.cast.workshop.machine
    Lead.meet(
        by=machine,
        source="whatsapp",
        sender="+6281511112222",
        name="Teh Neneng",
        body="Assalamualaikum, saya lihat pantofelnya di pameran. Bisa kirim katalog? Toko saya di Garut.",
    )
    Lead.meet(
        by=machine,
        source="mail",
        sender="rudi@contoh.example",
        name="Rudi Hartono",
        body="Selamat siang,\n\nKami butuh 60 pasang sepatu seragam untuk karyawan hotel. "
        "Apakah bisa pakai logo, dan kapan paling cepat jadi?\n\nTerima kasih.",
    )


def _latest(story: Story, key: str) -> Order | None:
    """The order of a buyer that is talked about: the newest that runs."""
    orders = Order.objects.running().filter(buyer=story.cast.parties[key])
    return orders.select_related("workshop", "buyer").order_by("-pk").first()


def _ago(story: Story, days: int, hour: int) -> datetime:
    return (story.now - timedelta(days=days)).replace(hour=hour, minute=10)


# The guest book


def _sign(
    story: Story, name: str, shown_as: Shown, body: str, answer: str, model: str, *, is_new: bool
) -> None:
    sari = story.cast.staff["sari"]
    about = Product.objects.filter(workshop=story.cast.workshop, code=model).first()
    entry = GuestEntry.sign(
        by=story.cast.workshop.machine,
        name=name,
        shown_as=shown_as,
        consent=_in_indonesian(shown_as),
        body=body,
        subject=about,
    )
    if answer:
        entry.reply(by=sari, answer=answer, about=about)
    elif not is_new:
        entry.publish(by=sari)


def _hold(story: Story, name: str, body: str, signs: list[str]) -> None:
    GuestEntry.hold(
        by=story.cast.workshop.machine,
        name=name,
        consent=_in_indonesian(Shown.NAME),
        body=body,
        signs=signs,
    )


def _in_indonesian(shown_as: Shown) -> str:
    with translation.override("id"):
        return str(shown_as.label)
