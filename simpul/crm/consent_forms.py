from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import SENT_BY, Consent, Purpose, consents_of
from simpul.crm.room_letters import is_welcome
from simpul.parties.models import Identity, Person


class ConsentForm(forms.Form):
    """What may be sent to each of some numbers and addresses: a tick for each purpose.

    `shown` says what stood when the form was made: who withdrew something meanwhile has not switched
    it on again by a page that was still open.
    """

    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, identities: Iterable[Identity]) -> None:
        super().__init__(data)
        self.asked = [(identity, _asked_at(identity)) for identity in identities]
        given = consents_of(identity for identity, _purposes in self.asked)
        self.standing = {
            f"{purpose}-{identity.pk}"
            for identity, purposes in self.asked
            for purpose in purposes
            if (identity.pk, purpose.value) in given
        }
        self.initial["shown"] = " ".join(sorted(self.standing))
        for identity, purposes in self.asked:
            for purpose in purposes:
                name = f"{purpose}-{identity.pk}"
                self.fields[name] = forms.BooleanField(
                    label=purpose.asked, required=False, initial=name in self.standing
                )

    @property
    def rows(self) -> list[tuple[Identity, list[forms.BoundField]]]:
        """Each number or address with its ticks."""
        return [
            (identity, [self[f"{purpose}-{identity.pk}"] for purpose in purposes])
            for identity, purposes in self.asked
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse what was ticked on a page that is out of date, and show what stands now.

        Sent twice it finds what it has done itself: there is nothing more to do.
        """
        facts = super().clean() or self.cleaned_data
        ticks = {tick.name for _identity, row in self.rows for tick in row}
        ticked = {name for name in ticks if facts[name]}
        if facts["shown"] != self.initial["shown"] and ticked != self.standing:
            typed = {name: said for name, said in self.data.items() if name not in ticks}
            self.data = {
                **typed,
                "shown": self.initial["shown"],
                **dict.fromkeys(self.standing, "on"),
            }
            raise forms.ValidationError(_now("It has changed meanwhile. Look again."))
        return facts

    @transaction.atomic
    def save(self, *, by: Person, how: str, note: str = "") -> None:
        """Note what is otherwise than it was; the same again notes nothing."""
        for identity, purposes in self.asked:
            for purpose in purposes:
                name = f"{purpose}-{identity.pk}"
                is_given = self.cleaned_data[name]
                if is_given != (name in self.standing):
                    say = Consent.give if is_given else Consent.withdraw
                    say(
                        by=by, identity=identity, purpose=purpose.value, how=how,
                        words=purpose.asked, note=note,
                    )  # fmt: skip


class SaidForm(ConsentForm):
    """What somebody said to us on the telephone or at the door."""

    note = forms.CharField(
        label=_("Who said it, when and how"),
        max_length=300,
        help_text=_("Such as: Bu Dewi on the telephone, she was asked in these words."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def note_it(self, *, by: Person, how: str) -> None:
        self.save(by=by, how=how, note=self.cleaned_data["note"])


def _asked_at(identity: Identity) -> tuple[Purpose, ...]:
    """Return what may be sent there at all: what is said in the room only to who enters it, by mail."""
    return (*SENT_BY, Purpose.COMMUNITY) if is_welcome(identity) else SENT_BY
