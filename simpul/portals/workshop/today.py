"""The first page of the desk: what waits for me."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from simpul.insight import today as insight
from simpul.lib import clock
from simpul.portals.http import Request
from simpul.portals.workshop import morning

# What is asked of a Monday, and the page that begins with the answer; the others only for who sees the
# books.
QUESTIONS = (
    (_("Who has been silent for too long?"), "returning", "?shown=overdue"),
    (_("Which orders will be late?"), "floor-plan", ""),
    (_("What do we have to buy?"), "demand-materials", ""),
    (_("How many pairs will be ordered?"), "demand", ""),
    (_("What sells better, and what worse?"), "trend", ""),
    (_("Where do orders wait?"), "workings", ""),
    (_("Who pays late?"), "paying", ""),
    (_("Something else"), "questions", ""),
)
OF_THE_BOOKS = (
    (_("When will money be short?"), "workings", "?part=cash"),
    (_("Does each model still pay?"), "workings", "?part=prices"),
)


@require_safe
def today(request: Request) -> HttpResponse:
    day, slug = clock.today(), request.workshop.slug
    return render(
        request,
        "workshop/today.html",
        {
            "today": day,
            "first": morning.tasks_of_today(request),
            "figures": [
                (figure, reverse(f"workshop:{figure.page}", args=[slug]) + figure.query)
                for figure in insight.figures(request.person, day)
            ],
            "tasks": [
                (task, reverse(f"workshop:{task.page}", args=[slug]) + task.query)
                for task in insight.tasks(request.person, day)
            ],
            "asked": [
                (words, reverse(f"workshop:{page}", args=[slug]) + query)
                for words, page, query in _questions(request)
            ],
        },
    )


def _questions(request: Request) -> tuple[tuple[Any, str, str], ...]:
    if not request.person.may("insight.see_trend", request.workshop):
        return ()
    sees_books = request.person.may("insight.see_books", request.workshop)
    return (*OF_THE_BOOKS, *QUESTIONS) if sees_books else QUESTIONS
