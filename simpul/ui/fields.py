"""Fields of forms that read amounts and quantities as people write them, and selects for tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from simpul.lib import mails, money, places, uploads
from simpul.lib.quantities import parse_quantity, write_quantity
from simpul.lib.uploads import Handed
from simpul.ui.jinja import number


class RupiahField(forms.CharField):
    """Whole rupiah, as people write them: 1.250.000 or Rp 1.250.000,-."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        """Show a sum as the reader writes it; what was typed stays as it was typed."""
        return number(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return money.parse_rupiah(text)
        except ValueError as reason:
            raise forms.ValidationError(str(reason)) from reason


class QuantityField(forms.CharField):
    """A quantity of material, as people write it; cleaned to thousandths of its unit."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 8})

    def prepare_value(self, value: Any) -> Any:
        return write_quantity(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_quantity(text)
        except ValueError as reason:
            raise forms.ValidationError(str(reason)) from reason


class SpotField(forms.CharField):
    """A spot on the map, pasted as a link or as two numbers; cleaned to a `Spot`, or None."""

    widget = forms.TextInput(attrs={"autocomplete": "off"})

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Place on the map"),
            required=False,
            max_length=2_000,  # links of maps are long
            help_text=gettext_lazy(
                "Paste a link or two numbers: hold your finger on the place in a map, and copy what it"
                " shows. Couriers find the door by it, and their stops in a good order."
            ),
        )

    def prepare_value(self, value: Any) -> Any:
        return str(value).replace(",", ", ") if isinstance(value, places.Spot) else value

    def clean(self, value: Any) -> places.Spot | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return places.read(text)
        except places.NotAPlace as reason:
            raise forms.ValidationError(str(reason)) from reason


class UploadField(forms.FileField):
    """A file that passed the upload door."""

    def __init__(self, *, kinds: frozenset[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kinds = kinds

    def clean(self, value: Any, initial: Any = None) -> Any:
        file = super().clean(value, initial)
        if not file:
            return None  # only where it is not required
        try:
            return uploads.admit(file, self.kinds)
        except uploads.Refusal as reason:
            raise forms.ValidationError(str(reason)) from reason


class PhotoField(UploadField):
    """A picture; on a telephone its camera is opened."""

    def __init__(self, **kwargs: Any) -> None:
        camera = forms.FileInput(attrs={"accept": "image/*", "capture": "environment"})
        super().__init__(**{"kinds": uploads.PHOTO, "widget": camera, **kwargs})


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to `most` files that passed the upload door; cleaned to a list of `Handed`."""

    widget = FilesInput

    def __init__(self, *, kinds: frozenset[str], most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kinds, self.most = kinds, most

    def clean(self, value: Any, initial: Any = None) -> list[Handed]:
        """Judge each of them; one that is refused is named, and the browser has forgotten all."""
        if len(value or []) > self.most:
            said = _("No more than %(most)s files at once: choose them again.")
            raise forms.ValidationError(said % {"most": self.most})
        return [self._admit(super(FilesField, self).clean(one, initial)) for one in value or []]

    def _admit(self, file: Any) -> Handed:
        try:
            return Handed(mails.one_line(file.name), uploads.admit(file, self.kinds))
        except uploads.Refusal as reason:
            said = _("%(name)s: %(why)s Choose your files again.")
            raise forms.ValidationError(said % {"name": file.name, "why": reason}) from reason


class Options:
    """What many selects of a page offer: written once, however many show it."""

    def __init__(self, choices: Iterable[tuple[str, str]]) -> None:
        offered = list(choices)
        self._places = {value: place for place, (value, _label) in enumerate(offered)}
        self.labels = dict(offered)
        self._written: list[str] = [
            format_html('<option value="{}">{}</option>', value, label) for value, label in offered
        ]

    def __contains__(self, value: str) -> bool:
        return value in self._places

    def written(self, chosen: str) -> SafeString:
        """Return the options as HTML, with this one selected."""
        options = self._written
        if (place := self._places.get(chosen)) is not None:
            picked = options[place].replace('">', '" selected>', 1)
            options = [*options[:place], picked, *options[place + 1 :]]
        return mark_safe("".join(options))  # noqa: S308 - each of them was escaped


class SharedChoiceField(forms.Field):
    """A choice from options that many lines of a table share; cleaned to its value, or nothing."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid_choice": forms.ChoiceField.default_error_messages["invalid_choice"]
    }
    options: Options

    def offer(self, options: Options) -> None:
        self.options, self.widget = options, SharedSelect(options)

    def to_python(self, value: Any) -> str:
        return "" if value in self.empty_values else str(value)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and value not in self.options:
            said = self.error_messages["invalid_choice"]
            raise forms.ValidationError(said, code="invalid_choice", params={"value": value})


class SharedSelect(forms.Select):
    """A select in one of the many lines of a table."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.shared = options

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        said = flatatt(self.build_attrs({**self.attrs, "name": name}, dict(attrs or {})))
        chosen = "" if value is None else str(value)
        return format_html("<select{}>{}</select>", said, self.shared.written(chosen))
