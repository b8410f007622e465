"""What the steps of money need to be told."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock, qr, qris, uploads
from simpul.orders.models import Instalment, Order
from simpul.parties.models import Party
from simpul.payments.models import BankAccount, PurposeKind
from simpul.payments.models.purpose import (
    IN,
    IN_ONLY,
    IN_WORDS,
    NOT_IN_CASH,
    OUT,
    OUT_ONLY,
    WITH_PARTY,
)
from simpul.payments.models.receipt import Part
from simpul.ui.fields import PhotoField, RupiahField, UploadField
from simpul.ui.keys import KeysForm

CHOOSE = _("- Select an option -")  # as Django writes it: so all its choices speak our languages


class AmountField(RupiahField):
    """Whole rupiah above zero. What need not be filled in is 0."""

    def clean(self, value: Any) -> int:
        amount = super().clean(value) or 0
        if self.required and amount <= 0:
            raise forms.ValidationError(_now("The amount is more than zero."))
        return amount


class DayField(forms.DateField):
    """A day that has come already; today unless said otherwise."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and day > clock.today():
            raise forms.ValidationError(_now("This day lies in the future."))
        return day


class ClaimForm(forms.Form):
    """The buyer reports a transfer."""

    amount = AmountField(label=_("Amount"), max_length=20)
    paid_on = DayField(label=_("Paid on"), initial=clock.today)
    bank = forms.CharField(label=_("From which bank"), max_length=40)
    sender = forms.CharField(
        label=_("In whose name"),
        max_length=80,
        required=False,
        help_text=_("If the account is in another name than yours."),
    )
    proof = UploadField(
        label=_("Proof of the transfer"),
        kinds=uploads.PROOF,
        help_text=_("A photo or screenshot, or a PDF of up to 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"}),
    )


class RejectionForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The buyer reads it."),
    )


class SetAsideForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is it?"), required=False)
    reason = forms.CharField(
        label=_("In a few words"),
        max_length=300,
        help_text=_("Interest, a loan, the owner's own money: so that it is known later."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(one.value, one.label) for one in IN if one not in WITH_PARTY]
        _choices(self, "kind").choices = [("", _("not known yet")), *kinds]


class WhatsAppForm(forms.Form):
    """What the owner copies from Meta's pages; `verify_token` is made up by the owner."""

    number_id = forms.RegexField(
        label=_("Phone number ID"),
        regex=r"^[0-9]{5,30}$",
        error_messages={"invalid": _("It has only digits.")},
        help_text=_("In Meta's app dashboard under WhatsApp → API setup; not the number itself."),
    )
    app_secret = forms.CharField(
        label=_("App secret"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Under App settings → Basic: by it messages prove that they are genuine."),
    )
    access_token = forms.CharField(
        label=_("Access token"),
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("The permanent one of a system user: pictures are fetched with it."),
    )
    verify_token = forms.CharField(
        label=_("Verify token"),
        min_length=12,
        max_length=200,
        help_text=_("Any long word of your own: enter the same one beside the address at Meta."),
    )


class TemplateForm(forms.Form):
    """The name of a template at Meta, with three gaps in its body."""

    template = forms.RegexField(
        label=_("Name of the template"),
        regex=r"^[a-z0-9_]{1,100}$",
        required=False,
        error_messages={"invalid": _("Small letters, digits and _ only, as it is called at Meta.")},
        help_text=_(
            "Category “utility”, language Indonesian, three gaps: {{1}} name, {{2}} what there is to say,"
            " {{3}} link. Empty: after a day people send the text by hand."
        ),
    )


class LetterAsideForm(forms.Form):
    reason = forms.CharField(
        label=_("What is it, then?"),
        max_length=300,
        help_text=_("An old proof, a question, an advertisement: so that it is known later."),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class CashForm(forms.Form):
    amount = AmountField(label=_("Counted amount"), max_length=20)
    received_on = DayField(label=_("Received on"), initial=clock.today)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class AccountForm(forms.Form):
    bank = forms.CharField(
        label=_("Bank"),
        max_length=40,
        widget=forms.TextInput(attrs={"list": "banks", "autocomplete": "off"}),
    )
    number = forms.RegexField(
        label=_("Account number"),
        regex=r"^[0-9 .\-]{5,24}$",
        max_length=24,
        error_messages={"invalid": _("An account number has only digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    holder = forms.CharField(label=_("Account holder, as the bank writes it"), max_length=80)

    def clean_number(self) -> str:
        return "".join(filter(str.isdigit, self.cleaned_data["number"]))


class ConfirmationForm(forms.Form):
    """The second person types the number once more: looking is not comparing."""

    number = forms.CharField(
        label=_("Type the account number from the passbook"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Why nobody else looks at it"),
        max_length=300,
        required=False,
        help_text=_("Only if you are the owner and entered the account yourself."),
    )

    def __init__(self, *args: Any, account: BankAccount, is_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        if is_own:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]

    def clean_number(self) -> str:
        typed = "".join(filter(str.isdigit, self.cleaned_data["number"]))
        if typed != self.account.number:
            raise forms.ValidationError(
                _now("This is not the number that was entered. Compare both with the passbook.")
            )
        return typed


class QrisForm(forms.Form):
    """The shop's printed QRIS: its text, or a photo of it."""

    picture = PhotoField(
        label=_("Photo or screenshot of the printed QRIS"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )
    text = forms.CharField(
        label=_("Or its text"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("It begins with 000201."),
    )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if self.errors:
            return facts
        try:
            facts["read"] = qris.read_static(self._said(facts))
        except qris.BrokenQris as reason:
            raise forms.ValidationError(str(reason)) from reason
        return facts

    def _said(self, facts: dict[str, Any]) -> str:
        """Return the text that was pasted, or the one that the picture shows."""
        if facts["picture"] is None:
            if not facts["text"].strip():
                raise forms.ValidationError(_now("Choose a picture, or paste the text."))
            return str(facts["text"])
        texts = qr.texts_in(facts["picture"].content)
        if not texts:
            raise forms.ValidationError(
                _now("No QR code was found in the picture: take it straight, near and sharp.")
            )
        return next((text for text in texts if text.startswith("000201")), texts[0])


class QrisConfirmationForm(QrisForm):
    """The second person reads the printed code once more: looking is not comparing."""

    reason = forms.CharField(
        label=_("Why nobody else looks at it"),
        max_length=300,
        required=False,
        help_text=_("Only if you are the owner and entered the QRIS yourself."),
    )

    def __init__(self, *args: Any, account: BankAccount, is_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        if is_own:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        facts = super().clean()
        if "read" in facts and facts["read"].payload != self.account.payload:
            raise forms.ValidationError(
                _now("This is not the QRIS that was entered. Compare both with the printed one.")
            )
        return facts


class StatementForm(forms.Form):
    """A bank's file; the period only where the file's days have no year."""

    account = forms.ModelChoiceField(
        label=_("Account"), queryset=BankAccount.objects.none(), empty_label=None
    )
    file = UploadField(
        label=_("Statement file"),
        kinds=uploads.STATEMENT,
        help_text=_("A file of a bank, as you downloaded it: CSV, XLSX, MT940 or camt.053."),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,.txt,.xlsx,.xml,.sta,.940,.mt940,text/csv,text/plain"}
        ),
    )
    first = forms.DateField(
        label=_("First day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["account"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        choice.queryset = accounts

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        handed_in = self.files.get("file")
        facts["file_name"] = handed_in.name if handed_in else ""
        first, last = facts.get("first"), facts.get("last")
        if (first is None) != (last is None):
            self.add_error("last", _now("Fill in both days, or neither."))
        elif first is not None and last is not None and first > last:
            self.add_error("last", _now("The last day lies before the first."))
        return facts

    @property
    def period(self) -> tuple[date, date] | None:
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return (first, last) if first and last else None


class SuggestionForm(forms.Form):
    """A suggestion as it was shown: whose money, and so much for each instalment."""

    party = forms.ModelChoiceField(queryset=Party.objects.none())
    parts = forms.RegexField(regex=r"^(\d{1,18}:\d{1,15}(,\d{1,18}:\d{1,15})*)?$", required=False)

    def __init__(self, *args: Any, parties: Any, orders: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["party"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        choice.queryset = parties
        self.orders = orders

    def clean_parts(self) -> list[Part]:
        typed = [one.split(":") for one in filter(None, self.cleaned_data["parts"].split(","))]
        shares = {int(key): int(amount) for key, amount in typed}
        instalments = Instalment.objects.filter(order__in=self.orders, pk__in=shares)
        found = instalments.select_related("order__buyer").in_bulk()
        if found.keys() != shares.keys() or not all(shares.values()):
            raise forms.ValidationError(_now("Say what the money is for."))
        return [(found[key], amount) for key, amount in shares.items()]


class PartsForm(forms.Form):
    """So much for each open instalment of the chosen orders."""

    def __init__(self, *args: Any, orders: list[Order], amount: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.amount = amount
        self.instalments = {
            f"part-{one.pk}": one
            for order in orders
            for one in sorted(order.instalments.all(), key=lambda one: one.position)
            if one.open_amount
        }
        left = amount
        for name, one in self.instalments.items():
            proposed = min(left, one.open_amount)
            left -= proposed
            self.fields[name] = AmountField(
                label=f"{one.order} · {one.get_kind_display()}",
                required=False,
                max_length=20,
                initial=proposed or "",
            )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        for name, one in self.instalments.items():
            if facts.get(name, 0) > one.open_amount:
                self.add_error(name, _now("More than is open here."))
        total = sum(facts.get(name, 0) for name in self.instalments)
        if not total:
            raise forms.ValidationError(_now("Say what the money is for."))
        if total > self.amount:
            raise forms.ValidationError(_now("That is more than has come."))
        return facts

    @property
    def parts(self) -> list[Part]:
        amounts = ((one, self.cleaned_data[name]) for name, one in self.instalments.items())
        return [(one, amount) for one, amount in amounts if amount]


class PurposeForm(forms.Form):
    """What an entry of the bank was for."""

    kind = forms.ChoiceField(label=_("What was it for?"))
    party = forms.ModelChoiceField(
        label=_("Who is on the other side?"),
        queryset=Party.objects.none(),
        required=False,
        help_text=_("The supplier or courier; not needed for anything else."),
    )
    words = forms.CharField(
        label=_("In a few words"),
        max_length=200,
        required=False,
        help_text=_("Such as who it was, or the month: so that it is known later."),
    )
    amount = AmountField(
        label=_("Only a part of it"),
        required=False,
        max_length=20,
        help_text=_("If it was for several things. Otherwise leave it empty."),
    )
    document = UploadField(
        label=_("Bill or slip"),
        kinds=uploads.PROOF,
        required=False,
        help_text=_("A photo or a PDF of up to 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"}),
    )

    def __init__(self, *args: Any, comes: bool, parties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [("", CHOOSE), *((one.value, one.label) for one in (IN if comes else OUT))]
        _choices(self, "kind").choices = kinds
        _parties(self, "party").queryset = parties

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        kind = facts.get("kind")
        if kind in WITH_PARTY and facts.get("party") is None:
            self.add_error("party", _now("Say who is on the other side."))
        if kind in IN_WORDS and not facts.get("words"):
            self.add_error("words", _now("Say in a few words what it was."))
        return facts

    @property
    def facts(self) -> dict[str, Any]:
        """What the step needs to be told."""
        facts = dict(self.cleaned_data)
        facts["amount_sen"] = (facts.pop("amount") or 0) * 100
        return facts


class CashPurposeForm(forms.Form):
    """Cash that was taken out of the box or put into it."""

    kind = forms.ChoiceField(label=_("What was it for?"))
    amount = AmountField(label=_("Counted amount"), max_length=20)
    on = DayField(label=_("Day"), initial=clock.today)
    party = forms.ModelChoiceField(
        label=_("Who is on the other side?"),
        queryset=Party.objects.none(),
        required=False,
        help_text=_("The supplier or courier; not needed for anything else."),
    )
    words = forms.CharField(
        label=_("In a few words"),
        max_length=200,
        required=False,
        help_text=_("Such as who it was, or the month: so that it is known later."),
    )
    document = UploadField(
        label=_("Bill or slip"),
        kinds=uploads.PROOF,
        required=False,
        help_text=_("A photo or a PDF of up to 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"}),
    )

    def __init__(self, *args: Any, parties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        out = [one for one in OUT_ONLY if one not in NOT_IN_CASH]
        back = [one for one in IN_ONLY if one not in NOT_IN_CASH and one != PurposeKind.INTEREST]
        loan = PurposeKind.LOAN
        _choices(self, "kind").choices = [
            ("", CHOOSE),
            (
                _("Taken out"),
                [(f"-{one.value}", one.label) for one in out] + [(f"-{loan}", _("loan paid back"))],
            ),
            (
                _("Put in"),
                [(f"+{one.value}", one.label) for one in back] + [(f"+{loan}", _("loan taken"))],
            ),
        ]
        _parties(self, "party").queryset = parties

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        kind = facts.get("kind", "")[1:]
        if kind in WITH_PARTY and facts.get("party") is None:
            self.add_error("party", _now("Say who is on the other side."))
        if kind in IN_WORDS and not facts.get("words"):
            self.add_error("words", _now("Say in a few words what it was."))
        return facts

    @property
    def facts(self) -> dict[str, Any]:
        """What the step needs to be told: money out is negative."""
        facts = dict(self.cleaned_data)
        way, facts["kind"] = facts["kind"][0], facts["kind"][1:]
        facts["amount"] = facts["amount"] if way == "+" else -facts["amount"]
        return facts


def _choices(form: forms.Form, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    return field


def _parties(form: forms.Form, name: str) -> forms.ModelChoiceField[Any]:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
    return field


class GatewayForm(KeysForm):
    """The keys of a gateway, and whether they move real money."""

    is_live = forms.TypedChoiceField(
        label=_("Which of its worlds"),
        coerce=lambda typed: typed == "live",
        choices=[("sandbox", _("Sandbox: play money, for trying")), ("live", _("Real money"))],
        widget=forms.RadioSelect,
        initial="sandbox",
    )
    reason = forms.CharField(
        label=_("Why buyers may pay there at once"),
        max_length=300,
        required=False,
        help_text=_("Left empty, they see it in 24 hours: time to notice a thief's keys."),
    )


class OrderNumberForm(forms.Form):
    """An order, by its number or code."""

    order = forms.CharField(label=_("Order"), max_length=30, help_text=_("Its number or its code."))
