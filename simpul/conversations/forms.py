from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models import LONGEST_MESSAGE, Channel, Ticket
from simpul.parties.models import Person, PersonQuerySet


class MessageForm(forms.Form):
    body = forms.CharField(
        label=_("Message"), max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 3})
    )


class TalkForm(MessageForm):
    """A message, or what was said on the telephone or elsewhere."""

    channel = forms.ChoiceField(label=_("Said"), choices=Channel, initial=Channel.PORTAL)


class NoteForm(forms.Form):
    body = forms.CharField(
        label=_("Note for us only"),
        max_length=LONGEST_MESSAGE,
        help_text=_("With @name a colleague is told."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AssignForm(forms.Form):
    """Who answers."""

    to = forms.ModelChoiceField(
        Person.objects.none(), label=_("Who answers"), required=False, empty_label=_("anybody")
    )

    def __init__(self, *args: Any, colleagues: PersonQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = colleagues


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Our answer, for everybody to read"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class GuestForm(forms.Form):
    """What a guest writes, and a field that people do not see but robots fill in."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    contact = forms.CharField(
        label=_("Telephone or e-mail"),
        max_length=120,
        required=False,
        help_text=_("Only we see it, so that we can answer you."),
    )
    body = forms.CharField(
        label=_("What you want to say"), max_length=1000, widget=forms.Textarea(attrs={"rows": 5})
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"class": "trap", "tabindex": "-1", "autocomplete": "off"}),
    )

    @property
    def is_from_a_robot(self) -> bool:
        return bool(self.cleaned_data["website"])

    @property
    def entry(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("name", "contact", "body")}


class ResolutionForm(forms.Form):
    """What became of a difference."""

    how = forms.ChoiceField(label=_("How it ended"), choices=Ticket.How, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("In your own words"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
