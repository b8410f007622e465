"""What is asked when news is written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Product
from simpul.crm.models import BULLETIN_TITLE, LONGEST_BULLETIN, Bulletin, Segment
from simpul.lib import uploads
from simpul.papers.models import Upload
from simpul.parties.models import Person, Workshop
from simpul.ui.fields import UploadField


class BulletinForm(forms.Form):
    """What is told, to whom, and whether everybody may read it."""

    title = forms.CharField(label=_("Title in Indonesian"), max_length=BULLETIN_TITLE)
    body = forms.CharField(
        label=_("Text in Indonesian"),
        max_length=LONGEST_BULLETIN,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    title_en = forms.CharField(
        label=_("Title in English"), max_length=BULLETIN_TITLE, required=False
    )
    body_en = forms.CharField(
        label=_("Text in English"),
        max_length=LONGEST_BULLETIN,
        required=False,
        help_text=_("For readers who chose English; empty: they read the Indonesian one."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    picture = UploadField(label=_("Picture"), kinds=uploads.PHOTO, required=False)
    product = forms.ModelChoiceField(
        Product.objects.none(),
        label=_("About a model"),
        required=False,
        empty_label=_("no model"),
        help_text=_("Readers are led to it."),
    )
    segment = forms.ModelChoiceField(
        Segment.objects.none(),
        label=_("To whom"),
        required=False,
        empty_label=_("all who buy"),
        help_text=_(
            "It stands on their first page, with the reason: a model that they ordered, or their town."
        ),
    )
    is_public = forms.BooleanField(
        label=_("Everybody may read it in the shop window"), required=False
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        workshop: Workshop,
        bulletin: Bulletin | None = None,
    ) -> None:
        said = {name: getattr(bulletin, name) for name in self.base_fields if bulletin is not None}
        super().__init__(data, files, initial={**said, "picture": None} if said else {})
        self.bulletin = bulletin
        mine = {
            "segment": Segment.objects.filter(workshop=workshop)
            .kept()
            .without_margins()
            .order_by("name", "pk"),
            "product": Product.objects.filter(workshop=workshop).order_by("position", "pk"),
        }
        for name, rows in mine.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
            field.queryset = rows

    @transaction.atomic
    def save(self, *, by: Person) -> Bulletin:
        """Write it; a refused step keeps no picture either."""
        facts = dict(self.cleaned_data)
        picture = facts.pop("picture")
        if picture is not None:
            facts["picture"] = Upload.keep(picture, by=by)
        if self.bulletin is None:
            return Bulletin.write(by=by, **facts)
        self.bulletin.change(by=by, **facts)
        return self.bulletin
