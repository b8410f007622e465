from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from simpul.catalog.models import Product
from simpul.conversations import spam
from simpul.conversations.forms import GuestForm
from simpul.conversations.models import GuestEntry
from simpul.lib import clock
from simpul.lib.limits import is_too_often
from simpul.portals.http import Visit
from simpul.portals.storefront.catalogue import published
from simpul.workflow.steps import KeyReused

A_PAGE = 20


@require_http_methods(["GET", "POST"])
def guestbook(request: Visit) -> HttpResponse:
    form = GuestForm(request.POST or None, customer_since=_customer_since(request))
    slug = request.GET.get("about", "")[:60]
    product = published(request).filter(slug=slug).first() if slug else None
    if form.is_valid():
        if is_too_often("guestbook", _address(request), times=5, seconds=3600):
            form.add_error(None, _("You have written a lot just now: please try again in an hour."))
        else:
            return _take(request, form, product)
    entries = GuestEntry.objects.filter(workshop=request.workshop).published().order_by("-id")
    page = Paginator(entries.prefetch_related("subject"), A_PAGE)
    return render(
        request,
        "storefront/guestbook.html",
        {"form": form, "product": product, "page": page.get_page(request.GET.get("page"))},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def thanks(request: Visit, challenge: str) -> HttpResponse:
    """Thank for what looks like a robot's; a browser that works for it takes it out of suspicion."""
    pk = spam.entry_of(challenge)
    if pk is None:
        raise Http404
    entry = get_object_or_404(GuestEntry, workshop=request.workshop, pk=pk)
    is_asked = spam.is_provable(entry.signs) and entry.status == GuestEntry.Status.WAITING
    if request.method == "POST":
        if is_asked and spam.is_proof(challenge, request.POST.get("number", "")):
            entry.vouch(by=request.workshop.machine)
        return _thank(request)
    context = {"challenge": challenge, "bits": spam.BITS, "is_asked": is_asked}
    return render(request, "storefront/guest_thanks.html", context)


def _take(request: Visit, form: GuestForm, product: Product | None) -> HttpResponse:
    machine = request.workshop.machine
    signs = form.signs(request.workshop.slug)
    try:
        if not signs:
            GuestEntry.sign(by=machine, subject=product, **form.entry)
            return _thank(request)
        entry = GuestEntry.hold(by=machine, signs=signs, subject=product, **form.entry)
    except KeyReused:  # this very form, tapped twice: the first looked otherwise, and is kept
        return _thank(request)
    return redirect("storefront:guest-thanks", request.workshop.slug, spam.challenge(entry.pk))


def _thank(request: Visit) -> HttpResponse:
    messages.success(request, _("Thank you. We read every word before it appears here."))
    return redirect("storefront:guestbook", request.workshop.slug)


def _customer_since(request: Visit) -> int | None:
    """Return the year since which the reader buys here, if we know who it is."""
    party = request.person.party if request.person else None
    return clock.day_of(party.since).year if party and party.buys_as and party.is_welcome else None


def _address(request: Visit) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
