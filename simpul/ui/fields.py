"""Fields of forms that read amounts and quantities as people write them."""

from __future__ import annotations

from typing import Any

from django import forms

from simpul.lib import money
from simpul.lib.quantities import parse_quantity, write_quantity
from simpul.ui.jinja import number


class RupiahField(forms.CharField):
    """Whole rupiah, as people write them: 1.250.000 or Rp 1.250.000,-."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        """Show a sum as the reader writes it; what was typed stays as it was typed."""
        return number(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return money.parse_rupiah(text)
        except ValueError as reason:
            raise forms.ValidationError(str(reason)) from reason


class QuantityField(forms.CharField):
    """A quantity of material, as people write it; cleaned to thousandths of its unit."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 8})

    def prepare_value(self, value: Any) -> Any:
        return write_quantity(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_quantity(text)
        except ValueError as reason:
            raise forms.ValidationError(str(reason)) from reason
