"""What the steps of delivery need to be told."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from simpul.delivery.models import Package, Part, Reason, Route, Shipment
from simpul.delivery.models.consignment import tidy_number
from simpul.delivery.models.shipment import FURTHEST
from simpul.lib import clock
from simpul.orders.models import Gate, LineSize, Order
from simpul.parties.models import Party
from simpul.ui.fields import PhotoField, QuantityField, RupiahField
from simpul.ui.jinja import day_long, rupiah


class CountField(forms.IntegerField):
    """A number of things that somebody counts by hand."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "min": 0}
        super().__init__(min_value=0, max_value=9_999, widget=forms.NumberInput(attrs), **kwargs)


class PinField(forms.CharField):
    """The four digits that prove who stands at the door; a photo may stand in for them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=4,
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            help_text=_("Four digits. Without it, take a photo."),
            **kwargs,
        )


class SignatureField(PhotoField):
    """What was drawn with a finger on a <sign-pad>; it comes as a picture."""

    def __init__(self, **kwargs: Any) -> None:
        drawn = forms.FileInput(attrs={"accept": "image/png", "hidden": True})
        super().__init__(required=False, widget=drawn, **kwargs)


class ClientIdField(forms.CharField):
    """The id that a page gives to what is said on it, so that it is heard once however often sent."""

    def __init__(self) -> None:
        super().__init__(
            max_length=36,
            required=False,
            widget=forms.HiddenInput,
            initial=lambda: uuid.uuid4().hex,
        )


@dataclass(frozen=True, slots=True)
class CartonRow:
    """One size that can go into the carton: how many pairs are ready, and the field."""

    size: LineSize
    ready: int
    packed: forms.BoundField


class CartonForm(forms.Form):
    """What goes into the next carton, and what it weighs if somebody has weighed it."""

    weight = QuantityField(label=_("Weight in kg"), required=False)

    def __init__(self, *args: Any, ready: Iterable[tuple[LineSize, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ready = list(ready)
        for size, pairs in self.ready:
            field = CountField(required=False)
            field.widget.attrs["max"] = pairs
            self.fields[f"size_{size.pk}"] = field

    def clean_weight(self) -> int | None:
        return _grams(self.cleaned_data["weight"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for size, pairs in self.ready:
            if (cleaned.get(f"size_{size.pk}") or 0) > pairs:
                self.add_error(
                    f"size_{size.pk}", _now("Only %(pairs)s pairs are ready.") % {"pairs": pairs}
                )
        if not self.errors and not self.contents:
            raise forms.ValidationError(_now("Put at least one pair into the carton."))
        return cleaned

    @property
    def lines(self) -> list[tuple[str, list[CartonRow]]]:
        """The sizes, under the model and colour to which they belong."""
        found: dict[int, tuple[str, list[CartonRow]]] = {}
        for size, pairs in self.ready:
            colourway = size.variant.colourway
            name = f"{colourway.product}, {colourway}"
            row = CartonRow(size, pairs, self[f"size_{size.pk}"])
            found.setdefault(size.line_id, (name, []))[1].append(row)
        return list(found.values())

    @property
    def contents(self) -> dict[LineSize, int]:
        found = {size: self.cleaned_data.get(f"size_{size.pk}") for size, _pairs in self.ready}
        return {size: pairs for size, pairs in found.items() if pairs}


class WeightForm(forms.Form):
    """What a package weighs, and its sides if they were measured: all three, or none."""

    weight = QuantityField(label=_("Weight in kg"))
    length = QuantityField(label=_("Length in cm"), required=False)
    width = QuantityField(label=_("Width in cm"), required=False)
    height = QuantityField(label=_("Height in cm"), required=False)

    def __init__(self, *args: Any, package: Package, **kwargs: Any) -> None:
        known = {"weight": package.grams} | {side: _thousandths(package, side) for side in SIDES}
        super().__init__(*args, **{"initial": known} | kwargs)

    def clean_weight(self) -> int | None:
        grams = _grams(self.cleaned_data["weight"])
        if grams is None:
            raise forms.ValidationError(_now("Type what it weighs, such as 9,4."))
        return grams

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        millimetres = {side: (cleaned[side] or 0) // 100 or None for side in SIDES}
        sides = millimetres.values()
        if any(sides) and not all(sides):
            raise forms.ValidationError(_now("Type all three sides, or none."))
        if any(side is not None and side > LONGEST for side in sides):
            raise forms.ValidationError(_now("A side is 300 cm at most."))
        return cleaned | millimetres


SIDES = ("length", "width", "height")
LONGEST = 3_000  # millimetre
HEAVIEST = 500_000  # gram


def _grams(thousandths_of_kg: int | None) -> int | None:
    if thousandths_of_kg is not None and thousandths_of_kg > HEAVIEST:
        raise forms.ValidationError(_now("A package weighs 500 kg at most."))
    return thousandths_of_kg or None


def _thousandths(package: Package, side: str) -> int | None:
    """Return a side of a package, in thousandths of a centimetre."""
    millimetres: int | None = getattr(package, side)
    return None if millimetres is None else millimetres * 100


class FillForm(forms.Form):
    pairs = forms.IntegerField(label=_("Pairs in a carton"), min_value=1, max_value=500, initial=10)


NUMBER = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 4})


class RouteForm(forms.Form):
    """A line of the table of routes."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("From where to where: Ciomas – Bandung.")
    )
    mode = forms.ChoiceField(label=_("How it travels"), choices=Shipment.Mode)
    area = forms.CharField(
        label=_("Area or city"),
        max_length=80,
        required=False,
        help_text=_("For buyers of this area it is proposed first."),
    )
    fee = RupiahField(label=_("For the shipment (Rp)"), required=False)
    package_fee = RupiahField(label=_("For each package (Rp)"), required=False)
    kg_fee = RupiahField(label=_("For each kg (Rp)"), required=False)
    divisor = forms.IntegerField(
        label=_("Volume of a kg, in cm³"),
        min_value=0,
        max_value=20_000,
        required=False,
        widget=NUMBER,
        help_text=_(
            "Where large and light packages count by volume: many expeditions take 6000, cargo"
            " often 5000. Empty: only the real weight counts."
        ),
    )
    grace = forms.IntegerField(
        label=_("Grams that are let pass"),
        min_value=0,
        max_value=999,
        required=False,
        widget=NUMBER,
        help_text=_("Above whole kg. With 300, 1.3 kg counts as 1 and 1.31 kg as 2."),
    )
    days = forms.IntegerField(
        label=_("Days on the way"), min_value=0, max_value=90, required=False, widget=NUMBER
    )

    def __init__(self, *args: Any, route: Route | None = None, **kwargs: Any) -> None:
        known = {name: getattr(route, name) for name in self.base_fields} if route else {}
        for empty in ("fee", "package_fee", "kg_fee", "divisor", "grace"):
            known[empty] = known.get(empty) or None
        super().__init__(*args, **{"initial": known} | kwargs)

    @property
    def facts(self) -> dict[str, Any]:
        """What the steps of a route take: an amount that was left empty is none."""
        said = self.cleaned_data.items()
        return {name: 0 if value is None and name != "days" else value for name, value in said}


class ShipmentForm(forms.Form):
    """How it travels, and which of the orders go along (`along`) that wait for the same door, each
    with how many packages (`standing`)."""

    along = forms.MultipleChoiceField(
        label=_("Take along"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("These wait for the same address: one way, one delivery note, one PIN."),
    )
    mode = forms.ChoiceField(label=_("How it travels"), choices=Shipment.Mode)
    route = forms.CharField(
        label=_("Route"),
        max_length=120,
        required=False,
        help_text=_("Couriers see it before they accept."),
    )
    fee = RupiahField(label=_("Fee of the courier"), required=False)
    days = forms.IntegerField(
        label=_("Days on the way"), min_value=0, max_value=90, required=False, widget=NUMBER
    )

    def __init__(self, *args: Any, along: Iterable[Order], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = {order.number: order for order in along}
        field = self.fields["along"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [(number, _waits(order)) for number, order in self.waiting.items()]
        if not self.waiting:
            del self.fields["along"]

    def clean_along(self) -> list[Order]:
        return [self.waiting[number] for number in self.cleaned_data["along"]]

    def clean_fee(self) -> int:
        fee: int | None = self.cleaned_data["fee"]
        return fee or 0


def _waits(order: Any) -> str:
    """Return `SO-2026-0012 · 3 packages`, and whether money must come first."""
    count = ngettext("%(num)s package", "%(num)s packages", order.standing) % {
        "num": order.standing
    }
    is_shut = not order.is_open(Gate.HAND_OVER)
    return " · ".join([order.number, count, *([_now("waits for money")] if is_shut else [])])


class RatesForm(forms.Form):
    """What carriers must know before they say a price; the packages are known."""

    postcode = forms.RegexField(
        label=_("Postcode of the receiver"),
        regex=r"^[1-9]\d{4}$",
        strip=True,
        widget=NUMBER,
        error_messages={"invalid": _("A postcode has five digits.")},
    )
    value = RupiahField(
        label=_("Declared value"),
        required=False,
        help_text=_("Carriers see it. It insures nothing by itself. Empty: nothing is declared."),
    )

    def clean_value(self) -> int:
        value: int | None = self.cleaned_data["value"]
        return value or 0


class TrackingNumberForm(forms.Form):
    """Who carries it and under which number, typed by hand."""

    carrier = forms.CharField(
        label=_("Carrier"),
        max_length=80,
        widget=forms.TextInput(attrs={"list": "carriers", "autocomplete": "off"}),
    )
    number = forms.CharField(
        label=_("Tracking number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=_("As it stands on the receipt. Empty where there is none."),
    )

    def clean_number(self) -> str:
        typed = str(self.cleaned_data["number"])
        number = tidy_number(typed)
        if typed and not number:
            raise forms.ValidationError(_now("6 to 30 letters and digits."))
        return number


HOURS = [
    (2, _("2 hours")),
    (6, _("6 hours")),
    (24, _("a day")),
    (72, _("3 days")),
]


MINUTES = [
    (15, _("15 minutes")),
    (30, _("30 minutes")),
    (60, _("an hour")),
    (120, _("2 hours")),
]
EVERYBODY = "all"


class CourierChoice(forms.ModelMultipleChoiceField[Party]):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Party) -> str:
        return " · ".join(filter(None, [obj.name, obj.vehicle, obj.area]))


class OfferForm(forms.Form):
    couriers = CourierChoice(label=_("Ask these couriers"), queryset=Party.objects.none())
    fee = RupiahField(label=_("Fee"), required=False)
    hours = forms.TypedChoiceField(
        label=_("Open for"), choices=HOURS, coerce=int, initial=HOURS[1][0]
    )
    then = forms.MultipleChoiceField(
        label=_("If none of them takes it, ask then"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "They are asked by themselves, at once when the last one of the first has passed."
        ),
    )
    minutes = forms.TypedChoiceField(
        label=_("At the latest after"),
        choices=MINUTES,
        coerce=int,
        initial=MINUTES[1][0],
        required=False,
        empty_value=cast(Any, MINUTES[1][0]),  # it is taken as it is
    )
    then_fee = RupiahField(
        label=_("Their fee"), required=False, help_text=_("Empty: the same fee.")
    )

    def __init__(self, *args: Any, shipment: Shipment, **kwargs: Any) -> None:
        kwargs = {"initial": {"fee": shipment.fee or None}} | kwargs
        super().__init__(*args, **kwargs)
        field = self.fields["couriers"]
        assert isinstance(field, CourierChoice)  # noqa: S101
        couriers = Party.objects.filter(workshop_id=shipment.workshop_id).couriers()
        field.queryset = couriers.order_by("name", "pk")
        self.others = {str(one.pk): one for one in field.queryset}
        then = self.fields["then"]
        assert isinstance(then, forms.MultipleChoiceField)  # noqa: S101
        named = [(key, field.label_from_instance(one)) for key, one in self.others.items()]
        then.choices = [(EVERYBODY, _now("all the others")), *named]

    @property
    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "couriers": list(said["couriers"]),
            "fee": said["fee"] or 0,
            "expires_at": clock.now() + timedelta(hours=said["hours"]),
            **self._then(),
        }

    def _then(self) -> dict[str, Any]:
        said = self.cleaned_data
        if not said["then"]:
            return {}
        is_everybody = EVERYBODY in said["then"]
        return {
            "then_at": clock.now() + timedelta(minutes=said["minutes"]),
            "then": [] if is_everybody else [self.others[key] for key in said["then"]],
            "then_fee": said["then_fee"],
        }


class CountForm(forms.Form):
    count = CountField(label=_("Packages counted"))


class DoorForm(forms.Form):
    """What is proved at the door, in either direction: by a PIN, a photo or a signature. What the
    workshop notes for a courier says on which day it was; `since` is the first that it can be."""

    pin = PinField()
    told_on = forms.DateField(
        label=_("On which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "The day that counts: for the promise, for the courier and on the buyer's page."
        ),
    )
    client_id = ClientIdField()

    unproved = _("Type the PIN that the receiver tells you, or take a photo.")

    def __init__(self, *args: Any, since: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.since = since
        if since is not None:
            self.initial.setdefault("told_on", clock.today())
        else:
            del self.fields["told_on"]

    def clean_pin(self) -> str:
        return "".join(self.cleaned_data["pin"].split())

    def clean_told_on(self) -> date | None:
        day: date | None = self.cleaned_data["told_on"]
        if day is not None and day > clock.today():
            raise forms.ValidationError(_now("That day is still to come."))
        if day is not None and self.since is not None and day < self.since:
            words = _now("It can have been on %(day)s at the earliest.")
            raise forms.ValidationError(words % {"day": day_long(self.since)})
        return day

    def clean(self) -> dict[str, Any]:
        """Demand a proof."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.is_proved(cleaned):
            self.add_error("pin", str(self.unproved))
        return cleaned

    def is_proved(self, said: dict[str, Any]) -> bool:
        return any(said.get(name) for name in ("pin", "photo", "signature"))


class DeliveryForm(DoorForm):
    """What is said where packages are delivered: who took them, how many, and the proof."""

    receiver = forms.CharField(label=_("Who received it"), max_length=80)
    count = CountField(label=_("Packages counted"))
    pin = PinField(label=_("PIN that the receiver tells you"))
    photo = PhotoField(label=_("Photo of the delivery"), required=False)
    signature = SignatureField(label=_("Signature of the receiver"))
    refused = forms.TypedMultipleChoiceField(
        label=_("Packages that are not taken"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They come back to the workshop."),
    )
    note = forms.CharField(
        label=_("What is damaged or missing"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    damage = PhotoField(label=_("Photo of the damage"), required=False)
    damage_more = PhotoField(label=_("One more photo"), required=False)
    place = forms.CharField(
        label=_("Where exactly"),
        max_length=120,
        required=False,
        help_text=_("If it is not at the door: with the guard, at the shop next door."),
    )
    collected = RupiahField(label=_("Collected, in rupiah"), required=False, max_length=20)
    cash_photo = PhotoField(label=_("Photo of the money"), required=False)

    def __init__(self, *args: Any, shipment: Shipment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.packages = _offer_to_refuse(self, shipment)
        self.collects = shipment.asked
        _ask_for_cash(self, self.collects)
        if not self.collects:
            del self.fields["cash_photo"]

    def clean_collected(self) -> int:
        return _within(self.collects, self.cleaned_data["collected"])

    @property
    def tells_damage(self) -> bool:
        """Tell whether what was typed or went wrong stands where damage is told."""
        told = ("refused", "note", "damage", "damage_more")
        return any(self.data.get(name) or self.errors.get(name) for name in told)

    @property
    def facts(self) -> dict[str, Any]:
        """What the step takes."""
        said = dict(self.cleaned_data)
        pictures = [said.pop(name) for name in ("damage", "damage_more")]
        return said | {
            "damage": [picture for picture in pictures if picture],
            "refused": [self.packages[pk] for pk in said.get("refused", ())],
        }


def _offer_to_refuse(form: forms.Form, shipment: Shipment) -> dict[int, Package]:
    """Let packages of the shipment be ticked as `refused`, where something else is left to be
    delivered; return them by their pk."""
    packages = {package.pk: package for package in shipment.packages.all()}
    field = form.fields["refused"]
    assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101
    field.choices = _package_choices(packages.values())
    if len(packages) < 2 or not shipment.is_out:
        del form.fields["refused"]
    return packages


def _ask_for_cash(form: forms.Form, asked: int) -> None:
    """Let what was `collected` be said where something was asked for."""
    if not asked:
        del form.fields["collected"]
        return
    field = form.fields["collected"]
    field.required = True
    field.help_text = _now("Asked for: %(amount)s. Nothing collected: type 0.") % {
        "amount": rupiah(asked)
    }


def _within(asked: int, amount: int | None) -> int:
    """Return what was collected, and refuse what is more than was asked for."""
    if (amount or 0) > asked:
        raise forms.ValidationError(_now("That is more than was asked for."))
    return amount or 0


def _package_choices(packages: Collection[Package]) -> list[tuple[int, str]]:
    """Return each with its words: `Package 2, 5 pairs`, with its order in front where there are
    several."""
    are_several = len({package.order_id for package in packages}) > 1
    return [
        (package.pk, (f"{package.order}: " if are_several else "") + _package_words(package))
        for package in packages
    ]


def _package_words(package: Package) -> str:
    name = _now("Package %(number)s") % {"number": package.number}
    pairs = ngettext("%(num)s pair", "%(num)s pairs", package.pairs) % {"num": package.pairs}
    return f"{name}, {pairs}"


class SignedPaperForm(forms.Form):
    """What stands on a delivery note that came back signed."""

    receiver = forms.CharField(label=_("Who signed it"), max_length=80)
    signed_on = forms.DateField(
        label=_("On which day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    count = CountField(label=_("Packages received, as it says"))
    refused = forms.TypedMultipleChoiceField(
        label=_("Packages that were not received"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They become a shipment of their own that was not delivered."),
    )
    note = forms.CharField(
        label=_("Remarks on it: what is damaged or missing"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Sales gets a ticket for it."),
    )
    photo = PhotoField(label=_("Photo of the paper"))
    collected = RupiahField(label=_("Collected, in rupiah"), required=False, max_length=20)

    def __init__(self, *args: Any, shipment: Shipment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.packages = _offer_to_refuse(self, shipment)
        self.collects, self.is_out = shipment.asked, shipment.is_out
        _ask_for_cash(self, self.collects if self.is_out else 0)

    def clean_collected(self) -> int:
        return _within(self.collects, self.cleaned_data["collected"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        taken = len(self.packages) - len(cleaned.get("refused", ()))
        if not self.errors and self.is_out and cleaned["count"] != taken:
            words = (
                _now("%(count)s packages left: tick below those that were not received.")
                if "refused" in self.fields
                else _now(
                    "One package left: if it was not received, choose “It was not delivered”."
                )
            )
            self.add_error("count", words % {"count": len(self.packages)})
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """What the step takes."""
        said = self.cleaned_data
        return said | {"refused": [self.packages[pk] for pk in said.get("refused", ())]}


class PaperCodeForm(forms.Form):
    """The code beside the square of a delivery note, or its number."""

    code = forms.CharField(
        label=_("Code or number of the delivery note"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class AttemptForm(forms.Form):
    """When it is tried again."""

    next_on = forms.DateField(
        label=_("Next attempt"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    next_part = forms.ChoiceField(label=_("Part of the day"), choices=Part, required=False)

    def clean_next_on(self) -> date | None:
        day: date | None = self.cleaned_data["next_on"]
        if day is not None and not clock.today() <= day <= clock.in_days(FURTHEST):
            raise forms.ValidationError(_now("Plan it for today or one of the next 30 days."))
        return day


class FetchForm(DoorForm):
    """What is said at the buyer's door when goods are fetched back: who gave them along, how many
    pairs, and the proof; the workshop may say that there is none."""

    giver = forms.CharField(label=_("Who gave them along"), max_length=80)
    count = CountField(label=_("Pairs counted"))
    pin = PinField(label=_("PIN that the buyer tells you"))
    photo = PhotoField(label=_("Photo of the goods"), required=False)
    signature = SignatureField(label=_("Signature of the buyer"))
    has_no_proof = forms.BooleanField(
        label=_("There is no proof, only the courier's word"),
        required=False,
        help_text=_("The buyer reads that, and can say that it was not so."),
    )
    note = forms.CharField(
        label=_("What you noticed"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    unproved = _("Type the PIN that the buyer tells you, or take a photo.")

    def __init__(self, *args: Any, since: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, since=since, **kwargs)
        if since is not None:
            self.unproved = _("Type the PIN, add a photo, or say that there is no proof.")
            self.fields["told_on"].help_text = _("Kept with the proof. The buyer reads it.")
        else:
            del self.fields["has_no_proof"]

    def clean_has_no_proof(self) -> bool:
        return bool(self.cleaned_data["has_no_proof"]) and not super().is_proved(self.cleaned_data)

    def is_proved(self, said: dict[str, Any]) -> bool:
        return super().is_proved(said) or bool(said.get("has_no_proof"))


class FailureForm(AttemptForm):
    """Why it failed, and when it is tried again if that is known already."""

    reason = forms.ChoiceField(label=_("Why"), choices=Reason, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What happened"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    client_id = ClientIdField()

    field_order = ["reason", "note", "next_on", "next_part", "client_id"]

    def __init__(self, *args: Any, is_fetching: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_fetching:  # nobody receives anything there
            field = self.fields["reason"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101
            field.choices = [one for one in Reason.choices if one[0] != Reason.REFUSED]
        self.fields["next_on"].required = False
        self.fields["next_on"].help_text = _now("If you know it already. The buyer is told.")


class SentFailureForm(FailureForm):
    """The same as a telephone sends it, maybe days later: a failure stays one, and a planned day that
    has passed meanwhile is planned no more."""

    def clean_next_on(self) -> date | None:
        day: date | None = self.cleaned_data["next_on"]
        self.is_late = day is not None and day < clock.today()
        return None if self.is_late else super().clean_next_on()
