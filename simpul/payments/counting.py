"""What is told when the cash box is counted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.payments.forms import AmountField
from simpul.payments.models import PIECES, CashBox
from simpul.payments.models.closing import worth
from simpul.ui.jinja import cents, rupiah

MOST = 99_999  # pieces of one kind


class ClosingForm(forms.Form):
    """Notes and coins, or their sum, or both; why it is not what it should be."""

    counted = AmountField(
        label=_("Counted in the cash box"),
        max_length=20,
        required=False,
        help_text=_(
            "It adds up from the notes and coins; or write the sum alone. 0 is a count, too."
        ),
    )
    reason = forms.CharField(
        label=_("Why it is not what it should be"),
        max_length=300,
        required=False,
        help_text=_(
            "Needed where something is missing or too much. “Nobody knows” is a reason, too."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    expected = forms.IntegerField()  # what the page said should be there

    def __init__(self, *args: Any, box: CashBox, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.box = box
        for piece in PIECES:
            self.fields[f"piece_{piece}"] = forms.IntegerField(
                label=rupiah(piece), required=False, min_value=0, max_value=MOST
            )
            self.fields[f"piece_{piece}"].widget.attrs = {
                "inputmode": "numeric",
                "data-worth": piece,
                "min": 0,
            }

    @property
    def pieces(self) -> list[BoundField]:
        return [self[f"piece_{piece}"] for piece in PIECES]

    def facts(self) -> dict[str, Any]:
        """Return what the step is told."""
        return {
            "counted": self.cleaned_data["counted"],
            "expected_sen": self.cleaned_data["expected"],
            "reason": self.cleaned_data["reason"],
            "pieces": self._pieces(),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned["expected"] != self.box.expected_sen:
            text = _now("Cash was noted while you counted: the sum that should be there is new.")
            self.add_error(None, text)
        self._settle(cleaned)
        return cleaned

    def _settle(self, cleaned: dict[str, Any]) -> None:
        """Let the sum follow from the pieces, and hold it against what should be there."""
        held = worth(self._pieces())
        is_written = bool(self.data.get("counted", "").strip())
        if not held and not is_written:
            self.add_error("counted", _now("Count it; write 0 where the box is empty."))
            return
        if held and is_written and held != cleaned["counted"]:
            text = _now("The notes and coins make %(sum)s: correct them, or empty this field.")
            self.add_error("counted", text % {"sum": rupiah(held)})
            return
        cleaned["counted"] = held or cleaned["counted"]
        gap = cleaned["counted"] * 100 - self.box.expected_sen
        if gap and not cleaned["reason"]:
            over = _now("%(amount)s more lies there than should: say why.")
            under = _now("%(amount)s is missing: say why.")
            self.add_error("reason", (over if gap > 0 else under) % {"amount": cents(abs(gap))})

    def _pieces(self) -> dict[int, int]:
        return {piece: self.cleaned_data.get(f"piece_{piece}") or 0 for piece in PIECES}
