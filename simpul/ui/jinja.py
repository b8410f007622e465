"""The environment of all templates: the components, the filters, and nothing of the domain."""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Literal

from babel.dates import format_timedelta, get_day_names, get_month_names
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext
from jinja2 import Environment, StrictUndefined
from lucide.jinja import lucide
from markupsafe import Markup, escape

from simpul.lib import clock, places

type Width = Literal["wide", "abbreviated"]

MILLI = 1000
SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
# What a browser would break at its hyphens: SO-2026-0045, and the span of two hours.
WHOLE = re.compile(r"\b(?:[A-Z]{2,4}-\d{4}-\d+|\d{1,2}[.:]\d\d[-–]\d{1,2}[.:]\d\d)\b")
SWAPPED = str.maketrans(",.", ".,")
SHORT_AREAS = {"21", "22", "24", "31", "61"}  # Jakarta, Bandung, Semarang, Surabaya, Medan


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
        now=clock.now,
        ui=Components(made),
    )
    made.filters.update(
        rupiah=rupiah,
        sen=sen,
        cents=cents,
        number=number,
        day=day,
        day_long=day_long,
        month=month,
        day_short=day_short,
        day_month=day_month,
        moment=moment,
        ago=ago,
        left=left,
        hour=hour,
        percent=percent,
        quantity=quantity,
        days=days,
        phone=phone,
        map_link=places.map_link,
        bytes=bytes_,
        unbroken=unbroken,
    )
    return made


@lru_cache(maxsize=256)
def icon(name: str, size: int = 20) -> Markup:
    """Draw an icon of the package lucide inline; it is only decoration."""
    return Markup(lucide(name, size=size, **{"class": "icon", "aria-hidden": "true"}))  # noqa: S704


def rupiah(amount: int) -> str:
    """`1250000` is `Rp 1.250.000`, on one line."""
    sign = MINUS if amount < 0 else ""
    return f"{sign}Rp{SPACE}{number(abs(amount))}"


def sen(amount: int) -> str:
    """Hundredths of a rupiah: `4583333333` is `Rp 45.833.333,33`."""
    whole, rest = divmod(abs(amount), 100)
    return f"{MINUS if amount < 0 else ''}Rp{SPACE}{_point(f'{whole:,}.{rest:02}')}"


def cents(amount: int) -> str:
    """Sen as rupiah, with what is below a rupiah only where there is something: `Rp 1.250,37`."""
    return sen(amount) if amount % 100 else rupiah(amount // 100)


def number(value: int) -> str:
    """Group the thousands: by full stops in Indonesian, by commas in English."""
    return _point(f"{value:,}")


def quantity(milli: int) -> str:
    """Thousandths of a unit: `3200` is `3,2`."""
    whole, rest = divmod(abs(milli), MILLI)
    fraction = f".{rest:03}".rstrip("0") if rest else ""
    return _point(f"{'-' if milli < 0 else ''}{whole:,}{fraction}")


def in_days(milli: int) -> str:
    """Thousandths of a day: `1900` is `1.9`; from ten days on whole ones, for more would only look exact."""
    return number(round(milli / MILLI)) if milli >= 10 * MILLI else quantity(milli)


def days(milli: int) -> str:
    """Thousandths of a day: `1000` is `1 day`, `1900` is `1.9 days`."""
    said = {"days": in_days(milli)}
    return ngettext("%(days)s day", "%(days)s days", 1 if milli == MILLI else 2) % said


def percent(share: float) -> str:
    """A share of one: `0.125` is `12,5%`."""
    return _point(f"{share * 100:,.1f}".removesuffix(".0")) + "%"


def day(value: date | datetime | str) -> str:
    """`24 November 2026`, on one line."""
    on = _day(value)
    return f"{on.day}{SPACE}{_month('wide', on, _locale())}{SPACE}{on.year}"


def month(value: date | datetime | str) -> str:
    """`November 2026`."""
    on = _day(value)
    return f"{_month('wide', on, _locale())} {on.year}"


def day_long(value: date | datetime | str) -> str:
    """`Selasa, 24 November 2026`."""
    on = _day(value)
    return f"{get_day_names('wide', locale=_locale())[on.weekday()]}, {day(on)}"


def day_short(value: date | datetime | str) -> str:
    """`24 Nov 2026`, on one line."""
    on = _day(value)
    return f"{on.day}{SPACE}{_month('abbreviated', on, _locale())}{SPACE}{on.year}"


def day_month(value: date | datetime | str) -> str:
    """`24 Nov`, of a year that is clear, on one line."""
    on = _day(value)
    return f"{on.day}{SPACE}{_month('abbreviated', on, _locale())}"


def weekday_names() -> list[str]:
    """Return the days of the week, Monday first: `Senin`, `Selasa` …"""
    names = get_day_names("wide", locale=_locale())
    return [names[place] for place in range(7)]


def hour(value: datetime | str) -> str:
    """`09.00 WIB`."""
    at = _moment(value)
    return f"{at:%H}{':' if _is_english() else '.'}{at:%M}{SPACE}WIB"


def moment(value: datetime | str) -> str:
    """`24 Nov 2026, 09.00 WIB`."""
    return f"{day_short(value)}, {hour(value)}"


def ago(value: datetime | str) -> str:
    """`3 hari yang lalu`, `dalam 2 jam`."""
    distance: timedelta = _moment(value) - clock.now()
    return format_timedelta(distance, add_direction=True, locale=_locale())


def left(until: datetime) -> str:
    """How long it still is: `3 jam 12 menit`."""
    minutes = max(0, int((until - clock.now()).total_seconds() // 60))
    return translation.gettext("%(hours)s h %(minutes)s min") % {
        "hours": minutes // 60,
        "minutes": minutes % 60,
    }


def phone(e164: str) -> str:
    """Show an Indonesian number as Indonesians write it: `0812-3456-7890`, `(0251) 8631234`."""
    if not e164.startswith("+62"):
        return e164
    digits = e164[3:]
    if digits.startswith("8"):
        return "-".join(part for part in ("0" + digits[:3], digits[3:7], digits[7:]) if part)
    area = 2 if digits[:2] in SHORT_AREAS else 3
    return f"(0{digits[:area]}){SPACE}{digits[area:]}"


def bytes_(size: int) -> str:
    """`180 kB`, `1,3 MB`."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}{SPACE}kB"
    return _point(f"{size / 1_000_000:.1f}") + f"{SPACE}MB"


def unbroken(text: Any) -> Markup:
    """Keep each document's number and each span of hours on one line; text with tags stays."""
    shown = escape(text)
    if "<" in shown:
        return shown
    return Markup(WHOLE.sub(r'<span class="nowrap">\g<0></span>', shown))  # noqa: S704 - escaped


def _point(english: str) -> str:
    """Turn `1,234.5` into `1.234,5` for Indonesian readers."""
    return english if _is_english() else english.translate(SWAPPED)


def _day(value: date | datetime | str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
        return value.astimezone(clock.WIB).date() if value.tzinfo else value.date()
    return value.astimezone(clock.WIB).date() if isinstance(value, datetime) else value


def _month(width: Width, on: date, locale: str) -> str:
    return _month_names(width, locale)[on.month]


@cache
def _month_names(width: Width, locale: str) -> dict[int, str]:
    return dict(get_month_names(width, locale=locale))


def _moment(value: datetime | str) -> datetime:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.astimezone(clock.WIB)


def _is_english() -> bool:
    return (translation.get_language() or "id").startswith("en")


def _locale() -> str:
    return "en_GB" if _is_english() else "id"
