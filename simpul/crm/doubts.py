"""What speaks against a recommendation: that somebody may have recommended himself."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain

from rapidfuzz.distance import JaroWinkler

from simpul.crm.models import Flag, PointRules, Recommender, Referral
from simpul.lib import clock
from simpul.lib.spelling import address_words, name_words
from simpul.orders.models import Order
from simpul.parties.models import Address, Identity, Party
from simpul.payments.models import Payer

ALIKE = 0.92  # from here on two names may be one, written differently


def doubts(recommender: Recommender, friend: Party) -> list[str]:
    """Return the flags of `Flag` that a recommendation raises now, in their order."""
    other, rules = recommender.party, PointRules.of(recommender.workshop)
    others = Party.objects.filter(referral__recommender=recommender).exclude(pk=friend.pk)
    numbers, addresses = _numbers(friend), _addresses(friend)
    since = clock.now() - timedelta(days=rules.referral_days)
    lately = Referral.objects.filter(recommender=recommender, at__gte=since).exclude(friend=friend)
    found = {
        Flag.NUMBER: bool(numbers & _numbers(other)),
        Flag.MAIL: bool(_mails(friend) & _mails(other)),
        Flag.ADDRESS: bool(addresses & _addresses(other)),
        Flag.NAME: _alike(friend, other),
        Flag.PAYER: bool(_payers(friend) & _payers(other)),
        Flag.SHARED: any(
            numbers & _numbers(one) or addresses & _addresses(one) for one in others[:50]
        ),
        Flag.MANY: lately.count() >= rules.referral_most,
    }
    return [flag.value for flag, is_so in found.items() if is_so]


def _numbers(party: Party) -> set[str]:
    said = chain(
        Identity.objects.filter(person__party=party, kind=Identity.Kind.PHONE).values_list(
            "value", flat=True
        ),
        Address.objects.filter(party=party).values_list("telephone", flat=True),
        Order.objects.filter(buyer=party).values_list("telephone", flat=True),
    )
    return {number for number in said if number}


def _mails(party: Party) -> set[str]:
    """The mailboxes: what stands behind a plus sign, and dots of Gmail, make no other one."""
    mails = Identity.objects.filter(person__party=party, kind=Identity.Kind.MAIL)
    return {_mailbox(mail) for mail in mails.values_list("value", flat=True)}


def _mailbox(mail: str) -> str:
    name, _at, host = mail.lower().partition("@")
    name = name.partition("+")[0]
    if host in ("gmail.com", "googlemail.com"):
        name, host = name.replace(".", ""), "gmail.com"
    return f"{name}@{host}"


def _addresses(party: Party) -> set[tuple[str, ...]]:
    rows = Address.objects.filter(party=party).values_list("street", "area")
    return {address_words(f"{street} {area}") for street, area in rows}


def _alike(mine: Party, his: Party) -> bool:
    """Tell whether two shops have nearly one name; people of one name are many."""
    names = [" ".join(name_words(party.name)) for party in (mine, his)]
    return JaroWinkler.similarity(*names) >= ALIKE


def _payers(party: Party) -> set[tuple[str, str]]:
    return set(Payer.objects.known().filter(party=party).values_list("kind", "value"))
