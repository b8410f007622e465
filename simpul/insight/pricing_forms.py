"""What the owner is asked about prices."""

from __future__ import annotations

from django import forms

from simpul.insight.models import PricingRules

MOST = 80  # percent


class PricingRulesForm(forms.ModelForm[PricingRules]):
    wished_percent = PricingRules._meta.get_field("wished_percent").formfield(
        min_value=0, max_value=MOST
    )

    class Meta:
        model = PricingRules
        fields = ("wished_percent",)
