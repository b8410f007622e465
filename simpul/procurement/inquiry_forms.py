"""What asking suppliers for prices, answering, and taking an answer need to be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Material
from simpul.lib import clock
from simpul.lib.quantities import MILLI
from simpul.parties.models import Party, Workshop
from simpul.procurement.forms import DayField, unit_problems
from simpul.procurement.models import (
    Bid,
    BidLine,
    InquiredLine,
    InquiryLine,
    SupplierPrice,
    Terms,
)
from simpul.ui.fields import (
    Options,
    QuantityField,
    RupiahField,
    SharedChoiceField,
)

EMPTY_LINES = 3  # at the end of the table
TOO_MANY = 200
LONGEST = 365  # days until something comes


class SupplierChoice(forms.ModelMultipleChoiceField[Party]):
    widget = forms.CheckboxSelectMultiple
    known: set[int]  # who sells one of the materials already

    def label_from_instance(self, obj: Party) -> str:
        sells = _now("sells it") if obj.pk in self.known else ""
        return " · ".join(filter(None, [obj.name, obj.area, sells]))


class InquiryForm(forms.Form):
    """Whom to ask, and until when."""

    suppliers = SupplierChoice(label=_("Ask these suppliers"), queryset=Party.objects.none())
    answer_by = DayField(label=_("Answer until"))
    note = forms.CharField(
        label=_("A word to all of them"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, workshop: Workshop, materials: set[int], **kwargs: Any) -> None:
        sold = SupplierPrice.objects.filter(
            supplier__workshop=workshop, material__in=materials
        ).values_list("supplier", flat=True)
        known = set(sold)
        kwargs["initial"] = {"suppliers": known, "answer_by": clock.in_days(3)}
        super().__init__(*args, **kwargs)
        field = self.fields["suppliers"]
        assert isinstance(field, SupplierChoice)  # noqa: S101 - declared above
        field.queryset = workshop.parties.suppliers().order_by("name", "pk")
        field.known = known


class InquiryLineForm(forms.Form):
    material = SharedChoiceField(label=_("Material"), required=False)
    size = forms.CharField(
        label=_("Size"),
        max_length=6,
        required=False,
        widget=forms.TextInput(attrs={"size": 4, "autocomplete": "off"}),
    )
    quantity = QuantityField(label=_("Quantity"), required=False)
    wished_on = DayField(label=_("Wished for on"), required=False)

    def __init__(
        self, *args: Any, materials: dict[str, Material], options: Options, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.materials = materials
        field = self.fields["material"]
        assert isinstance(field, SharedChoiceField)  # noqa: S101 - declared above
        field.offer(options)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        material = self.materials.get(cleaned.get("material", ""))
        if cleaned.get("quantity") and "material" not in self.errors:
            if material is None:
                self.add_error("material", _now("Say of what."))
            elif wrong := material.size_problem(cleaned.get("size", "")):
                self.add_error("size", wrong)
            if not cleaned.get("wished_on") and "wished_on" not in self.errors:
                self.add_error("wished_on", _now("Say on which day you wish for it."))
        return cleaned

    @property
    def line(self) -> InquiredLine | None:
        """The line, or None where it falls out."""
        said = self.cleaned_data
        if not said.get("material") or not said.get("quantity"):
            return None
        return InquiredLine(
            self.materials[said["material"]], said["size"], said["quantity"], said["wished_on"]
        )


class InquiryLines(forms.BaseFormSet[InquiryLineForm]):
    def clean(self) -> None:
        if any(self.errors):
            return
        shelves = [(line.material.pk, line.size) for line in self.lines]
        if not shelves:
            raise forms.ValidationError(_now("Say at least one material with its quantity."))
        if len(set(shelves)) < len(shelves):
            raise forms.ValidationError(_now("The same material stands there twice."))

    @property
    def lines(self) -> list[InquiredLine]:
        return [form.line for form in self.forms if form.line is not None]


_InquiryLines = forms.formset_factory(
    InquiryLineForm, formset=InquiryLines, extra=EMPTY_LINES, max_num=TOO_MANY, validate_max=True
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A line with which the table begins; a quantity of 0 is for whoever asks to fill in."""

    material: int
    size: str
    quantity: int
    wished_on: date


def inquiry_lines(data: Any, workshop: Workshop, wishes: Sequence[Wish]) -> InquiryLines:
    """Return the table, filled with these wishes or with what was sent."""
    materials = {str(one.pk): one for one in workshop.materials.order_by("code")}
    options = Options([("", ""), *((key, _named(one)) for key, one in materials.items())])
    initial = [
        {
            "material": wish.material,
            "size": wish.size,
            "quantity": wish.quantity or None,
            "wished_on": wish.wished_on,
        }
        for wish in wishes
    ]
    made = _InquiryLines(
        data,
        initial=initial,
        prefix="line",
        form_kwargs={"materials": materials, "options": options},
    )
    assert isinstance(made, InquiryLines)  # noqa: S101 - of the factory above
    return made


@dataclass(frozen=True, slots=True)
class BidRow:
    """A line of the form: what is asked, and the fields to answer it."""

    line: InquiryLine
    price: forms.BoundField
    lead_days: forms.BoundField
    cannot: forms.BoundField
    more: list[forms.BoundField]

    @property
    def has_more(self) -> bool:
        """Tell whether something stands in the fields that are folded away, or is to be mended."""
        return any(bound.errors or bound.value() for bound in self.more)


class BidForm(forms.Form):
    """What a supplier says to each line; begins with what was said last, in the unit it sells in."""

    note = forms.CharField(
        label=_("A word to the workshop"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    use_required_attribute = False

    def __init__(self, *args: Any, bid: Bid, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(bid.inquiry.lines.all())
        current = bid.current
        said = {one.line_id: one for one in current.lines.all()} if current else {}
        known = SupplierPrice.objects.filter(
            supplier=bid.supplier_id, material__in=[line.material_id for line in self.lines]
        )
        sold = {one.material_id: one for one in known}
        for line in self.lines:
            self._add(line, said.get(line.pk), sold.get(line.material_id))
        if current:
            self.fields["note"].initial = current.note

    @property
    def rows(self) -> list[BidRow]:
        return [
            BidRow(
                line,
                self[f"price_{line.pk}"],
                self[f"lead_days_{line.pk}"],
                self[f"cannot_{line.pk}"],
                [
                    self[f"{name}_{line.pk}"]
                    for name in ("unit", "unit_size", "minimum", "pack", "valid_until", "remark")
                ],
            )
            for line in self.lines
        ]

    @property
    def whose(self) -> dict[str, InquiryLine]:
        """Tell of which line each field is, for what the form says about all of them."""
        return {
            name: line
            for line in self.lines
            for name in self.fields
            if name.endswith(f"_{line.pk}")
        }

    @property
    def terms(self) -> list[Terms]:
        return [self._terms(line) for line in self.lines]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for line in self.lines:
            if cleaned.get(f"cannot_{line.pk}"):
                for name in ("price", "lead_days", "unit_size", "minimum", "pack", "valid_until"):
                    self.errors.pop(f"{name}_{line.pk}", None)
                continue
            unit, size, pack = (
                cleaned.get(f"{name}_{line.pk}") for name in ("unit", "unit_size", "pack")
            )
            for name, text in unit_problems(unit, size, pack).items():
                self.add_error(f"{name}_{line.pk}", text)
            if cleaned.get(f"price_{line.pk}") == 0:
                self.add_error(
                    f"price_{line.pk}", self.fields[f"price_{line.pk}"].error_messages["required"]
                )
        return cleaned

    def _add(self, line: InquiryLine, said: BidLine | None, known: SupplierPrice | None) -> None:
        can = said if said and said.price else None
        sold = can or known
        unit = {"unit": (sold and sold.unit) or line.material.unit_here}
        several = {"unit": line.material.unit_of()}
        made: dict[str, forms.Field] = {
            "price": RupiahField(
                label=_now("Price per %(unit)s") % unit,
                initial=can.price if can else None,
                error_messages={"required": _now("Say your price, or that you cannot deliver it.")},
            ),
            "lead_days": forms.IntegerField(
                label=_now("Days until it comes"),
                min_value=0,
                max_value=LONGEST,
                initial=can.lead_days if can else None,
                error_messages={"required": _now("Say in how many days it comes.")},
            ),
            "cannot": forms.BooleanField(
                label=_now("Cannot be delivered"),
                required=False,
                initial=said is not None and can is None,
            ),
            "unit": forms.CharField(
                label=_now("Sold by the"),
                max_length=12,
                required=False,
                help_text=_now("Such as kaleng, rol, lembar: then the price is that of one of it."),
                initial=sold.unit if sold else "",
            ),
            "unit_size": QuantityField(
                label=_now("One of it holds, %(unit)s") % several,
                required=False,
                initial=sold.unit_size if sold and sold.unit else None,
            ),
            "minimum": QuantityField(
                label=_now("Least quantity, %(unit)s") % several,
                required=False,
                initial=(can.minimum or None) if can else None,
            ),
            "pack": QuantityField(
                label=_now("Sold in portions of, %(unit)s") % several,
                required=False,
                initial=(can.pack or None) if can else None,
            ),
            "valid_until": DayField(
                label=_now("Price valid until"),
                required=False,
                initial=can.valid_until if can else None,
            ),
            "remark": forms.CharField(
                label=_now("Note"),
                max_length=200,
                required=False,
                initial=said.note if said else "",
            ),
        }
        for name, field in made.items():
            self.fields[f"{name}_{line.pk}"] = field

    def _terms(self, line: InquiryLine) -> Terms:
        said: dict[str, Any] = {
            name: self.cleaned_data.get(f"{name}_{line.pk}")
            for name in (
                "price",
                "lead_days",
                "unit",
                "unit_size",
                "minimum",
                "pack",
                "valid_until",
                "remark",
                "cannot",
            )
        }
        if said["cannot"]:
            return Terms(line, 0, note=said["remark"] or "")
        return Terms(
            line,
            said["price"],
            said["lead_days"],
            said["minimum"] or 0,
            said["pack"] or 0,
            said["valid_until"],
            said["remark"] or "",
            said["unit"] or "",
            said["unit_size"] or MILLI,
        )


class TakingForm(forms.Form):
    """Which lines of an answer to take, and whether to buy them at once.

    It names the answer that was read, so that no other one is taken.
    """

    lines = forms.MultipleChoiceField(
        label=_("Take these lines into the price list"), widget=forms.CheckboxSelectMultiple
    )
    is_bought = forms.BooleanField(
        label=_("Draft a purchase order of them, too"), required=False, initial=True
    )
    answer = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        bid: Bid,
        said: Iterable[tuple[BidLine, str]],
        best: set[int],
        **kwargs: Any,
    ) -> None:
        current = bid.current
        kwargs["initial"] = {
            "answer": current.pk if current else 0,
            "lines": [str(pk) for pk in best],
        }
        super().__init__(*args, **kwargs)
        self.by_key = {str(line.pk): line for line in bid.inquiry.lines.all()}
        field = self.fields["lines"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above
        field.choices = [(str(one.line_id), text) for one, text in said]

    @property
    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "answer": said["answer"],
            "lines": [self.by_key[key] for key in said["lines"]],
            "is_bought": said["is_bought"],
        }


def _named(material: Material) -> str:
    return f"{material} ({material.unit_of()})"
