from django.urls import path

from simpul.portals.bank import carriers, gateways, mail, whatsapp

app_name = "bank"

# what has a name of its own stands above: any other name is one of a payment gateway
urlpatterns = [
    path("whatsapp/<slug:workshop>/", whatsapp.messages, name="whatsapp"),
    path("mail/<slug:workshop>/", mail.mail, name="mail"),
    path("carriers/<slug:provider>/<slug:workshop>/", carriers.notice, name="carrier"),
    path("<slug:provider>/<slug:workshop>/", gateways.notice, name="gateway"),
]
