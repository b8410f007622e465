"""Files of messages: kept with the words, opened by whoever may read these."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from simpul import testing
from simpul.conversations.forms import MessageForm
from simpul.conversations.models import Conversation, Message, MessageFile, attachment
from simpul.lib.uploads import Admitted, Handed
from simpul.parties.models import Party, Person
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, Refused

PDF = Handed("ukuran.pdf", Admitted(b"%PDF-1.4", "application/pdf", "pdf", "0" * 64))


def picture(name: str = "sol.jpg", side: int = 640) -> Handed:
    return Handed(name, testing.picture(side))


@pytest.fixture
def conversation(buyer: Party) -> Conversation:
    return Conversation.of(buyer, buyer)


def test_a_picture_and_a_pdf_are_kept_in_their_order(
    conversation: Conversation, dewi: Person
) -> None:
    message = Message.say(
        by=dewi, conversation=conversation, body="Seperti ini", attached=[picture(), PDF]
    )
    first, second = message.files.in_order()
    assert (first.name, second.name) == ("sol.jpg", "ukuran.pdf")
    assert first.small is not None
    assert first.upload is not None
    assert first.picture(is_small=True) == first.small
    assert first.picture(is_small=False) == first.upload
    assert first.small.size < first.upload.size
    assert second.picture(is_small=True) == second.upload
    assert journal_of(message).get().facts == {"conversation": conversation.pk}


def test_a_picture_may_say_it_all(conversation: Conversation, dewi: Person) -> None:
    message = Message.say(by=dewi, conversation=conversation, body="", attached=[picture()])
    assert (message.body, message.files.count()) == ("", 1)


def test_only_both_sides_see_a_file(
    conversation: Conversation, dewi: Person, sari: Person, siti: Person, joko: Person
) -> None:
    Message.say(by=sari, conversation=conversation, body="", attached=[picture()])
    seen = {who: MessageFile.objects.visible_to(who).count() for who in (dewi, sari, siti, joko)}
    assert seen == {dewi: 1, sari: 1, siti: 0, joko: 0}


def test_who_may_not_speak_leaves_no_file(conversation: Conversation, siti: Person) -> None:
    with pytest.raises(NotAllowed):
        Message.say(by=siti, conversation=conversation, body="", attached=[picture()])
    assert not MessageFile.objects.exists()


def test_a_party_sends_so_many_files_a_day_and_the_workshop_as_it_needs(
    conversation: Conversation, dewi: Person, sari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachment, "A_DAY", 2)
    for by in (sari, sari, dewi):
        Message.say(by=by, conversation=conversation, body="", attached=[PDF, PDF])
    with pytest.raises(Refused, match="telephone us"):
        Message.say(by=dewi, conversation=conversation, body="Satu lagi", attached=[PDF])
    assert Message.objects.count() == 3


# The form


def form(body: str = "", *files: SimpleUploadedFile) -> MessageForm:
    return MessageForm({"body": body}, MultiValueDict({"attached": list(files)}))


def file(name: str = "foto.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, testing.picture().content if content is None else content)


def test_words_or_files_are_needed() -> None:
    assert form("Halo").is_valid()
    assert form("", file()).is_valid()
    assert form("  ").errors == {"body": ["Please fill this in."]}


def test_one_bad_file_is_named_and_the_words_stay() -> None:
    bad = form("Halo", file(), file("virus.html", b"<html>"))
    assert bad.errors == {
        "attached": [
            "virus.html: Only photos (JPEG, PNG, WebP) and PDF files can be handed in."
            " Choose your files again."
        ]
    }
    assert bad["body"].value() == "Halo"


def test_six_files_go_at_once_and_not_seven() -> None:
    six = form("", *[file() for _turn in range(6)])
    assert six.is_valid()
    assert [one.name for one in six.cleaned_data["attached"]] == ["foto.jpg"] * 6
    seven = form("Halo", *[file() for _turn in range(7)])
    assert seven.errors == {"attached": ["No more than 6 files at once: choose them again."]}
