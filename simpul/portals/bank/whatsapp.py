"""Messages of WhatsApp's Cloud API, and what became of ours."""

from __future__ import annotations

import hmac

from django.db import transaction
from django.http import Http404, HttpResponse

from simpul.conversations.models import Channel
from simpul.lib.sealing import Unsealable
from simpul.parties.models import Workshop
from simpul.payments import inbox, texting, whatsapp
from simpul.payments.models import Arrival, WhatsAppNumber
from simpul.portals.bank import arriving
from simpul.portals.bank.door import Call, hook, missed, plain
from simpul.portals.bank.pictures import fetch_picture

MOST_BYTES = 1_000_000


@hook(most_bytes=MOST_BYTES, methods=("GET", "POST"))
def messages(request: Call) -> HttpResponse:
    """Answer the challenge with which Meta looks whether the address is ours; take messages in."""
    number = WhatsAppNumber.objects.connected().filter(workshop=request.workshop).first()
    if number is None:
        raise Http404
    try:
        keys = number.open_keys()
    except Unsealable:  # the keys must be entered again; let Meta repeat it
        return plain(503, "The keys of this number cannot be read.")
    if request.method == "GET":
        return _challenge(request, keys["verify_token"])
    signature = request.headers.get("X-Hub-Signature-256", "")
    if not whatsapp.is_genuine(request.body, signature, keys["app_secret"]):
        return missed(request, f"whatsapp:{request.workshop.slug}")
    return _taken(request)


def _challenge(request: Call, token: str) -> HttpResponse:
    given = request.GET.get("hub.verify_token", "")
    is_ours = hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
    if request.GET.get("hub.mode") != "subscribe" or not is_ours:
        return missed(request, f"whatsapp:{request.workshop.slug}")
    answer = plain(200, "")
    answer.content = request.GET.get("hub.challenge", "")[:200].encode()
    return answer


def _taken(request: Call) -> HttpResponse:
    """Keep each message once; pictures are fetched by the worker after the answer."""
    try:
        received = whatsapp.read(request.body)
        states = texting.read_states(request.body)
    except whatsapp.Unreadable:
        return plain(400, "This is no notice of WhatsApp.")
    try:
        for one in received:
            with transaction.atomic():
                _take(one, request.workshop)
        for state in states:
            texting.move(state, request.workshop)
    except inbox.Flood:
        return plain(429, "Too many messages for one day.")
    return plain(200, "OK")


def _take(received: whatsapp.Received, workshop: Workshop) -> None:
    """Take in a message to a number of this workshop; what has a picture is judged with it."""
    if not whatsapp.is_to(received, workshop):
        return
    if not received.media:
        arriving.take(received.letter, channel=Channel.WHATSAPP, workshop=workshop)
        return
    arrival = whatsapp.expect(received, workshop)
    if arrival.status == Arrival.Status.FETCHING:
        fetch_picture.enqueue(arrival.pk)
