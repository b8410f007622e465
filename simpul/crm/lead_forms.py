"""The forms of prospects on their way to a first order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import LONGEST_WORDS, MET, MOVES, LeadRules, Source, WhyLost
from simpul.lib import phones
from simpul.parties.models import Party, Person, PersonQuerySet
from simpul.ui.fields import RupiahField

MOST_WORTH = 10**12  # rupiah; more is a slip of the finger


class WelcomeForm(forms.Form):
    """What a prospect is that did not say so itself."""

    buys_as = forms.ChoiceField(
        choices=[(one.value, one.label) for one in Party.BuysAs if one], required=False
    )


class NextForm(forms.Form):
    """What is to be done next with a prospect, on which day."""

    words = forms.CharField(label=_("Next step"), max_length=200)
    due_on = forms.DateField(
        label=_("On which day"),
        help_text=_("On that day it stands on “Today”."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class NoteLeadForm(forms.Form):
    """Somebody whom we met, typed on a phone between two handshakes: a name is enough."""

    source = forms.ChoiceField(
        label=_("Where we met"), choices=[(one.value, one.label) for one in MET]
    )
    name = forms.CharField(
        label=_("Name of the shop, or of the person"),
        max_length=120,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    telephone = forms.CharField(
        label=_("WhatsApp or telephone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    message = forms.CharField(
        label=_("What they want"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    buys_as = forms.ChoiceField(
        label=_("They would buy as"),
        choices=[(one.value, one.label) for one in Party.BuysAs if one],
        widget=forms.RadioSelect,
        initial=Party.BuysAs.DISTRIBUTOR,
    )
    contact = forms.CharField(label=_("Contact person"), max_length=80, required=False)
    area = forms.CharField(label=_("Town or area"), max_length=80, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    next_words = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_on = forms.DateField(
        label=_("On which day"),
        required=False,
        help_text=_("On that day it stands on “Today”."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    FIRST = ("source", "name", "telephone", "message", "buys_as")

    @property
    def first(self) -> list[forms.BoundField]:
        """What is asked of everybody."""
        return [self[name] for name in self.FIRST]

    @property
    def more(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.FIRST]

    @property
    def asks_more(self) -> bool:
        """Whether something of the rest was typed, or is wrong."""
        return any(field.errors or field.value() for field in self.more)

    def clean_telephone(self) -> str:
        typed: str = self.cleaned_data["telephone"]
        if not typed:
            return ""
        try:
            return phones.normalise(typed)
        except phones.NotATelephone as reason:
            raise forms.ValidationError(str(reason)) from reason

    def clean(self) -> dict[str, Any]:
        facts = self.cleaned_data
        if facts.get("next_words") and not facts.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", _("Say on which day, so that it is not forgotten."))
        return facts


class MoveForm(forms.Form):
    stage = forms.ChoiceField(choices=[(one.value, one.label) for one in MOVES])


class GiveForm(forms.Form):
    """Who looks after it."""

    to = forms.ModelChoiceField(Person.objects.none(), label=_("Who looks after it"))

    def __init__(self, *args: Any, colleagues: PersonQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = colleagues


class WorthForm(forms.Form):
    worth = RupiahField(label=_("It may bring"))

    def clean_worth(self) -> int:
        worth: int = self.cleaned_data["worth"]
        if worth > MOST_WORTH:
            raise forms.ValidationError(_now("This is more than an order can bring."))
        return worth


class LossForm(forms.Form):
    """Why nothing came of it."""

    why = forms.ChoiceField(
        label=_("Why"),
        choices=[("", _("- Select an option -")), *((one.value, one.label) for one in WhyLost)],
    )
    reason = forms.CharField(
        label=_("In words"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("why") == WhyLost.OTHER and not self.cleaned_data.get("reason"):
            self.add_error("reason", _("Say in words what it was."))
        return self.cleaned_data


class LeadRulesForm(forms.ModelForm[LeadRules]):
    class Meta:
        model = LeadRules
        fields = ("answer_hours", "like_days")

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        for name in self._meta.fields or ():
            if facts.get(name) == 0:
                self.add_error(name, _now("Take one at least."))
        return facts


class LeadFilterForm(forms.Form):
    """Which prospects a list shows; what is no choice is left out."""

    source = forms.ChoiceField(
        label=_("Source"),
        choices=[("", _("every source")), *((one.value, one.label) for one in Source)],
        required=False,
    )
    owner = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("Who looks after it"),
        empty_label=_("everybody"),
        required=False,
    )

    def __init__(self, *args: Any, colleagues: PersonQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = colleagues
