"""Money that came and went again: a transfer that bounced, a payment a gateway charged back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from simpul.parties.models import Person
from simpul.payments.models.allocation import Allocation, Moving, hold
from simpul.payments.models.receipt import Receipt
from simpul.payments.models.refund import WAITING, Refund


@transaction.atomic
def take_back(receipt: Receipt, *, by: Person, reason: str) -> None:
    """Undo all that a receipt was counted for, and annul it, because its money is gone again.

    Instalments are owed again and their gates shut; a refund that nobody has sent yet is refused;
    one that was sent is what the party owes now (`party_debt`). Raises WrongState where the
    receipt was annulled already, Moving where a refund of it is being asked for just now.
    """
    mine = Allocation.objects.standing().filter(receipt=receipt, refund__isnull=False)
    refunds = Refund.objects.lock(mine)
    touched = Allocation.objects.filter(Q(receipt=receipt) | Q(refund__in=refunds))
    list(touched.order_by("pk").select_for_update(of=("self",)))
    hold(receipt.party)
    if set(mine.values_list("refund", flat=True)) - {refund.pk for refund in refunds}:
        raise Moving(_("Money is moving here just now. Try it again in a moment."))
    receipt.bounce(by=by, reason=reason)
    for refund in refunds:
        if refund.status in WAITING:
            refund.refuse(by=by, reason=reason)
