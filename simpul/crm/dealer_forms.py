"""The forms of the dealers behind a distributor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from simpul.parties.models import Party, PartyQuerySet


class DealerForm(forms.Form):
    """Who buys through the distributor from now on."""

    dealer = forms.ModelChoiceField(Party.objects.none(), label=_("Dealer"))

    def __init__(self, *args: Any, buyers: PartyQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["dealer"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = buyers
