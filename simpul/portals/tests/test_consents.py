"""What may be sent to a buyer: on their own page, on the desk, at registration, and by the link."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core import mail, signing
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import Conversation, Message, Ticket
from simpul.crm import confirming, leaving
from simpul.crm.models import Consent, ConsentHow, Purpose, agreed_to, consents_of
from simpul.lib import clock
from simpul.parties.models import AccessLink, Identity, Party, Person, User
from simpul.portals import confirmations, invitations
from simpul.workflow.models import journal_of
from simpul.workflow.steps import keyed


@pytest.fixture
def address(dewi: Person) -> Identity:
    return Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind=Identity.Kind.MAIL, value="dewi@example.com"
    )


def agree(address: Identity, *purposes: Purpose) -> None:
    for purpose in purposes:
        Consent.give(
            by=address.person, identity=address, purpose=purpose, how=ConsentHow.PORTAL, words="x"
        )


def test_a_buyer_ticks_and_takes_it_back(client: Client, dewi: Person, address: Identity) -> None:
    testing.login(client, dewi)
    here = "/ciomas/my/news/told/"
    assert "Send me special offers." in client.get(here).content.decode()

    answer = client.post(f"{here}consents/", {f"offers-{address.pk}": "on"})
    assert answer["Location"] == here
    twice = client.post(f"{here}consents/", {f"offers-{address.pk}": "on"})
    assert twice["Location"] == here
    given = Consent.objects.get()
    assert (given.words, given.how, given.by) == ("Send me special offers.", "portal", dewi)
    page = client.get(here).content.decode()
    assert f'name="offers-{address.pk}" class="field__check"' in page

    client.post(f"{here}consents/", {"shown": f"offers-{address.pk}"})
    assert consents_of([address]) == set()
    assert Consent.objects.count() == 2


def test_a_page_left_open_does_not_switch_on_again_what_was_withdrawn(
    client: Client, dewi: Person, address: Identity, sari: Person
) -> None:
    name = f"news-{address.pk}"
    agree(address, Purpose.NEWS)
    leaving.leave(leaving.Leaving(address, Purpose.NEWS, 0), is_all=False, is_one_click=True)
    desk = f"/ciomas/desk/customers/consents/{dewi.party_id}/"
    open_since = {"shown": name, name: "on", "note": "Bu Dewi, telepon"}
    for who, page in ((dewi, "/ciomas/my/news/told/consents/"), (sari, desk)):
        testing.login(client, who)
        answer = client.post(page, open_since)
        assert answer.status_code == 422
        shown = answer.content.decode()
        assert "It has changed meanwhile. Look again." in shown
        assert '<input type="hidden" name="shown" id="id_shown">' in shown
        assert " checked" not in shown[shown.index('name="shown"') :].split("</form>")[0]
        assert consents_of([address]) == set()
    assert "Bu Dewi, telepon" in shown


def test_sales_notes_what_was_said_on_the_telephone(
    client: Client,
    address: Identity,
    sari: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    testing.login(client, sari)
    party = address.person.party_id
    page = f"/ciomas/desk/customers/consents/{party}/"
    assert page in client.get(f"/ciomas/desk/parties/{party}/").content.decode()

    ticks = {f"news-{address.pk}": "on"}
    refused = client.post(page, ticks)
    assert refused.status_code == 422
    assert not Consent.objects.exists()
    assert client.post(page, ticks | {"note": "Bu Dewi, telepon"}).status_code == 302
    assert Consent.objects.get().note == "Bu Dewi, telepon"
    assert "new models and news" in client.get(f"/ciomas/desk/parties/{party}/").content.decode()
    # session, user, who it is; party, identities, what stands; lines, how many
    with django_assert_num_queries(8):
        shown = client.get(page).content.decode()
    assert "Bu Dewi, telepon" in shown


def test_the_button_of_a_mail_program_ends_it_without_login(
    address: Identity, client: Client
) -> None:
    agree(address, Purpose.NEWS, Purpose.OFFERS)
    mail_program = Client(enforce_csrf_checks=True)
    path = f"/ciomas/leaving/{leaving.token_of(address, Purpose.NEWS)}/"

    mail_program.get(path)  # a preview ends nothing
    assert len(consents_of([address])) == 2
    answer = mail_program.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert consents_of([address]) == {(address.pk, "offers")}
    last = Consent.objects.order_by("-pk")[0]
    assert (last.how, last.by) == ("one_click", address.workshop.machine)


def test_whoever_follows_the_link_is_asked_first_and_may_end_all(
    address: Identity, client: Client
) -> None:
    agree(address, Purpose.NEWS, Purpose.OFFERS)
    client.cookies["django_language"] = "en"
    path = f"/ciomas/leaving/{leaving.token_of(address, Purpose.NEWS)}/"
    page = client.get(path).content.decode()
    assert "Tell me about new models" in page
    assert address.value not in page

    assert client.post(path, {"what": "all"})["Location"] == path
    assert consents_of([address]) == set()
    assert "You get no more of it" in client.get(path).content.decode()
    assert client.get(path.replace("news", "offers")).status_code == 404


@pytest.fixture
def typed(dewi: Person, address: Identity) -> Identity:
    """An address that somebody typed at registration, and ticked news for."""
    Consent.take(dewi, {"news": "Kabari saya."}, by=dewi.workshop.machine)
    return address


def test_what_was_ticked_at_registration_counts_once_the_address_is_proved(
    client: Client, typed: Identity
) -> None:
    assert consents_of([typed]) == set()
    assert not agreed_to(Purpose.NEWS).exists()

    assert confirmations.send() == (1, 0)
    assert confirmations.send() == (0, 0)  # nobody is asked twice
    (letter,) = mail.outbox
    assert letter.to == [typed.value]
    assert "Kabari saya." in letter.body
    link = next(word for word in letter.body.split() if "/confirming/" in word)
    path = link.removeprefix(settings.SITE_URL)
    client.cookies["django_language"] = "en"
    page = client.get(path).text
    assert "Kabari saya." in page
    assert typed.value not in page
    assert consents_of([typed]) == set()  # a preview proves nothing

    assert client.post(path)["Location"] == path
    client.post(path)
    assert "Thank you" in client.get(path).text
    assert list(agreed_to(Purpose.NEWS)) == [typed]
    proof = Consent.objects.order_by("-pk")[0]
    assert (proof.how, proof.words, proof.value) == ("confirmed", "Kabari saya.", typed.value)
    assert Consent.objects.count() == 2
    typed.refresh_from_db()
    assert typed.verified_at is not None


@pytest.fixture
def phone(dewi: Person) -> Identity:
    """A number that somebody typed at registration, and ticked news for."""
    phone = Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind=Identity.Kind.PHONE, value="+6281234567890"
    )
    Consent.take(dewi, {"news": "Kabari saya."}, by=dewi.workshop.machine)
    return phone


def test_a_telephone_number_that_was_only_typed_counts_for_nothing(
    dewi: Person, sari: Person, phone: Identity
) -> None:
    """A proved mail address proves no number; what was said to us, or on their own page, does."""
    confirming.logged_in_by("dewi@example.com", [dewi])
    assert not agreed_to(Purpose.NEWS).exists()

    Consent.give(
        by=sari, identity=phone, purpose=Purpose.NEWS, how=ConsentHow.STAFF, words="Kabari saya."
    )
    assert list(agreed_to(Purpose.NEWS)) == [phone]


def test_a_link_proves_only_the_address_it_was_sent_to(client: Client, typed: Identity) -> None:
    path = f"/ciomas/confirming/{confirming.token_of(typed)}/"
    typed.correct("lain@example.com")
    client.post(path)
    assert consents_of([typed]) == set()
    assert client.get("/ciomas/confirming/1.2.3/").status_code == 404
    with clock.stopped(clock.now() + confirming.ASKED_WITHIN + timedelta(hours=1)):
        assert confirmations.send() == (0, 0)
    assert not mail.outbox


@pytest.mark.parametrize(("code", "is_gone"), [(550, True), (450, False)])
def test_an_address_that_takes_no_mail_is_not_asked_again_and_again(
    typed: Identity, monkeypatch: pytest.MonkeyPatch, code: int, is_gone: bool
) -> None:
    said = b"5.1.1 no such user" if is_gone else b"4.2.1 try later"

    def refuse(message: EmailMessage) -> int:
        raise SMTPRecipientsRefused({typed.value: (code, said)})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    now = clock.now()
    with clock.stopped(now):
        assert confirmations.send() == (0, 1)
        assert confirmations.send() == (0, 0)  # three seconds later
    typed.refresh_from_db()
    assert (typed.bounced_at is not None) == is_gone
    tries = 0
    for minutes in range(0, 24 * 60, 15):
        with clock.stopped(now + timedelta(minutes=minutes)):
            tries += confirmations.send()[1]
    assert tries == (0 if is_gone else len(confirming.PAUSES))


def test_who_took_it_back_before_the_mail_went_gets_none(typed: Identity) -> None:
    Consent.withdraw(
        by=typed.person, identity=typed, purpose=Purpose.NEWS, how=ConsentHow.PORTAL, words="x"
    )

    assert confirmations.send() == (0, 0)
    assert not mail.outbox


def test_a_login_by_a_code_that_was_sent_there_proves_it(client: Client, typed: Identity) -> None:
    user = User.objects.create_user(typed.value, password="sepatu kulit")
    Person.objects.filter(pk=typed.person_id).update(user=user)
    client.post("/accounts/login/", {"login": typed.value, "password": "sepatu kulit"})
    assert consents_of([typed]) == set()  # whoever registered knows the password, too
    client.logout()
    mail.outbox.clear()

    client.post("/accounts/login/code/", {"email": typed.value})
    code = re.search(
        r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", str(mail.outbox[-1].body), re.MULTILINE
    )
    assert code is not None
    client.post("/accounts/login/code/confirm/", {"code": code[1]})

    assert consents_of([typed]) == {(typed.pk, "news")}
    assert Consent.objects.order_by("-pk")[0].how == "login"


def test_who_acts_behind_the_link_that_was_sent_to_his_number_has_proved_it(
    client: Client, buyer: Party, dewi: Person, phone: Identity
) -> None:
    ticket = Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="Ukuran?")
    AccessLink.issue(dewi, ticket)
    [invited] = invitations.links_to(ticket)
    copied = invited.address.removeprefix(settings.SITE_URL)
    sent = unquote(invited.whatsapp).split()[-1].removeprefix(settings.SITE_URL)
    page = f"/ciomas/my/tickets/{ticket.pk}/"

    client.get(copied)  # handed on by another way: that proves no number
    client.post(f"{page}messages/", {"body": "Halo."})
    client.get(sent)
    assert client.get(page).status_code == 200  # and neither does a look
    phone.refresh_from_db()
    assert phone.verified_at is None
    assert not agreed_to(Purpose.NEWS).exists()

    for words in ("Jadi?", "Masih ada?"):
        assert client.post(f"{page}messages/", {"body": words, "key": words}).status_code == 302
    phone.refresh_from_db()
    assert phone.verified_at is not None
    assert list(agreed_to(Purpose.NEWS)) == [phone]
    assert Consent.objects.order_by("-pk")[0].how == "number"
    facts = journal_of(buyer).get(step="crm.prove_identity").facts
    assert facts == {"identity": phone.pk, "kind": "phone", "how": "number"}


def test_neither_a_page_that_says_it_was_read_nor_a_refused_form_proves_a_number(
    client: Client, buyer: Party, dewi: Person, sari: Person, phone: Identity
) -> None:
    with keyed("used"):
        ticket = Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="Ukuran?")
    talk = Conversation.objects.get()
    message = Message.say(by=sari, conversation=talk, body="Ukuran 39.")
    link = AccessLink.issue(dewi, ticket)
    client.get(f"/l/{link.token}/?n={confirming.token_of(phone)}")
    here = f"/ciomas/my/tickets/{ticket.pk}/messages/"

    assert client.post(here, {"seen": message.pk}).status_code == 204
    assert client.post(here, {"body": ""}).status_code == 422
    assert client.post(here, {"body": "Halo.", "key": "used"}).status_code == 409
    phone.refresh_from_db()
    assert phone.verified_at is None
    assert not agreed_to(Purpose.NEWS).exists()

    assert client.post(here, {"body": "Halo.", "key": "new"}).status_code == 302
    phone.refresh_from_db()
    assert phone.verified_at is not None


def test_a_link_to_a_number_proves_nothing_on_the_page_for_mails(
    client: Client, phone: Identity, typed: Identity
) -> None:
    assert client.get(f"/ciomas/confirming/{confirming.token_of(phone)}/").status_code == 404
    assert client.post(f"/ciomas/confirming/{confirming.token_of(phone)}/").status_code == 404
    confirming.number_is_used(confirming.token_of(typed), typed.person)

    assert not Identity.objects.exclude(verified_at=None).exists()


def test_an_address_in_a_mail_of_an_earlier_release_still_ends_it(
    client: Client, address: Identity
) -> None:
    agree(address, Purpose.NEWS)
    sealed = signing.Signer(salt="simpul.leaving", sep=".").sign(f"{address.pk}.news.0")

    answer = client.post(f"/ciomas/leaving/{sealed}/", {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert consents_of([address]) == set()


def test_what_one_is_told_is_still_chosen_behind_an_address_of_an_earlier_release(
    client: Client, dewi: Person
) -> None:
    sealed = signing.Signer(salt="simpul.telling", sep=".").sign(str(dewi.pk))

    assert client.get(f"/ciomas/told/{sealed}/").status_code == 200


@pytest.mark.parametrize("page", ["confirming", "leaving", "told"])
@pytest.mark.parametrize("parts", ["1", "1.news", "1.news.0", "1.2.3.4"])
def test_what_was_sealed_in_another_shape_opens_nothing(
    client: Client, typed: Identity, page: str, parts: str
) -> None:
    name = page.replace("told", "telling")
    for maker in (signing.Signer, signing.TimestampSigner):
        sealed = maker(salt=f"simpul.{name}", sep=".").sign(parts.replace("1", "999", 1))
        assert client.get(f"/ciomas/{page}/{sealed}/").status_code == 404


def test_a_link_proves_no_number_that_was_put_right_since(
    buyer: Party, dewi: Person, phone: Identity
) -> None:
    token = confirming.token_of(phone)
    phone.correct("+6281299998888")

    confirming.number_is_used(token, dewi)
    confirming.number_is_used("0.x.y", dewi)
    phone.refresh_from_db()
    assert phone.verified_at is None


def test_the_print_in_a_link_is_not_to_be_made_by_trying_all_numbers(phone: Identity) -> None:
    seen = confirming.token_of(phone).split(".")[1]

    assert len(seen) == 8
    assert seen != hashlib.sha256(phone.value.encode()).hexdigest()[:8]


def test_a_colleague_who_tries_the_link_proves_nothing(
    client: Client, buyer: Party, dewi: Person, sari: Person, phone: Identity
) -> None:
    ticket = Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="Ukuran?")
    link = AccessLink.issue(dewi, ticket)
    testing.login(client, sari)

    client.get(f"/l/{link.token}/?n={confirming.token_of(phone)}")

    assert client.session["marks"] == {}
