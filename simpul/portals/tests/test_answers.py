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


def test_what_was_said_is_drafted_and_nobody_makes_two(
    client: Client, buyer: Party, dewi: Person, sari: Person
) -> None:
    testing.login(client, sari)
    talk = Conversation.of(buyer, buyer)
    said = Message.say(by=dewi, conversation=talk, body="Ukuran 44 ada?")
    draft = f"{DESK}new/?message={said.pk}"
    assert "Bisa dibuat." not in client.get(draft).text
    Message.say(by=dewi, conversation=talk, body="Halo?")
    Message.say(by=sari, conversation=talk, body="Bisa dibuat.")
    Message.say(by=sari, conversation=talk, body="Dua minggu.")
    text = client.get(draft).text
    assert ">\nBisa dibuat.</textarea>" in text
    assert "An answer page was made of it already" not in text

    made = AnswerPage.objects.get(pk=client.post(draft, TYPED)["Location"].split("/")[-2])

    text = client.get(draft).text
    assert "An answer page was made of it already" in text
    assert f'href="{DESK}{made.pk}/"' in text
    here = f"/ciomas/desk/parties/{buyer.pk}/"
    assert f'href="{here}"' in client.get(f"{DESK}{made.pk}/").text
    send = f'href="{here}?answer={made.pk}#body"'
    assert send not in client.get(f"{DESK}{made.pk}/").text
    made.publish(by=sari)
    assert send in client.get(f"{DESK}{made.pk}/").text


def test_of_a_ticket_the_whole_question_and_what_we_said_are_drafted(
    client: Client, buyer: Party, dewi: Person, sari: Person
) -> None:
    testing.login(client, sari)
    asked = "Halo kak. " + "Semir apa yang cocok untuk kulit cokelat? " * 4
    ticket = Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body=asked)
    Message.say(by=sari, conversation=Conversation.of(ticket, buyer), body="Yang netral.")
    draft = f"{DESK}new/?ticket={ticket.pk}"
    text = client.get(draft).text
    assert f"<blockquote>{asked}</blockquote>" in text
    assert "Yang netral.</textarea>" in text
    ticket.solve(by=sari, how="answered", reason="Netral, dua minggu sekali.")
    assert "Netral, dua minggu sekali.</textarea>" in client.get(draft).text


def test_what_came_by_telephone_is_no_answer_of_ours(
    client: Client, buyer: Party, sari: Person
) -> None:
    testing.login(client, sari)
    ticket = Ticket.ask(
        by=sari, kind="question", subject=buyer, party=buyer, body="Ada ukuran 45?", channel="phone"
    )
    draft = f"{DESK}new/?ticket={ticket.pk}"
    text = client.get(draft).text
    assert "<blockquote>Ada ukuran 45?</blockquote>" in text
    assert "Ada ukuran 45?</textarea>" not in text
    Message.say(by=sari, conversation=Conversation.of(ticket, buyer), body="Ada, dua minggu.")
    assert "Ada, dua minggu.</textarea>" in client.get(draft).text


def test_the_guest_book_leads_back_to_the_word(
    client: Client, sari: Person, machine: Person
) -> None:
    testing.login(client, sari)
    guest = GuestEntry.sign(by=machine, name="Agus", body="Bisa pesan satu pasang?")
    guest.reply(by=sari, answer="Bisa.")
    made = AnswerPage.write(by=sari, kind="other", title="Satu", words="Bisa.", asked=guest)
    made.publish(by=sari)
    text = client.get(f"{DESK}{made.pk}/").text
    assert 'href="/ciomas/desk/guestbook/?status=published"' in text
    assert "Send it to whoever asked" not in text


def test_a_page_that_does_not_help_waits_until_it_is_said_better(
    client: Client, sari: Person, machine: Person
) -> None:
    testing.login(client, sari)
    made, good = page(sari), page(sari, title="Ukuran")
    for _visitor in range(3):
        made.vote(by=machine, is_helped=False)
        good.vote(by=machine, is_helped=True)
    waiting = "/ciomas/desk/customers/answers/?status=unhelpful"
    assert waiting in client.get("/ciomas/desk/").text
    text = client.get(waiting).text
    assert f"{DESK}{made.pk}/" in text
    assert f"{DESK}{good.pk}/" not in text

    client.post(f"{DESK}{made.pk}/change/", TYPED | {"words": "Lap, lalu semir."})

    assert waiting not in client.get("/ciomas/desk/").text
    assert AnswerPage.objects.with_votes().get(pk=made.pk).unhelped == 0
    for _visitor in range(3):
        made.vote(by=machine, is_helped=False)
    assert list(AnswerPage.objects.unhelpful()) == [made]
    for _visitor in range(3):
        made.vote(by=machine, is_helped=True)
    assert not AnswerPage.objects.unhelpful().exists()


def test_who_is_about_to_ask_is_led_to_the_answers(client: Client, dewi: Person) -> None:
    assert f'href="{SHOP}"' in client.get("/ciomas/guestbook/").text.split("<footer")[0]
    testing.login(client, dewi)
    assert f'href="{SHOP}"' in client.get("/ciomas/my/tickets/new/").text


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


@testing.counts_questions
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
