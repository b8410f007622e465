from django.urls import path

from simpul.portals import devices, news, search, told
from simpul.portals.supplier import forecast, inquiries, purchases

app_name = "supplier"

# All of one purchase order or inquiry lies below its page: an AccessLink opens just that.
urlpatterns = [
    path("", purchases.purchases, name="purchases"),
    path("payments/", purchases.payments, name="payments"),
    path("purchases/<int:pk>/", purchases.purchase, name="purchase"),
    path("purchases/<int:pk>/confirmation/", purchases.confirmation, name="confirmation"),
    path("purchases/<int:pk>/answer/", purchases.answer, name="answer"),
    path("purchases/<int:pk>/refusal/", purchases.refusal, name="refusal"),
    path("purchases/<int:pk>/lines/<int:line>/delay/", purchases.delay, name="delay"),
    path("purchases/<int:pk>/lines/<int:line>/less/", purchases.less, name="less"),
    path("purchases/<int:pk>/message/", purchases.message, name="message"),
    path("purchases/<int:pk>/files/<int:file>/", purchases.message_file, name="message-file"),
    # what it would cost
    path("inquiries/", inquiries.bids, name="bids"),
    path("inquiries/<int:pk>/", inquiries.bid, name="bid"),
    path("inquiries/<int:pk>/answer/", inquiries.answer, name="bid-answer"),
    # what may come
    path("forecast/", forecast.forecast, name="forecast"),
    # what one was told
    path("search/", search.search, name="search"),
    path("news/", news.news, name="news"),
    path("news/seen/", news.seen, name="news-seen"),
    path("news/told/", told.told, name="told"),
    path("news/devices/", devices.devices, name="devices"),
    path("news/devices/<int:pk>/removal/", devices.removal, name="device-removal"),
    path("worker.js", devices.worker, name="worker"),
    path("news/<int:pk>/", news.opened, name="news-item"),
]
