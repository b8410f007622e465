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
    SMS = "sms", "SMS"


# how people speak to each other
SAID_BY = [way for way in Channel if way not in (Channel.PUSH, Channel.SMS)]
