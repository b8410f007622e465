from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from simpul.crm.models import SENT_BY
from simpul.lib import phones
from simpul.lib.regions import Region, read_list
from simpul.parties.models import Address, Party, PartyQuerySet


class RegistrationForm(forms.Form):
    """What a prospect tells about itself: enough to order, nothing more."""

    buys_as = forms.ChoiceField(
        label=_("You buy as"),
        choices=[
            (Party.BuysAs.DISTRIBUTOR, _("Distributor or shop: in quantity, at wholesale prices")),
            (Party.BuysAs.CONSUMER, _("Consumer: for yourself")),
        ],
        widget=forms.RadioSelect,
        initial=Party.BuysAs.DISTRIBUTOR,
    )
    name = forms.CharField(label=_("Name of your shop, or your own"), max_length=120)
    contact = forms.CharField(label=_("Contact person"), max_length=80)
    telephone = forms.CharField(
        label=_("WhatsApp or telephone"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 10 characters. You log in with your e-mail and this password."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    street = forms.CharField(label=_("Street, hamlet, RT/RW"), max_length=160)
    area = forms.CharField(
        label=_("Village, district and regency"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    postcode = forms.RegexField(r"^\d{5}$", label=_("Postal code"), required=False)
    landmark = forms.CharField(
        label=_("Landmark"),
        max_length=120,
        required=False,
        help_text=_("What a courier looks for: beside the mosque, the blue gate."),
    )
    areas = forms.CharField(
        label=_("Where you want to sell, as a distributor"),
        max_length=400,
        required=False,
        help_text=_("Regencies, cities or provinces, one on each line. We answer each of them."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    message = forms.CharField(
        label=_("Anything we should know"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    agrees_news = forms.BooleanField(label="", required=False)
    agrees_offers = forms.BooleanField(
        label="",
        required=False,
        help_text=_("By e-mail and WhatsApp. You can take it back at any time, with one tap."),
    )

    code = forms.CharField(label=_("Code of whoever recommended us"), max_length=20, required=False)

    def __init__(self, data: Any = None, *, code: str | None = None, gift: int = 0) -> None:
        """`code` is that of who recommended us, as far as it is known; None: nobody is asked.

        `gift`: the points that whoever comes by a code gets.
        """
        super().__init__(data, initial={"code": code})
        if code is None:
            del self.fields["code"]
        elif gift:
            self.fields["code"].help_text = ngettext(
                "You get %(n)s point once your first order is delivered and paid.",
                "You get %(n)s points once your first order is delivered and paid.",
                gift,
            ) % {"n": gift}
        for purpose in SENT_BY:
            self.fields[f"agrees_{purpose}"].label = purpose.asked

    def clean_telephone(self) -> str:
        try:
            return phones.normalise(self.cleaned_data["telephone"])
        except phones.NotATelephone as reason:
            raise forms.ValidationError(str(reason)) from reason

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean_areas(self) -> list[Region]:
        return read_list(self.cleaned_data["areas"])

    def clean(self) -> dict[str, Any]:
        """Turn the parts of the address into one, and the ticks into the words agreed to."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        promise = str(self.fields["agrees_offers"].help_text)
        cleaned["agreed"] = {
            purpose.value: f"{purpose.asked} {promise}"
            for purpose in SENT_BY
            if cleaned.pop(f"agrees_{purpose}", False)
        }
        place = {name: cleaned.pop(name, "") for name in ("street", "postcode", "landmark")}
        if not self.errors:
            cleaned["address"] = Address(
                receiver=cleaned["contact"],
                telephone=cleaned["telephone"],
                area=cleaned["area"],
                **place,
            )
        return cleaned


class MergingForm(forms.Form):
    """Which of two parties stays; the other becomes it."""

    kept = forms.ModelChoiceField(
        label=_("Which one stays?"),
        queryset=Party.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, parties: PartyQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kept"]
        field.queryset = parties
