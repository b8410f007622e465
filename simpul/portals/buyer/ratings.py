"""How content one was with a ticket or an order: one question, also by a link without a login."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from simpul.crm.models import Rating, RatingRules
from simpul.crm.rating_forms import RatingForm, WordsForm
from simpul.portals.http import Request
from simpul.workflow.steps import KeyReused


@require_http_methods(["GET", "POST"])
def rating(request: Request, pk: int) -> HttpResponse:
    """Answer it, and change the answer as long as the rules let."""
    found = _find(request, pk)
    rules = RatingRules.of(request.workshop)
    is_new = found.status == Rating.Status.ASKED
    form = RatingForm(request.POST or None, rating=found, by=request.person)
    if form.is_valid():
        try:
            form.save(by=request.person)
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
            "words_form": WordsForm(rating=found, by=request.person) if found.words else None,
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def words(request: Request, pk: int) -> HttpResponse:
    """Let what one said be shown, or take that back, however long ago it was."""
    found = _find(request, pk)
    form = WordsForm(request.POST, rating=found, by=request.person)
    if form.is_valid():
        form.save(by=request.person)
        messages.success(request, _("Saved."))
    return redirect("buyer:rating", request.workshop.slug, pk)


def _find(request: Request, pk: int) -> Rating:
    ratings = Rating.objects.visible_to(request.person).select_related("order", "ticket", "party")
    return get_object_or_404(ratings, pk=pk)
