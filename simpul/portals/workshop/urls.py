from django.urls import path

from simpul.portals.workshop import catalogue, guestbook, leads, orders, parties, settings, terms, today

app_name = "workshop"

urlpatterns = [
    path("", today.today, name="today"),
    # orders
    path("orders/", orders.orders, name="orders"),
    path("orders/orders.csv", orders.export, name="orders-export"),
    path("orders/new/", orders.new, name="new-order"),
    path("orders/new/<int:pk>/", orders.entry, name="order-entry"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/confirmation/", terms.confirmation, name="confirmation"),
    path("orders/<str:number>/offer/", terms.offer, name="offer"),
    path("orders/<str:number>/refusal/", terms.refusal, name="refusal"),
    path("orders/<str:number>/expiry/", terms.expiry, name="expiry"),
    path("orders/<str:number>/cancellation/", terms.cancellation, name="cancellation"),
    path("orders/<str:number>/waivers/<int:position>/", terms.waiver, name="waiver"),
    path("orders/<str:number>/closing/", terms.closing, name="closing"),
    path("orders/<str:number>/messages/", orders.message, name="order-message"),
    path("orders/<str:number>/notes/", orders.note, name="order-note"),
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
