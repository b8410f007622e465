"""What is asked about wishes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Product
from simpul.crm.models import ANSWERS, LONGEST_WISH, Wish, WishRules, WishStatus
from simpul.lib import clock

LONGEST_ANSWER = 500


class WishForm(forms.Form):
    words = forms.CharField(
        label=_("What do you wish for?"),
        max_length=LONGEST_WISH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The other customers read it, without your name. One wish at a time."),
    )


class WishAnswerForm(forms.Form):
    """What becomes of a wish; drafted as long as nothing was said."""

    status = forms.ChoiceField(
        label=_("What we do about it"), choices=[(one.value, one.label) for one in ANSWERS]
    )
    answer = forms.CharField(
        label=_("Our answer, for all customers to read"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Not now: say why."),
    )
    product = forms.ModelChoiceField(
        Product.objects.none(),
        label=_("Done in this model"),
        required=False,
        empty_label=_("no model"),
        help_text=_("Who wished it is led there."),
    )

    def __init__(self, data: Any = None, *, wish: Wish) -> None:
        is_new = wish.status == WishStatus.NEW
        draft = _now("Thank you for this wish. We are looking at how to do it.")
        initial = {
            "status": WishStatus.PLANNED if is_new else wish.status,
            "answer": draft if is_new else wish.answer,
            "product": wish.product_id,
        }
        super().__init__(data, initial=initial)
        models = Product.objects.filter(workshop=wish.workshop_id, is_published=True)
        field = self.fields["product"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = models.order_by("position", "pk")


class WishHidingForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Whoever wrote the wish reads it."),
    )


class WishNextForm(forms.Form):
    """The next step with whoever wrote it, drafted."""

    words = forms.CharField(label=_("What"), max_length=200)
    due_on = forms.DateField(
        label=_("On"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, *, wish: Wish) -> None:
        draft = (
            _now("Call %(name)s: ask what was wrong, and offer to put it right")
            if wish.complains
            else _now("Call %(name)s: ask how many pairs they would take, and by when")
        )
        drafted = {"words": draft % {"name": wish.person}, "due_on": clock.in_days(1)}
        super().__init__(data, initial=drafted)


class WishRulesForm(forms.ModelForm[WishRules]):
    class Meta:
        model = WishRules
        fields = ("many", "weigh_days")

    def clean_many(self) -> int:
        many: int = self.cleaned_data["many"]
        if many < 2:
            raise forms.ValidationError(_now("Many are two at least."))
        return many

    def clean_weigh_days(self) -> int:
        days: int = self.cleaned_data["weigh_days"]
        if days < 1:
            raise forms.ValidationError(_now("Take a day at least."))
        return days
