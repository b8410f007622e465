"""What is asked about how content somebody is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import LONGEST_OPINION, Rating, RatingRules
from simpul.lib import clock

SCALE = [
    (5, _("5: very content")),
    (4, _("4: content")),
    (3, _("3: neither")),
    (2, _("2: not content")),
    (1, _("1: not at all")),
]


class RatingForm(forms.Form):
    stars = forms.TypedChoiceField(
        label=_("How content are you?"), choices=SCALE, coerce=int, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=LONGEST_OPINION,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only the workshop reads it."),
    )


class RatingNextForm(forms.Form):
    """The next step with whoever is not content, drafted."""

    words = forms.CharField(label=_("What"), max_length=200)
    due_on = forms.DateField(
        label=_("On"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, *, rating: Rating) -> None:
        draft = (
            _now("Call %(name)s about %(number)s: ask what was wrong, and offer to put it right")
            if rating.is_low
            else _now("Call %(name)s about %(number)s: thank them, and ask what could be better")
        )
        words = draft % {"name": rating.party.name[:60], "number": rating.number}
        super().__init__(data, initial={"words": words, "due_on": clock.today()})


class RatingRulesForm(forms.ModelForm[RatingRules]):
    class Meta:
        model = RatingRules
        fields = ("is_on", "days_after", "quiet_days", "change_days")

    def clean_quiet_days(self) -> int:
        days: int = self.cleaned_data["quiet_days"]
        if days < 1:
            raise forms.ValidationError(_now("Take a day at least."))
        return days
