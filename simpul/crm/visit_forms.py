"""The forms of visits: whom to visit on which day, and what was found there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.forms import TalkedForm
from simpul.conversations.models import MOST_FILES
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


class VisitNoteForm(TalkedForm):
    """What was said and seen, typed on a phone in front of the shop: any of it may be empty."""

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

    field_order = ("with_whom", "body", "attached", "pairs_seen", "seen", "rival")


class MissedForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=A_NOTE, required=False)
