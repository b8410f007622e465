"""Questions in the room as distributors and the desk see them."""

from __future__ import annotations

from django.test import Client

from simpul import testing
from simpul.catalog.models import Product
from simpul.crm.models import Lead, Poll, PollAnswer
from simpul.lib import clock
from simpul.parties.models import Person, Workshop

ROOM = "/ciomas/my/room/"
DESK = "/ciomas/desk/customers/room/"


def test_from_the_question_to_the_order(
    client: Client, workshop: Workshop, sari: Person, dewi: Person
) -> None:
    look = testing.colourway(testing.product(workshop, is_published=False))
    asked = {
        "question": "Model apa lagi?", "closes_on": str(clock.in_days(3)),
        "words1": "Loafer baru", "look1": look.pk, "words2": "Bot",
    }  # fmt: skip
    testing.login(client, sari)
    assert client.post(f"{DESK}questions/new/", {"question": "x"}).status_code == 422
    client.post(f"{DESK}questions/new/", asked)
    poll = Poll.objects.get()
    here = f"{ROOM}{poll.post_id}/"

    testing.login(client, dewi)
    assert "Loafer baru" in client.get(here).text
    client.post(f"{here}choice/", {"choice": poll.choices.order_by("position")[0].pk})
    page = client.get(here).text
    assert "It binds neither you nor us" in page
    assert "they bought" not in page
    assert client.post(f"{here}ahead/", {"size40": "-1"}).status_code == 422
    client.post(f"{here}ahead/", {"size40": "12"})
    said = PollAnswer.objects.get()
    assert said.sizes == {"40": 12}

    testing.login(client, sari)
    order = f"/ciomas/desk/orders/new/{said.party_id}/?ahead={said.pk}"
    assert order not in client.get(f"{DESK}{poll.post_id}/").text
    Product.objects.filter(pk=look.product_id).update(is_published=True)
    assert order in client.get(f"{DESK}{poll.post_id}/").text
    assert 'value="12"' in client.get(order).text
    assert "Make it a quotation" not in client.get(f"{DESK}{poll.post_id}/").text
    lead = Lead.objects.create(workshop=workshop, party=said.party, person=dewi)
    quotation = f"/ciomas/desk/leads/{lead.pk}/quotation/?ahead={said.pk}"
    assert quotation in client.get(f"{DESK}{poll.post_id}/").text
    assert 'value="12"' in client.get(quotation).text
    client.post(f"{DESK}{poll.post_id}/offer/")
    assert poll.choices.get(colourway=look).told_at is not None


def test_an_order_is_not_filled_in_from_somebody_elses(
    client: Client, workshop: Workshop, sari: Person, dewi: Person
) -> None:
    toni = testing.party(workshop, "Toko Toni")
    testing.login(client, sari)
    assert client.get(f"/ciomas/desk/orders/new/{toni.pk}/?ahead=1").status_code == 404
