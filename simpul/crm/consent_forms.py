from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import Consent, Purpose, consents_of
from simpul.parties.models import Identity, Person


class ConsentForm(forms.Form):
    """What may be sent to each of some numbers and addresses: a tick for each purpose."""

    def __init__(self, data: Any = None, *, identities: Iterable[Identity]) -> None:
        super().__init__(data)
        self.identities = list(identities)
        self.standing = consents_of(self.identities)
        for identity in self.identities:
            for purpose in Purpose:
                self.fields[f"{purpose}-{identity.pk}"] = forms.BooleanField(
                    label=purpose.asked,
                    required=False,
                    initial=(identity.pk, purpose.value) in self.standing,
                )

    @property
    def rows(self) -> list[tuple[Identity, list[forms.BoundField]]]:
        """Each number or address with its ticks."""
        return [
            (identity, [self[f"{purpose}-{identity.pk}"] for purpose in Purpose])
            for identity in self.identities
        ]

    @transaction.atomic
    def save(self, *, by: Person, how: str, note: str = "") -> None:
        """Note what is otherwise than it was; the same again notes nothing."""
        for identity in self.identities:
            for purpose in Purpose:
                is_given = self.cleaned_data[f"{purpose}-{identity.pk}"]
                if is_given != ((identity.pk, purpose.value) in self.standing):
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
