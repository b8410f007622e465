from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from simpul.crm import listing
from simpul.crm.models import ListImport
from simpul.crm.tables import ListRefused, read_table
from simpul.lib import uploads
from simpul.parties.models import Person
from simpul.ui.fields import UploadField

EXAMPLES = 3


class ListForm(forms.Form):
    """A list of customers, suppliers or models, as another program saved it."""

    file = UploadField(
        label=_("File"),
        kinds=uploads.LIST,
        help_text=_("CSV or XLSX with headings, or the contacts of a telephone (vCard, .vcf)."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.vcf,text/csv,text/vcard"}),
    )
    of = forms.ChoiceField(
        label=_("What is in it?"),
        choices=ListImport.Of.choices,
        help_text=_("What they are to us, where the list does not say it itself."),
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by.may("catalog.keep", by.workshop):
            kinds = self.fields["of"]
            assert isinstance(kinds, forms.ChoiceField)  # noqa: S101 - declared above
            kinds.choices = [
                (one.value, one.label) for one in ListImport.Of if one != ListImport.Of.PRODUCT
            ]

    def clean_file(self) -> Any:
        admitted = self.cleaned_data["file"]
        try:
            self.table = read_table(admitted.content)
        except ListRefused as reason:
            raise forms.ValidationError(str(reason)) from reason
        return admitted

    def read(self, *, by: Person) -> ListImport:
        """Keep the list with a verdict for each row."""
        handed_in = self.files.get("file")
        with transaction.atomic():
            made = ListImport.read(
                by=by,
                table=self.table,
                name=getattr(handed_in, "name", "") or "",
                of=self.cleaned_data["of"],
            )
            listing.judge(made)
        return made


class MappingForm(forms.Form):
    """What each column means: a select for each, beside what stands in it first."""

    def __init__(self, data: Any = None, *, made: ListImport) -> None:
        super().__init__(data)
        self.made = made
        rows = list(made.rows.order_by("line")[:30])
        choices = [("", _("leave it out")), *made.fields.items()]
        self.examples: dict[str, list[str]] = {}
        for at, (heading, meant) in enumerate(zip(made.headings, made.mapping, strict=True)):
            name = f"column-{at}"
            self.fields[name] = forms.ChoiceField(
                label=heading or f"{at + 1}", choices=choices, required=False, initial=meant
            )
            said = dict.fromkeys(row.cells[at] for row in rows if row.cells[at])
            self.examples[name] = list(said)[:EXAMPLES]

    def map(self, *, by: Person) -> None:
        mapping = [self.cleaned_data[f"column-{at}"] for at in range(len(self.made.headings))]
        with transaction.atomic():
            self.made.map(by=by, mapping=mapping)
            listing.judge(self.made)

    @property
    def columns(self) -> list[tuple[forms.BoundField, list[str]]]:
        """Each select with the first values of its column."""
        return [(self[name], said) for name, said in self.examples.items()]
