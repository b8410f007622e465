"""What the steps of an order need to be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Product, Unit
from simpul.lib import clock, phones
from simpul.orders.grid import UNITS, Grid, Pairs, pairs_of
from simpul.orders.models import BelowMinimum, Order, check_wishes
from simpul.parties.models import Address, Party
from simpul.ui.fields import SpotField

ELSEWHERE = "new"


class PlainForm(forms.Form):
    """A step that needs to be told nothing but yes."""


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class WithdrawalForm(ReasonForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


class AcceptanceForm(forms.Form):
    """Names the revision that was read, so that no other one is accepted."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class GridForm(forms.Form):
    """A form with the grid of pairs; `cleaned_data["wishes"]` is what was filled in.

    `names_prices`: the form asks for prices itself, so a model without one needs no quotation.
    """

    names_prices = False

    unit = forms.TypedChoiceField(
        label=_("I count in"),
        choices=UNITS,
        coerce=int,
        required=False,
        initial=Unit.PAIR.value,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        buyer: Party,
        products: Iterable[Product],
        pairs: Pairs | None = None,
        initial: dict[str, Any] | None = None,
        typed: Mapping[str, Any] | None = None,
    ) -> None:
        """Take `typed` instead of `data` where nothing is asked yet: another model is added."""
        super().__init__(data, initial=dict(typed.items()) if typed is not None else initial)
        self.buyer = buyer
        self.grid = Grid.of(products, buyer, clock.today())
        if (filled := data if data is not None else typed) is not None:
            self.grid.fill(filled, self._unit_typed(filled))
        elif pairs:
            self.grid.propose(pairs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned.pop("unit", None)
        cleaned["wishes"] = self.grid.wishes
        for text in self.grid.errors or self._what_is_missing():
            self.add_error(None, text)
        return cleaned

    def _what_is_missing(self) -> list[str]:
        try:
            check_wishes(self.grid.wishes, self.buyer)
        except BelowMinimum as reason:
            return [str(reason)]
        return []

    @staticmethod
    def _unit_typed(data: Mapping[str, Any]) -> int:
        typed = str(data.get("unit", ""))
        return int(typed) if typed in {str(unit) for unit, _label in UNITS} else Unit.PAIR.value


class OrderForm(GridForm):
    """All that `Order.place` needs: pairs, where to, when, and remarks."""

    channel = forms.ChoiceField(label=_("How it came"), choices=Order.Channel.choices[1:])
    place = forms.ChoiceField(label=_("Send to"), widget=forms.RadioSelect)
    receiver = forms.CharField(label=_("Receiver"), max_length=80, required=False)
    telephone = forms.CharField(
        label=_("Telephone of the receiver"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    street = forms.CharField(label=_("Street, hamlet, RT/RW"), max_length=160, required=False)
    area = forms.CharField(label=_("Village, district and regency"), max_length=160, required=False)
    postcode = forms.RegexField(r"^\d{5}$", label=_("Postal code"), required=False)
    landmark = forms.CharField(
        label=_("Landmark"),
        max_length=120,
        required=False,
        help_text=_("What a courier looks for: beside the mosque, the blue gate."),
    )
    spot = SpotField()
    wished_on = forms.DateField(
        label=_("When you need it"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    remarks = forms.CharField(
        label=_("Remarks"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    in_buyers_name = forms.BooleanField(
        label=_("Send it in the buyer's name"),
        required=False,
        help_text=_(
            "Straight to a customer of his: the delivery note, the labels and the tracking page"
            " name the distributor as the sender, without prices."
        ),
    )

    PARTS = ("receiver", "telephone", "street", "area", "postcode", "landmark", "spot")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        buyer: Party,
        products: Iterable[Product],
        by_staff: bool = False,
        pairs: Pairs | None = None,
        initial: dict[str, Any] | None = None,
        typed: Mapping[str, Any] | None = None,
        goes_to: Party | None = None,
    ) -> None:
        """With `goes_to` the addresses are those of another party, a dealer of the buyer's."""
        super().__init__(
            data, buyer=buyer, products=products, pairs=pairs, initial=initial, typed=typed
        )
        if by_staff:
            self.fields["wished_on"].label = _("When it is needed")
        else:
            del self.fields["channel"]
            self.fields["in_buyers_name"].label = _("Send it in my name")
            self.fields["in_buyers_name"].help_text = _(
                "Straight to your customer: the delivery note, the labels and the tracking page"
                " name you as the sender, without prices and without the workshop."
            )
        if not buyer.sends_in_own_name:
            del self.fields["in_buyers_name"]
        elif goes_to:
            self.fields["in_buyers_name"].initial = True
        theirs = (goes_to or buyer).addresses.order_by("pk")
        self.addresses = {str(one.pk): one for one in theirs}
        choices = [(pk, _in_one_line(one)) for pk, one in self.addresses.items()]
        self.fields["place"] = forms.ChoiceField(
            label=_("Send to"),
            choices=[*choices, (ELSEWHERE, _("Another address"))],
            initial=choices[0][0] if choices else ELSEWHERE,
            widget=forms.RadioSelect if choices else forms.HiddenInput,
        )

    @property
    def has_addresses(self) -> bool:
        return bool(self.addresses)

    @property
    def parts(self) -> list[forms.BoundField]:
        """The fields of another address."""
        return [self[name] for name in self.PARTS]

    def clean_wished_on(self) -> date | None:
        day: date | None = self.cleaned_data["wished_on"]
        if day is not None and day <= clock.today():
            raise forms.ValidationError(_now("This day is over: choose a later one, or none."))
        return day

    def clean_telephone(self) -> str:
        return _e164(self.cleaned_data["telephone"])

    def clean(self) -> dict[str, Any]:
        """Turn the place, or the parts of another address, into what is written on the order."""
        cleaned = super().clean()
        if "place" in self.errors:
            return cleaned
        typed = {name: cleaned.pop(name, "") for name in self.PARTS}
        place = self.addresses.get(cleaned.pop("place", ""))
        if place is None:
            for name in ("receiver", "street", "area"):
                if not typed[name] and name not in self.errors:
                    self.add_error(name, _now("Needed to deliver."))
            place = Address(**typed)
        cleaned["receiver"] = place.receiver
        cleaned["telephone"] = place.telephone
        cleaned["address"] = place.in_one_text
        cleaned["spot"] = place.spot
        return cleaned


class CounterForm(GridForm):
    """What a buyer wants otherwise than the offer says."""

    promised_on = forms.DateField(
        label=_("When you need it"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=_("A word to the workshop"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        order: Order,
        products: Iterable[Product],
    ) -> None:
        super().__init__(
            data,
            buyer=order.buyer,
            products=products,
            pairs=pairs_of(order),
            initial={"promised_on": order.current.promised_on},
        )
        self.grid.keep_prices(
            {
                line.line.colourway.product_id: line.unit_price
                for line in order.current.lines.all()
                if line.unit_price is not None
            }
        )

    def clean_promised_on(self) -> date:
        day: date = self.cleaned_data["promised_on"]
        if day <= clock.today():
            raise forms.ValidationError(_now("This day is over: choose a later one."))
        return day


class AmendmentWishForm(CounterForm):
    """What a buyer wants otherwise than agreed; the agreed day may stay what it is."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        order: Order,
        products: Iterable[Product],
    ) -> None:
        super().__init__(data, order=order, products=products)
        self.agreed_on = order.current.promised_on
        self.agreed = [line.wish for line in order.current.lines.all()]

    def clean(self) -> dict[str, Any]:
        """Keep the agreed pairs of what is not made any more: the grid has no cells for them."""
        cleaned = super().clean()
        shown = {
            (row.colourway.pk, cell.size)
            for _table, row in self.grid.rows
            for cell in row.cells
            if cell.is_made
        }
        wishes = {wish.colourway.pk: wish for wish in cleaned["wishes"]}
        for wish in self.agreed:
            kept = {
                size: pairs
                for size, pairs in wish.sizes.items()
                if (wish.colourway.pk, size) not in shown
            }
            if kept:
                mine = wishes.get(wish.colourway.pk, replace(wish, sizes={}))
                wishes[wish.colourway.pk] = replace(mine, sizes=mine.sizes | kept)
        cleaned["wishes"] = list(wishes.values())
        return cleaned

    def clean_promised_on(self) -> date:
        day: date = self.cleaned_data["promised_on"]
        return day if day == self.agreed_on else super().clean_promised_on()


def _in_one_line(address: Address) -> str:
    return ", ".join([address.receiver, *address.in_one_text.splitlines()])


def _e164(typed: str) -> str:
    if not typed:
        return ""
    try:
        return phones.normalise(typed)
    except phones.NotATelephone as reason:
        raise forms.ValidationError(str(reason)) from reason
