"""What customers asked and complained of: solved, waiting for somebody, and new today."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from simpul.conversations.models import Channel, Conversation, Message, Ticket
from simpul.orders.models import LineSize, Order, Status

if TYPE_CHECKING:
    from simpul.demo.history import Story

DELIVERED = (Status.FULFILLED, Status.CLOSED)


def plan(story: Story) -> None:
    for days, hour, happens in ((6, 10, soles), (3, 13, sizes), (1, 14, seams)):
        at = (story.now - timedelta(days=days)).replace(hour=hour, minute=20)
        story.at(at, partial(happens, story))


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
