"""The first page of the desk: what waits for me."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from simpul.insight import today as insight
from simpul.lib import clock
from simpul.portals.http import Request
from simpul.portals.workshop import morning


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
        },
    )
