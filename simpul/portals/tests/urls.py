"""A small house with one page behind each kind of door."""

from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.urls import include, path

from simpul.conversations.models import GuestEntry
from simpul.portals import entrance, errors
from simpul.portals.http import Request
from simpul.workflow.steps import Refused

handler404 = errors.not_found
handler500 = errors.broken


def page(request: Request, **rest: Any) -> HttpResponse:
    return HttpResponse(f"{request.workshop.slug}: {request.person}, link {request.link}, {rest}")


def publication(request: Request, pk: int) -> HttpResponse:
    GuestEntry.objects.get(pk=pk).publish(by=request.person)
    return HttpResponse("done")


def trouble(request: Request, kind: str) -> HttpResponse:
    raise {
        "storm": OperationalError("too long"),
        "refused": Refused("Der Leim ist alle."),
        "missing": Http404(),
    }[kind]


def portal(name: str) -> Any:
    patterns = [
        path("", page, name="home"),
        path("things/<int:pk>/", page, name="thing"),
        path("orders/<str:number>/", page, name="order"),
        path("entries/<int:pk>/publication/", publication, name="publication"),
        path("trouble/<str:kind>/", trouble, name="trouble"),
    ]
    return include((patterns, name))


shop = include(([path("", page, name="profile")], "storefront"))

urlpatterns = [
    path("", entrance.home, name="home"),
    path("l/<str:token>/", entrance.access, name="access"),
    path("language/", entrance.language, name="language"),
    path("look/<str:token>/", entrance.look, name="look"),
    path("accounts/", include("allauth.urls")),
    path("nobody-knows-me/", page, name="unknown"),
    path("<slug:workshop>/my/", portal("buyer")),
    path("<slug:workshop>/desk/", portal("workshop")),
    path("<slug:workshop>/supply/", portal("supplier")),
    path("<slug:workshop>/courier/", portal("courier")),
    path("<slug:workshop>/secret/", portal("cellar")),
    path("<slug:workshop>/", shop),
]
