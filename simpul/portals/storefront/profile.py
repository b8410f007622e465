from typing import Any

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from simpul.catalog.models import Product
from simpul.conversations.models import GuestEntry
from simpul.crm.models import ShowcaseRules, ShownPicture, Voice
from simpul.crm.models.showcase import ShownPictureQuerySet
from simpul.crm.models.voice import VoiceQuerySet
from simpul.insight.punctuality import delivered_by, punctuality_of
from simpul.lib import clock
from simpul.parties.models import Workshop
from simpul.portals.http import Visit
from simpul.portals.storefront.bulletins import public
from simpul.portals.storefront.catalogue import prices_for
from simpul.portals.storefront.recommended import keep

MOST_PICTURES = 6
MOST_VOICES = 4
AN_HOUR = 3_600


@require_safe
def profile(request: Visit) -> HttpResponse:
    products = Product.objects.filter(workshop=request.workshop, is_published=True).for_list()
    words = GuestEntry.objects.filter(workshop=request.workshop).published().order_by("-id")
    words = words.prefetch_related("subject")
    answer = render(
        request,
        "storefront/profile.html",
        {
            "products": list(products.order_by("position", "pk")[:3]),
            "paragraphs": [part for part in request.workshop.story_here.split("\n\n") if part],
            "words": list(words[:2]),
            "voices": list(_voices(request)[:MOST_VOICES]),
            "bulletins": list(public(request)[:3]),
            "prices": prices_for(request),
            **_figures(request.workshop),
            "pictures": list(_pictures(request).select_related("photo__stage")[:MOST_PICTURES]),
            "today": clock.today(),
        },
    )
    return keep(request, answer)


def _figures(workshop: Workshop) -> dict[str, Any]:
    """Return what is counted over all orders; for an hour it stands, however many visitors come."""
    rules, punctuality = ShowcaseRules.of(workshop), None
    if rules.says_punctuality:
        name = f"punctuality:{workshop.pk}:{rules.fewest}:{rules.days}"
        punctuality = cache.get_or_set(name, lambda: punctuality_of(workshop), AN_HOUR)
    name = f"delivered:{workshop.pk}"
    delivered = cache.get_or_set(name, lambda: delivered_by(workshop), AN_HOUR)
    return {"punctuality": punctuality, "delivered": delivered}


@require_safe
@cache_control(public=True, max_age=3_600)
def work_photo(request: Visit, pk: int) -> HttpResponse:
    """Serve a picture of the work that the owner shows to everybody."""
    rows = _pictures(request).select_related("photo__upload", "photo__small")
    upload = get_object_or_404(rows, pk=pk).photo.picture(is_small="small" in request.GET)
    return HttpResponse(upload.read(), content_type=upload.kind)


def _pictures(request: Visit) -> ShownPictureQuerySet:
    return ShownPicture.objects.filter(workshop=request.workshop).standing()


def _voices(request: Visit) -> VoiceQuerySet:
    return Voice.objects.filter(workshop=request.workshop).shown()
