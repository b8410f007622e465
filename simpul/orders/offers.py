"""The forms in which sales offers or changes: the lines as they stand, with prices, terms and a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from simpul.catalog.models import Price, Tier, Unit
from simpul.lib import clock
from simpul.orders.models import Gate, LineWish, Order, PlannedInstalment, proposed_plan
from simpul.orders.models.instalment import Kind
from simpul.orders.models.revision import RevisionLine
from simpul.ui.fields import RupiahField
from simpul.ui.jinja import day

MOST_RUPIAH = 10**15  # of one order; more is a slip of the finger


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A line of the form: what was asked, and the fields to change it."""

    asked: RevisionLine
    sizes: list[tuple[str, forms.BoundField]]
    price: forms.BoundField
    per: forms.BoundField


class LinesForm(forms.Form):
    """The lines of an order to be changed, with what stands below them."""

    shipping = RupiahField(label=_("Shipping"), required=False)
    discount = RupiahField(label=_("Discount"), required=False)
    promised_on = forms.DateField(
        label=_("Promised for"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(
        label=_("A word to the buyer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    TERMS: tuple[str, ...] = ("shipping", "discount", "promised_on")

    def __init__(self, data: Any = None, *, order: Order) -> None:
        self.order = order
        self.revision = order.current
        self.lines = sorted(self.revision.lines.all(), key=lambda line: line.position)
        prefetch_related_objects(
            self.lines, "line__colourway__variants", "line__colourway__product__prices"
        )
        super().__init__(data, initial=self._proposal())
        for line in self.lines:
            self._add(line)

    @property
    def rows(self) -> list[OfferRow]:
        return [
            OfferRow(
                line,
                [(size, self[f"pairs-{line.pk}-{size}"]) for size in self._sizes(line)],
                self[f"price-{line.pk}"],
                self[f"per-{line.pk}"],
            )
            for line in self.lines
        ]

    @property
    def terms(self) -> list[forms.BoundField]:
        return [self[name] for name in self.TERMS]

    def clean(self) -> dict[str, Any]:
        """Return the wishes with the terms, and their total."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned["promised_on"] < clock.today() and "promised_on" in self.changed_data:
            self.add_error("promised_on", _now("This day is over."))
        wishes = [wish for line in self.lines if (wish := self._wish(line, cleaned)) is not None]
        if not wishes:
            self.add_error(None, _now("There are no pairs: leave at least one line."))
        shipping, discount = cleaned["shipping"] or 0, cleaned["discount"] or 0
        total = sum(wish.amount for wish in wishes) + shipping - discount
        if total <= 0:
            self.add_error("discount", _now("The discount is larger than the order."))
        elif total > MOST_RUPIAH:
            self.add_error(
                None, _now("This is more money than an order can cost: look at the prices.")
            )
        if self.errors:
            return cleaned
        return {name: cleaned[name] for name in self.base_fields} | {
            "wishes": wishes,
            "shipping": shipping,
            "discount": discount,
            "total": total,
        }

    def _proposal(self) -> dict[str, Any]:
        revision = self.revision
        return {
            "shipping": revision.shipping or "",
            "discount": revision.discount or "",
            "promised_on": revision.promised_on,
        }

    def _add(self, line: RevisionLine) -> None:
        price = line.wish.price or self._listed(line)
        for size in self._sizes(line):
            self.fields[f"pairs-{line.pk}-{size}"] = forms.IntegerField(
                label=size,
                required=False,
                min_value=0,
                max_value=9_999,
                initial=line.sizes.get(size),
            )
        self.fields[f"price-{line.pk}"] = RupiahField(
            label=_("Price"), initial=price.amount if price else ""
        )
        self.fields[f"per-{line.pk}"] = forms.TypedChoiceField(
            label=_("For each"),
            choices=Unit.choices,
            coerce=int,
            initial=price.per if price else Unit.PAIR,
        )

    def _listed(self, line: RevisionLine) -> Price | None:
        product = line.line.colourway.product
        return product.price_in(Tier.of(self.order.buyer), line.pairs, clock.today())

    @staticmethod
    def _sizes(line: RevisionLine) -> list[str]:
        offered = {one.size for one in line.line.colourway.variants.all() if one.is_offered}
        return sorted(offered | set(line.sizes), key=int)

    def _wish(self, line: RevisionLine, cleaned: dict[str, Any]) -> LineWish | None:
        pairs = {size: cleaned[f"pairs-{line.pk}-{size}"] for size in self._sizes(line)}
        sizes = {size: count for size, count in pairs.items() if count}
        if not sizes:
            return None
        price = Price(cleaned[f"price-{line.pk}"], cleaned[f"per-{line.pk}"])
        return LineWish(line.line.colourway, sizes, price)


class OfferForm(LinesForm):
    """An offer: other lines, and terms of its own."""

    down_payment = RupiahField(
        label=_("Down payment"), help_text=_("Before material is bought. Empty: none.")
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
    settle_on = forms.DateField(
        label=_("The rest by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    valid_until = forms.DateField(
        label=_("Offer valid until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    TERMS = (
        "shipping",
        "discount",
        "promised_on",
        "down_payment",
        "settle",
        "settle_on",
        "valid_until",
    )

    def __init__(self, data: Any = None, *, order: Order, discount: int = 0) -> None:
        """Propose to take `discount` off, in rupiah."""
        self.proposed_discount = discount
        super().__init__(data, order=order)
        self.fields["down_payment"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        today = clock.today()
        if cleaned["promised_on"] < today:
            self.add_error("promised_on", _now("This day is over."))
        if cleaned["valid_until"] < today:
            self.add_error("valid_until", _now("This day is over."))
        total, first = cleaned["total"], cleaned["down_payment"] or 0
        if first > total:
            self.add_error("down_payment", _now("This is more than the total."))
        if self.errors:
            return cleaned
        return {
            "plan": _plan(total, first, cleaned["settle"], cleaned["settle_on"]),
            **{
                name: cleaned[name]
                for name in (
                    "wishes", "promised_on", "valid_until", "shipping", "discount", "note",
                )
            },
        }  # fmt: skip

    def _proposal(self) -> dict[str, Any]:
        """Propose what the list, the recipe for terms and the calendar would say."""
        order, revision, today = self.order, self.revision, clock.today()
        promised_on = max(revision.promised_on, today)
        total = sum(
            (line.wish.price or self._listed(line) or Price(0, 1)).of(line.pairs)
            for line in self.lines
        )
        plan = revision.instalments or (
            proposed_plan(total, order.buyer, promised_on) if total else []
        )
        first = plan[0] if plan and plan[0].gate == Gate.PROCUREMENT else None
        return super()._proposal() | {
            "discount": self.proposed_discount or "",
            "promised_on": promised_on,
            "down_payment": first.amount if first else "",
            "settle": Gate.HAND_OVER,
            "settle_on": promised_on,
            "valid_until": today + timedelta(days=order.workshop.offer_days),
        }


class AmendmentForm(LinesForm):
    """What sales proposes to be otherwise in an agreed order; its terms follow by themselves."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.pop("total", None)  # it follows, too
        return cleaned


class DelayForm(forms.Form):
    """A new day for an agreed order, and what is written to the buyer about it."""

    promised_on = forms.DateField(
        label=_("New day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(
        label=_("What the buyer reads"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 7}),
    )

    def __init__(self, data: Any = None, *, order: Order, ready_on: date | None) -> None:
        self.order, self.agreed_on = order, order.current.promised_on
        reader = order.buyer.people.order_by("pk").first()
        self.language = reader.language if reader else "id"
        self.ready_on = ready_on or self.agreed_on
        super().__init__(data, initial={"promised_on": self.ready_on})

    def draft(self, hints: list[str]) -> None:
        """Write the message, in the language of whoever reads it; so are the hints."""
        order = self.order
        ready = sum(size.made for line in order.lines.all() for size in line.sizes.all())
        with override(self.language):
            words = [
                _now("Order %(order)s will be ready on %(day)s, not on %(promised)s. We are sorry.")
                % {
                    "order": order.number,
                    "day": day(self.ready_on),
                    "promised": day(self.agreed_on),
                },
                *hints,
            ]
            if ready:
                text = ngettext(
                    "%(n)s pair is ready and could be sent first.",
                    "%(n)s pairs are ready and could be sent first.",
                    ready,
                )
                words.append(text % {"n": ready})
            words.append(
                _now(
                    "You can agree to the new day, have what is ready sent first, or change the order."
                )
            )
        self.initial["note"] = " ".join(words)

    def clean_promised_on(self) -> date:
        found: date = self.cleaned_data["promised_on"]
        if found < clock.today():
            raise forms.ValidationError(_now("This day is over."))
        return found


def _plan(total: int, first: int, settle: int, settle_on: date) -> list[PlannedInstalment]:
    if first == total:
        return [PlannedInstalment(Kind.FULL, total, Gate.PROCUREMENT)]
    rest = PlannedInstalment(Kind.SETTLEMENT, total - first, settle, settle_on)
    return (
        [PlannedInstalment(Kind.DOWN_PAYMENT, first, Gate.PROCUREMENT), rest] if first else [rest]
    )
