"""How a recipe and the stages of the work are written: a table, a line for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import localize_input
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from simpul.catalog.models import (
    MILLI,
    Choice,
    Colourway,
    Material,
    Product,
    RecipeLine,
    RecipeWish,
    Stage,
    StageWish,
)
from simpul.lib.quantities import parse_quantity
from simpul.ui.fields import Options, QuantityField, RupiahField, SharedChoiceField, SharedSelect

EMPTY_LINES = 3  # at the end of the table
TOO_MANY = 60
LAST_PLACE = 99
MOST_MINUTES = 24 * 60  # a pair
MOST_PERCENT = 90
ALTERNATIVES = 3  # what may be taken instead of a material, at most
MOST_LESS, MOST_MORE = 50, 100  # percent that is needed of what is taken instead
SHOWN = 5  # of what is wrong


class Book:
    """What the lines of a recipe may name, asked for and written once."""

    def __init__(self, product: Product) -> None:
        materials = product.workshop.materials.order_by("code")
        self.materials: dict[str, Material] = {str(one.pk): one for one in materials}
        self.colourways: dict[str, Colourway] = {
            str(one.pk): one for one in product.colourways.order_by("position", "pk")
        }
        self.stages: dict[str, Stage] = {
            str(one.pk): one for one in product.stages.active().order_by("position")
        }
        known = [(key, f"{one} ({one.unit_of()})") for key, one in self.materials.items()]
        colours = [(key, str(one)) for key, one in self.colourways.items()]
        stages = [(key, str(one)) for key, one in self.stages.items()]
        names = [(key, str(one)) for key, one in self.materials.items()]
        self.instead = Options([("", pgettext("alternative", "nothing")), *names])
        self.options = {
            "material": Options([("", ""), *known]),
            "colourway": Options([("", pgettext("colours", "all")), *colours]),
            "stage": Options([("", pgettext("stage", "first")), *stages]),
        }


class AlternativesWidget(forms.MultiWidget):
    """Pairs of a material and how much more of it is needed, the preferred first. Closed, it says
    what is chosen."""

    def __init__(self, instead: Options) -> None:
        self.labels = instead.labels
        more = forms.TextInput(attrs={"inputmode": "decimal", "size": 4, "placeholder": "± %"})
        more.is_localized = True
        super().__init__([SharedSelect(instead), more] * ALTERNATIVES)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"

    def decompress(self, value: Any) -> list[Any]:
        found: list[Any] = []
        for choice in value or ():
            found += [choice.material.pk, _more(choice)]
        return [*found, *[None] * (2 * ALTERNATIVES - len(found))]

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        said = dict(attrs or {})
        values = value if isinstance(value, list) else self.decompress(value)
        drawn = []
        for place, (widget, one) in enumerate(zip(self.widgets, values, strict=True)):
            label = _now("%(cell)s, %(place)s") % {
                "cell": said.get("aria-label", ""),
                "place": place // 2 + 1,
            }
            own = said | {"id": f"{said['id']}_{place}", "aria-label": label}
            if place % 2:
                own["aria-label"] = _now("%(cell)s: more of it, percent") % {"cell": label}
            drawn.append(widget.render(f"{name}_{place}", one, own, renderer))
        return format_html(
            '<details class="disclosure"{}><summary>{}</summary>{}</details>',
            mark_safe(" open") if "aria-invalid" in said else "",
            ", ".join(self._words(values)) or self.labels[""],
            format_html_join(
                "", '<div class="pair">{}{}</div>', zip(drawn[::2], drawn[1::2], strict=True)
            ),
        )

    def _words(self, values: list[Any]) -> Iterator[str]:
        for key, more in zip(values[::2], values[1::2], strict=True):
            if label := self.labels.get(str(key)) if key else None:
                typed = str(localize_input(more)) if more else ""
                sign = "" if typed.startswith("-") else "+"
                yield f"{label} {sign}{typed}%" if typed else label


class AlternativesField(forms.MultiValueField):
    """What may be taken instead, as pairs of the material's key and more of it in percent; cleaned
    to pairs of the key and thousandths."""

    def __init__(self, **kwargs: Any) -> None:
        fields: list[forms.Field] = []
        for _pair in range(ALTERNATIVES):
            more = forms.DecimalField(
                required=False,
                min_value=-MOST_LESS,
                max_value=MOST_MORE,
                decimal_places=1,
                localize=True,
            )
            fields += [SharedChoiceField(required=False), more]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def offer(self, options: Options) -> None:
        for field in self.fields[::2]:
            assert isinstance(field, SharedChoiceField)  # noqa: S101 - built above
            field.offer(options)
        self.widget = AlternativesWidget(options)

    def compress(self, values: list[Any]) -> list[tuple[str, int]]:
        pairs = list(zip(values[::2], values[1::2], strict=True))
        if any(more is not None and not key for key, more in pairs):
            raise forms.ValidationError(_now("Say of what, or take the percentage away."))
        return [(key, MILLI + int((more or 0) * 10)) for key, more in pairs if key]


class RecipeLineForm(forms.Form):
    material = SharedChoiceField(label=_("Material"), required=False)
    quantity = QuantityField(label=_("Net for a pair"), required=False)
    waste = forms.IntegerField(
        label=_("Waste, percent"),
        required=False,
        min_value=0,
        max_value=MOST_PERCENT,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 3}),
    )
    step = forms.DecimalField(
        label=_("More a size, percent"),
        required=False,
        min_value=0,
        max_value=20,
        decimal_places=1,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 4}),
    )
    colourway = SharedChoiceField(label=_("For colour"), required=False)
    stage = SharedChoiceField(label=_("Goes in at"), required=False)
    alternatives = AlternativesField(label=_("Or instead"), required=False)

    def __init__(self, *args: Any, book: Book, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.book = book
        for name, options in book.options.items():
            field = self.fields[name]
            assert isinstance(field, SharedChoiceField)  # noqa: S101 - declared above
            field.offer(options)
        instead = self.fields["alternatives"]
        assert isinstance(instead, AlternativesField)  # noqa: S101 - declared above
        instead.offer(book.instead)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            cleaned.get("quantity")
            and not cleaned.get("material")
            and "material" not in self.errors
        ):
            self.add_error("material", _now("Say of what."))
        material = self.book.materials.get(cleaned.get("material", ""))
        if material and (wrong := _wrong_with(material, self._alternatives)):
            self.add_error("alternatives", wrong)
        return cleaned

    @property
    def _alternatives(self) -> tuple[Choice, ...]:
        said = self.cleaned_data.get("alternatives") or ()
        return tuple(Choice(self.book.materials[key], permille) for key, permille in said)

    @property
    def wish(self) -> RecipeWish | None:
        """The line, or None where it falls out."""
        said = self.cleaned_data
        if not said.get("material") or not said.get("quantity"):
            return None
        return RecipeWish(
            material=self.book.materials[said["material"]],
            quantity=said["quantity"],
            colourway=self.book.colourways.get(said["colourway"]),
            stage=self.book.stages.get(said["stage"]),
            waste_percent=said["waste"] or 0,
            size_step_permille=int((said["step"] or Decimal()) * 10),
            alternatives=self._alternatives,
        )


class RecipeLines(forms.BaseFormSet[RecipeLineForm]):
    def clean(self) -> None:
        if not any(self.errors) and not self.wishes:
            raise forms.ValidationError(_now("A recipe has at least one material."))

    @property
    def wishes(self) -> list[RecipeWish]:
        return [form.wish for form in self.forms if form.wish is not None]


_RecipeLines = forms.formset_factory(
    RecipeLineForm, formset=RecipeLines, extra=EMPTY_LINES, max_num=TOO_MANY, validate_max=True
)


def recipe_lines(
    data: Any, product: Product, known: Iterable[RecipeLine | RecipeWish]
) -> RecipeLines:
    """Return the table, filled with these lines or with what was sent.

    The lines may be those of a similar model: stages and colours are found by their names.
    """
    book = Book(product)
    stages = {one.name: key for key, one in book.stages.items()}
    colours = {one.name: key for key, one in book.colourways.items()}
    initial = [
        {
            "material": line.material.pk,
            "quantity": line.quantity,
            "waste": line.waste_percent or "",
            "step": Decimal(line.size_step_permille) / 10 if line.size_step_permille else "",
            "colourway": colours.get(line.colourway.name, "") if line.colourway else "",
            "stage": stages.get(line.stage.name, "") if line.stage else "",
            "alternatives": _others_of(line),
        }
        for line in known
    ]
    made = _RecipeLines(data, initial=initial, prefix="line", form_kwargs={"book": book})
    assert isinstance(made, RecipeLines)  # noqa: S101 - of the factory above
    return made


def _others_of(line: RecipeLine | RecipeWish) -> tuple[Choice, ...]:
    return line.alternatives if isinstance(line, RecipeWish) else tuple(line.choices[1:])


class PasteForm(forms.Form):
    """Lines copied from a sheet, one material in each; all of them are read, or none.

    Cells are parted by tabs, as a sheet copies them, or by semicolons: code or name of the material,
    net quantity of a pair, waste in percent, more for each size in percent, colour, stage, and what
    may be taken instead: a cell for each, the preferred first, with how much more of it is needed
    (`KLT-B +10%`). What follows after the quantity may be missing. A first line of headings is
    passed over.
    """

    lines = forms.CharField(
        label=_("Copied from a sheet"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_(
            "Material, net for a pair, waste, more a size, colour, stage, or instead, or instead (KLT-B +10%): a line for each."
        ),
    )

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product = product

    def clean_lines(self) -> list[RecipeWish]:
        book = Book(self.product)
        read: list[RecipeWish] = []
        wrong: list[str] = []
        text = str(self.cleaned_data["lines"])
        mark = "\t" if "\t" in text else ";"
        for number, line in enumerate(text.splitlines(), start=1):
            cells = [cell.strip() for cell in line.split(mark)]
            if not any(cells) or (number == 1 and _is_heading(cells)):
                continue
            try:
                read.append(_wish(book, cells))
            except ValueError as reason:
                wrong.append(_now("Line %(line)s: %(reason)s") % {"line": number, "reason": reason})
        if wrong:
            raise forms.ValidationError(wrong[:SHOWN])
        if not read:
            raise forms.ValidationError(_now("There is no line in it."))
        return read


def _is_heading(cells: list[str]) -> bool:
    return not any(char.isdigit() for cell in cells[1:] for char in cell)


def _wish(book: Book, cells: list[str]) -> RecipeWish:
    """Read one line. Raises ValueError with a sentence."""
    if len(cells) < 2:
        raise ValueError(_now("Part the cells by tabs or semicolons."))
    material, quantity, waste, step, colour, stage, *others = *cells, *[""] * (6 - len(cells))
    made = RecipeWish(
        material=_named(book.materials, material, _called),
        quantity=parse_quantity(quantity),
        waste_percent=_whole_percent(waste),
        size_step_permille=_percent(step),
        colourway=_named(book.colourways, colour, _names) if colour else None,
        stage=_named(book.stages, stage, _names) if stage else None,
        alternatives=tuple(_choice(book, cell) for cell in others if cell),
    )
    if not made.quantity:
        raise ValueError(_now("The quantity is missing."))
    if wrong := _wrong_with(made.material, made.alternatives):
        raise ValueError(wrong)
    return made


def _choice(book: Book, cell: str) -> Choice:
    """Read what may be taken instead: `KLT-B`, or `KLT-B +10%` where more of it is needed."""
    read = re.fullmatch(r"(.+?)\s*([+-])\s*([0-9]+([.,][0-9])?)\s*%", cell)
    if read is None:
        return Choice(_named(book.materials, cell, _called))
    name, sign, typed = read.group(1, 2, 3)
    more = Decimal(typed.replace(",", ".")) * (-1 if sign == "-" else 1)
    if not -MOST_LESS <= more <= MOST_MORE:
        raise ValueError(_now("“%(cell)s” is no percentage.") % {"cell": f"{sign}{typed}%"})
    return Choice(_named(book.materials, name, _called), MILLI + int(more * 10))


def _more(choice: Choice) -> Decimal | str:
    """How much more of it is needed, in percent; as much is nothing to say."""
    return Decimal(choice.permille - MILLI) / 10 if choice.permille != MILLI else ""


def _wrong_with(material: Material, others: Sequence[Choice]) -> str:
    """Return why these cannot stand in for a material, or nothing."""
    named = [one.material for one in others]
    if len(named) > ALTERNATIVES:
        return _now("At most %(most)s others may be taken instead.") % {"most": ALTERNATIVES}
    if material in named:
        return _now("That is the same material.")
    for other in named:
        if named.count(other) > 1:
            return _now("%(other)s stands there twice.") % {"other": other}
        if not other.can_stand_in_for(material):
            return _now("%(other)s cannot stand in for %(material)s: it is counted otherwise.") % {
                "other": other,
                "material": material,
            }
    return ""


def _called(one: Material) -> tuple[str, ...]:
    return one.code, one.name, one.name_en


def _names(one: Colourway | Stage) -> tuple[str, ...]:
    return one.name, one.name_en


def _named[Row](rows: dict[str, Row], name: str, names: Callable[[Row], tuple[str, ...]]) -> Row:
    for row in rows.values():
        if name.casefold() in (word.casefold() for word in names(row) if word):
            return row
    raise ValueError(_now("“%(name)s” is not known here.") % {"name": name})


def _percent(cell: str) -> int:
    """Read a percentage in thousandths of the whole; an empty cell is none."""
    typed = cell.rstrip("% ").replace(",", ".")
    if not typed:
        return 0
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9])?", typed) or Decimal(typed) > MOST_PERCENT:
        raise ValueError(_now("“%(cell)s” is no percentage.") % {"cell": cell})
    return int(Decimal(typed) * 10)


def _whole_percent(cell: str) -> int:
    whole, rest = divmod(_percent(cell), 10)
    if rest:
        raise ValueError(_now("“%(cell)s” is no whole percentage.") % {"cell": cell})
    return whole


class StageForm(forms.Form):
    name = forms.CharField(label=_("Name"), required=False, max_length=40)
    position = forms.IntegerField(
        label=pgettext_lazy("in a row", "Place"),
        required=False,
        min_value=1,
        max_value=LAST_PLACE,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 2}),
    )
    piece_rate = RupiahField(label=_("Rupiah a pair"), required=False)
    minutes = forms.IntegerField(
        label=_("Minutes a pair"),
        required=False,
        min_value=1,
        max_value=MOST_MINUTES,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 3}),
    )
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=40)
    stage = forms.CharField(widget=forms.HiddenInput, required=False)


class StageLines(forms.BaseFormSet[StageForm]):
    stages: dict[str, Stage]

    def clean(self) -> None:
        if any(self.errors):
            return
        names = [wish.name.casefold() for wish in self.wishes]
        if not names:
            raise forms.ValidationError(_now("Work has at least one stage."))
        if len(set(names)) < len(names):
            raise forms.ValidationError(_now("Two stages have the same name."))

    @property
    def wishes(self) -> list[StageWish]:
        """The stages in the order of their places; one without a name falls out."""
        said = [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]
        said.sort(key=lambda one: one["position"] or LAST_PLACE + 1)
        return [
            StageWish(
                name=one["name"],
                name_en=one["name_en"],
                piece_rate=one["piece_rate"] or 0,
                minutes=one["minutes"] or 0,
                stage=self.stages.get(one["stage"]),
            )
            for one in said
        ]


_StageLines = forms.formset_factory(
    StageForm, formset=StageLines, extra=2, max_num=20, validate_max=True
)


def stage_lines(data: Any, product: Product, known: Sequence[Stage]) -> StageLines:
    """Return the table, filled with these stages or with what was sent."""
    mine = {str(one.pk): one for one in product.stages.active()}
    initial = [
        {
            "position": place,
            "name": one.name,
            "name_en": one.name_en,
            "piece_rate": one.piece_rate,
            "minutes": one.minutes or None,
            "stage": str(one.pk) if str(one.pk) in mine else "",
        }
        for place, one in enumerate(known, start=1)
    ]
    made = _StageLines(data, initial=initial, prefix="stage")
    assert isinstance(made, StageLines)  # noqa: S101 - of the factory above
    made.stages = mine
    return made
