"""What handing over collected cash, and counting it, need to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.ui.fields import RupiahField
from simpul.ui.jinja import rupiah


class HandingForm(forms.Form):
    said = RupiahField(label=_("Handed over, in rupiah"), max_length=20)

    def __init__(self, *args: Any, held: int, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"said": held}, **kwargs})
        self.held = held
        self.fields["said"].help_text = _now("%(amount)s was collected.") % {"amount": rupiah(held)}


class CountedForm(forms.Form):
    """What lies on the table; the sum that was said is not proposed, so that somebody counts."""

    counted = RupiahField(label=_("Counted, in rupiah"), max_length=20)
