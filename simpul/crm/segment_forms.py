from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Category, Product
from simpul.crm.models import SENT_BY, MarketingRules, Segment
from simpul.crm.models.segment import BY_MARGIN
from simpul.crm.segmenting import Aim, Bought, Phase
from simpul.parties.models import Party, Person, Workshop
from simpul.ui.fields import RupiahField

_ANY = ("", _("any"))
_PHASES = [
    _ANY,
    (_("What we have in mind"), Aim.choices),
    (_("More exactly"), Phase.choices),
]
_KINDS = [(one.value, one.label) for one in Party.BuysAs if one]


class SegmentForm(forms.Form):
    """The name of a segment and its conditions; what is left empty is no condition."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Buys as"), choices=[_ANY, *_KINDS], required=False)
    areas = forms.CharField(
        label=_("Town or area"),
        max_length=200,
        required=False,
        help_text=_("Several with commas: Bogor, Bandung."),
    )
    phase = forms.ChoiceField(label=_("Phase"), choices=_PHASES, required=False)
    bought = forms.ChoiceField(
        label=_("Bought before"), choices=[_ANY, *Bought.choices], required=False
    )
    product = forms.ModelChoiceField(
        Product.objects.none(), label=_("Which model"), required=False, empty_label=_ANY[1]
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("Which category"), required=False, empty_label=_ANY[1]
    )
    size = forms.CharField(label=_("Which size"), max_length=6, required=False)
    days = forms.IntegerField(
        label=_("In the last days"),
        min_value=1,
        max_value=3650,
        required=False,
        help_text=_("Empty: ever."),
    )
    least = RupiahField(label=_("Orders of at least, Rp"), required=False, max_length=20)
    most = RupiahField(label=_("Orders of at most, Rp"), required=False, max_length=20)
    left_least = RupiahField(
        label=_("Left of their orders at least, Rp"),
        required=False,
        max_length=20,
        help_text=_(
            "After material, wages and freight, of what is delivered. Only who sees the books sees such a segment."
        ),
    )
    left_most = RupiahField(
        label=_("Left of their orders at most, Rp"), required=False, max_length=20
    )
    months = forms.IntegerField(
        label=_("In the last months"), min_value=1, max_value=120, required=False
    )
    complained = forms.ChoiceField(
        label=_("Something was damaged or missing once"),
        choices=[_ANY, ("yes", _("yes")), ("no", _("never"))],
        required=False,
    )
    consent = forms.ChoiceField(
        label=_("Agreed to"),
        choices=[_ANY, *((one.value, one.label) for one in SENT_BY)],
        required=False,
    )

    def __init__(
        self, data: Any = None, *, by: Person, workshop: Workshop, segment: Segment | None = None
    ) -> None:
        said = {"name": segment.name, **segment.conditions} if segment else {}
        super().__init__(data, initial=said)
        self.segment = segment or Segment(workshop=workshop)
        if not by.may("insight.see_books", workshop):
            for name in BY_MARGIN:
                del self.fields[name]
        for name, model in (("product", Product), ("category", Category)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
            rows = model._default_manager.filter(workshop=workshop)
            field.queryset = rows.order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        speaks_of_buying = any(facts.get(one) for one in ("product", "category", "size", "days"))
        sums = ("least", "most", *BY_MARGIN)
        speaks_of_money = any(facts.get(one) is not None for one in sums)
        if speaks_of_buying and not facts.get("bought"):
            self.add_error("bought", _now("Say whether they have bought it or not."))
        if facts.get("bought") == Bought.NOT_SINCE and not facts.get("days"):
            self.errors.pop("days", None)
            self.add_error("days", _now("Say for how many days they have bought none."))
        if speaks_of_money and not facts.get("months") and "months" not in self.errors:
            self.add_error("months", _now("Say for how many months the orders count."))
        return facts

    @property
    def conditions(self) -> dict[str, Any]:
        """What was chosen, as it is kept: plain values, and nothing of what was left empty."""
        found = {
            name: value
            for name, value in self.cleaned_data.items()
            if value or (value == 0 and name == "left_most")
        }
        found.pop("name", None)
        return {name: getattr(value, "pk", value) for name, value in found.items()}

    def save(self) -> Segment:
        self.segment.name = self.cleaned_data["name"]
        self.segment.conditions = self.conditions
        self.segment.save()
        return self.segment


class ListForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)


class MarketingRulesForm(forms.ModelForm[MarketingRules]):
    most_messages = MarketingRules._meta.get_field("most_messages").formfield(min_value=1)
    in_days = MarketingRules._meta.get_field("in_days").formfield(min_value=1)

    class Meta:
        model = MarketingRules
        fields = (
            "new_days",
            "sleeping_days",
            "lost_days",
            "visit_days",
            "most_messages",
            "in_days",
        )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if facts.get("lost_days", 1) <= facts.get("sleeping_days", 0):
            self.add_error("lost_days", _now("Lost is later than sleeping: take more days."))
        return facts
