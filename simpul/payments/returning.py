"""What credit notes, refunds and cancellations need to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.payments.forms import AmountField, DayField, ReasonForm
from simpul.payments.models import BankAccount, BankEntry, CreditNote, Refund
from simpul.ui.jinja import day_short, rupiah


class CreditNoteForm(forms.Form):
    amount = AmountField(label=_("Amount of the note"), max_length=20)
    kind = forms.ChoiceField(label=_("Why"), choices=CreditNote.Kind)
    note = forms.CharField(
        label=_("In your own words"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The buyer reads it, and it stands on the credit note."),
    )


class AccountFields(forms.Form):
    """The bank account of the buyer that money goes back to."""

    bank = forms.CharField(label=_("Bank"), max_length=40)
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


class RefundForm(AccountFields):
    """How much of the credit goes back, and to which account; staff may leave that for later."""

    amount = AmountField(label=_("Amount"), max_length=20)
    note = forms.CharField(label=_("Reason"), max_length=300, required=False)
    field_order = ("amount", "bank", "number", "holder", "note")

    def __init__(self, *args: Any, credit: int, needs_account: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"amount": credit}, **kwargs})
        self.credit = credit
        if not needs_account:
            for name in ("bank", "number", "holder"):
                self.fields[name].required = False

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if amount > self.credit:
            raise forms.ValidationError(_now("That is more than the credit there is."))
        return amount


class SendingForm(AccountFields):
    """The transfer that was made at the bank."""

    account = forms.ModelChoiceField(
        label=_("Sent from"), queryset=BankAccount.objects.none(), empty_label=None
    )
    sent_on = DayField(label=_("Sent on"), initial=clock.today)
    field_order = ("account", "sent_on", "bank", "number", "holder")

    def __init__(self, *args: Any, refund: Refund, accounts: Any, **kwargs: Any) -> None:
        known = {"bank": refund.bank, "number": refund.number, "holder": refund.holder}
        super().__init__(*args, **{"initial": known, **kwargs})
        choice = self.fields["account"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        choice.queryset = accounts


class PayOutForm(forms.Form):
    paid_on = DayField(label=_("Paid on"), initial=clock.today)


class EntryChoice(forms.ModelChoiceField[BankEntry]):
    def label_from_instance(self, obj: BankEntry) -> str:
        return f"{day_short(obj.booked_on)} · {rupiah(obj.rupiah)} · {obj.text[:40]}"


class BounceForm(ReasonForm):
    """Why the bank took money back, and the entry by which it did."""

    correction = EntryChoice(
        label=_("The bank's own entry"),
        queryset=BankEntry.objects.none(),
        required=False,
        empty_label=_("not in a statement yet"),
    )

    def __init__(self, *args: Any, corrections: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["correction"]
        assert isinstance(choice, EntryChoice)  # noqa: S101 - for the type checker
        choice.queryset = corrections


class CancellationForm(ReasonForm):
    """Why an agreed order ends, and what becomes of the money that came for it."""

    CREDIT, REFUND = "credit", "refund"

    rest = forms.ChoiceField(
        label=_("The money that came for it"),
        choices=[
            (CREDIT, _("stays the buyer's credit")),
            (REFUND, _("goes back to the buyer")),
        ],
        initial=CREDIT,
        widget=forms.RadioSelect,
    )
    forfeit = AmountField(label=_("The workshop keeps of it"), required=False, max_length=20)

    def __init__(self, *args: Any, paid: int, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        if not paid:
            del self.fields["rest"], self.fields["forfeit"]
        elif not most:
            del self.fields["forfeit"]
        else:
            self.fields["forfeit"].help_text = _now(
                "At most %(amount)s, as both agreed. Empty: nothing."
            ) % {"amount": rupiah(most)}

    def clean_forfeit(self) -> int:
        amount: int = self.cleaned_data["forfeit"] or 0
        if amount > self.most:
            raise forms.ValidationError(
                _now("That is more than the agreed share of what was paid.")
            )
        return amount

    @property
    def decision(self) -> dict[str, Any]:
        return {
            "reason": self.cleaned_data["reason"],
            "forfeit": self.cleaned_data.get("forfeit", 0),
            "gives_back": self.cleaned_data.get("rest") == self.REFUND,
        }
