"""The forms of a quotation: what sales offers, and what the prospect answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Price, Product, Tier, Unit
from simpul.crm.models import Lead, QuotationRevision, Terms
from simpul.lib import clock, phones
from simpul.orders.forms import GridForm
from simpul.orders.grid import Pairs
from simpul.orders.models import BelowMinimum, Gate, LineWish, check_wishes
from simpul.orders.offers import MOST_RUPIAH
from simpul.parties.models import Address
from simpul.ui.fields import RupiahField
from simpul.ui.jinja import rupiah

MOST_SAMPLES = 12  # pairs


class QuotationForm(GridForm):
    """Pairs by size, a price for each model, and terms; `cleaned_data` is what `send` needs."""

    names_prices = True

    valid_until = forms.DateField(
        label=_("Offer valid until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ready_days = forms.IntegerField(
        label=_("Ready so many days after it is accepted"), min_value=1, max_value=365
    )
    shipping = RupiahField(label=_("Shipping"), required=False)
    discount = RupiahField(label=_("Discount"), required=False)
    down_payment = RupiahField(
        label=_("Down payment"),
        required=False,
        help_text=_("Before material is bought. Empty: the share that the workshop proposes."),
    )
    settle = forms.TypedChoiceField(
        label=_("The rest is paid"),
        coerce=int,
        choices=[
            (Gate.HAND_OVER, _("before handing over")),
            (Gate.COURIER, _("on delivery, to the courier")),
            (Gate.NONE, _("on credit")),
        ],
    )
    note = forms.CharField(
        label=_("A word to the buyer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    TERMS = ("valid_until", "ready_days", "shipping", "discount", "down_payment", "settle", "note")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        lead: Lead,
        products: Iterable[Product],
        revision: QuotationRevision | None = None,
        pairs: Pairs | None = None,
    ) -> None:
        """`pairs` are filled in where nothing was offered before."""
        self.workshop = lead.workshop
        products = list(products)
        super().__init__(
            data,
            buyer=lead.party,
            products=products,
            pairs=_pairs_of(revision) if revision else pairs,
            initial=self._proposal(products, revision),
        )
        lines = revision.lines.all() if revision else ()
        self.offered = {line.colourway.product_id: line.unit_price for line in lines}
        for product in products:
            listed = self._listed(product, product.minimum_pairs)
            offered = self.offered.get(product.pk)
            self.fields[f"price-{product.pk}"] = RupiahField(
                label=f"{product.code} {product} (Rp/{Unit(self._per(product)).label})",
                required=False,
                initial=offered.amount if offered else "",
                help_text=_now("By the list %(price)s") % {"price": _in_words(listed)}
                if listed
                else "",
            )

    @property
    def terms(self) -> list[forms.BoundField]:
        return [self[name] for name in self.TERMS]

    @property
    def prices(self) -> list[forms.BoundField]:
        """A price for each model; an empty one is the list's."""
        return [self[name] for name in self.fields if name.startswith("price-")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.buyer.buys_as:
            self.add_error(None, _now("Say first what they buy as."))
        if self.errors:
            return cleaned
        wishes = [self._priced(wish, cleaned) for wish in cleaned["wishes"]]
        shipping, discount = cleaned["shipping"] or 0, cleaned["discount"] or 0
        total = sum(wish.amount for wish in wishes) + shipping - discount
        down_payment = cleaned["down_payment"]
        if down_payment is None:
            share = total * self.workshop.down_payment_percent / 100
            down_payment = round(share / 1000) * 1000
        for wish in wishes:
            if wish.price is None:
                name = f"price-{wish.colourway.product_id}"
                self.add_error(name, _now("The list has no price for this: name one."))
        if cleaned["valid_until"] < clock.today():
            self.add_error("valid_until", _now("This day is over."))
        if total <= 0:
            self.add_error("discount", _now("The discount is larger than the order."))
        elif total > MOST_RUPIAH:
            self.add_error(
                None, _now("This is more money than an order can cost: look at the prices.")
            )
        elif down_payment > total:
            self.add_error("down_payment", _now("This is more than the total."))
        if self.errors:
            return cleaned
        terms = Terms(
            valid_until=cleaned["valid_until"],
            ready_days=cleaned["ready_days"],
            down_payment=down_payment,
            settle=cleaned["settle"],
            shipping=shipping,
            discount=discount,
            note=cleaned["note"],
        )
        return {"wishes": wishes, "terms": terms}

    def _proposal(
        self, products: list[Product], revision: QuotationRevision | None
    ) -> dict[str, Any]:
        fresh = clock.today() + timedelta(days=self.workshop.offer_days)
        if revision is None:
            days = max((product.lead_days for product in products), default=14)
            return {"valid_until": fresh, "ready_days": days}
        return {
            "valid_until": max(revision.valid_until, fresh),
            "ready_days": revision.ready_days,
            "shipping": revision.shipping or "",
            "discount": revision.discount or "",
            "down_payment": revision.down_payment,
            "settle": revision.settle,
            "note": revision.note,
        }

    def _priced(self, wish: LineWish, cleaned: dict[str, Any]) -> LineWish:
        product = wish.colourway.product
        typed = cleaned.get(f"price-{product.pk}")
        if typed is not None:
            return replace(wish, price=Price(typed, self._per(product)))
        pairs = sum(
            one.pairs for one in cleaned["wishes"] if one.colourway.product_id == product.pk
        )
        return replace(wish, price=self._listed(product, pairs))

    def _per(self, product: Product) -> int:
        """Return for how many pairs a typed price is, as its label says: as it was offered before,
        or as the list counts."""
        if product.pk in self.offered:
            return self.offered[product.pk].per
        listed = self._listed(product, product.minimum_pairs)
        return listed.per if listed else 1

    def _listed(self, product: Product, pairs: int) -> Price | None:
        """Return the list's price for what they would buy as, welcome or not."""
        return product.price_in(Tier.of(self.buyer), pairs, clock.today())


class WhereForm(forms.Form):
    """Where goods for a prospect go."""

    receiver = forms.CharField(label=_("Receiver"), max_length=80)
    telephone = forms.CharField(
        label=_("Telephone of the receiver"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    street = forms.CharField(label=_("Street, hamlet, RT/RW"), max_length=160)
    area = forms.CharField(label=_("Village, district and regency"), max_length=160)
    postcode = forms.RegexField(r"^\d{5}$", label=_("Postal code"), required=False)
    landmark = forms.CharField(label=_("Landmark"), max_length=120, required=False)

    PLACE = ("street", "area", "postcode", "landmark")

    @classmethod
    def proposal(cls, lead: Lead) -> dict[str, Any]:
        """Return what is known already of where goods would go."""
        known = lead.party.addresses.order_by("pk").first()
        if known is None:
            return {"receiver": lead.person.name, "area": lead.party.area}
        place = {name: getattr(known, name) for name in cls.PLACE}
        telephone = phones.national(known.telephone) if known.telephone else ""
        return {"receiver": known.receiver, "telephone": telephone, **place}

    def clean_telephone(self) -> str:
        typed: str = self.cleaned_data["telephone"]
        if not typed:
            return ""
        try:
            return phones.normalise(typed)
        except phones.NotATelephone as reason:
            raise forms.ValidationError(str(reason)) from reason

    def clean(self) -> dict[str, Any]:
        """Turn the parts of the place into what is written on the order."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        place = {name: cleaned.pop(name, "") for name in self.PLACE}
        if not self.errors:
            cleaned["address"] = Address(**place).in_one_text
        return cleaned


class QuotationAcceptanceForm(WhereForm):
    """Names the revision that was read, and says where the goods go."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class SampleForm(GridForm):
    """A few pairs to look at, and what a pair costs; `cleaned_data` has the priced wishes."""

    names_prices = True

    price = RupiahField(
        label=_("What a pair costs"), required=False, help_text=_("Empty: the sample is free.")
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        lead: Lead,
        products: Iterable[Product],
        revision: QuotationRevision | None = None,
    ) -> None:
        """Of what was offered in `revision` one pair of the first size of each line is proposed."""
        pairs = None
        if revision is not None:
            pairs = {
                (line.colourway_id, min(line.sizes)): 1
                for line in revision.lines.all()
                if line.sizes
            }
        super().__init__(data, buyer=lead.party, products=products, pairs=pairs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        price = Price(cleaned["price"] or 0, Unit.PAIR)
        wishes = [replace(wish, price=price) for wish in cleaned["wishes"]]
        pairs = sum(wish.pairs for wish in wishes)
        if pairs > MOST_SAMPLES:
            said = _now("A sample is at most %(most)s pairs; more is an order.")
            self.add_error(None, said % {"most": MOST_SAMPLES})
        elif price.amount * pairs > MOST_RUPIAH:
            self.add_error("price", _now("This is more money than an order can cost."))
        return {"wishes": wishes}

    def _what_is_missing(self) -> list[str]:
        """A single pair is enough."""
        try:
            check_wishes(self.grid.wishes)
        except BelowMinimum as reason:
            return [str(reason)]
        return []


class QuotationDeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("What should be otherwise?"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _in_words(price: Price) -> str:
    return f"{rupiah(price.amount)}/{price.unit}"


def _pairs_of(revision: QuotationRevision) -> dict[tuple[int, str], int]:
    return {
        (line.colourway_id, size): pairs
        for line in revision.lines.all()
        for size, pairs in line.sizes.items()
    }
