from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import (
    Category,
    Colourway,
    Group,
    Material,
    Product,
    Unit,
    write_sizes,
)
from simpul.lib import clock
from simpul.parties.models import Workshop
from simpul.ui.fields import PhotoField, RupiahField

SIZES = range(10, 61)
COLOUR = forms.TextInput(attrs={"type": "color"})


class SizesField(forms.CharField):
    """Sizes as people write them: `38-43`, or `39, 41, 43`; cleaned to a list in order."""

    def prepare_value(self, value: Any) -> Any:
        return write_sizes(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        found: set[int] = set()
        for part in re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", text.strip())):
            ends = re.fullmatch(r"([0-9]{2})(?:-([0-9]{2}))?", part)
            if ends is None:
                raise forms.ValidationError(_now("Write sizes like 38–43, or 39, 41, 43."))
            first, last = int(ends[1]), int(ends[2] or ends[1])
            if first not in SIZES or last not in SIZES or first > last:
                raise forms.ValidationError(
                    _now("Sizes go from %(first)s to %(last)s, the smaller one first.")
                    % {"first": SIZES[0], "last": SIZES[-1]}
                )
            found.update(range(first, last + 1))
        return [str(size) for size in sorted(found)]


class NewProductForm(forms.Form):
    """A model that was not made before, in its first colour."""

    name = forms.CharField(label=_("Name"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    code = forms.CharField(
        label=_("Code"), max_length=20, help_text=_("Short, as it stands on lists and job orders.")
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("Category"), required=False, empty_label=""
    )
    new_category = forms.CharField(label=_("Or a new category"), max_length=60, required=False)
    sizes = SizesField(label=_("Sizes"), initial="38–43")
    colour = forms.CharField(label=_("First colour"), max_length=40)
    swatch = forms.CharField(
        label=_("How the colour looks"), max_length=7, initial="#1f1d1b", widget=COLOUR
    )
    lead_days = forms.IntegerField(label=_("Days to make"), min_value=0, max_value=365, initial=14)
    minimum_pairs = forms.IntegerField(
        label=_("Least pairs for a distributor"), min_value=1, initial=10
    )

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workshop = workshop
        category = self.fields["category"]
        assert isinstance(category, forms.ModelChoiceField)  # noqa: S101 - declared above
        category.queryset = workshop.categories.order_by("position", "pk")

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip().upper()
        if self.workshop.products.filter(code__iexact=code).exists():
            raise forms.ValidationError(_now("Another model has this code."))
        return code

    def clean_swatch(self) -> str:
        return _colour(self.cleaned_data["swatch"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("category") and not cleaned.get("new_category"):
            self.add_error("category", _now("Choose a category, or write a new one."))
        return cleaned

    def save(self) -> Product:
        """Add the model, and its category where that is new."""
        facts = dict(self.cleaned_data)
        name = facts.pop("new_category")
        if name:
            facts["category"] = Category.named(self.workshop, name)
        return Product.begin(self.workshop, **facts)


class ColourForm(forms.ModelForm[Colourway]):
    """A colour of a model, and the sizes that it is made in."""

    sizes = SizesField(label=_("Sizes"))

    class Meta:
        model = Colourway
        fields = ("name", "name_en", "swatch")
        labels = {"swatch": _("How the colour looks")}
        widgets = {"swatch": COLOUR}

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product = product
        self.instance.product = product
        variants = self.instance.variants.filter(is_offered=True) if self.instance.pk else ()
        offered = [variant.size for variant in variants]
        self.fields["sizes"].initial = offered or product.sizes

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = self.product.colourways.exclude(pk=self.instance.pk)
        if others.filter(name__iexact=name).exists():
            raise forms.ValidationError(_now("This model has such a colour already."))
        return name

    def clean_swatch(self) -> str:
        return _colour(self.cleaned_data["swatch"])

    def save(self, commit: bool = True) -> Colourway:
        if self.instance.pk is None:
            self.instance.position = self.product.colourways.count()
        made = super().save(commit)
        made.offer(self.cleaned_data["sizes"])
        return made


class ProductForm(forms.ModelForm[Product]):
    class Meta:
        model = Product
        fields = (
            "name",
            "name_en",
            "category",
            "story",
            "story_en",
            "minimum_pairs",
            "lead_days",
            "pair_weight",
            "is_published",
        )
        labels = {"category": _("Category")}
        widgets = {
            "story": forms.Textarea(attrs={"rows": 4}),
            "story_en": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.fields["category"]
        assert isinstance(category, forms.ModelChoiceField)  # noqa: S101 - of the model
        category.empty_label = None
        mine = Category.objects.filter(workshop=self.instance.workshop_id)
        category.queryset = mine.order_by("position", "pk")


class MaterialForm(forms.ModelForm[Material]):
    price = RupiahField(
        label=_("Usual price of a unit (Rp)"),
        required=False,
        help_text=_("Used for the cost of a pair until a supplier's price is known."),
    )

    class Meta:
        model = Material
        fields = ("code", "name", "name_en", "unit", "is_by_size", "price")
        help_texts = {
            "unit": _("In what it is counted: kaki, meter, lembar, pasang, biji, kg, liter …"),
            "is_by_size": _("As soles are: each size lies on a shelf of its own."),
        }

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workshop = workshop
        if self.instance.pk and self.instance.is_used:
            for name in ("unit", "is_by_size"):  # quantities are written down in it
                self.fields[name].disabled = True
                self.fields[name].help_text = _now("Fixed: recipes or the stock count in it.")

    def clean_price(self) -> int:
        return self.cleaned_data["price"] or 0

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip().upper()
        others = self.workshop.materials.exclude(pk=self.instance.pk)
        if others.filter(code__iexact=code).exists():
            raise forms.ValidationError(_now("Another material has this code."))
        return code


class PriceForm(forms.Form):
    """A new line of the price list; from its day on it takes the place of the older one."""

    group = forms.ChoiceField(label=_("For"), choices=Group.choices)
    from_pairs = forms.IntegerField(label=_("From pairs"), min_value=1, initial=1)
    year_pairs = forms.IntegerField(
        label=_("Only for whoever bought as many pairs in 12 months"),
        min_value=0,
        max_value=10_000_000,
        required=False,
        help_text=_("Empty: for everybody of this group. Counted each night, over all models."),
    )
    amount = RupiahField(label=_("Rupiah"))
    per = forms.TypedChoiceField(label=_("For each"), choices=Unit.choices, coerce=int)
    valid_from = forms.DateField(
        label=_("From"),
        initial=clock.today,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_year_pairs(self) -> int:
        return self.cleaned_data["year_pairs"] or 0

    def clean_amount(self) -> int:
        amount: int | None = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(_("A price is more than zero."))
        return amount


class PhotoForm(forms.Form):
    photo = PhotoField(
        label=_("Photo"), widget=forms.ClearableFileInput(attrs={"accept": "image/*"})
    )


def _colour(typed: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", typed):
        raise forms.ValidationError(_now("Choose a colour."))
    return typed.lower()
