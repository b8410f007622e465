"""A list as a file for a spreadsheet: the page's own rows, filtered and sorted as they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from simpul.crm.carrying import CarriedList
from simpul.lib import sheets
from simpul.portals.fresh import ask_again
from simpul.portals.http import Request, demand

A_CHUNK = 1000  # rows read at a time
FORMS = {
    "csv": (sheets.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (
        sheets.as_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}

type Column = tuple[Any, Callable[[Any], sheets.Cell]]  # heading, and what stands in a row


def download(
    request: Request,
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Any],
    *,
    of: str = "",
    is_personal: bool = False,
) -> HttpResponse | None:
    """Return the rows as the file that `?as=csv` or `?as=xlsx` asks for, or None: show the page.

    `rows` are what the page shows to this person, all of its pages. Of a page with several lists `of` is
    what `?list=` has to say for this one; its own list has no name. Where they hold
    names, numbers or addresses of people (`is_personal`) the matrix says who may carry them away, the
    password is asked for once more, and the journal notes who carried away how many. Wages and
    who of ours did something are not meant by that (decision 31).
    """
    form = request.GET.get("as", "")
    if form not in FORMS or request.GET.get("list", "") != of:
        return None
    if is_personal:
        demand(request, "crm.carry_list", request.workshop)
        if (asked := ask_again(request)) is not None:
            return asked
    write, kind = FORMS[form]
    if isinstance(rows, QuerySet):
        rows = rows.iterator(chunk_size=A_CHUNK)
    cells: Iterable[list[sheets.Cell]] = ([cell(row) for _heading, cell in columns] for row in rows)
    if is_personal:
        cells = list(cells)
        CarriedList.note(by=request.person, name=name, rows=len(cells))
    answer = HttpResponse(write([str(heading) for heading, _cell in columns], cells), kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer
