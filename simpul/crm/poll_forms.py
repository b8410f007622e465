"""What is asked about a question in the room: its choices, an answer, and pairs ordered ahead."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Colourway
from simpul.crm.models import A_CHOICE, LONGEST_POST, Offered, Poll, PollAnswer, PollChoice
from simpul.lib import clock
from simpul.orders.grid import MOST_PAIRS
from simpul.parties.models import Person, Workshop

MOST_CHOICES = 4
A_WEEK = 7


class PollForm(forms.Form):
    question = forms.CharField(
        label=_("Question"), max_length=LONGEST_POST, widget=forms.Textarea(attrs={"rows": 2})
    )
    closes_on = forms.DateField(
        label=_("Last day to answer"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any = None, *, workshop: Workshop) -> None:
        super().__init__(data, initial={"closes_on": clock.in_days(A_WEEK)})
        looks = Colourway.objects.filter(product__workshop=workshop).select_related("product")
        rows = looks.order_by("product__position", "product", "position", "pk")
        models = [(one.pk, f"{one.product} · {one}") for one in rows]
        self.looks = {one.pk: one for one in rows}
        for turn in range(1, MOST_CHOICES + 1):
            self.fields[f"words{turn}"] = forms.CharField(
                label=_now("Answer %(n)s") % {"n": turn}, max_length=A_CHOICE, required=turn < 3
            )
            self.fields[f"look{turn}"] = forms.TypedChoiceField(
                label=_now("Model of answer %(n)s") % {"n": turn},
                choices=[("", _now("no model")), *models],
                coerce=int,
                empty_value=None,
                required=False,
                help_text=_now("Distributors may say how many pairs they would take.")
                if turn == 1
                else "",
            )

    def clean_closes_on(self) -> date:
        day: date = self.cleaned_data["closes_on"]
        if day < clock.today():
            raise forms.ValidationError(_now("This day is past: take a later one."))
        return day

    def save(self, *, by: Person) -> Poll:
        said = self.cleaned_data
        choices = [
            Offered(words, self.looks.get(said.get(f"look{turn}") or 0))
            for turn in range(1, MOST_CHOICES + 1)
            if (words := said[f"words{turn}"])
        ]
        return Poll.ask(
            by=by, question=said["question"], closes_on=said["closes_on"], choices=choices
        )


class PollAnswerForm(forms.Form):
    choice = forms.ModelChoiceField(
        PollChoice.objects.none(),
        label=_("Your answer"),
        widget=forms.RadioSelect,
        empty_label=None,
        help_text=_("You may change it until the question closes."),
    )

    def __init__(self, data: Any = None, *, poll: Poll, mine: PollAnswer | None) -> None:
        super().__init__(data, initial={"choice": mine.choice_id} if mine else {})
        field = self.fields["choice"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = poll.choices.order_by("position")


class AheadForm(forms.Form):
    """Pairs of each size of the chosen model."""

    def __init__(self, data: Any = None, *, mine: PollAnswer) -> None:
        super().__init__(data)
        look = mine.choice.colourway
        assert look is not None  # noqa: S101 - the page offers it for models only
        offered = look.variants.filter(is_offered=True).values_list("size", flat=True)
        for size in sorted(offered, key=int):
            self.fields[f"size{size}"] = forms.IntegerField(
                label=_now("Size %(size)s") % {"size": size},
                min_value=0,
                max_value=MOST_PAIRS,
                required=False,
                initial=mine.sizes.get(size),
            )

    @property
    def sizes(self) -> dict[str, int]:
        said = self.cleaned_data.items()
        return {name.removeprefix("size"): pairs for name, pairs in said if pairs}
