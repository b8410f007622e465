"""What is asked where a voucher is made, and where it is used."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import Voucher
from simpul.crm.models.voucher import LONGEST_CODE, tidy_code
from simpul.lib import clock
from simpul.ui.fields import RupiahField


class VoucherForm(forms.Form):
    """A voucher that the workshop gives: so much, or so many per cent up to so much."""

    code = forms.RegexField(
        r"^[A-Za-z0-9 \-]*$",
        label=_("Code"),
        max_length=LONGEST_CODE,
        required=False,
        help_text=_("Letters and digits, such as LEBARAN. Empty: one is made."),
        error_messages={"invalid": _("A code has only letters and digits.")},
    )
    percent = forms.IntegerField(label=_("Per cent off"), min_value=1, max_value=99, required=False)
    amount = RupiahField(
        label=_("Rupiah off"),
        required=False,
        help_text=_("With a percentage: at most this much."),
    )
    least = RupiahField(label=_("For orders with goods from"), required=False)
    from_on = forms.DateField(
        label=_("Good from"),
        initial=clock.today,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    times = forms.IntegerField(
        label=_("How often in all"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=_("Empty: as often as wanted. Each buyer uses it once."),
    )
    note = forms.CharField(
        label=_("What for"),
        max_length=200,
        required=False,
        help_text=_("For yourselves; the buyer does not read it."),
    )

    def clean_code(self) -> str:
        code = tidy_code(self.cleaned_data["code"])
        known = Voucher.objects.filter(workshop=self.workshop, code=code)
        if code and known.exists():
            raise forms.ValidationError(_now("There is a voucher of this code already."))
        return code

    def __init__(self, data: Any = None, *, workshop: Any) -> None:
        self.workshop = workshop
        super().__init__(data)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("percent", "amount", "least"):
            cleaned[name] = cleaned.get(name) or 0
        if not (cleaned["percent"] or cleaned["amount"] or self.errors):
            self.add_error("amount", _now("Say what it takes off: rupiah or per cent."))
        until_on, from_on = cleaned.get("until_on"), cleaned.get("from_on")
        if until_on and from_on and until_on < from_on:
            self.add_error("until_on", _now("It would end before it begins."))
        return cleaned


class RedeemForm(forms.Form):
    """A code, or so many points, off one order."""

    code = forms.CharField(
        label=_("Code of a voucher"), max_length=2 * LONGEST_CODE, required=False
    )
    points = forms.IntegerField(label=_("Points"), min_value=1, required=False)

    def __init__(self, data: Any = None, *, most: int) -> None:
        """`most` are the points that the order may take now; without any there is no such field."""
        super().__init__(data)
        if most:
            field = self.fields["points"]
            field.help_text = _now("At most %(most)s for this order.") % {"most": most}
            field.widget.attrs["max"] = most
        else:
            del self.fields["points"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        filled = [name for name in ("code", "points") if cleaned.get(name)]
        if not self.errors and len(filled) != 1:
            self.add_error(None, _now("Type the code of a voucher, or how many points you use."))
        return cleaned


class ExchangeForm(forms.Form):
    points = forms.IntegerField(label=_("Points"), min_value=1)

    def __init__(self, data: Any = None, *, most: int) -> None:
        super().__init__(data)
        self.most = most
        self.fields["points"].widget.attrs["max"] = most

    def clean_points(self) -> int:
        points: int = self.cleaned_data["points"]
        if points > self.most:
            raise forms.ValidationError(_now("That is more points than there are."))
        return points
