"""Whether anybody has done anything with a party, or a model, since it was written down."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models

from simpul.crm.verdicts import Because, Why, because
from simpul.parties.models import Address, Identity, Party, Person

# what is named by itself; whatever else points at a party or a model is simply work with it
_NAMED = {
    "orders.order": Why.ORDER,
    "orders.orderline": Why.ORDER,
    "catalog.recipe": Why.RECIPE,
    "stock.movement": Why.STOCK,
    "procurement.purchaseorder": Why.PURCHASE,
    "conversations.conversation": Why.TALK,
    "conversations.internalnote": Why.NOTE,
    "payments.receipt": Why.MONEY,
    "crm.consent": Why.CONSENT,
    "parties.accesslink": Why.LINK,
}
# what belongs to a party from its first moment
_OWN = {Person, Identity, Address}
# what the machine keeps about it: the row of the list that it came from, whom it looks like
_OF_THE_MACHINE = {"crm.listrow", "crm.duplicate"}


def used(parties: Collection[int]) -> dict[int, Because]:
    """Return of the parties (their keys) that are used, why. One question for each place in the
    database that may point at a party, its people, numbers or addresses."""
    people = _owners(Person.objects.filter(party__in=parties), "party_id")
    known = _owners(Identity.objects.filter(person__in=people), "person_id")
    doors = _owners(Address.objects.filter(party__in=parties), "party_id")
    owners: dict[type[models.Model], dict[int, int]] = {
        Party: {pk: pk for pk in parties},
        Person: people,
        Identity: {pk: people[person] for pk, person in known.items()},
        Address: doors,
    }
    found: dict[int, Because] = {}
    for model, of in owners.items():
        for where, key in pointing(model, list(of), own=_OWN):
            found.setdefault(of[key], use(where))
    users = Person.objects.filter(pk__in=people).exclude(user=None)
    for party in users.values_list("party_id", flat=True):
        found.setdefault(party or 0, because(Why.LOGIN))
    more = Person.objects.filter(pk__in=people).order_by().values_list("party_id")
    for party, count in more.annotate(n=models.Count("pk")):
        if count > 1:
            found.setdefault(party or 0, because(Why.MORE_PEOPLE))
    return found


def remove(parties: Collection[int]) -> None:
    """Take parties away that nobody has used, with their people."""
    Address.objects.filter(party__in=parties).delete()
    Person.objects.filter(party__in=parties).delete()
    Party.objects.filter(pk__in=parties).delete()


def pointing(
    model: type[models.Model], keys: list[int], *, own: Collection[type[models.Model]]
) -> Iterator[tuple[type[models.Model], int]]:
    """Return what points at rows of a model: by a foreign key, or as the thing that it is about; `own`
    belong to it from its first moment."""
    # also those that have no way back (related_name="+")
    relations: Any = model._meta.get_fields(include_hidden=True)
    for relation in relations:
        if not relation.auto_created or relation.concrete:
            continue
        where = relation.related_model
        if where in own or where._meta.label_lower in _OF_THE_MACHINE:
            continue
        rows = where._base_manager.filter(**{f"{relation.field.name}__in": keys}).order_by()
        for key in rows.values_list(relation.field.name, flat=True).distinct():
            yield where, key
    kind = ContentType.objects.get_for_model(model)
    for where in apps.get_models():
        names = {field.name for field in where._meta.get_fields()}
        if {"subject_type", "subject_id"} <= names:
            rows = where._base_manager.filter(subject_type=kind, subject_id__in=keys).order_by()
            for key in rows.values_list("subject_id", flat=True).distinct():
                yield where, key


def use(where: type[models.Model]) -> Because:
    """Return what it means that something of this kind is there."""
    return because(_NAMED.get(where._meta.label_lower, Why.WORK))


def _owners(rows: models.QuerySet[Any], owner: str) -> dict[int, int]:
    return dict(rows.values_list("pk", owner))
