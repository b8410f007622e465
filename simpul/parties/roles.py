from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody does in the workshop; people of a party have none."""

    OWNER = "owner", _("owner")
    SALES = "sales", _("sales and administration")
    FINANCE = "finance", _("finance")
    STOCK = "stock", _("purchasing and stock")
    PRODUCTION = "production", _("production")
    VIEWER = "viewer", _("may look only")
    MACHINE = "machine", _("the system")
    NONE = "", _("contact of a partner")
