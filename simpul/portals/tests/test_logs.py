import logging
import sys

import pytest

from simpul.portals.logs import MaskTokens


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("Not Found: /l/abcDEF_123-x/", "Not Found: /l/***/"),
        ("GET /look/eyJ0:1abc:zz/ HTTP/1.1", "GET /look/***/ HTTP/1.1"),
        ("/accounts/password/reset/key/1-abc-def/", "/accounts/password/reset/key/***/"),
        ("http://localhost/l/abc", "http://localhost/l/***"),
        ("/ciomas/desk/orders/SO-2026-0001/", "/ciomas/desk/orders/SO-2026-0001/"),
    ],
)
def test_tokens_are_masked(line: str, masked: str) -> None:
    record = logging.makeLogRecord({"msg": "%s", "args": (line,)})
    assert MaskTokens("%(message)s").format(record) == masked


def test_tracebacks_are_masked_too() -> None:
    try:
        raise ValueError("/l/abcdef/")
    except ValueError:
        record = logging.makeLogRecord({"msg": "broke", "exc_info": sys.exc_info()})
    assert "abcdef" not in MaskTokens("%(message)s").format(record)
