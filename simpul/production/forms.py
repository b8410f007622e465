"""What the steps of the work need to be told."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.orders.models import LineSize
from simpul.production.models import JobSize


def _count(most: int) -> forms.IntegerField:
    attrs = {"inputmode": "numeric", "min": 0, "max": most, "autocomplete": "off"}
    return forms.IntegerField(
        required=False, min_value=0, max_value=max(most, 0), widget=forms.NumberInput(attrs=attrs)
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )


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
        self, *args: Any, sizes: Iterable[JobSize], room: dict[int, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sizes = list(sizes)
        self.room = room
        for size in self.sizes:
            for kind in ("good", "reject", "rework"):
                self.fields[f"{kind}_{size.pk}"] = _count(room[size.pk])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(
            self._counted(kind) for kind in ("good", "reject", "rework")
        ):
            raise forms.ValidationError(_now("Count at least one pair."))
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
            "worker": self.cleaned_data["worker"],
            "client_id": self.cleaned_data["client_id"],
        }

    def _counted(self, kind: str) -> dict[str, int]:
        found = {size.name: self.cleaned_data.get(f"{kind}_{size.pk}") for size in self.sizes}
        return {name: pairs for name, pairs in found.items() if pairs}


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
