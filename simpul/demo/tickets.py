"""What customers asked and complained of: long settled, solved, waiting for somebody, and new today."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from simpul.conversations.models import Channel, Conversation, Message, Ticket
from simpul.orders.models import LineSize, Order, Status

if TYPE_CHECKING:
    from simpul.demo.history import Story

DELIVERED = (Status.FULFILLED, Status.CLOSED)


class Earlier(NamedTuple):
    """Something that is long settled: how many days ago, whose, what he wrote, and how it ended so
    many days later."""

    ago: int
    key: str
    kind: str
    body: str
    answer: str
    days: int
    how: str
    reason: str


EARLIER = [
    Earlier(603, "maju", "warranty", "Lem sol lepas dua pasang.\nPadahal baru dua minggu dipakai.",
            "Maaf, Bu. Besok kami ambil, ya.",
            5, "repaired", "Dua pasang sudah dilem dan dipres ulang."),
    Earlier(498, "padang", "complaint", "Ada dua pasang yang dusnya basah.\nSepertinya kehujanan di kapal.",
            "Maaf, Uda. Dus gantinya kami titipkan di kiriman berikutnya.",
            9, "answered", "Dus pengganti ikut kiriman berikutnya. Karton sekarang dibungkus plastik."),
    Earlier(344, "padang", "complaint", "Dus penyok, dua pasang.\nTertindih barang lain waktu dibongkar.",
            "Maaf, Uda. Boleh minta fotonya?",
            6, "answered", "Dus pengganti dikirim, dan ekspedisinya kami tegur."),
    Earlier(281, "jakarta", "warranty", "Mata ayam copot di dua pasang.\nPembeli mengembalikannya ke toko.",
            "Maaf, Bu. Titip ke ekspedisi pulang, ongkosnya kami yang tanggung.",
            8, "repaired", "Mata ayamnya sudah dipasang ulang dan sepatunya dikirim kembali."),
    Earlier(226, "padang", "complaint", "Nomornya tertukar.\nDi dus tertulis 41, isinya 40, dua pasang.",
            "Maaf, Uda. Pasangan yang benar kami kirim minggu ini.",
            10, "answered", "Dua pasang yang benar sudah sampai. Sekarang nomor dicek lagi sebelum dus ditutup."),
    Earlier(171, "serang", "complaint", "Warnanya belang, kiri dan kanan beda.\nDua pasang, kelihatan sekali di etalase.",
            "Maaf, Pak Haji. Kami semir ulang, gratis.",
            7, "repaired", "Sudah disemir ulang, warnanya sekarang sama."),
    Earlier(118, "padang", "warranty", "Jahitan tumit lepas dua pasang.\nBelum sebulan.",
            "Maaf, Uda. Kirim saja ke kami, ongkosnya kami yang tanggung.",
            12, "repaired", "Sudah dijahit ulang dan dikirim kembali."),
    Earlier(66, "maju", "complaint", "Di dua pasang bekas lemnya kelihatan.\nPembeli saya minta diskon.",
            "Maaf, Bu. Besok tukang kami ke toko untuk membersihkannya.",
            3, "answered", "Bekas lemnya sudah dibersihkan di toko."),
]  # fmt: skip


def plan(story: Story) -> None:
    for one in EARLIER:
        at = (story.now - timedelta(days=one.ago)).replace(hour=10, minute=40)
        story.at(at, partial(earlier, story, one))
    for days, hour, happens in ((6, 10, soles), (3, 13, sizes), (1, 14, seams)):
        at = (story.now - timedelta(days=days)).replace(hour=hour, minute=20)
        story.at(at, partial(happens, story))


def earlier(story: Story, said: Earlier) -> None:
    """Answered on the same day, and settled; in a short story not everybody is known yet."""
    if said.key not in story.cast.parties:
        return
    ticket = of_order(story, said.key, said.kind, said.body)
    if ticket is None or ticket.party is None:
        return
    sari = story.cast.staff["sari"]
    talk = Conversation.of(ticket, ticket.party)
    talk.assign(by=sari, to=sari)
    story.later(lambda: Message.say(by=sari, conversation=talk, body=said.answer), hour=13)
    settled = partial(ticket.solve, by=sari, how=said.how, reason=said.reason)
    story.later(settled, days=said.days)


def soles(story: Story) -> None:
    """Two pairs came back to the workbench; the dealer reads how it ended."""
    ticket = of_order(
        story,
        "jakarta",
        "complaint",
        "Sol kanan dua pasang mulai lepas.\nBaru dipajang seminggu, belum terjual.",
    )
    if ticket is None or ticket.party is None:
        return
    sari = story.cast.staff["sari"]
    talk = Conversation.of(ticket, ticket.party)
    talk.assign(by=sari, to=sari)
    body = "Maaf, Bu. Titip ke ekspedisi pulang, ongkosnya kami yang tanggung. Kami jahit ulang."
    Message.say(by=sari, conversation=talk, body=body)
    story.at(
        story.now - timedelta(days=2, hours=2),
        lambda: ticket.solve(
            by=sari, how="repaired", reason="Dua pasang sudah dijahit ulang dan dikirim kembali."
        ),
    )


def sizes(story: Story) -> None:
    """A question on the telephone: answered, and now the buyer has to say something."""
    sari, buyer = story.cast.staff["sari"], story.cast.parties["sukabumi"]
    ticket = Ticket.ask(
        by=sari,
        kind="question",
        subject=buyer,
        party=buyer,
        body="Apakah derby ada ukuran 45?\nUntuk seragam satpam, kira-kira sepuluh pasang.",
        channel=Channel.PHONE,
    )
    talk = Conversation.of(ticket, buyer)
    body = "Bisa, Pak, dengan acuan khusus. Boleh dikirim panjang kaki dalam sentimeter?"
    Message.say(by=sari, conversation=talk, body=body)
    ticket.wait(by=sari)


def seams(story: Story) -> None:
    """New: nobody has answered yet."""
    of_order(
        story, "maju", "warranty", "Jahitan samping terbuka.\nPembeli saya membawanya kemarin."
    )


def of_order(story: Story, key: str, kind: str, body: str) -> Ticket | None:
    """Let a buyer complain of two pairs of the last order that was delivered."""
    orders = Order.objects.filter(buyer=story.cast.parties[key], status__in=DELIVERED)
    order = orders.order_by("-pk").first()
    if order is None:
        return None
    came = LineSize.objects.filter(line__order=order, delivered__gt=1).order_by("pk")
    size = came.select_related("line__colourway__product", "variant").first()
    if size is None:
        return None
    pairs = [{"line": size.line_id, "sizes": {size.variant.size: 2}}]
    return Ticket.ask(
        by=story.cast.contacts[key],
        kind=kind,
        subject=order,
        party=order.buyer,
        body=body,
        facts={"order": order.number, "pairs": pairs},
    )
