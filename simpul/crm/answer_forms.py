"""What an answer page says, in both languages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import LONGEST_ANSWER_PAGE, LONGEST_ANSWER_TITLE, AnswerPage


class AnswerPageForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=AnswerPage.Kind.choices, widget=forms.RadioSelect
    )
    title = forms.CharField(label=_("The question, in Indonesian"), max_length=LONGEST_ANSWER_TITLE)
    words = forms.CharField(
        label=_("The answer, in Indonesian"),
        max_length=LONGEST_ANSWER_PAGE,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Plain words. An empty line begins a new paragraph."),
    )
    title_en = forms.CharField(
        label=_("The question, in English"), max_length=LONGEST_ANSWER_TITLE, required=False
    )
    words_en = forms.CharField(
        label=_("The answer, in English"),
        max_length=LONGEST_ANSWER_PAGE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Without it everybody reads the Indonesian."),
    )
