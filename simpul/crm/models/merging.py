"""Two parties that are one: what the one had becomes the other's, and can be given back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Self

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Max, Q, Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models import Conversation, Message
from simpul.crm.models.point import PointUse, hold, net
from simpul.crm.models.references import TOGETHER, Key, keys, standing_twice
from simpul.crm.models.ties import Place, about, earned_by_staying, made_by, places_of, ties
from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import Refused, WrongState, creation, step

A_BATCH = 500


class NotMerged(Refused):
    """These cannot be made one, or not yet; the message says what to do first."""


class NotUndone(Refused):
    """What was done since ties the two together; the message says what to do first."""


class MergingQuerySet(models.QuerySet["Merging"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def standing(self) -> Self:
        return self.filter(status=Merging.Status.STANDING)


class Merging(models.Model):
    """One party was found to be another: which was kept, which absorbed, and what moved for it."""

    class Status(models.TextChoices):
        STANDING = "standing", _("merged")
        UNDONE = "undone", _("undone")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    kept = models.ForeignKey(Party, models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Party, models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=8, choices=Status, default=Status.STANDING, editable=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    # of each model the last row that was there: what is newer was made since
    newest = models.JSONField(default=dict, editable=False)
    was = models.JSONField(default=dict, editable=False)  # of the kept one's fields that changed
    became = models.JSONField(default=dict, editable=False)

    objects = MergingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"], condition=Q(status="standing"), name="absorbed_once"
            ),
            models.CheckConstraint(condition=~Q(kept=F("absorbed")), name="merging_of_two"),
        ]
        indexes = [models.Index(fields=["workshop", "-id"])]

    def __str__(self) -> str:
        return f"{self.absorbed} = {self.kept}"

    @property
    def known_as(self) -> str:
        """What those who are told of it know it by."""
        return self.kept.name

    # Steps

    @classmethod
    @creation("crm.merge")
    def merge(cls, *, by: Person, kept: Party, absorbed: Party) -> Merging:
        """Let all that is of one party be the other's. Raises NotMerged.

        Nothing that was issued or written is changed; both keep their people and their logins.
        """
        if kept.pk == absorbed.pk or kept.workshop_id != absorbed.workshop_id:
            raise NotMerged(_now("Choose two different parties."))
        _hold(kept, absorbed)
        if kept.merged_into_id or absorbed.merged_into_id:
            raise NotMerged(_now("One of them was merged already: look at it again."))
        _demand_decided(kept, absorbed)
        merging = cls(workshop_id=kept.workshop_id, kept=kept, absorbed=absorbed, by=by)
        merging.newest = _newest()
        merging._grow()
        merging.save()
        merging.gather()
        Party.objects.filter(pk=absorbed.pk).update(merged_into=kept)
        return merging

    @step("crm.undo_merging", source=Status.STANDING, target=Status.UNDONE)
    def undo(self, *, by: Person) -> None:
        """Let them be two again: what was the absorbed one's goes back, and what was made since on
        something that goes back follows it. Raises NotUndone, and WrongState where a later merging
        comes first."""
        _hold(self.kept, self.absorbed)
        if self.kept.merged_into_id is not None:
            text = _now("%(kept)s was merged into another one since: undo that first.")
            raise WrongState(text % {"kept": self.kept})
        later = Merging.objects.standing().filter(kept=self.kept_id, pk__gt=self.pk)
        if (last := later.select_related("absorbed").order_by("-pk").first()) is not None:
            text = _now("%(other)s was merged into %(kept)s after that: undo that first.")
            raise WrongState(text % {"other": last.absorbed, "kept": self.kept})
        following = self._following()
        self._take_netting_back()
        self._give_back()
        for label, rows in following.items():
            key = next(key for key in keys() if key.label == label)
            _point(key.model, key.field, rows, self.absorbed_id)
        for party in (self.kept, self.absorbed):
            net(party, by=self.workshop.machine)
        self._divide_talk()
        Party.objects.filter(pk=self.absorbed_id).update(merged_into=None)
        self._shrink()
        self.undone_at = clock.now()

    # Called by its steps, and each night

    def gather(self) -> None:
        """Move whatever is the absorbed one's to the kept one, and keep what it was.

        Once more each night: what was just being written when they were merged comes late.
        """
        for key in keys():
            if key.model is not Conversation:
                twice = standing_twice(key, self.kept_id, self.absorbed_id)
                rows = set(key.rows(self.absorbed_id).values_list("pk", flat=True)) - twice
                self._move(key.model, key.field, rows, self.absorbed_id, self.kept_id)
        kind = ContentType.objects.get_for_model(Party)
        about = Q(subject_type=kind, subject_id=self.absorbed_id)
        theirs = Conversation.objects.filter(Q(party=self.absorbed_id) | about)
        for talk in theirs.order_by("pk"):
            self._join(talk)
        hold(self.kept)
        net(self.kept, by=self.workshop.machine)

    # Inside

    def _join(self, talk: Conversation) -> None:
        """Go on with a talk of the absorbed one where the kept one's about the same thing stands."""
        is_about = talk.subject_type_id == ContentType.objects.get_for_model(Party).pk
        is_own = is_about and talk.subject_id == self.absorbed_id
        subject = self.kept_id if is_own else talk.subject_id
        same = Conversation.objects.filter(subject_type=talk.subject_type_id, subject_id=subject)
        there = same.filter(party=self.kept_id).first()
        if there is None:
            self._move(Conversation, "party_id", {talk.pk}, self.absorbed_id, self.kept_id)
            if is_own:
                self._move(Conversation, "subject_id", {talk.pk}, self.absorbed_id, self.kept_id)
            return
        for key in _parts_of_talk():
            twice = standing_twice(key, there.pk, talk.pk)
            rows = set(key.rows(talk.pk).values_list("pk", flat=True)) - twice
            self._move(key.model, key.field, rows, talk.pk, there.pk)
        _hear_again({talk.pk, there.pk})

    def _move(
        self, model: type[models.Model], field: str, rows: set[int], old: int, new: int
    ) -> None:
        kind = ContentType.objects.get_for_model(model)
        MovedRow.objects.bulk_create(
            [
                MovedRow(merging=self, model=kind, row=row, field=field, old=old, new=new)
                for row in sorted(rows)
            ],
            batch_size=A_BATCH,
        )
        _point(model, field, rows, new)

    def _following(self) -> dict[str, set[int]]:
        """Return what was made since and goes back with what it hangs on, by column.

        Raises NotUndone where that hangs on something of the kept one, too.
        """
        here = places_of(self.kept_id)
        new = {key.label: self._since(key, here[key.label]) for key in keys()}
        near: dict[Place, list[Place]] = defaultdict(list)
        every = [*ties(self.kept_id, here)]
        for key in keys():
            every += about(key, new[key.label], here)
        for one, other in every:
            near[one].append(other)
            near[other].append(one)
        moved = self._moved_places()
        people = {place.row for place in moved if place.label == "parties.Person.party"}
        theirs = {place.row for place in moved if place.label == "parties.Party.merged_into"}
        staying = earned_by_staying({self.absorbed_id, *theirs}, new)
        waiting = [*moved, *made_by(people, new), *staying]
        going = set(waiting)
        while waiting:
            place = waiting.pop()
            for other in near[place]:
                if other in going:
                    continue
                if other.row not in new[other.label]:
                    raise NotUndone(self._tied_by(place, other))
                going.add(other)
                waiting.append(other)
        following: dict[str, set[int]] = defaultdict(set)
        for place in going - moved:
            following[place.label].add(place.row)
        return following

    def _since(self, key: Key, rows: set[int]) -> set[int]:
        newest = self.newest.get(key.model._meta.label, 0)
        return {row for row in rows if row > newest}

    def _moved_places(self) -> set[Place]:
        labels = {(key.model, key.field): key.label for key in keys()}
        rows = self.moved.filter(new=self.kept_id).values_list("model", "field", "row")
        found = set()
        for kind, field, row in rows:
            model: Any = ContentType.objects.get_for_id(kind).model_class()
            if (model, field) in labels:
                found.add(Place(labels[model, field], row))
        return found

    def _tied_by(self, place: Place, other: Place) -> str:
        """Say what keeps the two together, and what to do first."""
        text = _now(
            "Since they were merged, something of %(absorbed)s (%(one)s) was joined with something"
            " of %(kept)s (%(other)s). Take that back first, such as money that was counted for"
            " the other's order; then they can be two again."
        )
        names = {"absorbed": self.absorbed, "kept": self.kept}
        return text % {**names, "one": _named(place), "other": _named(other)}

    def _take_netting_back(self) -> None:
        """Let no points of the one have paid since for what was taken back of the other."""
        newest = self.newest.get(PointUse._meta.label, 0)
        paid = PointUse.objects.filter(lot__party=self.kept, kind=PointUse.Kind.NETTED)
        sums = paid.filter(pk__gt=newest).order_by().values_list("lot").annotate(n=Sum("points"))
        machine = self.workshop.machine
        PointUse.objects.bulk_create(
            PointUse(lot_id=lot, kind=PointUse.Kind.NETTED, points=-points, by=machine)
            for lot, points in sums
            if points
        )

    def _give_back(self) -> None:
        """Let everything that moved and is still there point where it did."""
        talks = set()
        groups: dict[tuple[int, str, int, int], set[int]] = defaultdict(set)
        for kind, field, old, new, row in self.moved.values_list(
            "model", "field", "old", "new", "row"
        ):
            groups[kind, field, old, new].add(row)
        for (kind, field, old, new), rows in groups.items():
            model: Any = ContentType.objects.get_for_id(kind).model_class()
            _point(model, field, rows, old, only_from=new)
            if field == "conversation_id":
                talks |= {old, new}
        _hear_again(talks)

    def _divide_talk(self) -> None:
        """Let what the people of each said since stand in their own talk."""
        newest = self.newest.get(Message._meta.label, 0)
        for one, other in ((self.absorbed, self.kept), (self.kept, self.absorbed)):
            talk = Conversation.objects.filter(party=other).about(other).first()
            said = Message.objects.filter(conversation=talk, by__party=one, pk__gt=newest)
            rows = set(said.values_list("pk", flat=True)) if talk is not None else set()
            if rows and talk is not None:
                own = Conversation.of(one, one)
                own.begin()
                _point(Message, "conversation_id", rows, own.pk)
                _hear_again({talk.pk, own.pk})

    def _grow(self) -> None:
        """Let the kept one be to the workshop what the absorbed one was, and keep what it was."""
        kept = self.kept
        self.became = _grown(kept, self.absorbed)
        self.was = {name: getattr(kept, name) for name in self.became}
        Party.objects.filter(pk=kept.pk).update(**self.became)

    def _shrink(self) -> None:
        """Let it be what it was, where nobody said otherwise since and nothing needs it."""
        kept = Party.objects.get(pk=self.kept_id)
        sides = {"buys_as": "buyer_id", "is_supplier": "supplier_id", "is_courier": "courier_id"}
        used = {key.field for key in keys() if key.rows(kept.pk).exists()}
        back = {
            name: value
            for name, value in self.was.items()
            if getattr(kept, name) == self.became[name] and sides.get(name) not in used
        }
        if back:
            Party.objects.filter(pk=kept.pk).update(**back)


class MovedRow(models.Model):
    """A key that a merging changed: in which row and column, from what and to what."""

    merging = models.ForeignKey(Merging, models.CASCADE, related_name="moved")
    model = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    row = models.BigIntegerField()
    field = models.CharField(max_length=40)
    old = models.BigIntegerField()
    new = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.model} {self.row}: {self.old} → {self.new}"


def _hold(kept: Party, absorbed: Party) -> None:
    """Lock all that points at the two, from above to below, and then the two: nothing new begins."""
    for key in keys():
        for party in sorted((kept.pk, absorbed.pk)):
            list(key.rows(party).select_for_update(of=("self",), no_key=True).values_list("pk"))
    both = Party.objects.filter(pk__in=[kept.pk, absorbed.pk]).order_by("pk")
    fresh = {party.pk: party for party in both.select_for_update(of=("self",))}
    for one in (kept, absorbed):
        one.__dict__.update(fresh[one.pk].__dict__)


def _demand_decided(kept: Party, absorbed: Party) -> None:
    """Raise NotMerged where both have what only one can have, and a person has to say which."""
    for key in keys():
        open_ones, text = TOGETHER.get(key.label, (Q(), ""))
        twice = standing_twice(key, kept.pk, absorbed.pk) if text else set()
        if twice and key.model._base_manager.filter(open_ones, pk__in=twice).exists():
            raise NotMerged(str(text))


def _newest() -> dict[str, int]:
    found = {}
    models_here: set[type[models.Model]] = {Message, PointUse, *(key.model for key in keys())}
    for model in models_here:
        found[model._meta.label] = model._base_manager.aggregate(n=Max("pk"))["n"] or 0
    return found


def _grown(kept: Party, absorbed: Party) -> dict[str, Any]:
    """Return what changes of the kept one. What it buys as is changed by nobody but a person."""
    wanted: dict[str, Any] = {
        "is_supplier": kept.is_supplier or absorbed.is_supplier,
        "is_courier": kept.is_courier or absorbed.is_courier,
        "is_reminded": kept.is_reminded and absorbed.is_reminded,
        "area": kept.area or absorbed.area,
        "vehicle": kept.vehicle or absorbed.vehicle,
    }
    if not kept.buys_as:
        wanted |= {"buys_as": absorbed.buys_as, "is_welcome": absorbed.is_welcome}
    elif kept.buys_as == absorbed.buys_as:
        wanted["is_welcome"] = kept.is_welcome or absorbed.is_welcome
    return {name: value for name, value in wanted.items() if value != getattr(kept, name)}


def _parts_of_talk() -> Iterator[Key]:
    for relation in Conversation._meta.related_objects:
        field: Any = relation.field
        yield Key(field.model, field.attname)


def _point(
    model: type[models.Model],
    field: str,
    rows: Iterable[int],
    to: int,
    *,
    only_from: int | None = None,
) -> None:
    wanted = sorted(rows)
    for begin in range(0, len(wanted), A_BATCH):
        found = model._base_manager.filter(pk__in=wanted[begin : begin + A_BATCH])
        if only_from is not None:
            found = found.filter(**{field: only_from})
        found.update(**{field: to})


def _hear_again(talks: Iterable[int]) -> None:
    """Find anew which message of a talk is the last, and which the last that the party said."""
    for talk in sorted(talks):
        said = Message.objects.filter(conversation=talk)
        heard = said.aggregate(last=Max("pk"), asked=Max("pk", filter=Q(by__party__isnull=False)))
        Conversation.objects.filter(pk=talk).update(last_id=heard["last"], asked_id=heard["asked"])


def _named(place: Place) -> str:
    """Return how people call a row: by its number where it has one."""
    model = apps.get_model(place.label.rpartition(".")[0])
    row = model._base_manager.get(pk=place.row)
    return str(getattr(row, "number", "") or f"{model._meta.verbose_name} {row}")
