"""What a customer's ticket is told: its kind, its words, and which pairs of an order it is about."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.forms import MessageForm
from simpul.conversations.models import LONGEST_MESSAGE, Channel, Ticket, TicketQuerySet
from simpul.crm.models import MOST_HOURS, Goal, Service
from simpul.orders.models import Order, OrderQuerySet
from simpul.orders.sheets import Sheet
from simpul.ui.jinja import day_short, rupiah

KINDS = [
    (Ticket.Kind.QUESTION, _("I have a question")),
    (Ticket.Kind.COMPLAINT, _("Something is wrong")),
    (Ticket.Kind.WARRANTY, _("Something broke: warranty")),
    (Ticket.Kind.RETURN, _("I want to send something back")),
]
OUR_KINDS = [(one.value, one.label) for one in Ticket.OF_CUSTOMERS]


class PairsForm(forms.Form):
    """How many pairs of each size of an order it is about; none where the order is as a whole."""

    def __init__(self, *args: Any, order: Order | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        self.sheets: list[Sheet] = list(order.current.sheets) if order else []
        for sheet in self.sheets:
            for line in sheet.lines:
                for size, pairs in line.sizes.items():
                    self.fields[_cell(line.line_id, size)] = forms.IntegerField(
                        label=_now("size %(size)s") % {"size": size},
                        required=False,
                        min_value=0,
                        max_value=pairs,
                        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                    )

    @property
    def facts(self) -> dict[str, Any]:
        """Return the order and its pairs as the ticket keeps them; nothing without an order."""
        if self.order is None:
            return {}
        chosen = []
        for sheet in self.sheets:
            for line in sheet.lines:
                sizes = {size: self._pairs(line.line_id, size) for size in line.sizes}
                if wanted := {size: pairs for size, pairs in sizes.items() if pairs}:
                    chosen.append({"line": line.line_id, "sizes": wanted})
        return {"order": self.order.number, "pairs": chosen}

    def _pairs(self, line: int, size: str) -> int:
        return self.cleaned_data.get(_cell(line, size)) or 0


class AskForm(PairsForm, MessageForm):
    """What a customer asks or complains of, with photos."""

    kind = forms.ChoiceField(label=_("What is it about?"), choices=KINDS, widget=forms.RadioSelect)
    field_order = ("kind", "body", "attached")

    @property
    def ticket(self) -> dict[str, Any]:
        """What the step is told."""
        told = {name: self.cleaned_data[name] for name in ("kind", "body", "attached")}
        return {**told, "facts": self.facts}


class NotedForm(PairsForm):
    """What a customer said on the telephone or at a visit, noted by staff."""

    kind = forms.ChoiceField(label=_("Kind"), choices=OUR_KINDS, widget=forms.RadioSelect)
    channel = forms.ChoiceField(
        label=_("Said"),
        choices=[(Channel.PHONE, _("by telephone")), (Channel.VISIT, _("at a visit"))],
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
    )
    body = forms.CharField(
        label=_("What was said"),
        max_length=LONGEST_MESSAGE,
        help_text=_("The customer can read it. The first line is the title."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_urgent = forms.BooleanField(label=_("Urgent: before the others"), required=False)
    field_order = ("kind", "channel", "body", "is_urgent")

    @property
    def ticket(self) -> dict[str, Any]:
        """What the step is told."""
        names = ("kind", "channel", "body", "is_urgent")
        return {**{name: self.cleaned_data[name] for name in names}, "facts": self.facts}


class MakeTicketForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=OUR_KINDS, widget=forms.RadioSelect)


class RankForm(MakeTicketForm):
    is_urgent = forms.BooleanField(label=_("Urgent: before the others"), required=False)


class _TicketChoice(forms.ModelChoiceField[Ticket]):
    def label_from_instance(self, obj: Ticket) -> str:
        return f"{obj.number} · {obj.title}"


class MergeForm(forms.Form):
    """The other ticket, with which it is answered."""

    into = _TicketChoice(
        Ticket.objects.none(), label=_("Answer it with"), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, others: TicketQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = others


class ReplacingField(forms.ModelChoiceField[Order]):
    """An order by its number, its day and what it is worth."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} · {day_short(obj.placed_at)} · {rupiah(obj.total)}"


class ReplacementForm(forms.Form):
    """The order that makes a ticket good."""

    order = ReplacingField(
        Order.objects.none(), label=_("Order"), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, orders: OrderQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["order"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = orders


class ServiceForm(forms.Form):
    """When customers are answered, and within how many hours of work."""

    opens = forms.TimeField(
        label=_("Customers are answered from"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("On the days on which the workshop works."),
    )
    closes = forms.TimeField(
        label=_("Until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, data: Any = None, *, service: Service) -> None:
        goals = service.goals()
        super().__init__(data, initial={"opens": service.opens, "closes": service.closes})
        self.kinds = [Ticket.Kind(kind) for kind in goals]
        for kind in self.kinds:
            for name, label in (("answer", _("answered")), ("solve", _("solved"))):
                self.fields[f"{kind}-{name}"] = forms.IntegerField(
                    label=label,
                    min_value=1,
                    max_value=MOST_HOURS,
                    initial=getattr(goals[kind], name),
                    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                )

    @property
    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """The kinds, each with its fields for the answer and for the solution."""
        return [
            (capfirst(str(kind.label)), self[f"{kind}-answer"], self[f"{kind}-solve"])
            for kind in self.kinds
        ]

    def clean(self) -> dict[str, Any]:
        """Gather the goals of the kinds."""
        facts = super().clean() or self.cleaned_data
        if self.errors:
            return facts
        goals = {
            kind.value: Goal(facts[f"{kind}-answer"], facts[f"{kind}-solve"]) for kind in self.kinds
        }
        told = {"opens": facts["opens"], "closes": facts["closes"], "goals": goals}
        if told["opens"] >= told["closes"]:
            self.add_error("closes", _now("Later than they begin, please."))
        for kind, goal in goals.items():
            if goal.answer > goal.solve:
                self.add_error(f"{kind}-solve", _now("Not before the answer, please."))
        return told


class SolutionForm(forms.Form):
    """What became of what a customer asked or complained of."""

    how = forms.ChoiceField(
        label=_("How it ended"),
        choices=[(one.value, one.label) for one in Ticket.HOW_SOLVED],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("In your own words, for the customer"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _cell(line: int, size: str) -> str:
    return f"pairs-{line}-{size}"
