"""How something was said."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    PORTAL = "portal", _("here")
    PHONE = "phone", _("telephone")
    WHATSAPP = "whatsapp", "WhatsApp"
    MAIL = "mail", _("e-mail")
    VISIT = "visit", _("visit")
    PUSH = "push", _("on the device")


SAID_BY = [way for way in Channel if way != Channel.PUSH]  # how people speak to each other
