"""Questions that only single orders can answer, where there are too many of them for a page: the worker
counts them in parts, and the answer is kept for a day."""

from __future__ import annotations

import hashlib
import json

from simpul.insight.models.counted import FRESH, CountedAnswer
from simpul.insight.questions.answer import Tally, count_long
from simpul.insight.questions.forms import QuestionForm
from simpul.insight.questions.words import Part
from simpul.lib import clock
from simpul.parties.models import Person


def counted(form: QuestionForm, person: Person) -> CountedAnswer | None:
    """Return what is being counted for this question today, or was within a day."""
    rows = CountedAnswer.objects.filter(workshop=person.workshop_id, mark=mark_of(form))
    return rows.filter(touched_at__gt=clock.now() - FRESH).first()


def begin(form: QuestionForm, person: Person) -> CountedAnswer | None:
    """Make room for an answer; None where somebody counts it already."""
    CountedAnswer.objects.filter(touched_at__lte=clock.now() - FRESH).delete()
    facts = {"person": person, "asked": form.kept}
    row, is_new = CountedAnswer.objects.get_or_create(
        workshop=person.workshop, mark=mark_of(form), defaults=facts
    )
    return row if is_new or not row.is_running else None


def count(row: CountedAnswer) -> None:
    """Count it in parts, saying how far it is. The same again, if it broke off, counts anew."""
    form = QuestionForm(row.asked, person=row.person)
    if form.is_valid():  # else it was changed meanwhile what one may ask for
        tallies = count_long(form.question, row.person.workshop, clock.today(), row.say)
        row.end([[list(one.rows.items()), one.total] for one in tallies])


def tallies_of(row: CountedAnswer) -> list[Tally]:
    """Return what was counted."""
    return [
        Tally({key: _parts(parts) for key, parts in rows}, _parts(total))
        for rows, total in row.tallies
    ]


def _parts(kept: dict[str, int]) -> dict[Part, int]:
    return {Part(name): value for name, value in kept.items()}


def mark_of(form: QuestionForm) -> str:
    """Return what is the same for the same question of the same days; not how many rows it shows."""
    span = form.question.span(clock.today())
    kept = {name: value for name, value in form.kept.items() if name not in ("order", "most")}
    said = json.dumps([kept, span.first.isoformat(), span.last.isoformat()], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
