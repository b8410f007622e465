"""What the shop window tells of the workshop: the owner says what, and chooses the pictures."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from simpul.crm.models import ShowcaseRules, ShownPicture
from simpul.crm.showcase_forms import PictureForm, ShowcaseRulesForm
from simpul.insight.punctuality import delivered_by, punctuality_of
from simpul.portals.http import Request, demand
from simpul.production.models import StagePhoto

A_PAGE = 12


@require_http_methods(["GET", "POST"])
def showcase(request: Request) -> HttpResponse:
    demand(request, "crm.keep_showcase", request.workshop)
    form = ShowcaseRulesForm(request.POST or None, instance=ShowcaseRules.of(request.workshop))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("workshop:showcase", request.workshop.slug)
    return _page(request, form, status=422 if form.is_bound else 200)


@require_POST
def showing(request: Request, pk: int) -> HttpResponse:
    """Show a picture to everybody, once it was said that only goods are on it."""
    demand(request, "crm.keep_showcase", request.workshop)
    photo = get_object_or_404(StagePhoto.objects.visible_to(request.person), pk=pk)
    if not PictureForm(request.POST).is_valid():
        messages.error(request, _("Say first that only goods are seen on the picture."))
        return redirect("workshop:showcase", request.workshop.slug)
    ShownPicture.show(by=request.person, photo=photo)
    return redirect("workshop:showcase", request.workshop.slug)


@require_POST
def taking_off(request: Request, pk: int) -> HttpResponse:
    known = ShownPicture.objects.visible_to(request.person)
    get_object_or_404(known, pk=pk).take_off(by=request.person)
    return redirect("workshop:showcase", request.workshop.slug)


def _page(request: Request, form: ShowcaseRulesForm, *, status: int) -> HttpResponse:
    shown = ShownPicture.objects.visible_to(request.person).standing()
    photos = StagePhoto.objects.visible_to(request.person).exclude(pk__in=shown.values("photo"))
    return render(
        request,
        "workshop/customers/bulletins/showcase.html",
        {
            "form": form,
            "punctuality": punctuality_of(request.workshop),
            "delivered": delivered_by(request.workshop),
            "shown": list(shown.select_related("photo__stage")),
            "page": Paginator(photos.for_list(), A_PAGE).get_page(request.GET.get("page")),
        },
        status=status,
    )
