"""How a recipe and the stages of the work are written: a table, a line for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from simpul.catalog.models import (
    Colourway,
    Material,
    Product,
    RecipeLine,
    RecipeWish,
    Stage,
    StageWish,
)
from simpul.lib.quantities import parse_quantity
from simpul.ui.fields import Options, QuantityField, RupiahField, SharedChoiceField

EMPTY_LINES = 3  # at the end of the table
TOO_MANY = 60
LAST_PLACE = 99
MOST_MINUTES = 24 * 60  # a pair
MOST_PERCENT = 90
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
        self.options = {
            "material": Options([("", ""), *known]),
            "alternative": Options([("", pgettext("alternative", "nothing")), *known]),
            "colourway": Options([("", pgettext("colours", "all")), *colours]),
            "stage": Options([("", pgettext("stage", "first")), *stages]),
        }


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
    alternative = SharedChoiceField(label=_("Or instead"), required=False)

    def __init__(self, *args: Any, book: Book, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.book = book
        for name, options in book.options.items():
            field = self.fields[name]
            assert isinstance(field, SharedChoiceField)  # noqa: S101 - declared above
            field.offer(options)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            cleaned.get("quantity")
            and not cleaned.get("material")
            and "material" not in self.errors
        ):
            self.add_error("material", _now("Say of what."))
        material = self.book.materials.get(cleaned.get("material", ""))
        other = self.book.materials.get(cleaned.get("alternative", ""))
        if material and other and not other.can_stand_in_for(material):
            self.add_error("alternative", _cannot_stand_in(other, material))
        return cleaned

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
            alternative=self.book.materials.get(said["alternative"]),
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
            "alternative": line.alternative.pk if line.alternative else "",
        }
        for line in known
    ]
    made = _RecipeLines(data, initial=initial, prefix="line", form_kwargs={"book": book})
    assert isinstance(made, RecipeLines)  # noqa: S101 - of the factory above
    return made


class PasteForm(forms.Form):
    """Lines copied from a sheet, one material in each; all of them are read, or none.

    Cells are parted by tabs, as a sheet copies them, or by semicolons: code or name of the material,
    net quantity of a pair, waste in percent, more for each size in percent, colour, stage, and what
    may be taken instead. What follows after the quantity may be missing. A first line of headings
    is passed over.
    """

    lines = forms.CharField(
        label=_("Copied from a sheet"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_(
            "Material, net for a pair, waste, more a size, colour, stage, or instead: a line for each."
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
    material, quantity, waste, step, colour, stage, other = (*cells, "", "", "", "", "")[:7]
    made = RecipeWish(
        material=_named(book.materials, material, _called),
        quantity=parse_quantity(quantity),
        waste_percent=_whole_percent(waste),
        size_step_permille=_percent(step),
        colourway=_named(book.colourways, colour, _names) if colour else None,
        stage=_named(book.stages, stage, _names) if stage else None,
        alternative=_named(book.materials, other, _called) if other else None,
    )
    if not made.quantity:
        raise ValueError(_now("The quantity is missing."))
    if made.alternative is not None and not made.alternative.can_stand_in_for(made.material):
        raise ValueError(_cannot_stand_in(made.alternative, made.material))
    return made


def _cannot_stand_in(other: Material, material: Material) -> str:
    if other == material:
        return _now("That is the same material.")
    return _now("%(other)s cannot stand in for %(material)s: it is counted otherwise.") % {
        "other": other,
        "material": material,
    }


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
