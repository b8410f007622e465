"""What is asked in the room of the distributors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import LONGEST_POST, Post, RoomRules
from simpul.lib import uploads
from simpul.papers.models import Upload
from simpul.parties.models import Person
from simpul.ui.fields import UploadField


class PostForm(forms.Form):
    body = forms.CharField(
        label=_("What do you want to say?"),
        max_length=LONGEST_POST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    picture = UploadField(label=_("Picture"), kinds=uploads.PHOTO, required=False)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].help_text = (
            _("All distributors of the workshop read it, with the name of the workshop.")
            if by.is_staff
            else _("All distributors of the workshop read it, with the name of your shop.")
        )

    @transaction.atomic
    def save(self, *, by: Person, thread: Post | None = None) -> Post:
        """Say it, in a thread or in a new one; a refused step keeps no picture either."""
        picture = self.cleaned_data["picture"]
        kept = Upload.keep(picture, by=by) if picture is not None else None
        facts = {"body": self.cleaned_data["body"], "picture": kept}
        if thread is None:
            return Post.write(by=by, **facts)
        return Post.answer(by=by, thread=thread, **facts)


class AnswerPostForm(PostForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("Your reply")


class ReportForm(forms.Form):
    complaint = forms.CharField(
        label=_("What is wrong with it?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only the workshop reads this."),
    )


class PostHidingForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Whoever wrote it reads this."),
    )


class RoomRulesForm(forms.ModelForm[RoomRules]):
    class Meta:
        model = RoomRules
        fields = ("days", "regular_orders", "payments")

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        for name in self._meta.fields or ():
            if facts.get(name) == 0:
                self.add_error(name, _now("Take one at least."))
        return facts
