from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from simpul.insight.dates import outlook
from simpul.lib import codes
from simpul.lib.limits import is_too_often
from simpul.orders.models import Order
from simpul.portals.http import Visit

MISSES_AN_HOUR = 20


@require_http_methods(["GET", "POST"])
def search(request: Visit) -> HttpResponse:
    """Ask for the code and lead to the order's page."""
    code = codes.tidy(request.POST.get("code", ""))
    if code:
        return redirect("storefront:tracked", request.workshop.slug, code[:20])
    text = _("Type the code.") if request.method == "POST" else ""
    return render(
        request, "storefront/track.html", {"error": text, "typed": ""}, status=422 if text else 200
    )


@never_cache
@require_safe
def order(request: Visit, code: str) -> HttpResponse:
    """Show where an order stands to whoever holds its code: no prices, no names."""
    found = (
        Order.objects.filter(workshop=request.workshop, public_code=codes.tidy(code))
        .for_page()
        .first()
    )
    if found is None:
        address = str(request.META.get("REMOTE_ADDR", ""))
        if is_too_often("track", address, times=MISSES_AN_HOUR, seconds=3600):
            raise Http404
        text = _("We know no order by this code. Please look at it again.")
        return render(request, "storefront/track.html", {"error": text, "typed": code}, status=404)
    outlook.expect(request.workshop, [found])
    page = (
        "storefront/tracked_for_buyer.html" if found.in_buyers_name else "storefront/tracked.html"
    )
    sender = found.buyer.telephone() if found.in_buyers_name else ""
    answer = render(request, page, {"order": found, "sender_telephone": sender})
    answer["X-Robots-Tag"] = "noindex"
    return answer
