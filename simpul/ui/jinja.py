"""The environment of all templates: the components, the filters, and nothing of the domain."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined
from lucide.jinja import lucide
from markupsafe import Markup

from simpul.lib import clock

MILLI = 1000
NARROW = "\N{NO-BREAK SPACE}"


class Components:
    """The macros of `ui/components.html`, at hand in every template as `ui`."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __getattr__(self, name: str) -> Any:
        return getattr(self._environment.get_template("ui/components.html").module, name)


def environment(**options: Any) -> Environment:
    """Build the Jinja2 environment: escaped, strict, translated."""
    made = Environment(  # noqa: S701 - autoescape comes with Django's options
        **(options | {"undefined": StrictUndefined}),
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    made.globals.update(
        url=lambda name, *args: reverse(name, args=args),
        static=static,
        icon=icon,
        new_key=lambda: uuid.uuid4().hex,
        ui=Components(made),
    )
    made.filters.update(
        rupiah=rupiah,
        number=number,
        day=day,
        day_short=day_short,
        moment=moment,
        ago=ago,
        percent=percent,
        quantity=quantity,
        phone=phone,
        bytes=bytes_,
    )
    return made


def icon(name: str, size: int = 20) -> Markup:
    """Draw an icon of the package lucide inline; it is only decoration."""
    return Markup(lucide(name, size=size, **{"class": "icon", "aria-hidden": "true"}))  # noqa: S704


def rupiah(amount: int) -> str:
    """`1250000` is `Rp 1.250.000`, on one line."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{NARROW}{number(abs(amount))}"


def number(value: int) -> str:
    """Group the thousands: by full stops in Indonesian, by commas in English."""
    grouped = f"{value:,}"
    return grouped if _is_english() else grouped.replace(",", ".")


def quantity(milli: int) -> str:
    """Thousandths of a unit: `3200` is `3,2`."""
    return str(format_decimal(milli / MILLI, format="#,##0.###", locale=_locale()))


def percent(share: float) -> str:
    return str(format_decimal(share * 100, format="#,##0.#", locale=_locale())) + "%"


def day(value: date | datetime | str) -> str:
    """`24 November 2026`."""
    return str(format_date(_day(value), format="d MMMM y", locale=_locale()))


def day_short(value: date | datetime | str) -> str:
    """`24 Nov 2026`."""
    return str(format_date(_day(value), format="d MMM y", locale=_locale()))


def moment(value: datetime | str) -> str:
    """`24 Nov 2026, 09.00 WIB`."""
    at = _moment(value)
    hour = format_time(at, format="HH:mm" if _is_english() else "HH.mm", locale=_locale())
    return f"{day_short(at)}, {hour}{NARROW}WIB"


def ago(value: datetime | str) -> str:
    """`3 hari yang lalu`."""
    return str(
        format_timedelta(_moment(value) - clock.now(), add_direction=True, locale=_locale())
    )


def phone(e164: str) -> str:
    """Show an Indonesian number as Indonesians write it: `0812-3456-7890`."""
    if not e164.startswith("+62"):
        return e164
    digits = "0" + e164[3:]
    if digits[1] != "8":
        return digits
    return "-".join(filter(None, [digits[:4], digits[4:8], digits[8:]]))


def bytes_(size: int) -> str:
    return f"{max(1, round(size / 1000))}{NARROW}kB" if size < 1_000_000 else f"{size / 1e6:.1f}{NARROW}MB"


def _day(value: date | datetime | str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
        return value.astimezone(clock.WIB).date() if value.tzinfo else value.date()
    return value.astimezone(clock.WIB).date() if isinstance(value, datetime) else value


def _moment(value: datetime | str) -> datetime:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.astimezone(clock.WIB)


def _is_english() -> bool:
    return (translation.get_language() or "id").startswith("en")


def _locale() -> str:
    return "en_GB" if _is_english() else "id"
