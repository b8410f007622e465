"""What every template of the portals finds at hand, beyond the tools of `ui`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template import engines
from django.utils.translation import get_language
from jinja2 import Environment
from markupsafe import Markup, escape

from simpul.insight.mentions import NUMBER
from simpul.parties.models import Person
from simpul.portals.doors import path_for, portal_path, telling_path
from simpul.ui import jinja as ui
from simpul.workflow.models import Entry
from simpul.workflow.reasons import said
from simpul.workflow.steps import can


def environment(**options: Any) -> Environment:
    environment = ui.environment(**options)
    environment.filters.update(sentence=sentence, linked=linked, said=said)
    environment.globals.update(
        path_for=path_for, portal_path=portal_path, telling_path=telling_path
    )
    return environment


def linked(text: str, addresses: Mapping[str, str]) -> Markup:
    """Make the numbers of documents that have an address into links; all else stays text."""

    def link(found: re.Match[str]) -> str:
        path = addresses.get(found[0].upper())
        shown = f'<a class="nowrap" href="{escape(path)}">{found[0]}</a>'
        return shown if path else found[0]

    return Markup(NUMBER.sub(link, str(escape(text))))  # noqa: S704 - escaped


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
