"""What every template of the portals finds at hand, beyond the tools of `ui`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template import engines
from django.utils.translation import get_language
from jinja2 import Environment
from markupsafe import Markup

from simpul.parties.models import Person
from simpul.portals.doors import path_for, portal_path
from simpul.ui import jinja as ui
from simpul.workflow.models import Entry
from simpul.workflow.steps import can


def environment(**options: Any) -> Environment:
    environment = ui.environment(**options)
    environment.filters["sentence"] = sentence
    environment.globals.update(path_for=path_for, portal_path=portal_path)
    return environment


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give every page its reader, its workshop and the question what the reader may do."""
    person: Person | None = getattr(request, "person", None)

    def may(ability: str, subject: Any) -> bool:
        return person is not None and can(person, ability, subject)

    return {
        "person": person,
        "workshop": getattr(request, "workshop", None),
        "can": may,
        "demo": settings.DEMO,
        "language": get_language(),
        "languages": settings.LANGUAGES,
    }


def sentence(entry: Entry) -> Markup:
    """Tell a line of the journal in the language of the moment, as escaped text."""
    engine: Any = engines["jinja2"]
    template = engine.env.get_template(entry.template)
    return Markup(template.render(entry=entry).strip())  # noqa: S704 - escaped by its template
