from django.urls import path

from simpul.portals import devices, news, search, told
from simpul.portals.buyer import (
    answers,
    changes,
    consents,
    credit,
    home,
    orders,
    own,
    payments,
    placing,
    points,
    tally,
    tickets,
    vouchers,
)

app_name = "buyer"

urlpatterns = [
    path("", home.home, name="home"),
    # orders; all that belongs to one lies below its page, so that a link opens just that
    path("orders/", orders.orders, name="orders"),
    path("orders/new/", placing.new, name="new-order"),
    path("orders/new/earliest/", placing.earliest, name="earliest"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/acceptance/", answers.acceptance, name="acceptance"),
    path("orders/<str:number>/counter/", answers.counter, name="counter"),
    path("orders/<str:number>/withdrawal/", answers.withdrawal, name="withdrawal"),
    path("orders/<str:number>/closing/", answers.closing, name="closing"),
    path("orders/<str:number>/change/", changes.new, name="new-change"),
    path("orders/<str:number>/changes/<int:revision>/", changes.change, name="change"),
    path(
        "orders/<str:number>/changes/<int:revision>/acceptance/",
        changes.acceptance,
        name="change-acceptance",
    ),
    path(
        "orders/<str:number>/changes/<int:revision>/refusal/",
        changes.refusal,
        name="change-refusal",
    ),
    path(
        "orders/<str:number>/changes/<int:revision>/withdrawal/",
        changes.withdrawal,
        name="change-withdrawal",
    ),
    path("orders/<str:number>/messages/", orders.message, name="order-message"),
    path("orders/<str:number>/files/<int:file>/", orders.message_file, name="message-file"),
    path("orders/<str:number>/photos/<int:pk>/", orders.photo, name="work-photo"),
    path("orders/<str:number>/payment/", payments.payment, name="payment"),
    path("orders/<str:number>/payment/qris.png", payments.qris, name="qris"),
    path("orders/<str:number>/tally/", tally.order, name="order-tally"),
    path("orders/<str:number>/tally.pdf", tally.order_pdf, name="order-tally-pdf"),
    path("orders/<str:number>/claim/", payments.claim, name="claim"),
    path("orders/<str:number>/claims/<int:pk>/proof/", payments.proof, name="proof"),
    path("orders/<str:number>/papers/<str:code>.pdf", payments.paper, name="paper"),
    # questions and complaints
    path("orders/<str:number>/ticket/", tickets.order_ticket, name="order-ticket"),
    path("tickets/", tickets.tickets, name="tickets"),
    path("tickets/new/", tickets.new, name="new-ticket"),
    path("tickets/<int:pk>/", tickets.ticket, name="ticket"),
    path("tickets/<int:pk>/messages/", tickets.message, name="ticket-message"),
    path("tickets/<int:pk>/files/<int:file>/", tickets.message_file, name="ticket-file"),
    path("tickets/<int:pk>/reopening/", tickets.reopening, name="ticket-reopening"),
    # the account month by month
    path("tally/", tally.tally_sheet, name="tally"),
    path("tally/<str:month>.pdf", tally.pdf, name="tally-pdf"),
    path("tally/<str:month>/tick/", tally.tick, name="tally-tick"),
    path("tally/<str:month>/question/", tally.question, name="tally-question"),
    path("tally/files/<int:file>/", tally.message_file, name="tally-file"),
    # the buyer's own
    path("credit/", credit.credit, name="credit"),
    path("credit/use/", credit.use, name="credit-use"),
    path("credit/refund/", credit.refund, name="credit-refund"),
    path("credit/refunds/<int:pk>/withdrawal/", credit.withdrawal, name="refund-withdrawal"),
    path("credit/papers/<str:code>.pdf", credit.paper, name="credit-paper"),
    # points
    path("points/", points.points, name="points"),
    path("points/exchange/", vouchers.exchange, name="points-exchange"),
    path("points/orders/<str:number>/", vouchers.redemption, name="redemption"),
    path("addresses/", own.addresses, name="addresses"),
    path("addresses/new/", own.new_address, name="new-address"),
    path("addresses/<int:pk>/", own.address, name="address"),
    path("addresses/<int:pk>/removal/", own.removal, name="address-removal"),
    path("profile/", own.profile, name="profile"),
    # what one was told
    path("search/", search.search, name="search"),
    path("news/", news.news, name="news"),
    path("news/seen/", news.seen, name="news-seen"),
    path("news/told/", told.told, name="told"),
    path("news/told/consents/", consents.consents, name="consents"),
    path("news/devices/", devices.devices, name="devices"),
    path("news/devices/<int:pk>/removal/", devices.removal, name="device-removal"),
    path("worker.js", devices.worker, name="worker"),
    path("news/<int:pk>/", news.opened, name="news-item"),
]
