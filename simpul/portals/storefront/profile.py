from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from simpul.catalog.models import Product
from simpul.conversations.models import GuestEntry
from simpul.lib import clock
from simpul.portals.http import Request


@require_safe
def profile(request: Request) -> HttpResponse:
    products = Product.objects.filter(workshop=request.workshop, is_published=True).for_list()
    words = GuestEntry.objects.filter(workshop=request.workshop).published().order_by("-id")
    return render(
        request,
        "storefront/profile.html",
        {
            "products": list(products.order_by("position", "pk")[:3]),
            "words": list(words[:2]),
            "today": clock.today(),
        },
    )
