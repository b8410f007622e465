"""The form in which a question is put: whatever is typed, only words of the registry come out of it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Category, Colourway, Product, Variant
from simpul.insight.models import AreaDay, OrderFact
from simpul.insight.questions.question import Question, Where
from simpul.insight.questions.sources import Impossible, can_be_told_by, plans
from simpul.insight.questions.words import (
    FILTERED,
    MEANS,
    By,
    Days,
    How,
    Measure,
    Order,
)
from simpul.lib import clock
from simpul.orders.models import Order as SalesOrder
from simpul.parties.models import Party, Person

PLACES = (1, 2, 3)  # conditions at once
LONGEST = 3660  # days
YEARS = (2000, 2100)
LONGEST_KEY = 18  # digits
KEYED = "#"  # a row by its key, where a question is kept
A_FEW = 12  # values that an error names
NAMED = (By.SOLD_AS, By.CHANNEL)  # a closed set: `contains` says nothing there
USUAL_ROWS = 12
_MOST = [(n, n) for n in (5, 12, 25, 50, 100)]
_NONE = ("", _("nothing more"))


class QuestionForm(forms.Form):
    """What somebody asks; `question` is what was understood. `by` is who asks: measures that tell what
    is left are offered to, and taken from, only who sees the books."""

    measure = forms.ChoiceField(label=_("What to count"))
    beside = forms.ChoiceField(label=_("And beside it"), required=False)
    by = forms.ChoiceField(
        label=_("By what"), choices=[("", _("all together")), *By.choices], required=False
    )
    days = forms.ChoiceField(label=_("Which days"), choices=Days.choices)
    first = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    compare = forms.BooleanField(label=_("Beside the year before"), required=False)
    order = forms.ChoiceField(label=_("Sort"), choices=Order.choices, required=False)
    most = forms.TypedChoiceField(
        label=_("Rows at most"), choices=_MOST, coerce=int, required=False
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: Person) -> None:
        if data is not None:
            data = {"most": str(USUAL_ROWS), **{name: data[name] for name in data}}
        super().__init__(data, initial={"days": Days.YEAR, "most": USUAL_ROWS})
        self.person = person
        sees_left = person.may("insight.see_books", person.workshop)
        measures = [one for one in Measure if sees_left or not MEANS[one].tells_left]
        choices = [(one.value, one.label) for one in measures]
        self._choices("measure").choices = choices
        self._choices("beside").choices = [_NONE, *choices]
        for n in PLACES:
            self.fields[f"on{n}"] = forms.ChoiceField(
                label=_("Only"),
                choices=[("", _("everything")), *((one.value, one.label) for one in FILTERED)],
                required=False,
            )
            self.fields[f"how{n}"] = forms.ChoiceField(
                label=_("How"), choices=How.choices, required=False
            )
            self.fields[f"what{n}"] = forms.CharField(
                label=_("Which ones"),
                max_length=200,
                required=False,
                widget=forms.TextInput(attrs={"list": "values"}),
            )

    def _choices(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        return field

    @property
    def conditions(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        return [(self[f"on{n}"], self[f"how{n}"], self[f"what{n}"]) for n in PLACES]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        self._check_days(facts)
        wheres = [one for n in PLACES if (one := self._where(n, facts)) is not None]
        if not self.errors:
            facts["question"] = self._question(facts, wheres)
            self._check_possible(facts["question"])
        return facts

    @property
    def question(self) -> Question:
        found: Question = self.cleaned_data["question"]
        return found

    @property
    def kept(self) -> dict[str, str]:
        """The question as it is kept: what the form would have to be told, rows by their keys."""
        facts = self.cleaned_data
        found = {
            "measure": facts["measure"],
            "beside": facts["beside"],
            "by": facts["by"],
            "days": facts["days"],
            "compare": "on" if facts["compare"] else "",
            "order": facts["order"],
            "most": str(self.question.most),
        }
        if facts["days"] == Days.CHOSEN:
            found |= {name: facts[name].isoformat() for name in ("first", "last")}
        for n, where in enumerate(self.question.wheres, start=1):
            values = [f"{KEYED}{one}" if isinstance(one, int) else one for one in where.values]
            found |= {f"on{n}": where.by.value, f"how{n}": where.how.value}
            found[f"what{n}"] = ", ".join(values)
        return {name: value for name, value in found.items() if value}

    def _check_days(self, facts: dict[str, Any]) -> None:
        if facts.get("days") != Days.CHOSEN:
            return
        first, last = facts.get("first"), facts.get("last")
        if first is None and "first" not in self.errors:
            self.add_error("first", _now("Say from which day."))
        if last is None and "last" not in self.errors:
            self.add_error("last", _now("Say to which day."))
        for name, day in (("first", first), ("last", last)):
            if day and not YEARS[0] <= day.year <= YEARS[1]:
                said = _now("Choose a year from %(first)s to %(last)s.")
                self.add_error(name, said % {"first": YEARS[0], "last": YEARS[1]})
        if self.errors:
            return
        if first and last and not 0 <= (last - first).days < LONGEST:
            self.add_error(
                "last", _now("The last day comes after the first one, at most ten years later.")
            )

    def _where(self, n: int, facts: dict[str, Any]) -> Where | None:
        by, how = facts.get(f"on{n}"), facts.get(f"how{n}") or How.IS
        words = [one for part in facts.get(f"what{n}", "").split(",") if (one := part.strip())]
        if not by:
            if words and f"on{n}" not in self.errors:
                self.add_error(f"on{n}", _now("Say what “%(value)s” is.") % {"value": words[0]})
            return None
        if not words:
            if f"what{n}" not in self.errors:
                self.add_error(f"what{n}", _now("Say which, several with commas."))
            return None
        if how == How.CONTAINS:
            if by in NAMED:
                self.add_error(f"how{n}", _now("Here choose “is” or “is not”."))
            return Where(By(by), How(how), tuple(words))
        try:
            return Where(By(by), How(how), tuple(keys_of(By(by), words, self.person)))
        except NotFound as problem:
            self.add_error(f"what{n}", str(problem))
            return None

    def _question(self, facts: dict[str, Any], wheres: Sequence[Where]) -> Question:
        measures = dict.fromkeys(Measure(one) for one in (facts["measure"], facts["beside"]) if one)
        is_chosen = facts["days"] == Days.CHOSEN
        return Question(
            measures=tuple(measures),
            by=By(facts["by"]) if facts["by"] else None,
            wheres=tuple(wheres),
            days=Days(facts["days"]),
            first=facts["first"] if is_chosen else None,
            last=facts["last"] if is_chosen else None,
            is_compared=facts["compare"],
            order=Order(facts["order"]),
            most=facts["most"] or USUAL_ROWS,
        )

    def _check_possible(self, question: Question) -> None:
        try:
            plans(question, question.span(clock.today()))
        except Impossible as problem:
            told = ", ".join(str(one.label) for one in can_be_told_by(problem.measure))
            said = _now(
                "“%(measure)s” can be told by: %(told)s. Change by what, or the conditions."
            )
            field = "measure" if problem.measure == question.measures[0] else "beside"
            self.add_error(field, said % {"measure": problem.measure.label, "told": told})


class NotFound(Exception):
    """There is no such value; the message says what may be meant."""


def keys_of(by: By, words: Sequence[str], person: Person) -> list[int | str]:
    """Return what is meant by words, or by keys such as `#12`: by a name all who bear it. Raises
    NotFound."""
    rows = _rows(by, words, person)
    known: dict[str, list[int | str]] = {}
    for row_word, key, _is_first in rows:
        known.setdefault(row_word.casefold(), []).append(key)
    for row_word, key, _is_first in rows:  # a key is nobody's name
        if isinstance(key, int):
            known[f"{KEYED}{key}"] = [key]
        if _number(row_word) is not None:
            known[row_word] = [key]
    found: list[int | str] = []
    for word in words:
        keys = known.get(word.casefold())
        if keys is None:
            raise NotFound(_not_found(by, word, [one for one, _key, is_first in rows if is_first]))
        found += keys
    return list(dict.fromkeys(found))


def as_typed(kept: Mapping[str, str], person: Person) -> dict[str, str]:
    """Return a kept question as one would type it: names in the place of keys, where they have no
    comma and nobody else bears them."""
    found = dict(kept)
    for n in PLACES:
        by, words = kept.get(f"on{n}"), kept.get(f"what{n}", "")
        if by in By.values and KEYED in words:
            tokens = [one.strip() for one in words.split(",")]
            rows = _rows(By(by), tokens, person)
            names = {
                f"{KEYED}{key}": word
                for word, key, is_first in rows
                if is_first and "," not in word and f"{KEYED}{key}" in tokens
            }
            names = {
                token: word
                for token, word in names.items()
                if len(keys_of(By(by), [word], person)) == 1
            }
            found[f"what{n}"] = ", ".join(names.get(one, one) for one in tokens)
    return found


def values_of(person: Person) -> list[str]:
    """Return what one may type into a condition, for the browser to offer: everything but buyers."""
    found: list[str] = []
    for by in (By.MODEL, By.CATEGORY, By.COLOUR, By.SIZE, By.AREA, By.SOLD_AS, By.CHANNEL):
        found += [word for word, _key, is_first in _rows(by, (), person) if is_first]
    return list(dict.fromkeys(found))


type _Word = tuple[str, int | str, bool]  # a word, what it means, and whether one would type it


def _rows(by: By, words: Sequence[str], person: Person) -> list[_Word]:
    """Return the words that mean something; of buyers only those that are among `words`."""
    workshop = person.workshop
    if by == By.MODEL:
        models = Product.objects.filter(workshop=workshop).order_by("code", "pk")
        rows = list(models.values_list("pk", "code", "name"))
        return [
            *((code, pk, True) for pk, code, _name in rows),
            *((name, pk, False) for pk, _code, name in rows),
            *((f"{code} {name}", pk, False) for pk, code, name in rows),
        ]
    if by == By.CATEGORY:
        categories = Category.objects.filter(workshop=workshop).order_by("name", "pk")
        return [(name, pk, True) for pk, name in categories.values_list("pk", "name")]
    if by == By.BUYER:
        return _buyers(words, person)
    if by in NAMED:
        choices = OrderFact.SoldAs if by == By.SOLD_AS else SalesOrder.Channel
        return [
            *((str(one.label), str(one.value), True) for one in choices),
            *((str(one.value), str(one.value), False) for one in choices),
        ]
    texts: dict[By, Any] = {
        By.COLOUR: Colourway.objects.filter(product__workshop=workshop).values_list(
            "name", flat=True
        ),
        By.SIZE: Variant.objects.filter(colourway__product__workshop=workshop).values_list(
            "size", flat=True
        ),
        By.AREA: AreaDay.objects.filter(workshop=workshop).values_list("area", flat=True),
    }
    return [(one, one, True) for one in sorted(set(texts[by].order_by().distinct())) if one]


def _buyers(words: Sequence[str], person: Person) -> list[_Word]:
    """Return the buyers who are named so, or had such a key; who was merged is who he is now."""
    keys = [key for one in words if (key := _number(one)) is not None]
    wanted = Q(pk__in=keys) | Q(absorbed__in=keys)
    for word in words:
        wanted |= Q(name__iexact=word)
    rows = Party.objects.visible_to(person).buyers().filter(wanted).order_by("pk")
    found: list[_Word] = []
    for name, pk, earlier in rows.values_list("name", "pk", "absorbed"):
        found.append((name, pk, True))
        if earlier in keys:
            found.append((f"{KEYED}{earlier}", pk, False))
    return found


def _number(word: str) -> int | None:
    digits = word.removeprefix(KEYED)
    is_key = word.startswith(KEYED) and digits.isascii() and digits.isdecimal()
    return int(digits) if is_key and len(digits) <= LONGEST_KEY else None


def _not_found(by: By, word: str, names: Sequence[str]) -> str:
    said = {"value": word, "kind": by.label}
    if by == By.BUYER:
        return (
            _now("No buyer is named “%(value)s”. Write the whole name, or choose “contains”.")
            % said
        )
    alike = {one.casefold(): one for one in names}
    found = difflib.get_close_matches(word.casefold(), alike, n=3, cutoff=0.6)
    close = [alike[one] for one in found] or list(names[:A_FEW])
    if not close:
        return _now("There is nothing yet that one could ask for here.")
    said["close"] = ", ".join(close)
    return _now("%(kind)s: “%(value)s” is not known. Do you mean: %(close)s?") % said
