"""Money that came and went again: a transfer that bounced, a payment a gateway charged back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from simpul.parties.models import Person
from simpul.payments.models.account import BankAccount
from simpul.payments.models.allocation import Allocation
from simpul.payments.models.credit import CreditNote
from simpul.payments.models.receipt import Receipt
from simpul.payments.models.refund import WAITING, Refund


@transaction.atomic
def take_back(receipt: Receipt, *, by: Person, reason: str) -> None:
    """Undo all that a receipt was counted for, and annul it, because its money is gone again.

    Instalments are owed again and their gates shut; a refund that nobody has sent yet is refused;
    one that was sent is what the party owes now (`party_debt`). Raises WrongState where the
    receipt was annulled already.
    """
    mine = Allocation.objects.filter(receipt=receipt)
    refunds = Refund.objects.lock(mine.standing().filter(refund__isnull=False))
    touched = Allocation.objects.filter(Q(receipt=receipt) | Q(refund__in=refunds))
    list(touched.order_by("pk").select_for_update(of=("self",)))
    Receipt.objects.lock(touched)
    CreditNote.objects.lock(touched)
    BankAccount.objects.lock(receipt.workshop_id)
    receipt.bounce(by=by, reason=reason)
    for refund in refunds:
        if refund.status in WAITING:
            refund.refuse(by=by, reason=reason)
