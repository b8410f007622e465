"""Whom a campaign writes to: drawn once, when it begins, and asked again before each message.

Who has agreed, is reached and was not written to too often is *eligible*. Of these, and of no
others, a share is held out by lot: both groups then differ by nothing but the message. The lot is
the order of a hash of the campaign's seed and the party's key, so that it can be drawn again, and
nobody chooses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import Count, Q

from simpul.crm.models import (
    Campaign,
    MarketingRules,
    Outcome,
    Recipient,
    Ways,
    Why,
    agreed_to,
)
from simpul.crm.publishing import waved_off
from simpul.crm.segmenting import Left, members_of
from simpul.lib import clock
from simpul.parties.models import Identity, IdentityQuerySet, Party, Workshop


def begin_due(workshop: Workshop, left: Left | None = None) -> None:
    """Begin the campaigns whose time has come, let be the texts that may not go any more, and end
    those of which nothing waits. `left`: see `segmenting.fitting`."""
    machine = workshop.machine
    mine = Campaign.objects.filter(workshop=workshop).select_related("segment", "workshop")
    for campaign in mine.due():
        campaign.begin(by=machine, drawn=draw(campaign, left))
    for text in _unwanted(workshop):
        if (reason := why_not(text)) is not None:
            text.skip(reason)
    for campaign in mine.all_sent().order_by("pk"):
        campaign.end(by=machine)


def is_needed(workshop: Workshop) -> bool:
    mine = Campaign.objects.filter(workshop=workshop)
    return mine.due().exists() or mine.all_sent().exists() or bool(_unwanted(workshop))


def draw(campaign: Campaign, left: Left | None = None) -> list[Recipient]:
    """Return a row, not saved yet, for each party of the segment: to be written to, held out, or
    passed over with the reason."""
    ours = Party.objects.filter(workshop=campaign.workshop_id)
    parties = members_of(campaign.segment, ours, left).order_by("pk")
    kinds = Ways(campaign.ways).kinds
    agreed = _best(agreed_to(campaign.purpose).filter(person__party__in=parties), kinds)
    reached = _best(_usable().filter(person__party__in=parties), kinds)
    tired = _written_to_enough(campaign.workshop)
    waved = set(waved_off(campaign.bulletin)) if campaign.bulletin else set()
    rows, eligible = [], []
    for party in parties:
        identity = agreed.get(party.pk)
        row = Recipient(campaign=campaign, party=party, outcome=Outcome.SKIPPED)
        rows.append(row)
        if identity is None:
            row.reason = Why.NO_CONSENT if party.pk in reached else Why.NO_WAY
        elif party.pk in waved:
            row.reason = Why.UNWANTED
        elif identity.person_id in tired:
            row.reason = Why.ENOUGH
        else:
            row.person, row.identity, row.kind = identity.person, identity, identity.kind
            row.outcome = Outcome.WAITING
            eligible.append(row)
    for row in held_out(eligible, campaign):
        row.outcome = Outcome.HELD_OUT
    return rows


def held_out(eligible: list[Recipient], campaign: Campaign) -> list[Recipient]:
    """Return those of the eligible that get nothing: the share that was asked for, and at least one
    where there are two."""
    if not campaign.holdout_percent or len(eligible) < 2:
        return []
    count = max(1, round(len(eligible) * campaign.holdout_percent / 100))
    return sorted(eligible, key=lambda row: _lot(campaign.seed, row.party_id))[:count]


def why_not(recipient: Recipient) -> Why | None:
    """Return why a message may not be sent any more: what held when it was drawn may hold no more."""
    return whys_not(recipient.campaign, [recipient]).get(recipient.pk)


def whys_not(campaign: Campaign, recipients: Sequence[Recipient]) -> dict[int, Why]:
    """Return why messages of a campaign may not be sent any more, of those that may not, in five
    questions however many there are."""
    keys = [one.identity_id for one in recipients if one.identity_id]
    usable = set(_usable().filter(pk__in=keys).values_list("pk", flat=True))
    agreed = set(agreed_to(campaign.purpose).filter(pk__in=keys).values_list("pk", flat=True))
    tired = _written_to_enough(campaign.workshop, [one.person_id for one in recipients])
    unwanted: set[int] = set()
    if campaign.bulletin and recipients:
        parties = [one.party_id for one in recipients]
        waved = waved_off(campaign.bulletin).filter(party__in=parties)
        unwanted = set(waved.values_list("party", flat=True))
    found = {}
    for one in recipients:
        if one.identity_id not in usable:
            found[one.pk] = Why.NO_WAY
        elif one.identity_id not in agreed:
            found[one.pk] = Why.NO_CONSENT
        elif one.party_id in unwanted:
            found[one.pk] = Why.UNWANTED
        elif one.person_id in tired:
            found[one.pk] = Why.ENOUGH
    return found


def _unwanted(workshop: Workshop) -> list[Recipient]:
    """Return the texts that wait for a hand though their readers took it back since, or were
    written to often enough by others."""
    waiting = Recipient.objects.texts().filter(campaign__workshop=workshop)
    purposes = list(waiting.order_by().values_list("campaign__purpose", flat=True).distinct())
    is_tired = Q(person__in=_written_to_enough(workshop)) if purposes else Q()
    texts = waiting.select_related("campaign__workshop", "identity")
    return [
        text
        for purpose in purposes
        for text in texts.filter(campaign__purpose=purpose).filter(
            is_tired | ~Q(identity__in=agreed_to(purpose).values("pk"))
        )
    ]


def _lot(seed: str, party: int) -> str:
    return hashlib.sha256(f"{seed}:{party}".encode()).hexdigest()


def _usable() -> IdentityQuerySet:
    return Identity.objects.filter(bounced_at=None, opted_out_at=None, person__is_active=True)


def _best(identities: IdentityQuerySet, kinds: tuple[str, ...]) -> dict[int, Identity]:
    """Return for each party the number or address to write to: of the preferred kind, the oldest."""
    found: dict[int, Identity] = {}
    rows = list(identities.filter(kind__in=kinds).select_related("person").order_by("person", "pk"))
    for kind in kinds:
        for identity in rows:
            if identity.kind == kind and identity.person.party_id is not None:
                found.setdefault(identity.person.party_id, identity)
    return found


def _written_to_enough(workshop: Workshop, people: Iterable[int | None] = ()) -> set[int | None]:
    """Return who got as many messages of all campaigns as the workshop allows."""
    rules = MarketingRules.of(workshop)
    since = clock.now() - timedelta(days=rules.in_days)
    sent = Recipient.objects.filter(campaign__workshop=workshop, sent_at__gt=since)
    if people:
        sent = sent.filter(person__in=people)
    often = sent.order_by().values("person").annotate(n=Count("pk"))
    return set(often.filter(n__gte=rules.most_messages).values_list("person", flat=True))
