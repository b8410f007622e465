"""Questions that the owner keeps: one by mail each Monday, one for sales, one for who makes and buys."""

from __future__ import annotations

from typing import NamedTuple

from simpul.insight.models import QuestionLetter, SavedQuestion
from simpul.insight.questions.forms import QuestionForm
from simpul.insight.questions.keep_forms import KeepForm, LetterForm
from simpul.parties.models import Workshop
from simpul.parties.roles import Role


class Kept(NamedTuple):
    """A name, who else sees it, what is asked, and whether it comes by mail."""

    name: str
    roles: tuple[str, ...]
    asked: dict[str, str]
    is_mailed: bool = False


KEPT = [
    Kept(
        "Omzet per bulan, dibanding tahun lalu", (),
        {"measure": "sold", "beside": "orders", "by": "month", "days": "m12", "compare": "on"},
        is_mailed=True,
    ),
    Kept(
        "Siapa yang paling sering komplain?", (Role.SALES,),
        {"measure": "complaints", "by": "buyer", "days": "m12"},
    ),
    Kept(
        "Nomor sepatu pria yang paling laku", (Role.PRODUCTION, Role.STOCK),
        {"measure": "pairs", "by": "size", "days": "m6", "on1": "category", "how1": "is",
         "what1": "Sepatu pria"},
    ),
]  # fmt: skip


def keep(workshop: Workshop) -> None:
    """Let the owner keep them, through the forms of the page."""
    owner = workshop.people.filter(role=Role.OWNER).order_by("pk")[0]
    for one in KEPT:
        asked, kept = (
            QuestionForm(one.asked, person=owner),
            KeepForm({"name": one.name, "roles": one.roles}),
        )
        assert asked.is_valid(), asked.errors  # noqa: S101
        assert kept.is_valid(), kept.errors  # noqa: S101
        made = kept.save(SavedQuestion(workshop=workshop, owner=owner), asked)
        if one.is_mailed:
            letter = LetterForm({"weekday": QuestionLetter.Weekday.MONDAY, "hour": 7})
            assert letter.is_valid(), letter.errors  # noqa: S101
            letter.save(made, owner)
