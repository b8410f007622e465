"""What is asked about what the shop window tells of the workshop."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import ShowcaseRules


class ShowcaseRulesForm(forms.ModelForm[ShowcaseRules]):
    fewest = ShowcaseRules._meta.get_field("fewest").formfield(min_value=1)
    days = ShowcaseRules._meta.get_field("days").formfield(min_value=1)

    class Meta:
        model = ShowcaseRules
        fields = ("fewest", "days")


class PictureForm(forms.Form):
    is_of_goods = forms.BooleanField(label=_("Only goods are seen on it, nobody's face"))
