"""What the steps of the work need to be told."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Product, Variant
from simpul.lib import clock, phones
from simpul.orders.models import LineSize
from simpul.parties.models import Person
from simpul.payments.models import Purpose
from simpul.production.models import (
    LONGEST_CLOSED,
    MOST_CAUSES,
    Capacity,
    CauseList,
    JobSize,
    JobStage,
    LastSet,
    OutworkSize,
    WageSlip,
    WorkWeek,
    cause_label,
)
from simpul.production.models.causes import LONGEST_CAUSE
from simpul.ui.fields import PhotoField, QuantityField
from simpul.ui.jinja import day_short, rupiah, weekday_names

MOST_LASTS = 999  # of one size


def _a_day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _count(most: int) -> forms.IntegerField:
    attrs = {"inputmode": "numeric", "min": 0, "max": most, "autocomplete": "off"}
    return forms.IntegerField(
        required=False, min_value=0, max_value=max(most, 0), widget=forms.NumberInput(attrs=attrs)
    )


class CauseField(forms.ChoiceField):
    """Why pairs were spoilt or mended, of the workshop's list; it may stay unsaid."""

    def __init__(self, causes: Sequence[str]) -> None:
        said = [(words, cause_label(words)) for words in causes]
        self.is_asked = bool(causes)
        super().__init__(
            label=_("What was wrong"), required=False, choices=[("", _("not said")), *said]
        )

    def valid_value(self, value: Any) -> bool:
        """A count that waited on a telephone may name a cause that is not on the list any more."""
        return len(value) <= LONGEST_CAUSE


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )


class ScheduleForm(forms.Form):
    """By when each stage that is not done yet is to be, and why it is planned anew."""

    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(
        self, *args: Any, stages: Iterable[JobStage], days: Mapping[int, date], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places = {f"stage_{one.position}": one.position for one in stages}
        for one in stages:
            self.fields[f"stage_{one.position}"] = forms.DateField(
                label=one.label, widget=_a_day(), initial=days.get(one.position)
            )
        self.order_fields([*self.places, "reason"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        earliest = clock.today()
        for name in self.places:
            on = cleaned.get(name)
            if on and on < earliest:
                self.add_error(name, _now("Not before %(day)s.") % {"day": day_short(earliest)})
            earliest = max(earliest, on or earliest)
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """What the step needs to be told."""
        days = {place: self.cleaned_data[name] for name, place in self.places.items()}
        return {"days": days, "reason": self.cleaned_data["reason"]}


class LotForm(forms.Form):
    """From which lot something was taken, by the name of its material, and how much."""

    lot = forms.TypedChoiceField(label=_("From which delivery"), coerce=int)
    quantity = QuantityField(label=_("How much of it this work took"))

    def __init__(self, *args: Any, lots: dict[str, list[tuple[int, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lot"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = [(material, rows) for material, rows in lots.items()]


@dataclass(frozen=True, slots=True)
class TapRow:
    """One size at a stage: how many pairs wait, and the fields to count them."""

    size: str
    waiting: int
    good: forms.BoundField
    reject: forms.BoundField
    rework: forms.BoundField


class TapForm(forms.Form):
    """Count pairs of each size that leave a stage."""

    worker = forms.CharField(
        label=_("Made by"), max_length=60, required=False, help_text=_("For the piece wage.")
    )
    client_id = forms.CharField(
        max_length=36,
        required=False,
        widget=forms.HiddenInput,
        initial=lambda: uuid.uuid4().hex,
    )

    def __init__(
        self,
        *args: Any,
        sizes: Iterable[JobSize],
        room: dict[int, int],
        causes: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sizes = list(sizes)
        self.room = room
        self.fields["cause"] = CauseField(causes)
        for size in self.sizes:
            for kind in ("good", "reject", "rework"):
                self.fields[f"{kind}_{size.pk}"] = _count(room[size.pk])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(
            self._counted(kind) for kind in ("good", "reject", "rework")
        ):
            raise forms.ValidationError(_now("Count at least one pair."))
        if cleaned.get("cause") and not (self._counted("reject") or self._counted("rework")):
            raise forms.ValidationError(_cause_of_nothing())
        return cleaned

    @property
    def rows(self) -> list[TapRow]:
        return [
            TapRow(
                size.name,
                self.room[size.pk],
                self[f"good_{size.pk}"],
                self[f"reject_{size.pk}"],
                self[f"rework_{size.pk}"],
            )
            for size in self.sizes
        ]

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, as the step takes it."""
        return {
            "good": self._counted("good"),
            "reject": self._counted("reject"),
            "rework": self._counted("rework"),
            "cause": self.cleaned_data["cause"],
            "worker": self.cleaned_data["worker"],
            "client_id": self.cleaned_data["client_id"],
        }

    def _counted(self, kind: str) -> dict[str, int]:
        found = {size.name: self.cleaned_data.get(f"{kind}_{size.pk}") for size in self.sizes}
        return {name: pairs for name, pairs in found.items() if pairs}


@dataclass(frozen=True, slots=True)
class GivenRow:
    """One size that may go out or come back: how many there are, and the fields to say so."""

    size: str
    pairs: int
    good: forms.BoundField
    reject: forms.BoundField | None = None


class GiveOutForm(forms.Form):
    """To whom pairs of a stage go, how many of each size, for how much and until when."""

    worker = forms.CharField(
        label=_("Who makes them"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "outworkers", "autocomplete": "off"}),
    )
    telephone = forms.CharField(label=_("WhatsApp or telephone"), max_length=30, required=False)
    rate = forms.IntegerField(
        label=_("Rupiah a pair"),
        min_value=0,
        max_value=10_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    due_on = forms.DateField(label=_("Back by"), widget=_a_day())
    words = forms.CharField(
        label=_("In a few words"),
        max_length=200,
        required=False,
        help_text=_("What else goes along: lasts, patterns, thread."),
    )

    def __init__(
        self, *args: Any, sizes: Iterable[JobSize], room: dict[int, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.room = room
        self.sizes = [size for size in sizes if room[size.pk] > 0]
        for size in self.sizes:
            self.fields[f"pairs_{size.pk}"] = _count(room[size.pk])

    def clean_telephone(self) -> str:
        typed: str = self.cleaned_data["telephone"]
        if not typed:
            return ""
        try:
            return phones.normalise(typed)
        except phones.NotATelephone as reason:
            raise forms.ValidationError(str(reason)) from reason

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if due_on < clock.today():
            raise forms.ValidationError(_now("This day is over."))
        return due_on

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self._pairs:
            raise forms.ValidationError(_now("Count at least one pair."))
        return cleaned

    @property
    def rows(self) -> list[GivenRow]:
        return [
            GivenRow(size.name, self.room[size.pk], self[f"pairs_{size.pk}"]) for size in self.sizes
        ]

    @property
    def facts(self) -> dict[str, Any]:
        """What the step needs to be told."""
        said = ("worker", "telephone", "rate", "due_on", "words")
        return {"pairs": self._pairs, **{name: self.cleaned_data[name] for name in said}}

    @property
    def _pairs(self) -> dict[str, int]:
        found = {size.name: self.cleaned_data.get(f"pairs_{size.pk}") for size in self.sizes}
        return {name: pairs for name, pairs in found.items() if pairs}


class TakeInForm(forms.Form):
    """How many pairs of each size came back good and spoiled, and whether that is all."""

    is_over = forms.BooleanField(
        label=_("Nothing more comes back"),
        required=False,
        help_text=_("What was not made waits at the stage again, its material in the store."),
    )

    def __init__(
        self, *args: Any, sizes: Iterable[OutworkSize], causes: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"] = CauseField(causes)
        self.sizes = [row for row in sizes if row.out]
        for row in self.sizes:
            for kind in ("good", "reject"):
                self.fields[f"{kind}_{row.pk}"] = _count(row.out)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_something = self._counted("good") or self._counted("reject") or cleaned.get("is_over")
        if not self.errors and not is_something:
            raise forms.ValidationError(_now("Count at least one pair."))
        if cleaned.get("cause") and not self._counted("reject"):
            raise forms.ValidationError(_cause_of_nothing())
        return cleaned

    @property
    def rows(self) -> list[GivenRow]:
        return [
            GivenRow(row.size.name, row.out, self[f"good_{row.pk}"], self[f"reject_{row.pk}"])
            for row in self.sizes
        ]

    @property
    def facts(self) -> dict[str, Any]:
        """What the step needs to be told."""
        return {
            "good": self._counted("good"),
            "reject": self._counted("reject"),
            "cause": self.cleaned_data["cause"],
            "is_over": self.cleaned_data["is_over"],
        }

    def _counted(self, kind: str) -> dict[str, int]:
        found = {row.size.name: self.cleaned_data.get(f"{kind}_{row.pk}") for row in self.sizes}
        return {name: pairs for name, pairs in found.items() if pairs}


class PhotoForm(forms.Form):
    """A photo of the work at a stage."""

    photo = PhotoField(label=_("Photo of the work"))
    words = forms.CharField(
        label=_("In a few words"),
        max_length=120,
        required=False,
        help_text=_("Stands below the photo, for the buyer too."),
    )
    is_shown = forms.BooleanField(
        label=_("The buyer may see it"),
        required=False,
        initial=True,
        help_text=_("On the page of the order, with the stage and the day."),
    )


@dataclass(frozen=True, slots=True)
class ShelfRow:
    size: LineSize
    missing: int
    free: int
    taken: forms.BoundField


class ShelfForm(forms.Form):
    """Say how many pairs that lie free are taken for an order."""

    def __init__(self, *args: Any, lying: Iterable[tuple[LineSize, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lying = list(lying)
        for size, free in self.lying:
            self.fields[f"size_{size.pk}"] = _count(min(free, size.pairs - size.made))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.pairs:
            raise forms.ValidationError(_now("Count at least one pair."))
        return cleaned

    @property
    def rows(self) -> list[ShelfRow]:
        return [
            ShelfRow(size, size.pairs - size.made, free, self[f"size_{size.pk}"])
            for size, free in self.lying
        ]

    @property
    def pairs(self) -> dict[LineSize, int]:
        found = {size: self.cleaned_data.get(f"size_{size.pk}") for size, _free in self.lying}
        return {size: pairs for size, pairs in found.items() if pairs}


class WeekForm(forms.Form):
    """The days of the week on which is worked."""

    keeps_holidays = forms.BooleanField(
        label=_("Closed on public holidays"),
        required=False,
        help_text=_("Collective leave is not among them: close those days by hand."),
    )

    def __init__(self, *args: Any, week: WorkWeek, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weekdays"] = forms.TypedMultipleChoiceField(
            label=_now("Working days"),
            coerce=int,
            choices=list(enumerate(weekday_names())),
            initial=week.days,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["keeps_holidays"].initial = week.keeps_holidays
        self.order_fields(["weekdays", "keeps_holidays"])


class CausesForm(forms.Form):
    """Why pairs are spoilt: the words that are offered, one a line."""

    words = forms.CharField(
        label=_("Why pairs are spoilt or mended"),
        required=False,
        max_length=(LONGEST_CAUSE + 2) * MOST_CAUSES,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "One cause on a line, the most frequent first. What was counted already keeps its words."
        ),
    )

    def __init__(self, *args: Any, causes: CauseList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].initial = "\n".join(causes.words)

    def clean_words(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["words"].splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if len(found) > MOST_CAUSES:
            text = _now("At most %(count)s causes: nobody reads a long list while counting.")
            raise forms.ValidationError(text % {"count": MOST_CAUSES})
        if long := [line for line in found if len(line) > LONGEST_CAUSE]:
            text = _now("This is too long to be read at a glance: %(words)s")
            raise forms.ValidationError(text % {"words": long[0]})
        return found


class ClosedDaysForm(forms.Form):
    """Days on which nobody works, and why."""

    words = forms.CharField(
        label=_("What for"), max_length=60, help_text=_("Lebaran, stocktaking, a wedding, …")
    )
    first_on = forms.DateField(label=_("First day"), widget=_a_day())
    last_on = forms.DateField(label=_("Last day"), widget=_a_day())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if first and last:
            if last < first:
                self.add_error("last_on", _now("This is before the first day."))
            elif last < clock.today():
                self.add_error("last_on", _now("This day is over."))
            elif (last - first).days >= LONGEST_CLOSED:
                text = _now("At most %(days)s days in one go.") % {"days": LONGEST_CLOSED}
                self.add_error("last_on", text)
        return cleaned


class PostForm(forms.Form):
    """How many people work at one post, and for how long each."""

    people = forms.IntegerField(
        label=_("People"),
        required=False,
        min_value=1,
        max_value=500,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 3}),
    )
    hours = forms.DecimalField(
        label=_("Hours a day each"),
        required=False,
        min_value=Decimal("0.5"),
        max_value=24,
        max_digits=4,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 4}),
    )
    post = ""
    is_known = False  # what was known is changed, not taken away

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and bool(cleaned.get("people")) != bool(cleaned.get("hours")):
            self.add_error(
                "hours" if cleaned.get("people") else "people",
                _now("Both are needed: how many people, and how many hours."),
            )
        elif not self.errors and self.is_known and not cleaned.get("people"):
            self.add_error("people", _now("Somebody must work there, or no day can be told."))
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """What `Capacity.set` takes, where something was changed."""
        said = self.cleaned_data
        return {
            "post": self.post,
            "people": said["people"],
            "minutes_each": round(said["hours"] * 60),
        }


def capacity_lines(
    data: Any, posts: Iterable[tuple[str, str, Capacity | None]]
) -> tuple[list[tuple[str, PostForm]], bool]:
    """Return a form for each post with its name, and whether all that was sent is well."""
    found = []
    for place, (post, label, known) in enumerate(posts):
        initial: dict[str, Any] = {}
        if known is not None:
            hours = (Decimal(known.minutes_each) / 60).quantize(Decimal("0.01"))
            initial |= {"people": known.people, "hours": hours.normalize()}
        form = PostForm(data, initial=initial, prefix=f"post-{place}")
        form.post = post
        form.is_known = known is not None
        found.append((label, form))
    return found, data is not None and all([form.is_valid() for _label, form in found])


class ModelChoice(forms.ModelMultipleChoiceField[Product]):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Product) -> str:
        return f"{obj} · {obj.code}"


class LastsForm(forms.Form):
    """How many lasts there are of each size, and what is made on them where."""

    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("As it is called on the floor: men's derby.")
    )
    post = forms.ChoiceField(label=_("Needed at"))
    turns = forms.IntegerField(
        label=_("Pairs a day on each"),
        min_value=1,
        max_value=500,
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 3}),
        help_text=_("A shoe stays on its last until the glue is dry: usually one a day."),
    )
    products = ModelChoice(
        label=_("For these models"),
        queryset=Product.objects.none(),
        error_messages={"required": _("Say which models are made on them.")},
    )

    def __init__(
        self,
        *args: Any,
        person: Person,
        posts: Iterable[tuple[str, str]],
        lasts: LastSet | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lasts = lasts
        models = Product.objects.visible_to(person)
        chosen = self.fields["products"]
        assert isinstance(chosen, ModelChoice)  # noqa: S101 - declared above
        chosen.queryset = models.order_by("name", "pk")
        post = self.fields["post"]
        assert isinstance(post, forms.ChoiceField)  # noqa: S101 - declared above
        post.choices = list(posts)
        made = Variant.objects.filter(colourway__product__in=models, is_offered=True)
        known = lasts.sizes if lasts is not None else {}
        sizes = {*made.order_by().values_list("size", flat=True).distinct(), *known}
        self.sizes = {size: f"size_{size}" for size in sorted(sizes, key=int)}
        for size, field in self.sizes.items():
            self.fields[field] = _count(MOST_LASTS)
            self.fields[field].label = size
            self.fields[field].initial = known.get(size)
        if lasts is not None:
            self.fields["name"].initial = lasts.name
            self.fields["post"].initial = lasts.post
            self.fields["turns"].initial = lasts.turns
            self.fields["products"].initial = [use.product_id for use in lasts.uses.all()]

    @property
    def cells(self) -> list[forms.BoundField]:
        return [self[field] for field in self.sizes.values()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned[field] for field in self.sizes.values()):
            self.add_error(None, _now("Say how many there are of each size."))
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """What `LastSet.add` and `change` take."""
        said = self.cleaned_data
        counts = {size: said[field] for size, field in self.sizes.items() if said[field]}
        return {
            "name": said["name"],
            "post": said["post"],
            "turns": said["turns"],
            "sizes": counts,
            "products": list(said["products"]),
        }


class SettleForm(forms.Form):
    """Up to which day wages are settled, and of whom: of everybody if no name is sent."""

    last_on = forms.DateField()
    worker = forms.CharField(required=False, max_length=60, strip=False)


class PayForm(forms.Form):
    """Whose wages of a sheet were paid, and how: in cash now, or by money that left already."""

    slips = forms.MultipleChoiceField(label=_("Whose"), widget=forms.CheckboxSelectMultiple)
    purpose = forms.ChoiceField(
        label=_("How"),
        widget=forms.RadioSelect,
        help_text=_("A transfer or an advance stands here once it was noted as piece wages."),
    )

    def __init__(
        self,
        *args: Any,
        slips: Iterable[WageSlip],
        payments: Iterable[tuple[Purpose, int]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.whose = {str(slip.pk): slip for slip in slips}
        self.payments = {str(one.pk): (one, rest) for one, rest in payments}
        whose, how = self.fields["slips"], self.fields["purpose"]
        assert isinstance(whose, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        assert isinstance(how, forms.ChoiceField)  # noqa: S101 - for the type checker
        whose.choices = [
            (key, f"{slip.worker} · {rupiah(slip.open)}") for key, slip in self.whose.items()
        ]
        whose.initial = list(self.whose)
        how.choices = [
            ("cash", _now("In cash, out of the cash box, now")),
            *((key, _said(one, rest)) for key, (one, rest) in self.payments.items()),
        ]
        how.initial = "cash"

    @property
    def facts(self) -> dict[str, Any]:
        """What the step needs to be told."""
        purpose, _rest = self.payments.get(self.cleaned_data["purpose"], (None, 0))
        return {
            "slips": [self.whose[key] for key in self.cleaned_data["slips"]],
            "purpose": purpose,
        }


def _said(purpose: Purpose, rest: int) -> str:
    gaps = {"day": day_short(purpose.on), "amount": rupiah(rest)}
    said = _now("By transfer on %(day)s, %(amount)s of it left") % gaps
    if purpose.is_cash:
        said = _now("In cash on %(day)s, %(amount)s of it left") % gaps
    return f"{said} · {purpose.words}" if purpose.words else said


def _cause_of_nothing() -> str:
    return _now("Say how many pairs were rejected or mended, or no cause.")
