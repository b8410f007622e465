"""What is asked in the room of a sentra."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import (
    LONGEST_POST,
    SENTRA_NAME,
    SentraChoice,
    SentraInvitation,
    SentraMember,
    SentraPost,
)
from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role

CHOICES = ("choice1", "choice2", "choice3", "choice4")


class SentraForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the room"),
        max_length=SENTRA_NAME,
        help_text=_("Such as: Sentra sepatu Ciomas"),
    )


class SentraPostForm(forms.Form):
    body = forms.CharField(
        label=_("What do you want to say?"),
        max_length=LONGEST_POST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("All workshops in the room read it, with the name of your workshop and yours."),
    )


class SentraQuestionForm(SentraPostForm):
    """A question with answers to choose from, or plain words where there are none."""

    choice1 = forms.CharField(label=_("Answer 1"), max_length=80, required=False)
    choice2 = forms.CharField(label=_("Answer 2"), max_length=80, required=False)
    choice3 = forms.CharField(label=_("Answer 3"), max_length=80, required=False)
    choice4 = forms.CharField(label=_("Answer 4"), max_length=80, required=False)
    closes_on = forms.DateField(
        label=_("Last day to answer"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=lambda: clock.in_days(7),
    )

    def clean_closes_on(self) -> date:
        day: date = self.cleaned_data["closes_on"]
        if day < clock.today():
            raise forms.ValidationError(_now("This day is past."))
        return day

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        facts["choices"] = list(dict.fromkeys(facts[name] for name in CHOICES if facts.get(name)))
        if len(facts["choices"]) < 2:
            self.add_error("choice2", _now("Write two different answers at least."))
        return facts

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("body", "closes_on", "choices")}


class SentraVoteForm(forms.Form):
    choice = forms.ModelChoiceField(
        SentraChoice.objects.none(),
        label=_("Your answer"),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, data: Any = None, *, post: SentraPost, mine: int | None = None) -> None:
        super().__init__(data, initial={"choice": mine})
        self.fields["choice"].queryset = post.choices.order_by("position")  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """A workshop of this installation that is neither in the room nor asked."""

    guest = forms.ModelChoiceField(
        Workshop.objects.none(), label=_("Workshop"), empty_label=_("Choose a workshop")
    )

    def __init__(self, data: Any = None, *, member: SentraMember) -> None:
        super().__init__(data)
        inside = SentraMember.objects.living().filter(sentra=member.sentra_id)
        asked = SentraInvitation.objects.open().filter(sentra=member.sentra_id)
        others = Workshop.objects.exclude(pk__in=inside.values("workshop"))
        others = others.exclude(pk__in=asked.values("workshop"))
        self.fields["guest"].queryset = others.order_by("name", "pk")  # type: ignore[attr-defined]


class NamedForm(forms.Form):
    """Who of the workshop enters beside the owner."""

    people = forms.ModelMultipleChoiceField(
        Person.objects.none(),
        label=_("Who enters beside the owner"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, member: SentraMember) -> None:
        super().__init__(data, initial={"people": list(member.named.all())})
        ours = Person.objects.active().filter(workshop=member.workshop_id, party=None)
        ours = ours.exclude(role__in=(Role.OWNER, Role.MACHINE))
        self.fields["people"].queryset = ours.order_by("name", "pk")  # type: ignore[attr-defined]


class SentraReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class SentraReportForm(forms.Form):
    complaint = forms.CharField(
        label=_("What is wrong with it?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only the workshop that keeps the room reads this."),
    )
