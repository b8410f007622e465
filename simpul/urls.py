"""All addresses: the doors of no portal first, then each workshop under its own name."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from simpul.portals import entrance

handler400 = "simpul.portals.errors.bad_request"
handler403 = "simpul.portals.errors.forbidden"
handler404 = "simpul.portals.errors.not_found"
handler500 = "simpul.portals.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", entrance.home, name="home"),
    path("l/<str:token>/", entrance.access, name="access"),
    path("language/", entrance.language, name="language"),
    path("accounts/", include("allauth.urls")),
    path("hooks/", include("simpul.portals.bank.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("look/<str:token>/", entrance.look, name="look"))
if settings.DEMO or settings.DEBUG:
    urlpatterns.append(path("gallery/", entrance.gallery, name="gallery"))

urlpatterns += [
    path("<slug:workshop>/my/", include("simpul.portals.buyer.urls")),
    path("<slug:workshop>/desk/", include("simpul.portals.workshop.urls")),
    path("<slug:workshop>/supply/", include("simpul.portals.supplier.urls")),
    path("<slug:workshop>/courier/", include("simpul.portals.courier.urls")),
    path("<slug:workshop>/", include("simpul.portals.storefront.urls")),
]
