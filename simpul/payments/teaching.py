"""Teaching: what the columns of an unknown file mean."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.payments.models import BankAccount, ColumnMapping
from simpul.payments.models.mapping import Meaning
from simpul.payments.readers.preview import Head

ONCE = (Meaning.DAY, Meaning.CREDIT, Meaning.DEBIT, Meaning.AMOUNT, Meaning.SIGN, Meaning.BALANCE)
GUESSES = {
    Meaning.DAY: ("tanggal", "tgl", "date", "post date", "posting date"),
    Meaning.TEXT: ("keterangan", "uraian", "deskripsi", "description", "remark", "berita"),
    Meaning.CREDIT: ("kredit", "credit", "masuk", "mutasi kredit"),
    Meaning.DEBIT: ("debet", "debit", "keluar", "mutasi debet"),
    Meaning.AMOUNT: ("jumlah", "nominal", "amount", "mutasi"),
    Meaning.SIGN: ("d/k", "db/cr", "tipe", "type", "cr/db"),
    Meaning.BALANCE: ("saldo", "balance", "sisa"),
}


class ColumnsForm(forms.Form):
    """One choice for each column, and how its numbers and days are written."""

    thousands = forms.ChoiceField(
        label=_("How amounts are written"),
        required=False,
        choices=[
            (".", "1.234.567,00"),
            (",", "1,234,567.00"),
            ("", _("each amount tells by itself, as 1.234,00 does")),
        ],
    )
    month_first = forms.TypedChoiceField(
        label=_("How days are written"),
        coerce=lambda value: value == "yes",
        choices=[
            ("no", _("day before month: 31/12/2026")),
            ("yes", _("month before day: 12/31/2026")),
        ],
    )
    newest_first = forms.TypedChoiceField(
        label=_("Order of the rows"),
        coerce=lambda value: value == "yes",
        choices=[("no", _("the oldest first")), ("yes", _("the newest first"))],
    )

    def __init__(self, *args: Any, head: Head, at: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.head = head
        self.at = at
        self.header = list(head.rows[at])
        while self.header and not self.header[-1].strip():
            self.header.pop()
        for place, name in enumerate(self.header):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=name or _now("Column %(n)s") % {"n": place + 1},
                required=False,
                choices=Meaning.choices,
                initial=_guess(name),
            )

    def columns(self) -> list[tuple[forms.BoundField, list[str]]]:
        """Return the choice of each column with a few of its cells."""
        return [
            (self[f"column-{place}"], self.head.below(self.at, place))
            for place in range(len(self.header))
        ]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        said = self.meanings()
        for meaning in ONCE:
            if said.count(meaning) > 1:
                text = _now("Only one column can be “%(meaning)s”.")
                raise forms.ValidationError(text % {"meaning": meaning.label})
        if Meaning.DAY not in said or Meaning.TEXT not in said:
            raise forms.ValidationError(_now("Say which columns are the day and the text."))
        both = Meaning.CREDIT in said and Meaning.DEBIT in said
        either = Meaning.CREDIT in said or Meaning.DEBIT in said
        if either != both or both == (Meaning.AMOUNT in said):
            raise forms.ValidationError(
                _now("Choose either the amount, or both what came in and what went out.")
            )
        if Meaning.SIGN in said and both:
            raise forms.ValidationError(_now("A column for the direction belongs to the amount."))
        return facts

    def meanings(self) -> list[str]:
        return [self.cleaned_data.get(f"column-{at}", "") for at in range(len(self.header))]

    def taught(self) -> dict[str, Any]:
        """Return what `ColumnMapping.teach` wants to know."""
        facts = self.cleaned_data
        return {
            "header": self.header,
            "meanings": self.meanings(),
            "delimiter": self.head.delimiter,
            "thousands": facts["thousands"],
            "month_first": facts["month_first"],
            "newest_first": facts["newest_first"],
        }

    def mapping(self, account: BankAccount) -> ColumnMapping:
        """Return the mapping to try; it is not saved."""
        return ColumnMapping(account=account, **self.taught())


def _guess(name: str) -> str:
    """Return what a column of this name, or with such a word in its name, most likely means."""
    words = name.casefold().split()
    for heard in (" ".join(words), *words):
        for meaning, known in GUESSES.items():
            if heard in known:
                return meaning
    return ""
