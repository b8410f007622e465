"""Questions in the room as distributors and the desk see them."""

from __future__ import annotations

from django.test import Client

from simpul import testing
from simpul.catalog.models import Product
from simpul.crm.models import Lead, Offered, Poll, PollAnswer
from simpul.lib import clock
from simpul.orders.models import Order
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


def test_who_ordered_ahead_orders_it_with_one_tap(
    client: Client, workshop: Workshop, sari: Person, dewi: Person
) -> None:
    look = testing.colourway(testing.product(workshop, is_published=False))
    poll = Poll.ask(
        by=sari, question="Apa?", closes_on=clock.in_days(3), choices=[Offered("Loafer", look)]
    )
    poll.answer(by=dewi, choice=poll.choices.get())
    poll.order_ahead(by=dewi, sizes={"40": 12, "41": 24})
    said, here = poll.answers.get(), f"{ROOM}{poll.post_id}/"
    order = f"/ciomas/my/orders/new/?ahead={said.pk}"
    testing.login(client, dewi)
    assert order not in client.get(here).text
    Product.objects.filter(pk=look.product_id).update(is_published=True)
    assert order in client.get(here).text

    page = client.get(order).text
    assert [f'value="{pairs}"' in page for pairs in (12, 24)] == [True, True]
    facts = {
        "product": look.product.slug, "unit": "1", "place": "new", "receiver": "Dewi",
        "street": "Jl. Raya 7", "area": "Bogor", f"pairs-{look.pk}-40": "12",
    }  # fmt: skip
    client.post(order, facts)
    assert Order.objects.get().revisions.get().pairs == 12

    testing.login(client, testing.person("Toni", testing.party(workshop, "Toko Toni")))
    assert client.get(order).status_code == 404


def test_a_question_waits_on_the_first_page_until_it_is_answered(
    client: Client, sari: Person, dewi: Person, siti: Person
) -> None:
    choices = [Offered("Ya"), Offered("Tidak")]
    poll = Poll.ask(by=sari, question="Model bot?", closes_on=clock.today(), choices=choices)
    Poll.ask(by=sari, question="Lama?", closes_on=clock.in_days(-1), choices=choices)
    testing.login(client, dewi)
    text = client.get("/ciomas/my/").text
    assert f'href="{ROOM}{poll.post_id}/"' in text
    assert "Model bot?" in text
    assert "Lama?" not in text
    testing.login(client, siti)  # a consumer: there is no room for her
    assert "Model bot?" not in client.get("/ciomas/my/").text

    poll.answer(by=dewi, choice=poll.choices.order_by("position")[0])

    assert list(Poll.objects.waiting_for(dewi)) == []
    hidden = Poll.ask(by=sari, question="Salah?", closes_on=clock.today(), choices=choices)
    assert list(Poll.objects.waiting_for(dewi)) == [hidden]
    hidden.post.hide(by=sari, reason="Salah")
    assert list(Poll.objects.waiting_for(dewi)) == []


def test_an_order_is_not_filled_in_from_somebody_elses(
    client: Client, workshop: Workshop, sari: Person, dewi: Person
) -> None:
    toni = testing.party(workshop, "Toko Toni")
    testing.login(client, sari)
    assert client.get(f"/ciomas/desk/orders/new/{toni.pk}/?ahead=1").status_code == 404
