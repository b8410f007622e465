"""News that everybody may read."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from simpul.crm import sealed_news
from simpul.crm.models import Bulletin, BulletinQuerySet
from simpul.portals.files import serve_upload
from simpul.portals.http import Visit

A_PAGE = 10


@require_safe
def bulletins(request: Visit) -> HttpResponse:
    page = Paginator(public(request), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "storefront/bulletins.html", {"page": page})


@require_safe
def bulletin(request: Visit, pk: int) -> HttpResponse:
    found = get_object_or_404(public(request).select_related("product"), pk=pk)
    picture = reverse("storefront:bulletin-picture", args=[request.workshop.slug, pk])
    return render(request, "storefront/bulletin.html", {"bulletin": found, "picture": picture})


@require_safe
@cache_control(public=True, max_age=3_600)
def picture(request: Visit, pk: int) -> HttpResponse:
    """Serve the picture of public news: an image that we have re-encoded ourselves."""
    shown = public(request).exclude(picture=None).select_related("picture")
    upload = get_object_or_404(shown, pk=pk).picture
    assert upload is not None  # noqa: S101 - excluded above
    return HttpResponse(upload.read(), content_type=upload.kind)


@require_safe
@never_cache
def sealed(request: Visit, token: str) -> HttpResponse:
    """News that is not for everybody, by the link in the message to one without a login."""
    found = _sealed(request, token).bulletin
    picture = reverse("storefront:sealed-picture", args=[request.workshop.slug, token])
    return render(request, "storefront/bulletin.html", {"bulletin": found, "picture": picture})


@require_safe
def sealed_picture(request: Visit, token: str) -> HttpResponse:
    upload = _sealed(request, token).bulletin.picture
    if upload is None:
        raise Http404
    return serve_upload(upload)


def _sealed(request: Visit, token: str) -> sealed_news.Sealed:
    found = sealed_news.read(token, request.workshop)
    if found is None:
        raise Http404
    return found


def public(request: Visit) -> BulletinQuerySet:
    return Bulletin.objects.filter(workshop=request.workshop).public()
