"""How content one was with a ticket or an order: one question, also by a link without a login."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from simpul.crm.models import Rating, RatingRules
from simpul.crm.rating_forms import RatingForm
from simpul.portals.http import Request
from simpul.workflow.steps import KeyReused


@require_http_methods(["GET", "POST"])
def rating(request: Request, pk: int) -> HttpResponse:
    """Answer it, and change the answer as long as the rules let."""
    ratings = Rating.objects.visible_to(request.person).select_related("order", "ticket", "party")
    found = get_object_or_404(ratings, pk=pk)
    rules = RatingRules.of(request.workshop)
    is_new = found.status == Rating.Status.ASKED
    form = RatingForm(request.POST or None, initial={"stars": found.stars, "words": found.words})
    if form.is_valid():
        say = found.reply if is_new else found.change
        try:
            say(by=request.person, **form.cleaned_data)
        except KeyReused:  # this very form, sent twice: the first was another step, and is kept
            return redirect("buyer:rating", request.workshop.slug, pk)
        messages.success(request, _("Thank you. The workshop reads it."))
        return redirect("buyer:rating", request.workshop.slug, pk)
    return render(
        request,
        "buyer/ratings/page.html",
        {
            "rating": found,
            "form": form,
            "is_new": is_new,
            "can_change": found.can_change(rules),
            "until": found.changeable_until(rules),
        },
        status=422 if form.is_bound else 200,
    )
