"""What is certain is counted by the machine."""

from __future__ import annotations

from simpul.orders.models import Order
from simpul.parties.models import Workshop
from simpul.payments import asked, matching
from simpul.payments.matching import Heard
from simpul.payments.models import BankEntry
from simpul.payments.models.receipt import spread
from simpul.workflow.steps import Refused


def match_open(workshop: Workshop) -> int:
    """Match each waiting entry that is certain, oldest first; return how many were."""
    machine = workshop.machine
    book = asked.book_of(workshop)
    matched = 0
    for entry in BankEntry.objects.open().filter(workshop=workshop).order_by("booked_on", "pk"):
        said = Heard(entry.rupiah, entry.text, entry.booked_on, entry.account_id, entry.pk)
        known = matching.certain(said, book)
        if known is None:
            continue
        order = Order.objects.get(pk=known[0].order_id)
        try:
            entry.allocate(by=machine, parts=spread(order, entry.rupiah), how=known[1])
        except Refused:
            continue  # somebody was quicker: it stays for a person to look at
        matched += 1
        book.drop(order.pk)
        for one in asked.asked_of(workshop, [order.pk]):
            if one.dues:
                book.put(one)
    return matched
