from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import SENT_BY, Bulletin, Campaign, Purpose, Segment, Ways
from simpul.crm.models.campaign import LONGEST_CAMPAIGN, SUBJECT
from simpul.crm.wording import unknown_gaps
from simpul.lib import clock, uploads
from simpul.papers.models import Upload
from simpul.parties.models import Person
from simpul.ui.fields import UploadField

TEXTS = ("subject", "body", "subject_en", "body_en")


class CampaignForm(forms.Form):
    """What is said, to whom and how; names in braces are filled in for each reader."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Only our own people see it.")
    )
    segment = forms.ModelChoiceField(Segment.objects.none(), label=_("To whom"))
    purpose = forms.ChoiceField(
        label=_("It is about"),
        choices=[(one.value, one.label) for one in SENT_BY],
        widget=forms.RadioSelect,
        initial=Purpose.NEWS,
        help_text=_("Only whoever agreed to it is written to."),
    )
    ways = forms.ChoiceField(
        label=_("How"), choices=Ways.choices, widget=forms.RadioSelect, initial=Ways.EITHER
    )
    subject = forms.CharField(label=_("Subject in Indonesian"), max_length=SUBJECT)
    body = forms.CharField(
        label=_("Text in Indonesian"),
        max_length=LONGEST_CAMPAIGN,
        help_text=_("{nama} becomes the name of the reader, {model} the model they ordered last."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    subject_en = forms.CharField(label=_("Subject in English"), max_length=SUBJECT, required=False)
    body_en = forms.CharField(
        label=_("Text in English"),
        max_length=LONGEST_CAMPAIGN,
        required=False,
        help_text=_("For readers who chose English. Here {name} stands for the name."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    picture = UploadField(
        label=_("Picture"),
        kinds=uploads.PHOTO,
        required=False,
        help_text=_("It stands in the e-mail; WhatsApp texts go without."),
    )
    holdout_percent = forms.IntegerField(
        label=_("Share that gets nothing, %"),
        min_value=0,
        max_value=50,
        initial=10,
        help_text=_("Drawn by lot. Only so can one tell later what the campaign has brought."),
    )
    result_days = forms.IntegerField(
        label=_("Days after which it is judged"), min_value=1, max_value=365, initial=30
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        by: Person,
        campaign: Any = None,
        bulletin: Bulletin | None = None,
        address: str = "",
    ) -> None:
        """`bulletin` is news that a new campaign tells of, `address` where it is read."""
        said = {name: getattr(campaign, name) for name in self.base_fields if campaign is not None}
        if campaign is None and bulletin is not None:
            said = _told_of(bulletin, address)
        super().__init__(data, files, initial={**said, "picture": None} if said else {})
        self.campaign: Campaign | None = campaign
        self.bulletin = bulletin
        field = self.fields["segment"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        mine = Segment.objects.visible_to(by).kept()
        if campaign is not None:
            mine |= Segment.objects.filter(pk=campaign.segment_id)
        field.queryset = mine.order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        for name in TEXTS:
            if gaps := unknown_gaps(facts.get(name, "")):
                said = _now("Nothing is known that belongs here: %(gaps)s. Take {nama} or {model}.")
                self.add_error(name, said % {"gaps": ", ".join(gaps)})
        return facts

    @transaction.atomic
    def save(self, *, by: Person) -> Campaign:
        """Write the campaign; a refused step keeps no picture either."""
        facts = dict(self.cleaned_data)
        picture = facts.pop("picture")
        if picture is not None:
            facts["picture"] = Upload.keep(picture, by=by)
        if self.campaign is None:
            if self.bulletin is not None:
                facts["bulletin"] = self.bulletin
                facts.setdefault("picture", self.bulletin.picture)
            return Campaign.write(by=by, **facts)
        self.campaign.change(by=by, **facts)
        return self.campaign


def _told_of(bulletin: Bulletin, address: str) -> dict[str, Any]:
    """Return what a campaign would say of it; somebody reads it over before it is sent."""
    said: dict[str, Any] = {"segment": bulletin.segment_id, "purpose": Purpose.NEWS}
    said |= {"name": bulletin.title[:80], "ways": Ways.EITHER}
    said |= {"holdout_percent": 10, "result_days": 30}
    for language, suffix, greeting in (("id", "", "Halo {nama},"), ("en", "_en", "Hello {name},")):
        title, body = bulletin.text_in(language)
        if suffix and not bulletin.body_en:
            break
        said[f"subject{suffix}"] = title
        said[f"body{suffix}"] = "\n\n".join((greeting, body, address))
    return said


class PlanForm(forms.Form):
    at = forms.DateTimeField(
        label=_("When"),
        required=False,
        help_text=_("Empty: at once. In the quiet time nothing is sent, it goes on after it."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["at"]
        if at is not None and at < clock.now():
            raise forms.ValidationError(_now("This time is past: take a later one, or none."))
        return at
