"""The forms of the areas of distributors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.lib.regions import PROVINCES, clean


class PlaceForm(forms.Form):
    """Where a distributor serves, or wants to."""

    regency = forms.CharField(
        label=_("Regency or city"),
        max_length=80,
        required=False,
        help_text=_("Such as Kota Bogor or Kab. Bogor. Leave it empty for the whole province."),
    )
    province = forms.ChoiceField(
        label=_("Province"),
        choices=[("", _("- Select an option -")), *((one, one) for one in PROVINCES)],
    )

    def clean_regency(self) -> str:
        return clean(self.cleaned_data["regency"])


class AreaForm(PlaceForm):
    """Where a distributor serves, and from when until when."""

    since = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: until you end it."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    is_exclusive = forms.BooleanField(label=_("Nobody else serves this area"), required=False)
    despite = forms.BooleanField(label=_("I know that somebody else has this area"), required=False)

    def __init__(self, *args: Any, is_taken: bool = False, **kwargs: Any) -> None:
        """`is_taken`: somebody else holds it, so it can be given knowingly."""
        super().__init__(*args, **kwargs)
        if not is_taken:
            del self.fields["despite"]

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("It ends before it begins."))
        return self.cleaned_data


class AreaEndForm(forms.Form):
    """The last day on which a distributor serves an area."""

    on = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": clock.today()})
        super().__init__(*args, **kwargs)


class AreaRefusalForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)


def said_of_clash() -> str:
    """Return what is said where an area cannot be given without knowing that it is taken."""
    return _now("Somebody else has this area: look below. Tick that you know it, or change it.")
