"""The one way out: a real server on the loopback answers, or does not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from simpul.lib import outgoing
from simpul.lib.outgoing import NotAllowedThere, Unreachable, ask

HOST = "api.example.com"


class Other(BaseHTTPRequestHandler):
    """Answers by the path: a status, or too much."""

    def do_GET(self) -> None:
        what = self.path.strip("/")
        body = b"x" * (outgoing.LONGEST + 1) if what == "much" else b'{"a": 1}'
        self.send_response(200 if what == "much" else int(what))
        if what == "302":
            self.send_header("Location", "/200")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def other(settings: Settings, db: None) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OUTGOING_INSTEAD = {HOST: f"http://127.0.0.1:{server.server_port}"}
    yield
    server.shutdown()
    server.server_close()


def get(what: str) -> outgoing.Answer:
    return ask("GET", f"https://{HOST}/{what}", hosts=[HOST])


def test_a_good_and_a_bad_answer(other: None) -> None:
    assert (get("200").is_good, get("200").body) == (True, b'{"a": 1}')
    assert (get("404").is_good, get("404").status) == (False, 404)


def test_a_redirect_is_not_followed(other: None) -> None:
    assert get("302").status == 302


def test_too_much_is_no_answer(other: None) -> None:
    with pytest.raises(Unreachable):
        get("much")


def test_nobody_there(settings: Settings, db: None) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    settings.OUTGOING_INSTEAD = {HOST: f"http://127.0.0.1:{port}"}
    with pytest.raises(Unreachable):
        get("200")


def test_who_never_answers_is_not_waited_for_long(
    settings: Settings, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "ANSWER_S", 0.1)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        settings.OUTGOING_INSTEAD = {HOST: f"http://127.0.0.1:{door.getsockname()[1]}"}
        with pytest.raises(Unreachable):
            get("200")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/",
        "https://other.example.com/",
        "https://api.example.com.evil.test/",
        "https://api.example.com@evil.test/",
        "https://me@api.example.com/",
        "https://169.254.169.254/",
        "file:///etc/passwd",
    ],
)
def test_only_named_hosts_over_https(url: str) -> None:
    with pytest.raises(NotAllowedThere):
        ask("GET", url, hosts=[HOST])


@pytest.mark.django_db(transaction=True)
def test_never_inside_of_a_transaction() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        get("200")
