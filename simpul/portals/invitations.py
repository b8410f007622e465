"""The links by which people without a login open one document, ready to be handed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from simpul.crm import confirming
from simpul.lib import clock, phones
from simpul.parties.models import AccessLink
from simpul.portals.doors import number_mark


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who has a link, the whole address, and the address that opens WhatsApp with it."""

    name: str
    address: str
    whatsapp: str


def links_to(subject: models.Model) -> list[Invitation]:
    """Return the living links to a thing; two queries, and nothing is written."""
    return links_to_all([subject])


def links_to_all(subjects: Sequence[models.Model]) -> list[Invitation]:
    """Return the living links to things of one kind; two queries, and nothing is written."""
    if not subjects:
        return []
    kind = ContentType.objects.get_for_model(subjects[0])
    by_key = {one.pk: one for one in subjects}
    links = AccessLink.objects.filter(subject_type=kind, subject_id__in=by_key)
    links = links.alive(clock.now()).select_related("person__workshop").order_by("pk")
    return [
        _invitation(link, by_key[link.subject_id])
        for link in links.prefetch_related("person__identities")
    ]


def _invitation(link: AccessLink, subject: models.Model) -> Invitation:
    person = link.person
    address = settings.SITE_URL + reverse("access", args=[link.token])
    number = confirming.number_to_write_to(person.identities.all())
    with override(person.language):
        text = _("Hello %(name)s, this is %(workshop)s. About %(what)s: %(address)s") % {
            "name": person.name,
            "workshop": person.workshop.name,
            "what": subject,
            "address": address + number_mark(number) if number else address,
        }
    written = phones.whatsapp_link(number.value, text) if number else ""
    return Invitation(person.name, address, written)
