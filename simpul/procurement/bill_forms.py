"""What recording a supplier's bill, and saying which payment was meant for it, need to be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock, uploads
from simpul.parties.models import Party
from simpul.payments.forms import AmountField, DayField
from simpul.payments.models import Purpose
from simpul.procurement.models import GoodsReceipt, SupplierBill
from simpul.ui.fields import UploadField
from simpul.ui.jinja import day_short, rupiah


class TermForm(forms.Form):
    """How many days a supplier gives the workshop to pay."""

    days = forms.IntegerField(
        label=_("Days to pay"),
        min_value=0,
        max_value=365,
        required=False,
        help_text=_("Empty: as in the settings of the workshop."),
    )

    def keep(self, supplier: Party) -> None:
        supplier.supplier_days = self.cleaned_data["days"]
        supplier.save(update_fields=["supplier_days"])


class BillForm(forms.Form):
    """A supplier's bill, and the goods it speaks of."""

    number = forms.CharField(label=_("Number on the bill"), max_length=40)
    billed_on = DayField(label=_("Day on the bill"), initial=clock.today)
    due_on = forms.DateField(
        label=_("To be paid by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    receipts = forms.MultipleChoiceField(
        label=_("For these goods"), widget=forms.CheckboxSelectMultiple, required=False
    )
    amount = AmountField(label=_("Amount on the bill"), max_length=20)
    why = forms.CharField(
        label=_("Why it differs"),
        max_length=200,
        required=False,
        help_text=_("Only if the bill is not the value of the goods: freight, another price."),
    )
    document = UploadField(
        label=_("Picture of the bill"),
        kinds=uploads.PROOF,
        required=False,
        help_text=_("A photo or a PDF of up to 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"}),
    )

    def __init__(
        self,
        *args: Any,
        supplier: Party,
        receipts: list[tuple[GoodsReceipt, int]],
        term: timedelta,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.supplier = supplier
        self.found = {str(one.pk): (one, value) for one, value in receipts}
        goods = self.fields["receipts"]
        assert isinstance(goods, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        goods.choices = [
            (key, f"{one.number} · {day_short(one.at)} · {rupiah(value)}")
            for key, (one, value) in self.found.items()
        ]
        if not receipts:
            del self.fields["receipts"]
        self.fields["due_on"].initial = clock.today() + term

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        billed_on, due_on = facts.get("billed_on"), facts.get("due_on")
        if billed_on and due_on and due_on < billed_on:
            self.add_error("due_on", _now("It is due before the day on the bill."))
        standing = SupplierBill.objects.standing().filter(supplier=self.supplier)
        if standing.filter(number=facts.get("number")).exists():
            self.add_error("number", _now("This bill stands here already."))
        difference = facts.get("amount", 0) - self.value
        if "amount" in facts and difference and not facts.get("why"):
            text = (
                _now("The goods are worth %(value)s, %(amount)s less than the bill: say why.")
                if difference > 0
                else _now("The goods are worth %(value)s, %(amount)s more than the bill: say why.")
            )
            gaps = {"value": rupiah(self.value), "amount": rupiah(abs(difference))}
            self.add_error("why", text % gaps)
        return facts

    @property
    def value(self) -> int:
        """What the chosen goods are worth."""
        return sum(self.found[key][1] for key in self.cleaned_data.get("receipts", []))

    @property
    def facts(self) -> dict[str, Any]:
        """What the step needs to be told."""
        chosen = self.cleaned_data.get("receipts", [])
        return self.cleaned_data | {"receipts": [self.found[key][0] for key in chosen]}


class CountForm(forms.Form):
    """Which payment was meant for a bill."""

    purpose = forms.ChoiceField(label=_("Payment"))
    amount = AmountField(label=_("Amount"), max_length=20)

    def __init__(self, *args: Any, payments: list[tuple[Purpose, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payments = {str(one.pk): one for one, _rest in payments}
        choice = self.fields["purpose"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - for the type checker
        choice.choices = [
            (str(one.pk), f"{day_short(one.on)} · {rupiah(rest)}") for one, rest in payments
        ]

    def clean_purpose(self) -> Purpose:
        return self.payments[self.cleaned_data["purpose"]]
