"""What is told of goods that come back: which pairs, who fetches them, and what was counted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import Counted, GoodsReturn, ReturnedPairs
from simpul.crm.ticket_forms import PairsForm
from simpul.orders.models import LineSize, Order

STATES = (
    ("whole", _("whole, as new")),
    ("seconds", _("seconds")),
    ("spoiled", _("spoiled")),
)


class ReturnForm(PairsForm):
    """Which pairs come back, and how."""

    way = forms.ChoiceField(
        label=_("How they come back"), choices=GoodsReturn.Way.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("When, where, and what it costs; the customer does not read it."),
    )
    field_order = ("way", "note")

    def __init__(self, data: Any = None, *, order: Order, pairs: list[Any]) -> None:
        initial = {
            f"pairs-{one['line']}-{size}": count
            for one in pairs
            for size, count in one["sizes"].items()
        }
        super().__init__(data, order=order, initial=initial)

    def clean(self) -> dict[str, Any]:
        """Say at least one pair."""
        facts = super().clean() or self.cleaned_data
        if self.errors:
            return facts
        if not self.facts["pairs"]:
            raise forms.ValidationError(_now("Say how many pairs come back."))
        return facts

    @property
    def told(self) -> dict[str, Any]:
        """What the step is told."""
        wanted = {
            (one["line"], size): count
            for one in self.facts["pairs"]
            for size, count in one["sizes"].items()
        }
        sizes = LineSize.objects.filter(line__order=self.order).select_related("variant")
        pairs = {
            one: wanted[one.line_id, one.variant.size]
            for one in sizes
            if (one.line_id, one.variant.size) in wanted
        }
        names = ("way", "note")
        return {"pairs": pairs, **{name: self.cleaned_data[name] for name in names}}


class ReturnCountForm(forms.Form):
    """What was counted at the workshop, of each size."""

    def __init__(self, data: Any = None, *, pairs: list[ReturnedPairs]) -> None:
        super().__init__(data)
        self.pairs = pairs
        for one in pairs:
            for name, label in STATES:
                self.fields[f"{one.pk}-{name}"] = forms.IntegerField(
                    label=capfirst(label),
                    required=False,
                    min_value=0,
                    max_value=one.agreed,
                    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                )

    @property
    def rows(self) -> list[tuple[ReturnedPairs, list[forms.BoundField]]]:
        return [(one, [self[f"{one.pk}-{name}"] for name, _label in STATES]) for one in self.pairs]

    @property
    def counted(self) -> dict[int, Counted]:
        """What the step is told."""
        said = self.cleaned_data
        return {
            one.pk: Counted(*(said[f"{one.pk}-{name}"] or 0 for name, _label in STATES))
            for one in self.pairs
        }

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if not self.errors and all(one is None for one in facts.values()):
            raise forms.ValidationError(
                _now("Nothing was counted. If nothing comes back, say so on the ticket.")
            )
        if not self.errors:
            for one in self.pairs:
                if sum(self.counted[one.pk]) > one.agreed:
                    self.add_error(
                        f"{one.pk}-whole",
                        _now("At most %(pairs)s pairs in all.") % {"pairs": one.agreed},
                    )
        return facts
