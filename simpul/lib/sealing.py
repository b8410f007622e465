"""Secrets of others, kept in the database so that a stolen copy of it opens nothing.

Sealed with a key that is made from SECRET_KEY, which does not lie in the database. Fernet is
AES-128-CBC with an HMAC (github.com/fernet/spec); an altered text is refused.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"simpul: keys of others"


class Unsealable(Exception):
    """It was sealed with another SECRET_KEY, or altered."""


def seal(secrets: Mapping[str, str]) -> str:
    """Return a text that only this installation can open."""
    return _lock().encrypt(json.dumps(dict(secrets)).encode()).decode()


def unseal(sealed: str) -> dict[str, str]:
    """Return what was sealed; raises Unsealable."""
    try:
        opened = _lock().decrypt(sealed.encode())
    except InvalidToken as reason:
        raise Unsealable from reason
    found: dict[str, str] = json.loads(opened)
    return found


def _lock() -> MultiFernet:
    """The first key seals, the older ones (SECRET_KEY_FALLBACKS) still open."""
    return MultiFernet(
        [Fernet(_derived(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _derived(key: str | bytes) -> bytes:
    secret = key.encode() if isinstance(key, str) else key
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret)
    return base64.urlsafe_b64encode(derived)
