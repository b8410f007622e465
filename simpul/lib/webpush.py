"""News on the lock screen of a device, through the push service of its browser.

RFC 8030 (the service), RFC 8291 (encrypted for the device, so that the service reads nothing) and
RFC 8292 (VAPID: who sends). The key that says who sends is derived from SECRET_KEY, so that there is
nothing to keep; with another SECRET_KEY a device has to be let in again.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02

from simpul.lib import clock, outgoing

# the services of the browsers; a device may name no other address, which would be asked by us
HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com")
HOSTS_BELOW = (".notify.windows.com", ".push.apple.com")

KEPT_FOR = timedelta(days=1)  # by the service, for a device that is off

PURPOSE = b"simpul: who sends to devices"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


class Gone(Exception):
    """The device takes nothing from us any more: let in no longer, or under another key."""


def is_known(endpoint: str) -> bool:
    """Tell whether an address is of a push service that browsers use."""
    try:
        parts = urlsplit(endpoint)
    except ValueError:
        return False
    host = parts.hostname or ""
    is_service = host in HOSTS or host.endswith(HOSTS_BELOW)
    return parts.scheme == "https" and parts.netloc == host and is_service


def public_key() -> str:
    """Return the key that a device lets in (base64url, 65 bytes)."""
    point = _key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _text(point)


def demand_keys(p256dh: str, auth: str) -> None:
    """Raise ValueError where a device's keys (base64url) are none to encrypt for."""
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(p256dh))
    if len(_bytes(auth)) != 16:
        raise ValueError("the secret of a device has 16 bytes")


def push(content: bytes, *, endpoint: str, p256dh: str, auth: str) -> None:
    """Hand a device's service what the device is to show; call it outside of a transaction.

    Raises Gone where it never will be taken, outgoing.Unreachable where it may be later.
    """
    if not is_known(endpoint):
        raise Gone(endpoint)
    parts = urlsplit(endpoint)
    answer = outgoing.ask(
        "POST",
        endpoint,
        hosts=(parts.hostname or "",),
        content=http_ece.encrypt(
            content,
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=_bytes(p256dh),
            auth_secret=_bytes(auth),
            version="aes128gcm",
        ),
        headers={
            **_signed(f"https://{parts.hostname}"),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(KEPT_FOR.total_seconds())),
        },
    )
    if answer.status in {401, 403, 404, 410}:  # 401, 403: it let in another key
        raise Gone(str(answer.status))
    if not answer.is_good:
        raise outgoing.Unreachable(str(answer.status))


def _signed(audience: str) -> dict[str, str]:
    until = int((clock.now() + timedelta(hours=12)).timestamp())
    claims = {"aud": audience, "exp": until, "sub": settings.SITE_URL}
    vapid = Vapid02(_key(), conf={"no-strict": True})
    signed: dict[str, str] = vapid.sign(claims)
    return signed


def _key() -> ec.EllipticCurvePrivateKey:
    secret = HKDF(algorithm=SHA256(), length=48, salt=None, info=PURPOSE)
    number = int.from_bytes(secret.derive(settings.SECRET_KEY.encode()))
    return ec.derive_private_key(number % (_ORDER - 1) + 1, ec.SECP256R1())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
