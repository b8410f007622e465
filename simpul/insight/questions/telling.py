"""An answer in words and figures: the same on the page, in a file and in a mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from simpul.insight.questions.answer import Answer, Row
from simpul.insight.questions.sources import adds_up
from simpul.insight.questions.words import MEANS, OF_TIME, By, How, Measure, Unit
from simpul.ui.jinja import day, month, number, percent, quantity, rupiah, weekday_names

MILLI = 1000
NOTHING = "–"

type Column = tuple[Any, Callable[[Row], Any]]  # a heading, and what stands in a row


def shown(measure: Measure, value: int | None) -> str:
    """Return a figure as people read it."""
    if value is None:
        return NOTHING
    unit = MEANS[measure].unit
    if unit == Unit.RUPIAH:
        return rupiah(value)
    if unit == Unit.PERCENT:
        return percent(value / 100 / MILLI)
    return quantity(value) if unit == Unit.MILLI else number(value)


def plain(measure: Measure, value: int | None) -> int | float | None:
    """Return a figure as a sheet takes it: shares in per cent, averages with their tenth."""
    if value is None or MEANS[measure].unit not in (Unit.MILLI, Unit.PERCENT):
        return value
    return value / MILLI


def label(answer: Answer, row: Row) -> str:
    """Return what a row is called."""
    by, key = answer.question.by, row.key
    if key is None or by not in OF_TIME:
        return row.label
    if by == By.WEEKDAY:
        return weekday_names()[int(key) - 1]
    first = str(key)
    if by == By.MONTH:
        return month(first)
    if by == By.QUARTER:
        said = {"n": (int(first[5:7]) + 2) // 3, "year": first[:4]}
        return _("quarter %(n)s of %(year)s") % said
    return first[:4]


def change(answer: Answer, row: Row) -> str:
    """Return by how much the first figure is more than a year before; of shares in points."""
    if not answer.is_comparable or not row.before or row.now[0] is None or not row.before[0]:
        return NOTHING
    now, before = row.now[0], row.before[0]
    if MEANS[answer.question.measures[0]].unit == Unit.PERCENT:
        points = quantity(now - before)
        return _("%(points)s points") % {"points": f"+{points}" if now > before else points}
    if before < 0:
        return NOTHING
    by = round(100 * (now - before) / before)
    return f"{by:+d}%" if by else "0%"


def asked(answer: Answer) -> str:
    """Return the question in one line: what, by what, only what, which days."""
    question, span = answer.question, answer.span
    parts = [", ".join(str(one.label) for one in question.measures)]
    if question.by:
        parts[0] = _("%(what)s by %(by)s") % {"what": parts[0], "by": question.by.label.lower()}
    return f"{parts[0]} · {day(span.first)} – {day(span.last)}"


def conditions(typed: Mapping[str, str]) -> list[str]:
    """Return each condition as one would say it, from what was typed."""
    found = []
    for n in (1, 2, 3):
        if by := typed.get(f"on{n}"):
            how = How(typed.get(f"how{n}") or How.IS).label
            found.append(f"{By(by).label} {how} {typed.get(f'what{n}', '')}")
    return found


def sentence(answer: Answer) -> str:
    """Return the answer in a sentence or two."""
    if answer.is_empty:
        return _("Nothing of this kind is known of these days.")
    measure = answer.question.measures[0]
    said = {"measure": measure.label, "total": shown(measure, answer.total.now[0])}
    lines = [_("%(measure)s, all together: %(total)s.") % said]
    first = _first(answer)
    if first is not None:
        where = {"label": label(answer, first), "value": shown(measure, first.now[0])}
        if MEANS[measure].is_ratio:
            lines.append(_("The highest is %(label)s: %(value)s.") % where)
        else:
            lines.append(_("The most is %(label)s: %(value)s.") % where)
        if share := _share(answer, first):
            lines.append(_("That is %(share)s of all.") % {"share": share})
    if answer.is_comparable and answer.total.before[0] is not None:
        was = {
            "before": shown(measure, answer.total.before[0]),
            "change": change(answer, answer.total),
        }
        lines.append(_("A year before it was %(before)s (%(change)s).") % was)
    return " ".join(lines)


def columns(answer: Answer) -> list[Column]:
    """Return the columns of a file."""
    question = answer.question
    found: list[Column] = [
        (question.by.label if question.by else _("What to count"), lambda row: label(answer, row))
    ]
    for at, measure in enumerate(question.measures):
        found.append((_heading(measure), _cell(measure, "now", at)))
        if answer.before:
            heading = gettext_lazy("%(what)s, a year before")
            found.append((heading % {"what": _heading(measure)}, _cell(measure, "before", at)))
    return found


def _heading(measure: Measure) -> str:
    return f"{measure.label} (%)" if MEANS[measure].unit == Unit.PERCENT else str(measure.label)


def _cell(measure: Measure, when: str, at: int) -> Callable[[Row], Any]:
    def cell(row: Row) -> int | float | None:
        values = getattr(row, when)
        return plain(measure, values[at]) if values else None

    return cell


def _first(answer: Answer) -> Row | None:
    """Return the row with the most; none where there is but one, or several have as much."""
    known = [row for row in answer.rows if row.now[0]]
    most = max((row.now[0] or 0 for row in known), default=0)
    firsts = [row for row in known if row.now[0] == most]
    return firsts[0] if len(known) > 1 and len(firsts) == 1 else None


def _share(answer: Answer, row: Row) -> str:
    """Return which share of all a row has; nothing where the rows are no parts of it."""
    means, total = MEANS[answer.question.measures[0]], answer.total.now[0]
    is_part = not means.is_ratio and adds_up(means.parts[0], answer.question.by)
    if not is_part or not total or total < 0 or not row.now[0]:
        return ""
    return percent(round(row.now[0] / total, 2))
