"""What the owner is asked about points."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import PointRules, TierTerms
from simpul.ui.fields import RupiahField

MOST_POINTS = 1_000_000
LONGEST_DAYS = 3_650


class PointRulesForm(forms.Form):
    is_on = forms.BooleanField(label=_("Buyers earn points"), required=False)
    starts_on = forms.DateField(
        label=_("For what is delivered from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    wholesale_per = RupiahField(
        label=_("Distributors: goods for one point"),
        required=False,
        help_text=_("In rupiah. Empty: they earn none. Shipping and discounts earn nothing."),
    )
    retail_per = RupiahField(
        label=_("Consumers: goods for one point"),
        required=False,
        help_text=_("In rupiah. Empty: they earn none."),
    )
    worth = RupiahField(label=_("A point takes off"))
    most_percent = forms.IntegerField(
        label=_("Of an order's goods at most, %"), min_value=1, max_value=100
    )
    valid_days = forms.IntegerField(
        label=_("Days that points are good for"),
        min_value=0,
        max_value=LONGEST_DAYS,
        help_text=_("0: they do not expire."),
    )
    warn_days = forms.IntegerField(
        label=_("Days before, that the buyer is told"), min_value=0, max_value=LONGEST_DAYS
    )

    for_recommender = forms.IntegerField(
        label=_("Points for who recommends us"),
        min_value=0,
        max_value=MOST_POINTS,
        required=False,
        help_text=_("Once the first order of the new customer is delivered and paid. Empty: none."),
    )
    for_friend = forms.IntegerField(
        label=_("Points for the new customer"), min_value=0, max_value=MOST_POINTS, required=False
    )
    referral_least = RupiahField(label=_("With a first order of goods from"), required=False)
    referral_most = forms.IntegerField(
        label=_("New customers by one code before somebody looks"), min_value=1, max_value=1_000
    )
    referral_days = forms.IntegerField(label=_("In so many days"), min_value=1, max_value=365)

    def __init__(self, data: Any = None, *, rules: PointRules) -> None:
        kept = {name: getattr(rules, name) for name in self.base_fields if name != "is_on"}
        super().__init__(data, initial=kept | {"is_on": rules.workshop.gives_points})

    def clean_wholesale_per(self) -> int:
        return self.cleaned_data["wholesale_per"] or 0

    def clean_retail_per(self) -> int:
        return self.cleaned_data["retail_per"] or 0

    def clean_for_recommender(self) -> int:
        return self.cleaned_data["for_recommender"] or 0

    def clean_for_friend(self) -> int:
        return self.cleaned_data["for_friend"] or 0

    def clean_referral_least(self) -> int:
        return self.cleaned_data["referral_least"] or 0

    def clean_worth(self) -> int:
        worth: int = self.cleaned_data["worth"]
        if not 0 < worth <= MOST_POINTS:
            raise forms.ValidationError(_now("A point is worth more than zero rupiah."))
        return worth


class TierForm(forms.Form):
    """A line of the table; one that is left empty is no tier."""

    name = forms.CharField(label=_("Tier"), max_length=40, required=False)
    least = RupiahField(label=_("Goods in twelve months from"), required=False)
    percent = forms.IntegerField(
        label=_("Discount offered, %"), min_value=0, max_value=99, required=False
    )
    is_freight_free = forms.BooleanField(label=_("Free freight"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        filled = [name for name in ("name", "least") if cleaned.get(name)]
        if len(filled) == 1 and not self.errors:
            missing = "least" if filled == ["name"] else "name"
            self.add_error(missing, _now("A tier has a name and begins at a sum."))
        return cleaned

    @property
    def terms(self) -> TierTerms | None:
        row = self.cleaned_data
        if not row.get("name"):
            return None
        return TierTerms(row["name"], row["least"], row["percent"] or 0, row["is_freight_free"])


class TierTable(forms.BaseFormSet[TierForm]):
    def clean(self) -> None:
        """Hold that each tier begins elsewhere."""
        if any(self.errors):
            return
        begins = [one.least for one in self.terms]
        if len(set(begins)) < len(begins):
            raise forms.ValidationError(_now("Two tiers begin at the same sum."))

    @property
    def terms(self) -> list[TierTerms]:
        return [terms for form in self.forms if (terms := form.terms) is not None]


_Tiers = forms.formset_factory(TierForm, formset=TierTable, extra=1, max_num=6)


def tier_table(data: Any, rules: PointRules) -> TierTable:
    """Return the table of tiers as they are decided, with a line for one more."""
    tiers = rules.workshop.tiers.order_by("least")
    kept = [{name: getattr(tier, name) for name in TierForm.base_fields} for tier in tiers]
    made = _Tiers(data, initial=kept, prefix="tiers")
    assert isinstance(made, TierTable)  # noqa: S101 - of the factory above
    return made


class GiftForm(forms.Form):
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=MOST_POINTS)
    note = forms.CharField(label=_("What for"), max_length=200, help_text=_("The buyer reads it."))


class VoidingForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The buyer reads it."),
    )
