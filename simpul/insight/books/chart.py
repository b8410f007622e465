"""The chart of accounts; of some the detail says whose: a bank account, a party, a line of an order."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.TextChoices):
    """An account of the books. The first digit says what it is; debit is positive everywhere."""

    CASH = "1110", _("Cash box")
    BANK = "1120", _("Bank")
    UNDER_WAY = "1130", _("Money under way")
    GATEWAY = "1140", _("Payment gateways")
    COURIERS = "1150", _("Cash with couriers")
    RECEIVABLES = "1210", _("Receivables from buyers")
    MATERIAL = "1310", _("Material in the store")
    WORK = "1320", _("Work in progress and finished pairs")
    FINISHED = "1330", _("Finished pairs for no order")
    PAYABLES = "2110", _("Owed to suppliers")
    WAGES_OWED = "2120", _("Owed in piece wages")
    ADVANCES = "2210", _("Down payments of buyers")
    CREDIT = "2220", _("Credit of buyers")
    TAX_OWED = "2310", _("Tax owed")
    LOANS = "2410", _("Loans")
    EQUITY = "3110", _("Owner's capital")
    DRAWINGS = "3120", _("Taken by the owner")
    SALES = "4110", _("Sales")
    OTHER_INCOME = "4210", _("Other income")
    MATERIAL_COST = "5110", _("Material used")
    WAGES = "5120", _("Wages")
    OTHER_COSTS = "5210", _("Other costs")
    TAX = "5310", _("Tax on turnover")
    UNEXPLAINED = "9110", _("Not explained yet")

    __hash__ = str.__hash__  # of an enumeration it is Python's, and the books ask it often

    @property
    def is_result(self) -> bool:
        """Tell whether it starts at zero each year: income and costs."""
        return self.value[0] in "45"
