"""What the steps of buying need to be told, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Material
from simpul.lib import clock
from simpul.lib.quantities import MILLI, write_quantity
from simpul.parties.models import Party, Workshop
from simpul.procurement.models import LineTerms, PurchaseLine, PurchaseOrder, SupplierPrice
from simpul.ui.fields import QuantityField, RupiahField
from simpul.ui.jinja import rupiah

MOST_UNITS = 100_000  # of a supplier, in one delivery


class DayField(forms.DateField):
    """A day that is not past."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value < clock.today():
            raise forms.ValidationError(_now("This day is past."))


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class SendingForm(forms.Form):
    note = forms.CharField(
        label=_("A word to the supplier"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class LessForm(forms.Form):
    quantity = QuantityField(
        label=_("What is to be left of it in all"), help_text=_("0: nothing more.")
    )


class DelayForm(forms.Form):
    day = DayField(label=_("Expected on"))
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)


@dataclass(frozen=True, slots=True)
class TermsRow:
    """A line of the form: what stands there, and the fields to say something else."""

    line: PurchaseLine
    quantity: forms.BoundField
    price: forms.BoundField
    on: forms.BoundField
    cannot: forms.BoundField | None

    @property
    def is_open(self) -> bool:
        """Tell whether somebody has to look at it: no price yet, or something to mend."""
        return not self.line.price or any(
            bound.errors for bound in (self.quantity, self.price, self.on)
        )


class TermsForm(forms.Form):
    """Quantity, price and day of each line, as they stand until somebody says otherwise."""

    note = forms.CharField(
        label=_("A word"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    has_cannot = False

    def __init__(self, *args: Any, lines: Iterable[PurchaseLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            self._add(line)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for line in self.lines:
            if line.unit and (cleaned.get(f"quantity_{line.pk}") or 0) % line.unit_size:
                self.add_error(
                    f"quantity_{line.pk}",
                    _now("Only whole ones are sold: %(holds)s.") % {"holds": _holds(line)},
                )
        if not self.errors and not any(said.quantity for said in self.terms):
            self.add_error(None, self.nothing_left)
        return cleaned

    @property
    def nothing_left(self) -> str:
        return _now("Nothing is left of it: keep at least one line.")

    @property
    def rows(self) -> list[TermsRow]:
        return [
            TermsRow(
                line,
                self[f"quantity_{line.pk}"],
                self[f"price_{line.pk}"],
                self[f"on_{line.pk}"],
                self[f"cannot_{line.pk}"] if self.has_cannot else None,
            )
            for line in self.lines
        ]

    @property
    def whose(self) -> dict[str, PurchaseLine]:
        return _whose(self, self.lines)

    @property
    def terms(self) -> list[LineTerms]:
        """What was typed, of every line."""
        said = self.cleaned_data
        return [
            LineTerms(
                line,
                0 if said.get(f"cannot_{line.pk}") else said[f"quantity_{line.pk}"],
                said[f"price_{line.pk}"] or 0,
                said[f"on_{line.pk}"],
            )
            for line in self.lines
        ]

    def _add(self, line: PurchaseLine) -> None:
        self.fields[f"quantity_{line.pk}"] = QuantityField(
            label=_now("Quantity, %(unit)s") % {"unit": line.material.unit_of()},
            initial=line.quantity,
            help_text=_holds(line) if line.unit else "",
        )
        self.fields[f"price_{line.pk}"] = RupiahField(
            label=_now("Price per %(unit)s") % {"unit": line.unit_here},
            initial=line.price or "",
            required=False,
        )
        self.fields[f"on_{line.pk}"] = DayField(
            label=_now("Day"), initial=max(line.wished_on, clock.today())
        )
        if self.has_cannot:
            self.fields[f"cannot_{line.pk}"] = forms.BooleanField(
                label=_now("Cannot be delivered"), required=False
            )


class ChangeForm(TermsForm):
    """A draft: nothing is said to anybody yet, and a line of 0 falls out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]


class RepetitionForm(TermsForm):
    """What is asked again, with a word on why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True
        self.fields["note"].label = _("A word to the supplier")


class AnswerForm(TermsForm):
    """What a supplier says to each line; what is left as it stands is a yes.

    It names the revision that was read, so that no other one is answered.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput)
    has_cannot = True
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = _("A word to the workshop")
        for line in self.lines:
            self.fields[f"price_{line.pk}"].required = True

    @property
    def nothing_left(self) -> str:
        return _now("If nothing can be delivered, decline the whole order instead.")

    @property
    def is_yes(self) -> bool:
        """Tell whether everything was left as it was asked."""
        return not self.cleaned_data["note"] and all(
            (said.quantity, said.price, said.on)
            == (said.line.quantity, said.line.price, said.line.wished_on)
            for said in self.terms
        )

    def clean(self) -> dict[str, Any]:
        for line in self.lines:
            if self.cleaned_data.get(f"cannot_{line.pk}"):
                self._forget(line)
        cleaned = super().clean()
        for row in self.rows:
            if cleaned.get(row.price.name) == 0:
                self.add_error(row.price.name, _now("Say your price."))
        return cleaned

    def _forget(self, line: PurchaseLine) -> None:
        """Of what cannot be delivered it does not matter what else was typed."""
        asked = {"quantity": line.quantity, "price": line.price or None, "on": line.wished_on}
        for name, value in asked.items():
            self.errors.pop(f"{name}_{line.pk}", None)
            self.cleaned_data[f"{name}_{line.pk}"] = value


class MovingForm(forms.Form):
    """How much of a line goes to which other supplier, in a new draft or one that is there."""

    quantity = QuantityField(label=_("Quantity"))
    to = forms.ChoiceField(label=_("To"), widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        line: PurchaseLine,
        offers: Iterable[SupplierPrice],
        drafts: Iterable[PurchaseOrder],
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"quantity": line.quantity}
        super().__init__(*args, **kwargs)
        self.line = line
        self.fields["quantity"].label = _now("Quantity, %(unit)s") % {
            "unit": line.material.unit_of()
        }
        self.ways: dict[str, tuple[Party, PurchaseOrder | None]] = {}
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        choices = []
        for offer in offers:
            said = {
                "supplier": offer.supplier.name,
                "price": rupiah(offer.price),
                "unit": offer.unit or line.material.unit_here,
            }
            places = [None, *(one for one in drafts if one.supplier_id == offer.supplier_id)]
            for into in places:
                key = f"{offer.supplier_id}-{into.pk if into else ''}"
                self.ways[key] = offer.supplier, into
                text = (
                    _now("%(supplier)s, %(price)s / %(unit)s: into %(draft)s")
                    if into
                    else _now("%(supplier)s, %(price)s / %(unit)s: a new draft")
                )
                choices.append((key, text % (said | {"draft": into})))
        field.choices = choices

    def clean_quantity(self) -> int:
        quantity: int = self.cleaned_data["quantity"]
        if not 0 < quantity <= self.line.quantity:
            raise forms.ValidationError(
                _now("Move some of it, and not more than the line asks for.")
            )
        return quantity

    @property
    def facts(self) -> dict[str, Any]:
        supplier, into = self.ways[self.cleaned_data["to"]]
        return {"supplier": supplier, "into": into, "quantity": self.cleaned_data["quantity"]}


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    line: PurchaseLine
    units: forms.BoundField | None
    good: forms.BoundField
    rejected: forms.BoundField
    mark: forms.BoundField


class ReceiptForm(forms.Form):
    """What was counted of each line that is still open: in the supplier's units, loose, or both."""

    note = forms.CharField(
        label=_("Note, such as the number of their delivery note"), max_length=300, required=False
    )

    def __init__(
        self, *args: Any, lines: Iterable[PurchaseLine], is_all: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if not line.is_done]
        self.has_units = any(line.unit for line in self.lines)
        for line in self.lines:
            loose = line.open_quantity
            if line.unit:
                units, loose = divmod(loose, line.unit_size)
                self.fields[f"units_{line.pk}"] = forms.IntegerField(
                    label=_now("Good, whole: %(holds)s") % {"holds": _holds(line)},
                    required=False,
                    min_value=0,
                    max_value=MOST_UNITS,
                    initial=units if is_all else None,
                    widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
                )
            self.fields[f"good_{line.pk}"] = QuantityField(
                label=_now("Good, %(unit)s") % {"unit": line.material.unit_of()},
                required=False,
                initial=(loose or None) if is_all else None,
            )
            self.fields[f"rejected_{line.pk}"] = QuantityField(
                label=_now("Rejected, %(unit)s") % {"unit": line.material.unit_of()}, required=False
            )
            self.fields[f"mark_{line.pk}"] = forms.CharField(
                label=_now("Lot"),
                required=False,
                max_length=40,
                widget=forms.TextInput(attrs={"size": 10, "autocomplete": "off"}),
            )

    @property
    def whose(self) -> dict[str, PurchaseLine]:
        return _whose(self, self.lines)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        goods = self.goods
        if not goods:
            self.add_error(None, _now("Count at least one line."))
        for line in [line for line in self.marks if not goods.get(line, (0, 0))[0]]:
            self.add_error(
                f"mark_{line.pk}",
                _now("A lot is of what is good: count it, or take the mark away."),
            )
        return cleaned

    @property
    def rows(self) -> list[ReceiptRow]:
        return [
            ReceiptRow(
                line,
                self[f"units_{line.pk}"] if line.unit else None,
                self[f"good_{line.pk}"],
                self[f"rejected_{line.pk}"],
                self[f"mark_{line.pk}"],
            )
            for line in self.lines
        ]

    @property
    def marks(self) -> dict[PurchaseLine, str]:
        """By line what its lot is called, where somebody wrote it."""
        said = {line: self.cleaned_data[f"mark_{line.pk}"] for line in self.lines}
        return {line: mark for line, mark in said.items() if mark}

    @property
    def goods(self) -> dict[PurchaseLine, tuple[int, int]]:
        counted = {
            line: (
                (self.cleaned_data.get(f"units_{line.pk}") or 0) * line.unit_size
                + (self.cleaned_data[f"good_{line.pk}"] or 0),
                self.cleaned_data[f"rejected_{line.pk}"] or 0,
            )
            for line in self.lines
        }
        return {line: counts for line, counts in counted.items() if any(counts)}


class SupplierPriceForm(forms.Form):
    """What a supplier asks for a material."""

    supplier = forms.ModelChoiceField(Party.objects.none(), label=_("Supplier"), empty_label="")
    material = forms.ModelChoiceField(Material.objects.none(), label=_("Material"), empty_label="")
    unit = forms.CharField(
        label=_("Sold by the"),
        max_length=12,
        required=False,
        help_text=_("Such as kaleng, rol, lembar. Empty: in the unit of the material."),
    )
    unit_size = QuantityField(
        label=_("One of it holds"),
        required=False,
        help_text=_("In the unit of the material: 15 for a tin of 15 kg."),
    )
    price = RupiahField(
        label=_("Price of a unit"), help_text=_("Of one whole tin or roll, where you named one.")
    )
    lead_days = forms.IntegerField(label=_("Days until it comes"), min_value=0, max_value=365)
    minimum = QuantityField(label=_("Least quantity"), required=False)
    pack = QuantityField(
        label=_("Sold in portions of"), required=False, help_text=_("Empty: any quantity.")
    )

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("supplier", workshop.parties.suppliers().order_by("name")),
            ("material", workshop.materials.order_by("code")),
        ):
            choice = self.fields[name]
            assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - declared above
            choice.queryset = rows

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("price") == 0:
            self.add_error("price", _now("A price is more than zero."))
        for name in ("minimum", "pack"):
            cleaned[name] = cleaned.get(name) or 0
        self._clean_unit(cleaned)
        return cleaned

    def _clean_unit(self, cleaned: dict[str, Any]) -> None:
        unit, size = cleaned.get("unit"), cleaned.get("unit_size")
        if "unit_size" in self.errors:
            return
        for name, text in unit_problems(unit, size, cleaned["pack"]).items():
            self.add_error(name, text)
        cleaned["unit_size"] = size or MILLI


def unit_problems(unit: str | None, size: int | None, pack: int | None) -> dict[str, str]:
    """Say by field what is wrong with a unit of the supplier's own, of so many thousandths."""
    if unit and not size:
        return {"unit_size": _now("Say how much one of it holds.")}
    if size and not unit:
        return {"unit": _now("Say what it is called, such as tin.")}
    if unit and size and (pack or 0) % size:
        return {"pack": _now("Only whole ones are sold: leave it empty.")}
    return {}


def _holds(line: PurchaseLine) -> str:
    """Say what one of the supplier's units holds: `1 kaleng = 15 kg`."""
    size = line.unit_size
    return f"1 {line.unit} = {write_quantity(size)} {line.material.unit_of(size)}"


def _whose(form: forms.Form, lines: Iterable[PurchaseLine]) -> dict[str, PurchaseLine]:
    """Tell of which line each field is, for what the form says about all of them."""
    return {name: line for line in lines for name in form.fields if name.endswith(f"_{line.pk}")}
