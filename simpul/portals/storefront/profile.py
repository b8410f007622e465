from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from simpul.catalog.models import Product
from simpul.conversations.models import GuestEntry
from simpul.lib import clock
from simpul.portals.http import Visit
from simpul.portals.storefront.bulletins import public
from simpul.portals.storefront.catalogue import prices_for
from simpul.portals.storefront.recommended import keep


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
            "bulletins": list(public(request)[:3]),
            "prices": prices_for(request),
            "today": clock.today(),
        },
    )
    return keep(request, answer)
