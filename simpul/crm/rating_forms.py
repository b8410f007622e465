"""What is asked about how content somebody is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import (
    LONGEST_OPINION,
    Rating,
    RatingRules,
    ShownAs,
    Voice,
    name_as,
)
from simpul.lib import clock
from simpul.parties.models import Person

SCALE = [
    (5, _("5: very content")),
    (4, _("4: content")),
    (3, _("3: neither")),
    (2, _("2: not content")),
    (1, _("1: not at all")),
]


class WordsForm(forms.Form):
    """Whether what a customer said may be shown to everybody, and as what name."""

    shown_as = forms.ChoiceField(
        label=_("May we show your words to everybody?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("You can take it back here at any time; then they are gone at once."),
    )

    def __init__(self, data: Any = None, *, rating: Rating, by: Person) -> None:
        self.rating = rating
        self.standing = Voice.objects.standing().filter(rating=rating).first()
        shown_as = self.standing.shown_as if self.standing else ""
        said = {"stars": rating.stars, "words": rating.words, "shown_as": shown_as}
        super().__init__(data, initial=said)
        names = [(one, {"name": name_as(one, by)}) for one in ShownAs]
        self.choices = {"": _now("No"), **{one.value: one.label % gap for one, gap in names}}
        self.fields["shown_as"].choices = list(self.choices.items())  # type: ignore[attr-defined]

    def save(self, *, by: Person) -> None:
        """Keep what was chosen, with the very words of it."""
        shown_as = self.cleaned_data["shown_as"]
        consent = f"{self.fields['shown_as'].label} {self.choices[shown_as]}"
        Voice.settle(by=by, rating=self.rating, shown_as=shown_as, consent=consent[:300])


class RatingForm(WordsForm):
    field_order = ("stars", "words", "shown_as")

    stars = forms.TypedChoiceField(
        label=_("How content are you?"), choices=SCALE, coerce=int, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=LONGEST_OPINION,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only the workshop reads it, unless you choose otherwise below."),
    )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if facts.get("shown_as") and not facts.get("words"):
            self.add_error("words", _now("Write a few words that we may show, or choose “No”."))
        return facts

    @transaction.atomic
    def save(self, *, by: Person) -> None:
        """Say how content one is, or say it otherwise, and what of it may be shown."""
        is_new = self.rating.status == Rating.Status.ASKED
        say = self.rating.reply if is_new else self.rating.change
        say(by=by, stars=self.cleaned_data["stars"], words=self.cleaned_data["words"])
        super().save(by=by)


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
