"""Two parties that are probably one: found by the machine, judged by a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from simpul.crm.models.merging import Merging
from simpul.crm.models.references import anything_late
from simpul.lib import clock
from simpul.lib.alike import Card, Likeness, Match
from simpul.parties.models import Address, Identity, Party, Person, Workshop
from simpul.workflow.steps import step

SPEAKS_FOR: dict[str, Any] = {  # two parties being one, by what `Match.whys` names
    "number": _("same number"),
    "mail": _("same e-mail"),
    "name": _("similar name"),
    "person": _("similar contact person"),
    "address": _("similar address"),
}


class DuplicateQuerySet(models.QuerySet["Duplicate"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def waiting(self) -> Self:
        """Those that nobody has judged, of parties that both still stand."""
        both = self.filter(one__merged_into=None, other__merged_into=None)
        return both.filter(status=Duplicate.Status.FOUND)

    def twins_of(self, party: int) -> list[Party]:
        """Return which ones a party probably is, the surest first."""
        rows = self.waiting().filter(Q(one=party) | Q(other=party)).select_related("one", "other")
        return [
            row.other if row.one_id == party else row.one for row in rows.order_by("-bits", "pk")
        ]

    def for_list(self) -> Self:
        both = self.select_related("one", "other")
        parts = (f"{side}__{part}" for side in ("one", "other") for part in ("addresses", "people"))
        for part in parts:
            both = both.prefetch_related(part)
        return both.prefetch_related("one__people__identities", "other__people__identities")

    def search(self, words: str) -> Self:
        return self.filter(Q(one__name__icontains=words) | Q(other__name__icontains=words))


class Duplicate(models.Model):
    """A pair of parties that look like one, and what speaks for it; judged once, and for good."""

    class Status(models.TextChoices):
        FOUND = "found", _("waits for a look")
        APART = "apart", _("they are two")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    one = models.ForeignKey(Party, models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Party, models.CASCADE, related_name="+", db_index=False)
    bits = models.FloatField()  # beyond chance: simpul.lib.alike
    reasons = models.JSONField(default=list)  # [[what, bits, value], …], the strongest first
    status = models.CharField(max_length=5, choices=Status, default=Status.FOUND, editable=False)
    found_at = models.DateTimeField(default=clock.now, editable=False)

    objects = DuplicateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="duplicate_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="duplicate_in_order"),
        ]
        indexes = [models.Index(fields=["workshop", "status", "-bits"])]

    def __str__(self) -> str:
        return f"{self.one} ≈ {self.other}"

    # Steps

    @step("crm.part", source=Status.FOUND, target=Status.APART)
    def part(self, *, by: Person) -> None:
        """Say that they are two; nobody is asked about these again."""

    # Questions

    @property
    def whys(self) -> list[str]:
        """What speaks for it: `number`, `mail`, `name`, `person`, `address`."""
        return [what for what, _bits, _value in self.reasons]


def find_duplicates(workshop: Workshop) -> int:
    """Look through all parties of a workshop; return how many pairs nobody has judged.

    Pairs that do not look alike any more go; what somebody has judged stays as it was said. What
    came too late for a merging is gathered on the way.
    """
    standing = Merging.objects.standing().filter(workshop=workshop).order_by("pk")
    absorbed = dict(standing.values_list("pk", "absorbed"))
    late = anything_late(set(absorbed.values())) if absorbed else set()
    for pk in [pk for pk, party in absorbed.items() if party in late]:
        with transaction.atomic():
            held = Merging.objects.select_for_update(of=("self",), no_key=True).standing()
            if (merging := held.filter(pk=pk).first()) is not None:  # nobody has undone it since
                merging.gather()
    found = {(pair.one, pair.other): pair for pair in Likeness(cards_of(workshop)).matches()}
    for pair in _judged(workshop):
        found.pop(pair, None)
    with transaction.atomic():
        Workshop.objects.select_for_update(of=("self",), no_key=True).get(pk=workshop.pk)
        old = Duplicate.objects.filter(workshop=workshop, status=Duplicate.Status.FOUND)
        known = {(row.one_id, row.other_id): row for row in old}
        old.filter(pk__in=[row.pk for pair, row in known.items() if pair not in found]).delete()
        fresh = [_row(workshop, pair) for key, pair in found.items() if key not in known]
        Duplicate.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(found)


def note_duplicates(party: Party) -> None:
    """Keep for sales whom somebody new probably is; whoever registers is told nothing of it, and
    does not wait for it. One who was merged meanwhile is nobody new."""
    cards = cards_of(party.workshop)
    mine = next((card for card in cards if card.key == party.pk), None)
    if mine is None:
        return
    rows = [_row(party.workshop, pair) for pair in Likeness(cards).like(mine)]
    Duplicate.objects.bulk_create(rows, ignore_conflicts=True)


def like(workshop: Workshop, card: Card) -> list[tuple[Party, Match]]:
    """Return the parties of a workshop that somebody new probably is, the surest first."""
    found = Likeness(cards_of(workshop)).like(card)[:5]
    parties = Party.objects.in_bulk([pair.other for pair in found])
    return [(parties[pair.other], pair) for pair in found]


def cards_of(workshop: Workshop) -> list[Card]:
    """Return what is known of each party that stands: four questions, however many there are."""
    people: dict[int, list[str]] = {}
    ways: dict[tuple[int, str], set[str]] = {}
    places: dict[int, list[str]] = {}
    mine = Person.objects.filter(workshop=workshop, party__merged_into=None)
    for party, name in mine.exclude(party=None).order_by("pk").values_list("party", "name"):
        people.setdefault(party, []).append(name)
    known = Identity.objects.filter(workshop=workshop).exclude(person__party=None)
    for party, kind, value in known.values_list("person__party", "kind", "value"):
        ways.setdefault((party, kind), set()).add(value)
    doors = Address.objects.filter(party__workshop=workshop).order_by("pk")
    for party, number, *parts in doors.values_list(
        "party", "telephone", "street", "area", "postcode"
    ):
        places.setdefault(party, []).append(" ".join(parts))
        if number:
            ways.setdefault((party, Identity.Kind.PHONE), set()).add(number)
    parties = Party.objects.standing().filter(workshop=workshop).order_by("pk")
    return [
        Card(
            key=pk,
            name=name,
            people=tuple(people.get(pk, ())),
            address=places[pk][0] if pk in places else area,
            numbers=frozenset(ways.get((pk, Identity.Kind.PHONE), ())),
            mails=frozenset(ways.get((pk, Identity.Kind.MAIL), ())),
        )
        for pk, name, area in parties.values_list("pk", "name", "area")
    ]


def _judged(workshop: Workshop) -> Iterable[tuple[int, int]]:
    """Return the pairs that are two, also where one of them was merged into a third."""
    apart = Duplicate.objects.filter(workshop=workshop, status=Duplicate.Status.APART)
    for row in apart.values_list("one", "one__merged_into", "other", "other__merged_into"):
        one, other = row[1] or row[0], row[3] or row[2]
        yield min(one, other), max(one, other)


def _row(workshop: Workshop, pair: Match) -> Duplicate:
    reasons: list[Any] = sorted(pair.reasons, key=lambda reason: -reason.bits)
    return Duplicate(
        workshop=workshop,
        one_id=pair.one,
        other_id=pair.other,
        bits=pair.bits,
        reasons=[[what, round(bits, 1), value] for what, bits, value in reasons],
    )
