"""Answer pages: made of what was asked, read by everybody, linked in a reply."""

from __future__ import annotations

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import Conversation, GuestEntry, Message, Ticket
from simpul.crm.models import AnswerPage
from simpul.parties.models import Party, Person, Workshop

SHOP = "/ciomas/answers/"
DESK = "/ciomas/desk/customers/answers/"
TYPED = {"kind": "care", "title": "Merawat kulit", "words": "Lap kering."}


def page(sari: Person, kind: str = "care", title: str = "Merawat kulit") -> AnswerPage:
    made = AnswerPage.write(by=sari, kind=kind, title=title, words="Lap <b>kering</b>.")
    made.publish(by=sari)
    return made


def test_made_of_a_ticket_a_message_and_the_guest_book(
    client: Client, buyer: Party, dewi: Person, sari: Person, machine: Person
) -> None:
    testing.login(client, sari)
    ticket = Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="Semir apa?")
    ticket.solve(by=sari, how="answered", reason="Yang netral.")
    talk = Conversation.of(buyer, buyer)
    said = Message.say(by=dewi, conversation=talk, body="Ukuran 44 ada?")
    guest = GuestEntry.sign(by=machine, name="Agus", body="Bisa pesan satu pasang?")
    guest.reply(by=sari, answer="Bisa.")
    for query, path, words in (
        (f"?ticket={ticket.pk}", f"/ciomas/desk/tickets/{ticket.pk}/", "Yang netral."),
        (f"?message={said.pk}", f"/ciomas/desk/parties/{buyer.pk}/", "Ukuran 44 ada?"),
        (f"?guest={guest.pk}", "/ciomas/desk/guestbook/?status=", "Bisa pesan satu pasang?"),
    ):
        assert f"{DESK}new/{query}" in client.get(path).text
        assert words in client.get(f"{DESK}new/{query}").text
        answer = client.post(f"{DESK}new/{query}", TYPED)
        made = AnswerPage.objects.latest("pk")
        assert answer["Location"] == f"{DESK}{made.pk}/"
    assert [one.guest_id for one in AnswerPage.objects.order_by("pk")] == [None, None, guest.pk]


def test_from_draft_to_the_shop_window(client: Client, sari: Person) -> None:
    testing.login(client, sari)
    assert client.post(f"{DESK}new/", TYPED | {"title": ""}).status_code == 422
    client.post(f"{DESK}new/", TYPED)
    made = AnswerPage.objects.get()
    assert client.get(f"{SHOP}{made.slug}/").status_code == 404
    assert made.title not in client.get(SHOP).text

    client.post(f"{DESK}{made.pk}/publication/", {"publish": "1"})
    client.post(f"{DESK}{made.pk}/change/", TYPED | {"words": "Lap.\n\nSemir."})

    visitor = Client()
    assert "<p>Semir.</p>" in visitor.get(f"{SHOP}{made.slug}/").text
    assert made.title in visitor.get(f"{SHOP}?q=semir").text
    assert made.title not in visitor.get(f"{SHOP}?kind=terms").text
    assert visitor.get(f"/cibaduyut/answers/{made.slug}/").status_code == 404
    client.post(f"{DESK}{made.pk}/publication/", {"hide": "1"})
    assert visitor.get(f"{SHOP}{made.slug}/").status_code == 404


def test_each_visitor_says_once_whether_it_helped(client: Client, sari: Person) -> None:
    made = page(sari)
    here = f"{SHOP}{made.slug}/"
    assert "<b>" not in client.get(here).text
    for said in ("yes", "no", "yes"):
        client.post(f"{here}helped/", {"helped": said})
    Client().post(f"{here}helped/", {"helped": "no"})
    forged = Client()
    forged.cookies["simpul_answers"] = f"{made.pk}:x:y"
    forged.post(f"{here}helped/", {"helped": "yes"})

    found = AnswerPage.objects.with_votes().get()
    assert (found.helped, found.unhelped) == (2, 1)
    assert 'name="helped"' not in client.get(here).text
    testing.login(client, sari)
    assert f"{DESK}{made.pk}/" in client.get(f"{DESK}?status=published").text


def test_the_size_guide_has_the_sizes_of_the_catalogue(
    client: Client, workshop: Workshop, sari: Person
) -> None:
    product = testing.product(workshop)
    testing.colourway(product, sizes=("39", "40"))
    made = page(sari, "sizes", "Ukuran berapa?")
    text = client.get(f"{SHOP}{made.slug}/").text
    assert text.index("245") < text.index("252")  # 39 and 40 in millimetres of foot
    assert f"{SHOP}{made.slug}/" in client.get(f"/ciomas/catalogue/{product.slug}/").text


def test_the_desk_puts_a_link_into_a_reply(client: Client, buyer: Party, sari: Person) -> None:
    testing.login(client, sari)
    made = page(sari)
    here = f"/ciomas/desk/parties/{buyer.pk}/"
    assert "?answers=1#body" in client.get(here).text
    assert f"?answer={made.pk}#body" in client.get(f"{here}?answers=1").text
    text = client.get(f"{here}?answer={made.pk}").text
    assert f"{SHOP}{made.slug}/</textarea>" in text


def test_a_fixed_number_of_queries(
    client: Client, sari: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(SHOP)
    for turn in range(2):
        made = page(sari, title=f"Judul {turn}")
        with django_assert_num_queries(3):
            client.get(SHOP)
        with django_assert_num_queries(2):
            client.get(f"{SHOP}{made.slug}/")
