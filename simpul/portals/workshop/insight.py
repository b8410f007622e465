"""The analysis on the desk: what the market does. Only reads what is kept."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from simpul.insight import market, tasks
from simpul.insight.keeping import keep
from simpul.insight.market import By, Measure, Row, Trend, Weeks
from simpul.insight.models import FactsKept
from simpul.lib import clock
from simpul.lib.limits import is_too_often
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.ui import charts
from simpul.ui.jinja import day_month, month, number, quantity, rupiah

SHOWN = 12  # bars; the table has all
A_MINUTE = 60


@require_safe
def trend(request: Request) -> HttpResponse:
    """What sells, by what one chooses, beside the year before; the season, and the order book."""
    demand(request, "insight.see_trend", request.workshop)
    sees_left = request.person.may("insight.see_books", request.workshop)
    asked = _asked(request, sees_left)
    today = clock.today()
    weeks = market.weeks_around_the_feast(request.workshop, today)
    book = market.order_book(request.workshop, today)
    seasons = market.seasons(request.workshop, today)
    answer = (
        (weeks and download(request, "weeks", _columns_of_weeks(weeks), weeks.rows, of="weeks"))
        or download(request, "seasons", _columns_of_seasons(), seasons, of="seasons")
        or download(request, "order-book", COLUMNS_OF_BOOK, _weeks_of(book), of="book")
        or download(request, "trend", _columns(asked), asked.rows)
    )
    if answer:
        return answer
    context = {
        "asked": asked,
        "kept": FactsKept.objects.filter(workshop=request.workshop).first(),
        "totals": market.totals(request.workshop, asked.span, asked.compared),
        "sees_left": sees_left,
        "bys": list(By),
        "measures": [one for one in Measure if sees_left or one != Measure.LEFT],
        "months": market.MONTHS,
        "chart": _chart(asked),
        "weeks": weeks,
        "weeks_chart": _weeks_chart(weeks) if weeks else None,
        "seasons": seasons,
        "seasons_chart": _seasons_chart(seasons),
        "book": book,
        "book_rows": _weeks_of(book),
        "book_chart": _book_chart(book),
        "shown": rupiah if asked.measure != Measure.PAIRS else number,
        "month_names": [month(f"2026-{n:02}-01").split()[0] for n in range(1, 13)],
        "weeks_list": {"list": "weeks"},
        "seasons_list": {"list": "seasons"},
        "book_list": {"list": "book"},
        "may_rebuild": request.person.may("insight.rebuild", request.workshop),
    }
    return render(request, "workshop/insight/trend.html", context)


@require_POST
def updating(request: Request) -> HttpResponse:
    """Bring the figures up to date now, if there is news; the worker does it, once in a minute."""
    demand(request, "insight.see_trend", request.workshop)
    whose = str(request.workshop.pk)
    is_wanted = keep.is_behind(request.workshop)
    if is_wanted and not is_too_often("facts", whose, times=1, seconds=A_MINUTE):
        tasks.bring_up_to_date.enqueue(request.workshop.pk)
    messages.success(
        request, _("The figures are being brought up to date. Look again in a moment.")
    )
    return redirect("workshop:trend", request.workshop.slug)


@require_POST
def rebuilding(request: Request) -> HttpResponse:
    """Reckon everything anew from the orders; the worker does it, the page shows how far it is."""
    demand(request, "insight.rebuild", request.workshop)
    kept = FactsKept.objects.filter(workshop=request.workshop).first()
    if kept is None or not kept.is_rebuilding:
        tasks.rebuild.enqueue(request.workshop.pk)
    messages.success(request, _("Everything is being reckoned anew from the orders."))
    return redirect("workshop:trend", request.workshop.slug)


def _asked(request: Request, sees_left: bool) -> Trend:
    by, measure = request.GET.get("by", ""), request.GET.get("measure", "")
    months = request.GET.get("months", "")
    if measure == Measure.LEFT and not sees_left:
        measure = ""
    return market.trend(
        request.workshop,
        clock.today(),
        by=By(by) if by in By.values else By.MODEL,
        measure=Measure(measure) if measure in Measure.values else Measure.PAIRS,
        months=int(months) if months in {str(one) for one in market.MONTHS} else 12,
    )


def _columns(asked: Trend) -> list[Column]:
    columns: list[Column] = [
        (asked.by.label, lambda row: row.label),
        (asked.measure.label, lambda row: row.now),
        (gettext_lazy("A year before"), lambda row: row.before),
    ]
    if asked.by == By.MONTH:
        columns += [
            (gettext_lazy("Compared from"), lambda row: row.days_before.first),
            (gettext_lazy("Compared until"), lambda row: row.days_before.last),
        ]
    if asked.by == By.MODEL:
        columns += [
            (gettext_lazy("Orders"), lambda row: row.orders.now),
            (gettext_lazy("Orders a year before"), lambda row: row.orders.before),
            (gettext_lazy("Trend"), lambda row: row.turn_label),
        ]
    return columns


COLUMNS_OF_BOOK: tuple[Column, ...] = (
    (gettext_lazy("Week"), lambda row: row[0] or _("late")),
    (gettext_lazy("Pairs"), lambda row: row[1]),
    (gettext_lazy("Pairs that can be made"), lambda row: row[2]),
)


def _weeks_of(book: market.Book) -> list[tuple[date | None, int, int | None]]:
    """Return the weeks with what is promised and what can be made, None where that is not known; what
    is late stands before them, without a day."""
    most = book.capacity.weeks if book.capacity else [None] * len(book.weeks)
    late: list[tuple[date | None, int, int | None]] = [(None, book.late, None)] if book.late else []
    return late + [(monday, pairs, most[at]) for at, (monday, pairs) in enumerate(book.weeks)]


def _columns_of_weeks(weeks: Weeks) -> list[Column]:
    return [
        (gettext_lazy("Week"), lambda row: row[0]),
        (weeks.feast.year, lambda row: row[1]),
        (weeks.feast_before.year, lambda row: row[2]),
    ]


def _columns_of_seasons() -> list[Column]:
    def cell(place: int) -> Column:
        return month(f"2026-{place + 1:02}-01").split()[0], lambda row: row[1][place]

    return [(gettext_lazy("Year"), lambda row: row[0]), *(cell(place) for place in range(12))]


def _chart(asked: Trend) -> charts.Chart | None:
    if not asked.rows:
        return None
    shown = number if asked.measure == Measure.PAIRS else millions
    title = f"{asked.measure.label}: {asked.by.label}"
    if asked.by == By.MONTH:
        return charts.lines(
            title,
            _("Month by month, and the days of the year before that it is compared with."),
            [month(row.key)[:3] for row in asked.rows],
            [
                (_("these months"), [row.now for row in asked.rows]),
                (_("a year before"), [_before(asked, row) for row in asked.rows]),
            ],
            shown,
        )
    rows = asked.rows if asked.by == By.SIZE else asked.rows[:SHOWN]  # a curve has no tail to cut
    longest = max(rows, key=lambda row: row.now)
    return charts.bars(
        title,
        _("The longest: %(first)s.") % {"first": longest.label},
        [charts.Bar(_named(row), row.now, row.before) for row in rows],
        shown,
        (_("these months"), _("a year before")),
    )


def _before(asked: Trend, row: Row) -> int | None:
    """What a month was a year before; None of months of which nothing is known."""
    first = (row.days_before or asked.compared.span).first
    return row.before if asked.began is not None and first >= asked.began else None


def _named(row: Row) -> str:
    return f"{row.label} ({row.turn_label})" if row.turn else row.label


def _weeks_chart(weeks: Weeks) -> charts.Chart | None:
    """Return nothing where no five weeks beside each other are known yet."""
    now, before = _smoothed(weeks.now), _smoothed(weeks.before)
    if not any(one is not None for one in (*now, *before)):
        return None
    return charts.lines(
        _("Pairs a week around Idul Fitri"),
        _("Week 0 is the week of Idul Fitri."),
        [f"{place:+}".replace("+0", "0") for place in weeks.places],
        [
            (str(weeks.feast.year), now),
            (str(weeks.feast_before.year), before),
        ],
        number,
        through=list(weeks.places).index(0),
    )


def _smoothed(weeks: list[int | None]) -> list[int | None]:
    """The mean of each week, the two before it and the two after it, where all five are known: orders
    in dozens make single weeks jump, and a mean of the past alone would come too late."""
    found: list[int | None] = []
    for at in range(len(weeks)):
        five = [one for one in weeks[max(at - 2, 0) : at + 3] if one is not None]
        found.append(round(sum(five) / 5) if len(five) == 5 else None)
    return found


def _seasons_chart(seasons: list[tuple[int, list[int | None]]]) -> charts.Chart | None:
    if not seasons:
        return None
    year = seasons[-1][0]
    return charts.calendar(
        _("Pairs ordered, month by month"),
        _("The stronger the colour of a month, the more pairs."),
        [month(f"{year}-{n:02}-01")[:3] for n in range(1, 13)],
        [(str(year), row) for year, row in seasons],
        number,
    )


def _book_chart(book: market.Book) -> charts.Chart | None:
    if not book.total:
        return None
    rows = [
        charts.Bar(day_month(monday) if monday else _("late"), pairs, most)
        for monday, pairs, most in _weeks_of(book)
    ]
    return charts.bars(
        _("Pairs promised, by the week of the promise"),
        _("Usual is %(pace)s pairs a week.") % {"pace": number(book.pace)},
        rows,
        number,
        (_("promised"), _("can be made")) if book.capacity else (),
    )


def millions(amount: int) -> str:
    """Rupiah in a chart: millions, with one decimal below ten, or thousands below one."""
    if not amount:
        return number(0)
    if abs(amount) >= 10_000_000:
        return _("%(count)s m") % {"count": number(round(amount / 1_000_000))}
    if abs(amount) >= 1_000_000:
        return _("%(count)s m") % {"count": quantity(100 * round(amount / 100_000))}
    return _("%(count)s k") % {"count": number(round(amount / 1_000))}
