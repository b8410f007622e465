"""What counting and carrying need to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Variant
from simpul.parties.models import Workshop
from simpul.stock.models import Balance, Found, Item, Location
from simpul.ui.fields import QuantityField

MOST_PAIRS = 1_000_000


def amount_field(item: Item, **options: Any) -> forms.Field:
    """A field for so much of this item: a quantity of a material, whole pairs of a product."""
    if item.variant_id is None:
        return QuantityField(max_length=15, **options)
    return forms.IntegerField(min_value=0, max_value=MOST_PAIRS, **options)


class CountForm(forms.Form):
    """What really lies there, and why it was counted."""

    reason = forms.CharField(
        label=_("Why"), max_length=200, help_text=_("Month's end, a mistake, spoilt, found, …")
    )

    field_order = ("counted", "reason")

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["counted"] = amount_field(
            item, label=_now("Counted, in %(unit)s") % {"unit": item.unit}
        )
        self.order_fields(self.field_order)


class ReorderForm(forms.Form):
    """From when on a material is bought again, and how much; nothing takes the point away."""

    def __init__(
        self,
        *args: Any,
        item: Item,
        below: int | None = None,
        up_to: int | None = None,
        **kwargs: Any,
    ) -> None:
        """`below` and `up_to`: what is proposed, in thousandths; else what holds now."""
        super().__init__(*args, **kwargs)
        unit = {"unit": item.unit}
        self.fields["below"] = amount_field(
            item,
            label=_now("Buy again below, in %(unit)s") % unit,
            help_text=_now("What is free and what is on its way for the store counts together."),
            initial=below or item.reorder_point or None,
            required=False,
        )
        self.fields["up_to"] = amount_field(
            item,
            label=_now("Fill up to, in %(unit)s") % unit,
            initial=up_to or item.order_up_to or None,
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        below, up_to = cleaned.get("below") or 0, cleaned.get("up_to") or 0
        if up_to < below and not self.errors:
            self.add_error("up_to", _now("Fill up to at least the reorder point."))
        return {"below": below, "up_to": up_to}


class PlaceForm(forms.Form):
    """On which shelf something lies, and whether its other sizes lie there, too."""

    shelf = forms.CharField(
        label=_("Shelf"),
        max_length=40,
        required=False,
        help_text=_(
            "As it is written there, such as “Rak 3, kotak 2”. Leave it empty to take it away."
        ),
    )
    is_for_all = forms.BooleanField(label=_("For all of its sizes"), required=False)

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shelf"].initial = item.shelf
        if not item.size:
            del self.fields["is_for_all"]

    def clean_shelf(self) -> str:
        return " ".join(str(self.cleaned_data["shelf"]).split())


@dataclass(frozen=True, slots=True)
class SheetRow:
    """An item on the count sheet. `book` is shown where the count differs from it."""

    item: Item
    counted: forms.BoundField
    seen: forms.BoundField
    why: forms.BoundField
    book: int
    differs: bool


class CountSheetForm(forms.Form):
    """What was counted along the shelves. It does not say beforehand what should lie there."""

    occasion = forms.CharField(label=_("Occasion"), max_length=120)

    def __init__(
        self, *args: Any, items: Sequence[Item], lies: Mapping[int, Balance], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        self.lies = lies
        for item in items:
            self.fields[f"counted_{item.pk}"] = amount_field(
                item, label=_now("Counted"), required=False
            )
            self.fields[f"seen_{item.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=self.book(item), required=False
            )
            self.fields[f"why_{item.pk}"] = forms.CharField(
                label=_now("Why"), max_length=200, required=False
            )

    def book(self, item: Item) -> int:
        """Return what lies there by the books now."""
        balance = self.lies.get(item.pk)
        return balance.on_hand if balance is not None else 0

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        counted = [one for one in self.items if cleaned.get(f"counted_{one.pk}") is not None]
        for item in counted:
            self._look_at(item, cleaned)
        if not counted and not self.errors:
            raise forms.ValidationError(_now("Count at least one thing."))
        return cleaned

    def _look_at(self, item: Item, cleaned: dict[str, Any]) -> None:
        counted, balance = cleaned[f"counted_{item.pk}"], self.lies.get(item.pk)
        if cleaned.get(f"seen_{item.pk}") != self.book(item):
            self.add_error(
                f"counted_{item.pk}",
                _now("Something came or went since the sheet was opened: count this again."),
            )
        elif balance is not None and counted < balance.reserved:
            self.add_error(
                f"counted_{item.pk}",
                _now("More is set aside for orders than was counted: let that go first."),
            )
        elif counted != self.book(item) and not cleaned.get(f"why_{item.pk}"):
            self.add_error(f"why_{item.pk}", _now("Say why it is another number."))

    @property
    def rows(self) -> list[SheetRow]:
        return [
            SheetRow(
                item,
                self[f"counted_{item.pk}"],
                self[f"seen_{item.pk}"],
                self[f"why_{item.pk}"],
                self.book(item),
                self._differs(item),
            )
            for item in self.items
        ]

    @property
    def whose(self) -> dict[str, Item]:
        """Tell of which item each field is, for what the form says about all of them."""
        return {f"{part}_{item.pk}": item for item in self.items for part in ("counted", "why")}

    @property
    def found(self) -> dict[Item, Found]:
        """What `CountSheet.take` needs: what was left empty was not counted."""
        said = self.cleaned_data
        return {
            item: Found(said[f"counted_{item.pk}"], said[f"seen_{item.pk}"], said[f"why_{item.pk}"])
            for item in self.items
            if said[f"counted_{item.pk}"] is not None
        }

    def _differs(self, item: Item) -> bool:
        if not self.is_bound:
            return False
        counted = self.cleaned_data.get(f"counted_{item.pk}")
        return counted is not None and counted != self.book(item)


class TransferForm(forms.Form):
    """How much goes to the scrap, or comes back from it."""

    target = forms.ChoiceField(
        label=_("Where to"),
        choices=[("scrap", _("out of use, to the scrap")), ("home", _("back from the scrap"))],
    )
    reason = forms.CharField(label=_("Why"), max_length=200)

    field_order = ("quantity", "target", "reason")

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        self.fields["quantity"] = amount_field(
            item, label=_now("How much, in %(unit)s") % {"unit": item.unit}
        )
        self.order_fields(self.field_order)

    @property
    def facts(self) -> dict[str, Any]:
        """What `Transfer.make` needs."""
        home = Location.of(self.item.workshop_id, Location.Kind(self.item.home))
        scrap = Location.of(self.item.workshop_id, Location.Kind.SCRAP)
        to_scrap = self.cleaned_data["target"] == "scrap"
        return {
            "quantity": self.cleaned_data["quantity"],
            "source": home if to_scrap else scrap,
            "target": scrap if to_scrap else home,
            "reason": self.cleaned_data["reason"],
        }


class ShelfForm(forms.Form):
    """Names what is to be counted for the first time: a material (and its size), or a product."""

    what = forms.ChoiceField(label=_("Item"))
    size = forms.CharField(
        label=_("Size"),
        max_length=6,
        required=False,
        help_text=_("Only for material that is bought by size."),
    )

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.materials = {f"m{one.pk}": one for one in workshop.materials.order_by("code")}
        variants = Variant.objects.filter(colourway__product__workshop=workshop)
        self.variants = {
            f"v{one.pk}": one
            for one in variants.select_related("colourway__product").order_by(
                "colourway__product__code", "colourway__position", "size"
            )
        }
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)  # noqa: S101 - declared above
        what.choices = [
            (
                _now("Material"),
                [(key, f"{one.code} · {one}") for key, one in self.materials.items()],
            ),
            (_now("Finished goods"), [(key, str(one)) for key, one in self.variants.items()]),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        material = self.materials.get(cleaned.get("what", ""))
        if material is not None and (wrong := material.size_problem(cleaned.get("size", ""))):
            self.add_error("size", wrong)
        return cleaned

    def item(self) -> Item:
        """Return what was named, with its row on the shelf."""
        what = self.cleaned_data["what"]
        if what in self.variants:
            return Item.of_variant(self.variants[what])
        return Item.of_material(self.materials[what], self.cleaned_data["size"])
