"""An answer page is drafted, published, and said to help or not."""

from __future__ import annotations

import pytest

from simpul.conversations.models import Ticket
from simpul.crm.models import AnswerPage, AnswerVote
from simpul.parties.models import Party, Person
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def page(sari: Person) -> AnswerPage:
    return AnswerPage.write(
        by=sari, kind="care", title="Merawat kulit?", words="Lap kering.\r\n\r\nSemir."
    )


def test_its_address_stays_and_is_its_own(page: AnswerPage, sari: Person) -> None:
    other = AnswerPage.write(by=sari, kind="care", title="Merawat kulit", words="x")
    page.change(by=sari, kind="other", title="Semir apa?", words="Netral.", words_en="Neutral.")
    assert (page.slug, other.slug) == ("merawat-kulit", "merawat-kulit-2")
    assert (page.kind, page.title, page.paragraphs) == ("other", "Semir apa?", ["Neutral."])
    assert journal_of(page).get(step="crm.change_answer").facts == {"kind": "other"}


def test_where_it_was_asked(buyer: Party, dewi: Person, sari: Person) -> None:
    ticket = Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="Ukuran?")
    page = AnswerPage.write(by=sari, kind="sizes", title="Ukuran", words="x", asked=ticket)
    assert (page.ticket, page.message, page.guest) == (ticket, None, None)


def test_only_what_is_published_is_said_to_help(
    page: AnswerPage, sari: Person, machine: Person
) -> None:
    assert page.paragraphs == ["Lap kering.", "Semir."]
    with pytest.raises(WrongState):
        page.vote(by=machine, is_helped=True)
    assert not AnswerVote.objects.exists()
    page.publish(by=sari)
    page.vote(by=machine, is_helped=True)
    page.vote(by=machine, is_helped=False)
    page.vote(by=machine, is_helped=True)

    found = AnswerPage.objects.with_votes().get()
    assert (found.helped, found.unhelped) == (2, 1)
    page.hide(by=sari)
    assert not AnswerPage.objects.published().exists()
    with pytest.raises(WrongState):
        page.hide(by=sari)


def test_who_may(page: AnswerPage, udin: Person, dewi: Person, joko: Person) -> None:
    for other in (udin, dewi, joko):
        with pytest.raises(NotAllowed):
            page.publish(by=other)
        with pytest.raises(NotAllowed):
            page.change(by=other, kind="care", title="x", words="x")
    page.refresh_from_db()
    assert (page.status, page.title) == ("draft", "Merawat kulit?")
