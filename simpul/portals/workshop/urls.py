from django.urls import path

from simpul.portals.workshop import catalogue, guestbook, leads, parties, settings

app_name = "workshop"

urlpatterns = [
    # orders
    # parties
    path("parties/", parties.parties, name="parties"),
    path("parties/new/", parties.new, name="new-party"),
    path("parties/<int:pk>/", parties.party, name="party"),
    path("parties/<int:pk>/people/", parties.contact, name="new-contact"),
    path("parties/<int:pk>/links/<int:link>/revocation/", parties.revocation, name="revocation"),
    path("leads/", leads.leads, name="leads"),
    path("leads/<int:pk>/welcome/", leads.welcome, name="welcome"),
    path("leads/<int:pk>/refusal/", leads.refusal, name="lead-refusal"),
    # the shop window
    path("guestbook/", guestbook.guestbook, name="guestbook"),
    path("guestbook/<int:pk>/publication/", guestbook.publication, name="publication"),
    path("guestbook/<int:pk>/hiding/", guestbook.hiding, name="hiding"),
    path("guestbook/<int:pk>/answer/", guestbook.answer, name="guest-answer"),
    path("catalogue/", catalogue.products, name="catalogue"),
    path("catalogue/<slug:slug>/", catalogue.product, name="product"),
    path("catalogue/<slug:slug>/price/", catalogue.price, name="price"),
    path("catalogue/<slug:slug>/photo/<int:pk>/", catalogue.photo, name="product-photo"),
    # the house
    path("settings/", settings.profile, name="settings"),
    path("settings/people/", settings.people, name="people"),
    path("settings/people/new/", settings.invitation, name="invitation"),
    path("settings/people/<int:pk>/", settings.person, name="person"),
]
