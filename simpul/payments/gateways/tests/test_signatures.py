"""Who may say that money came: the right key over the body as it came, and nothing else."""

import json

import pytest

from simpul.lib.providers import Call
from simpul.payments.gateways import GATEWAYS
from simpul.payments.gateways.tests.samples import PAID, SPEAKERS, midtrans

VECTOR = {
    "order_id": "SO-2026-0017-DP",
    "status_code": "200",
    "gross_amount": "5840217.00",
    "signature_key": "1a193b2064b5896c5abe253b29ac6582662d8c578f0b4d3cd0aebdf0b30e5be2"
    "8308f68db38f03ccd9f731fde300a54dce4bf8ad41febdd045468db379dbae8c",
}
KEYS = {"server_key": "SB-Mid-server-CONTOH"}
SAMPLE_KEYS = {
    slug: {secret.name: f"{secret.name}-CONTOH" for secret in gateway.secrets}
    for slug, gateway in GATEWAYS.items()
}
MIDTRANS = GATEWAYS["midtrans"]


def call(fields: object) -> Call:
    return Call(json.dumps(fields).encode(), {})


def test_every_gateway_has_a_speaker() -> None:
    assert set(SPEAKERS) == set(GATEWAYS)


def test_midtrans_vector() -> None:
    assert MIDTRANS.is_genuine(call(VECTOR), KEYS)


def test_midtrans_signs_the_text_not_the_number() -> None:
    """`5840217` without decimals has another signature (it starts f434e8b82a45c876)."""
    assert not MIDTRANS.is_genuine(call(VECTOR | {"gross_amount": "5840217"}), KEYS)
    assert not MIDTRANS.is_genuine(call(VECTOR | {"gross_amount": 5840217.00}), KEYS)


def test_midtrans_separate_secret_falls_back_to_the_server_key() -> None:
    both = KEYS | {"signature_key": "another"}
    assert MIDTRANS.is_genuine(call(VECTOR), both)
    newer = midtrans(PAID, "SO-1", 1_000, key="another")
    assert MIDTRANS.is_genuine(newer, both)
    assert not MIDTRANS.is_genuine(newer, KEYS)


@pytest.mark.parametrize("slug", sorted(GATEWAYS))
def test_the_right_key_and_no_other(slug: str) -> None:
    gateway, speak = GATEWAYS[slug], SPEAKERS[slug]
    genuine, forged = speak(PAID, "SO-1", 1_000), speak(PAID, "SO-1", 1_000, key="of another")
    assert gateway.is_genuine(genuine, SAMPLE_KEYS[slug])
    assert not gateway.is_genuine(forged, SAMPLE_KEYS[slug])
    assert not gateway.is_genuine(genuine, {})
    assert not gateway.is_genuine(Call(genuine.body, {}), {name: "" for name in SAMPLE_KEYS[slug]})


@pytest.mark.parametrize("slug", sorted(GATEWAYS))
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"null", b"\xff\xfe", b"{", b"[" * 100_000),
        *(b'{"signature_key": 7}', b'{"order_id": "\\ud800"}'),
    ],
)
def test_nonsense_is_never_genuine(slug: str, body: bytes) -> None:
    headers = {"x-callback-token": "naïve"}
    assert not GATEWAYS[slug].is_genuine(Call(body, headers), SAMPLE_KEYS[slug])
