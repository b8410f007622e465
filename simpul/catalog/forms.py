from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Group, Product, Unit
from simpul.lib import clock, money, uploads


class ProductForm(forms.ModelForm[Product]):
    class Meta:
        model = Product
        fields = (
            "name",
            "name_en",
            "story",
            "story_en",
            "minimum_pairs",
            "lead_days",
            "is_published",
        )
        widgets = {
            "story": forms.Textarea(attrs={"rows": 4}),
            "story_en": forms.Textarea(attrs={"rows": 4}),
        }


class PriceForm(forms.Form):
    """A new line of the price list; from its day on it takes the place of the older one."""

    group = forms.ChoiceField(label=_("For"), choices=Group.choices)
    from_pairs = forms.IntegerField(label=_("From pairs"), min_value=1, initial=1)
    amount = forms.CharField(
        label=_("Rupiah"), widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    per = forms.TypedChoiceField(label=_("For each"), choices=Unit.choices, coerce=int)
    valid_from = forms.DateField(
        label=_("From"),
        initial=clock.today,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_amount(self) -> int:
        try:
            amount = money.parse_rupiah(self.cleaned_data["amount"])
        except ValueError as reason:
            raise forms.ValidationError(str(reason)) from reason
        if amount <= 0:
            raise forms.ValidationError(_("A price is more than zero."))
        return amount


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Photo"), widget=forms.ClearableFileInput(attrs={"accept": "image/*"})
    )

    def clean_photo(self) -> uploads.Admitted:
        try:
            return uploads.admit(self.cleaned_data["photo"], uploads.PHOTO)
        except uploads.Refusal as reason:
            raise forms.ValidationError(str(reason)) from reason
