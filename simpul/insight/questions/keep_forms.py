"""Keeping a question: its name, who else sees it, and when its answer comes by mail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from simpul.insight.models import QuestionLetter, SavedQuestion
from simpul.insight.questions.forms import QuestionForm
from simpul.insight.questions.words import By
from simpul.parties.models import Person
from simpul.parties.roles import Role

COLLEAGUES = [(one.value, one.label) for one in Role if one not in (Role.MACHINE, Role.NONE)]
HOURS = [(n, f"{n:02}:00 WIB") for n in range(5, 22)]


class KeepForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    roles = forms.MultipleChoiceField(
        label=_("Who else sees it"),
        choices=COLLEAGUES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What tells of margins is seen only by who sees the books."),
    )

    def __init__(self, data: Any = None, *, question: SavedQuestion | None = None) -> None:
        shares = question.shares.order_by("pk") if question else ()
        said = {"name": question.name, "roles": [one.role for one in shares]} if question else {}
        super().__init__(data, initial=said)

    def save(self, question: SavedQuestion, asked: QuestionForm | None) -> SavedQuestion:
        """Keep the name and the roles; and what is asked, where that is said anew."""
        question.name = self.cleaned_data["name"]
        if asked is not None:
            question.asked = asked.kept
            question.tells_left = asked.question.tells_left
            question.is_of_buyers = asked.question.by == By.BUYER
        question.save()
        question.share(self.cleaned_data["roles"])
        return question


class LetterForm(forms.Form):
    weekday = forms.TypedChoiceField(
        label=_("Each"), choices=QuestionLetter.Weekday.choices, coerce=int
    )
    hour = forms.TypedChoiceField(label=_("At"), choices=HOURS, coerce=int, initial=7)

    def __init__(self, data: Any = None, *, letter: QuestionLetter | None = None) -> None:
        said = {"weekday": letter.weekday, "hour": letter.hour} if letter else {}
        super().__init__(data, initial=said)

    def save(self, question: SavedQuestion, person: Person) -> None:
        facts = self.cleaned_data
        mine = QuestionLetter.objects.filter(question=question, person=person).first()
        letter = mine or QuestionLetter(question=question, person=person)
        letter.weekday, letter.hour = facts["weekday"], facts["hour"]
        letter.plan()
