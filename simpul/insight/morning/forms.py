"""What the owner says of the tasks of the morning."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from simpul.insight.models import MorningKind, MorningRules, MorningTask


class MorningRulesForm(forms.ModelForm[MorningRules]):
    kinds = forms.MultipleChoiceField(
        label=_("Which kinds"),
        choices=MorningKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = MorningRules
        fields = ("tasks", "holdout_percent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left_out = self.instance.left_out
        self.initial["kinds"] = [kind for kind in MorningKind.values if kind not in left_out]

    def save(self, commit: bool = True) -> MorningRules:
        chosen = self.cleaned_data["kinds"]
        self.instance.left_out = [kind for kind in MorningKind.values if kind not in chosen]
        return super().save(commit)


class OutcomeForm(forms.Form):
    """What became of a task."""

    outcome = forms.ChoiceField(
        choices=[one for one in MorningTask.Status.choices if one[0] != MorningTask.Status.OPEN]
    )
