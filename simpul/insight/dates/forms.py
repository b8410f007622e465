"""What to try on the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.orders.models import Order, Status
from simpul.parties.models import Party, Person


class _OrderChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Order) -> str:
        return f"{obj.number} · {obj.buyer.name}"


class WhatIfForm(forms.Form):
    """A supplier who comes late, or an order that is not agreed on yet."""

    days = forms.IntegerField(
        label=_("comes so many days later"), min_value=1, max_value=90, initial=7, required=False
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: Person) -> None:
        super().__init__(data)
        suppliers = Party.objects.visible_to(person).filter(is_supplier=True).order_by("name")
        orders = Order.objects.visible_to(person).filter(status__in=[Status.PLACED, Status.OFFERED])
        self.fields["supplier_late"] = forms.ModelChoiceField(
            suppliers, label=_("This supplier"), required=False, empty_label="–"
        )
        self.fields["order_taken"] = _OrderChoice(
            orders.for_page().order_by("-pk"),
            label=_("Or we take this order"),
            required=False,
            empty_label="–",
            to_field_name="number",
        )

    @property
    def supplier(self) -> Party | None:
        found: Party | None = self.cleaned_data["supplier_late"]
        return found

    @property
    def order(self) -> Order | None:
        found: Order | None = self.cleaned_data["order_taken"]
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if (cleaned["supplier_late"] is None) == (cleaned["order_taken"] is None):
            self.add_error(None, _now("Choose a supplier or an order: one of them."))
        elif cleaned["supplier_late"] is not None and not cleaned["days"]:
            self.add_error("days", _now("Say how many days."))
        return cleaned
