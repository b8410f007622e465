"""The forms of visits: whom to visit on which day, and what was found there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models import LONGEST_MESSAGE, MOST_FILES
from simpul.crm.models import A_NOTE
from simpul.lib import clock, uploads
from simpul.parties.models import Party, PartyQuerySet, Person, PersonQuerySet
from simpul.ui.fields import FilesField

MOST_A_DAY = 30  # nobody visits more shops in one day


class VisitPlanForm(forms.Form):
    """Which of the buyers are visited by whom, on which day."""

    parties = forms.ModelMultipleChoiceField(
        Party.objects.none(),
        error_messages={"required": _("Tick at least one of them.")},
    )
    on = forms.DateField(
        label=_("On which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    rep = forms.ModelChoiceField(Person.objects.none(), label=_("Who goes there"))

    def __init__(
        self, *args: Any, buyers: PartyQuerySet, colleagues: PersonQuerySet, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("parties", buyers), ("rep", colleagues)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
            field.queryset = rows

    def clean_parties(self) -> list[Party]:
        chosen = list(self.cleaned_data["parties"])
        if len(chosen) > MOST_A_DAY:
            said = _now("No more than %(most)s on one day.")
            raise forms.ValidationError(said % {"most": MOST_A_DAY})
        return chosen

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day < clock.today():
            raise forms.ValidationError(_now("This day is over: choose a later one."))
        return day


class VisitNoteForm(forms.Form):
    """What was said and seen, typed on a phone in front of the shop: any of it may be empty."""

    with_whom = forms.ModelChoiceField(
        Person.objects.none(), label=_("With"), required=False, empty_label=_("somebody there")
    )
    body = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=LONGEST_MESSAGE,
        help_text=_("The other side can read it in the conversation."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    attached = FilesField(
        label=_("Photos"),
        kinds=uploads.PROOF,
        most=MOST_FILES,
        required=False,
        help_text=_("They stand in the conversation, too."),
    )
    pairs_seen = forms.IntegerField(
        label=_("Pairs of ours on their shelf"),
        required=False,
        min_value=0,
        max_value=100_000,
        help_text=_("Only our own people see it."),
    )
    seen = forms.CharField(
        label=_("What sells, what lies"),
        required=False,
        max_length=A_NOTE,
        help_text=_("Only our own people see it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    rival = forms.CharField(
        label=_("What others sell there, and at what price"),
        required=False,
        max_length=A_NOTE,
        help_text=_("Only our own people see it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    next_words = forms.CharField(
        label=_("Next step"),
        required=False,
        max_length=200,
        help_text=_("Only our own people see it."),
    )
    next_on = forms.DateField(
        label=_("On which day"),
        required=False,
        help_text=_("On that day it stands on “Today”."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, people: PersonQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["with_whom"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = people

    def clean(self) -> dict[str, Any]:
        facts = self.cleaned_data
        if facts.get("next_words") and not facts.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", _("Say on which day, so that it is not forgotten."))
        return facts


class MissedForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=A_NOTE, required=False)
