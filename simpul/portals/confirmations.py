"""The mail that asks whether an address is theirs, once after a registration with a tick for news."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from simpul.crm import confirming
from simpul.lib import bounces
from simpul.parties.models import Identity
from simpul.portals.letters import OF_A_PROGRAM

A_BATCH = 50

log = logging.getLogger(__name__)


def send() -> tuple[int, int]:
    """Ask those who are to be asked; return how many mails went out and how many failed.

    Each is claimed before its mail is sent: an address is never asked twice, and whoever is killed
    in between has asked nobody. Who has taken it back meanwhile is asked nothing.
    """
    if settings.DEMO:
        return 0, 0
    due = confirming.to_ask().select_related("person__workshop")[:A_BATCH]
    results = [
        _send(identity)
        for identity in due
        if confirming.claim(identity) and confirming.waiting_for(identity)
    ]
    return results.count(True), results.count(False)


def mail_of(identity: Identity) -> EmailMultiAlternatives:
    """Return the mail in the reader's language, with the words that were ticked and the link."""
    person = identity.person
    path = reverse(
        "storefront:confirming", args=[person.workshop.slug, confirming.token_of(identity)]
    )
    with override(person.language):
        said = "\n".join(f"- {words}" for words in confirming.waiting_for(identity).values())
        body = _(
            "Hello %(name)s,\n\nat your registration with %(workshop)s this was ticked:\n\n%(said)s\n\n"
            "Is this address yours? Then say yes here:\n%(address)s\n\n"
            "If it was not you, do nothing: nothing of it is sent to you."
        )
        facts = {
            "name": person.name,
            "workshop": person.workshop.name,
            "said": said,
            "address": settings.SITE_URL + path,
        }
        subject = _("Is this your address? %(workshop)s") % {"workshop": person.workshop.name}
        return EmailMultiAlternatives(
            " ".join(subject.split()), body % facts, to=[identity.value], headers=dict(OF_A_PROGRAM)
        )


def _send(identity: Identity) -> bool:
    try:
        mail_of(identity).send()
    except Exception as failure:
        if bounces.is_dead(failure):
            identity.come_back()
        else:
            log.exception("The owner of identity %s could not be asked", identity.pk)
            confirming.give_back(identity)
        return False
    return True
