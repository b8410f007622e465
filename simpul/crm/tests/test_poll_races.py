"""Ordered ahead in the moment in which those who did are told: whoever was earlier is told."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.catalog.models import Product
from simpul.conversations.notices import audience_of
from simpul.crm.models import Offered, Poll
from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.workflow.models import journal_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_ordered_ahead_before_the_others_are_told_is_told(
    workshop: Workshop, dewi: Person, sari: Person
) -> None:
    look = testing.colourway(testing.product(workshop, is_published=False))
    choices = [Offered("Loafer", look)]
    poll = Poll.ask(by=sari, question="Apa?", closes_on=clock.in_days(3), choices=choices)
    toni = testing.person("Toni", testing.party(workshop, "Toko Toni"))
    for person in (dewi, toni):
        poll.answer(by=person, choice=poll.choices.get())
    poll.order_ahead(by=toni, sizes={"40": 5})
    Product.objects.filter(pk=look.product_id).update(is_published=True)

    ends = testing.at_once(
        lambda: Poll.objects.get(pk=poll.pk).order_ahead(by=dewi, sizes={"40": 5}),
        lambda: Poll.objects.get(pk=poll.pk).offer(by=sari),
    )

    assert ends == ["done", "done"]
    offered = journal_of(poll).get(step="crm.offer_ahead")
    ahead = journal_of(poll).get(step="crm.order_ahead", by=dewi)
    told = {dewi, toni} if ahead.pk < offered.pk else {toni}
    assert set(audience_of(offered)) == told
