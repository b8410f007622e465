from django.urls import path

from simpul.portals import telling
from simpul.portals.storefront import (
    answers,
    bulletins,
    catalogue,
    check,
    confirming,
    guestbook,
    leaving,
    profile,
    registration,
    tracking,
)

app_name = "storefront"

urlpatterns = [
    path("", profile.profile, name="profile"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/<slug:slug>/", catalogue.product, name="product"),
    path("photos/<str:code>/", catalogue.photo, name="photo"),
    path("guestbook/", guestbook.guestbook, name="guestbook"),
    path("guestbook/thanks/<str:challenge>/", guestbook.thanks, name="guest-thanks"),
    path("answers/", answers.answers, name="answers"),
    path("answers/<slug:slug>/", answers.answer, name="answer"),
    path("answers/<slug:slug>/helped/", answers.helped, name="answer-helped"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/<int:pk>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:pk>/picture/", bulletins.picture, name="bulletin-picture"),
    path("bulletins/for/<str:token>/", bulletins.sealed, name="sealed-bulletin"),
    path("bulletins/for/<str:token>/picture/", bulletins.sealed_picture, name="sealed-picture"),
    path("work/<int:pk>/", profile.work_photo, name="work-photo"),
    path("register/", registration.registration, name="registration"),
    path("register/thanks/", registration.thanks, name="registered"),
    path("track/", tracking.search, name="track"),
    path("track/<str:code>/", tracking.order, name="tracked"),
    path("check/", check.search, name="check-search"),
    path("check/<str:code>/", check.check, name="check"),
    # what is told, and no more messages
    path("told/<str:token>/", telling.telling, name="telling"),
    path("confirming/<str:token>/", confirming.page, name="confirming"),
    path("leaving/<str:token>/", leaving.page, name="leaving"),
]
