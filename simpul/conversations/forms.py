from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations import reach, spam
from simpul.conversations.models import (
    LONGEST_MESSAGE,
    LONGEST_NEXT,
    MOST_FILES,
    SAID_BY,
    Channel,
    GuestEntry,
    Hours,
    How,
    Kind,
    Message,
    Preference,
    QuickReply,
    Ticket,
)
from simpul.lib import uploads, webpush
from simpul.parties.models import Person, PersonQuerySet
from simpul.ui.fields import FilesField


class MessageForm(forms.Form):
    """Words, files, or both."""

    use_required_attribute = False  # a picture may say it all

    body = forms.CharField(
        label=_("Message"), max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 3})
    )
    attached = FilesField(
        label=_("Photos or PDF"), kinds=uploads.PROOF, most=MOST_FILES, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].required = not self.fields["attached"].widget.value_from_datadict(
            self.data, self.files, self.add_prefix("attached")
        )


class TalkForm(MessageForm):
    """A message, or what was said on the telephone or elsewhere."""

    channel = forms.ChoiceField(
        label=_("Said"),
        choices=[(way.value, way.label) for way in SAID_BY],
        initial=Channel.PORTAL,
    )


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


class TalkedForm(forms.Form):
    """With whom somebody talked, what was said, and what comes next."""

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
    next_words = forms.CharField(
        label=_("Next step"),
        required=False,
        max_length=LONGEST_NEXT,
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


class CallForm(TalkedForm):
    """A telephone call or a visit: saved as it stands it says that we called."""

    channel = forms.ChoiceField(
        label=_("How"),
        choices=[(Channel.PHONE, _("telephone")), (Channel.VISIT, _("visit"))],
        widget=forms.RadioSelect,
    )
    direction = forms.ChoiceField(
        label=_("Who came to whom"), choices=Message.Direction, widget=forms.RadioSelect
    )

    field_order = ("channel", "direction")  # and then what was said


class QuickReplyForm(forms.ModelForm[QuickReply]):
    class Meta:
        model = QuickReply
        fields = ("title", "body", "body_en")
        widgets: ClassVar = {
            "body": forms.Textarea(attrs={"rows": 4}),
            "body_en": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts: ClassVar = {
            "body": _("{nama} becomes the name of the reader, {nomor} the number of the document."),
            "body_en": _(
                "For readers who chose English. Here {name} and {number} stand for the same."
            ),
        }


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Our answer, for everybody to read"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    about = forms.CharField(max_length=60, required=False)


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

    shown_as = forms.ChoiceField(
        label=_("May we publish it?"),
        choices=GuestEntry.ShownAs,
        widget=forms.RadioSelect,
    )
    is_customer = forms.BooleanField(label="", required=False)
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, customer_since: int | None = None) -> None:
        super().__init__(data, initial={"stamp": spam.stamp()})
        self.customer_since = customer_since
        if customer_since is None:
            del self.fields["is_customer"]
        else:
            self.fields["is_customer"].label = _now("Say that I am a customer since %(year)s") % {
                "year": customer_since
            }

    def signs(self, where: str) -> list[str]:
        """Return what speaks against a person having written it, and count it as written."""
        facts = self.cleaned_data
        return spam.signs_of(
            facts["body"], stamped=facts["stamp"], trap=facts["website"], where=where
        )

    @property
    def entry(self) -> dict[str, Any]:
        """What is kept: what was written, and what is allowed, in the words that were read."""
        facts = self.cleaned_data
        shown_as = GuestEntry.ShownAs(facts["shown_as"])
        return {
            **{name: facts[name] for name in ("name", "contact", "body")},
            "shown_as": shown_as,
            "consent": str(shown_as.label),
            "language": get_language() or "id",
            "customer_since": self.customer_since if facts.get("is_customer") else None,
        }


class ResolutionForm(forms.Form):
    """What became of a difference."""

    how = forms.ChoiceField(label=_("How it ended"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("In your own words"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(how.value, how.label) for how in ticket.endings]
        cast("forms.ChoiceField", self.fields["how"]).choices = choices


class PreferencesForm(forms.Form):
    """What a person wants to hear of by which channel, and when. Empty hours: at any hour."""

    quiet_from = forms.TimeField(
        label=_("Leave me alone from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=_("Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    daily_at = forms.TimeField(
        label=_("What comes once a day comes at"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, data: Any = None, *, person: Person) -> None:
        self.person = person
        prefetch_related_objects([person], "identities", "preferences", "devices")
        hours = reach.hours_of(person)
        super().__init__(
            data,
            initial={
                "quiet_from": hours.quiet_from,
                "quiet_until": hours.quiet_until,
                "daily_at": hours.daily_at,
            },
        )
        self.kinds, self.channels = reach.kinds_for(person), reach.channels_of(person)
        self.usual = reach.usual(person)
        self.fields["quiet_from"].help_text = (
            _("Here it is written all the same. Empty: at any hour.")
            if Channel.PORTAL in self.channels
            else _("Empty: at any hour.")
        )
        wished = {(one.kind, one.channel): one.how for one in person.preferences.all()}
        for kind in self.kinds:
            for way in self._ways_of(kind):
                self.fields[f"{kind}-{way}"] = forms.ChoiceField(
                    label=capfirst(str(way.label)),
                    choices=[(how.value, _as_said(way, how)) for how in How if _can_be(way, how)],
                    initial=wished.get((kind, way), self.usual[way]),
                )

    @property
    def heads(self) -> list[str]:
        return [capfirst(str(way.label)) for way in self.channels]

    @property
    def rows(self) -> list[tuple[Kind, list[forms.BoundField | None]]]:
        """The kinds of news, each with its field for every channel; none where none ever comes."""
        return [
            (
                kind,
                [
                    self[f"{kind}-{way}"] if reach.may_come(kind, way) else None
                    for way in self.channels
                ],
            )
            for kind in self.kinds
        ]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if bool(facts.get("quiet_from")) != bool(facts.get("quiet_until")):
            self.add_error("quiet_until", _now("Say both from when and until when, or neither."))
        return facts

    @transaction.atomic
    def save(self) -> None:
        """Keep what differs from the usual, so that who wished nothing goes on as is usual."""
        facts = self.cleaned_data
        chosen = {(k, way): facts[f"{k}-{way}"] for k in self.kinds for way in self._ways_of(k)}
        Preference.objects.filter(person=self.person).delete()
        Preference.objects.bulk_create(
            Preference(person=self.person, kind=kind, channel=way, how=how)
            for (kind, way), how in chosen.items()
            if how != self.usual[way]
        )
        hours = {name: facts[name] or None for name in ("quiet_from", "quiet_until", "daily_at")}
        Hours.objects.update_or_create(person=self.person, defaults=hours)

    def _ways_of(self, kind: Kind) -> list[Channel]:
        return [way for way in self.channels if reach.may_come(kind, way)]


def _as_said(way: Channel, how: How) -> str:
    is_last = way == Channel.SMS and how == How.AT_ONCE
    return _now("if needed") if is_last else str(how.label)


def _can_be(way: Channel, how: How) -> bool:
    """Only a letter can gather what happened in a day."""
    return how != How.DAILY or way == Channel.MAIL


class DeviceForm(forms.Form):
    """What a browser says of itself when it is let show news."""

    endpoint = forms.CharField(max_length=500, widget=forms.HiddenInput)
    p256dh = forms.CharField(max_length=100, widget=forms.HiddenInput)
    auth = forms.CharField(max_length=30, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        try:
            webpush.demand_keys(facts.get("p256dh", ""), facts.get("auth", ""))
        except ValueError as reason:
            raise forms.ValidationError(_now("This browser cannot be let in.")) from reason
        if not webpush.is_known(facts.get("endpoint", "")):
            raise forms.ValidationError(_now("The push service of this browser is not known here."))
        return facts
