"""The nota kredit and the nota pengembalian dana: what is frozen on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import override

from simpul.lib import clock, money
from simpul.papers import issuing
from simpul.papers.models import LANGUAGE, Draft, Paper
from simpul.parties.models import Person
from simpul.parties.roles import Role
from simpul.ui.jinja import day, rupiah

if TYPE_CHECKING:
    from simpul.payments.models.credit import CreditNote
    from simpul.payments.models.refund import Refund

TEMPLATE = "payments/papers/note.typ"


class NoteWords(TypedDict):
    title: str
    check: str


class Signature(TypedDict):
    label: str
    name: str
    role: str


class NoteFacts(TypedDict):
    """Half a sheet: to whom, how much, in words, why, and who signs."""

    words: NoteWords
    rows: list[tuple[str, list[str]]]  # name, and the lines of its value
    in_words: tuple[str, str]  # its name, and the sum in words
    amount: str
    place_and_day: str
    signatures: list[Signature]


def issue_credit(note: CreditNote, *, by: Person) -> Paper:
    """Issue the nota kredit; called by the step that makes it."""
    with override(LANGUAGE):
        rows = [(_("For"), [note.party.name])]
        if note.order is not None:
            rows.append((_("Order"), [note.order.number]))
        rows.append((_("Reason"), [note.get_kind_display().capitalize(), note.note]))
        facts = _facts(_("Credit note"), rows, note.amount, [_us(by)], by)
    order = [note.order] if note.order is not None else []
    return _issue(Paper.Kind.CREDIT_NOTE, note, facts, by, number=note.number, mentions=order)


def issue_refund(refund: Refund, *, by: Person) -> Paper:
    """Issue the nota pengembalian dana; called by the step that sends the money."""
    with override(LANGUAGE):
        rows = [(_("Returned to"), [refund.party.name])]
        if refund.is_cash:
            rows.append((_("How"), [_("in cash")]))
        else:
            to = " ".join(filter(None, [refund.bank, refund.number]))
            rows.append((_("To account"), [line for line in (to, refund.holder) if line]))
        if refund.order is not None:
            rows.append((_("Order"), [refund.order.number]))
        if refund.note:
            rows.append((_("Reason"), [refund.note]))
        signatures = [_us(by)]
        if refund.is_cash:
            signatures.insert(0, {"label": _("Received by"), "name": "", "role": ""})
        facts = _facts(_("Refund note"), rows, refund.amount, signatures, by)
    order = [refund.order] if refund.order is not None else []
    return _issue(Paper.Kind.REFUND_NOTE, refund, facts, by, mentions=order)


def _facts(
    title: str,
    rows: list[tuple[str, list[str]]],
    amount: int,
    signatures: list[Signature],
    by: Person,
) -> NoteFacts:
    workshop = by.workshop
    place = workshop.area.partition(",")[0] or workshop.name
    return {
        "words": {"title": title, "check": _("Scan to see that it is genuine")},
        "rows": rows,
        "in_words": (_("The sum of"), money.in_words(amount).capitalize() + " rupiah"),
        "amount": rupiah(amount),
        "place_and_day": f"{place}, {day(clock.today())}",
        "signatures": signatures,
    }


def _us(by: Person) -> Signature:
    if by.role == Role.MACHINE:
        return {"label": "", "name": by.workshop.name, "role": _("made by the system")}
    return {"label": "", "name": by.name, "role": str(by.get_role_display()).capitalize()}


def _issue(
    kind: Paper.Kind,
    subject: CreditNote | Refund,
    facts: NoteFacts,
    by: Person,
    *,
    mentions: list[Any],
    number: str = "",
) -> Paper:
    draft = Draft(
        kind=kind,
        subject=subject,
        party=subject.party,
        template=TEMPLATE,
        facts=facts,
        number=number,
        mentions=tuple(mentions),
    )
    return issuing.issue(draft, by=by)
