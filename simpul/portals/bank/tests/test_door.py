"""What every hook owes, whoever knocks."""

from django.http import HttpResponse
from django.test import Client, RequestFactory

from simpul.parties.models import Workshop
from simpul.portals.bank import door
from simpul.portals.bank.door import Call, hook, missed, plain

PATH = "/hooks/nobody/ciomas/"


@hook(most_bytes=10)
def echo(request: Call) -> HttpResponse:
    return plain(200, request.body.decode())


def post(body: bytes, kind: str = "application/json") -> HttpResponse:
    return echo(RequestFactory().post(PATH, body, content_type=kind))


def test_the_body_is_read_as_it_came() -> None:
    assert post(b'{"a": 1}').content == b'{"a": 1}\n'


def test_a_form_is_still_there_as_it_came() -> None:
    assert post(b"a=1&b=2", "application/x-www-form-urlencoded").content == b"a=1&b=2\n"


def test_too_much_is_not_read() -> None:
    assert post(b"x" * 11).status_code == 413


def test_another_method_is_told_which_one() -> None:
    answer = echo(RequestFactory().get(PATH))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_nobody_keeps_the_answer() -> None:
    assert post(b"x")["Cache-Control"] == "no-store"


def test_who_tries_many_signatures_is_asked_to_wait(db: None) -> None:
    call = RequestFactory().post(PATH)
    answers = [missed(call, "test").status_code for _turn in range(door.MISSES_AN_HOUR + 1)]  # type: ignore[arg-type]
    assert answers == [403] * door.MISSES_AN_HOUR + [429]


def test_an_unknown_workshop_or_gateway_is_not_found(workshop: Workshop) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(PATH, b"{}", content_type="application/json").status_code == 404
    nowhere = client.post("/hooks/nobody/nowhere/", b"{}", content_type="application/json")
    assert nowhere.status_code == 404


def test_a_key_in_the_body_is_no_forms_key(workshop: Workshop) -> None:
    """The gate leaves the body to the hook, however long its `key` is."""
    assert Client().post(PATH, {"key": "x" * 1_000}).status_code == 404
