"""Telephone numbers: whatever people type, kept as E.164."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote

import phonenumbers
from django.utils.translation import gettext as _

REGION = "ID"


class NotATelephone(ValueError):
    """The text is no telephone number; the message is a sentence for whoever typed it."""


def normalise(text: str) -> str:
    """Return the E.164 form; letters are asked about, never guessed. Raises NotATelephone."""
    typed = _visible(text)
    if re.search(r"[^\d\s()+./-]", typed):
        raise NotATelephone(_("A telephone number has only digits: please look at it again."))
    if typed.startswith("0062"):
        typed = "+62" + typed[4:]
    try:
        number = phonenumbers.parse(typed, REGION)
    except phonenumbers.NumberParseException as error:
        raise NotATelephone(_("This is not a telephone number.")) from error
    if not phonenumbers.is_valid_number(number):
        raise NotATelephone(_("This is not a whole telephone number: please look at it again."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(e164: str) -> bool:
    """Tell whether WhatsApp can be expected at this number."""
    kind = phonenumbers.number_type(phonenumbers.parse(e164))
    return kind in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )


def is_domestic(e164: str) -> bool:
    return e164.startswith(f"+{phonenumbers.country_code_for_region(REGION)}")


@lru_cache(maxsize=2_000)
def national(e164: str) -> str:
    """Return the form people read aloud: 0812-3456-7890; a foreign number keeps its country."""
    number = phonenumbers.parse(e164)
    home = phonenumbers.country_code_for_region(REGION)
    form = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if number.country_code == home
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, form)


def whatsapp_link(e164: str, text: str) -> str:
    """Return the address that opens WhatsApp with the text ready; the person presses send."""
    return f"https://wa.me/{e164.removeprefix('+')}?text={quote(text, safe='')}"


def _visible(text: str) -> str:
    """Drop the invisible marks and typographic dashes that come with a number copied from a chat."""
    plain = "".join("" if unicodedata.category(sign) == "Cf" else sign for sign in text)
    return re.sub(r"[\u2010-\u2015]", "-", plain).strip()
