from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from simpul.conversations.forms import GuestForm
from simpul.conversations.models import GuestEntry
from simpul.lib.limits import is_too_often
from simpul.portals.http import Visit

A_PAGE = 20


@require_http_methods(["GET", "POST"])
def guestbook(request: Visit) -> HttpResponse:
    form = GuestForm(request.POST or None)
    if form.is_valid():
        if is_too_often("guestbook", _address(request), times=5, seconds=3600):
            form.add_error(None, _("You have written a lot just now: please try again in an hour."))
        else:
            if not form.is_from_a_robot:
                GuestEntry.sign(by=request.workshop.machine, **form.entry)
            messages.success(request, _("Thank you. We read every word before it appears here."))
            return redirect("storefront:guestbook", request.workshop.slug)
    entries = GuestEntry.objects.filter(workshop=request.workshop).published().order_by("-id")
    return render(
        request,
        "storefront/guestbook.html",
        {"form": form, "page": Paginator(entries, A_PAGE).get_page(request.GET.get("page"))},
        status=422 if form.is_bound else 200,
    )


def _address(request: Visit) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
