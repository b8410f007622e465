"""The house tests itself: nothing that every step or every app owes is forgotten."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel
from django.template import engines

from simpul.conversations.notices import DESKS, SIDES, TOLD
from simpul.lib.first_migration import FirstMigration
from simpul.parties.abilities import ABILITIES
from simpul.parties.models import Workshop
from simpul.parties.roles import Role
from simpul.settings import PACKAGE
from simpul.urls import urlpatterns
from simpul.workflow.models import Entry
from simpul.workflow.steps import STEPS

# what may be edited without a step: it is no document and has no state
KEPT = {
    "catalog.keep",
    "catalog.keep_materials",
    "conversations.keep_replies",
    "crm.keep_segments",
    "crm.keep_showcase",
    "crm.keep_lead_rules",
    "crm.keep_room_rules",
    "crm.keep_rating_rules",
    "crm.keep_wish_rules",
    "insight.wish_margin",
    "insight.keep_morning_rules",
    "insight.keep_questions",
    "parties.keep",
    "parties.keep_own",
    "parties.staff",
}
# what is no deed at all, but a part of a page that only some may see
SEEN = {
    "catalog.see_recipe",
    "insight.rebuild",
    "insight.see_books",
    "insight.see_costs",
    "insight.see_trend",
    "procurement.see_prices",
    "production.see_wages",
    "production.see_workers",
}
AUDIENCES = {
    *SIDES,
    *(role.value for role in Role if role),
    "other",
    "asked",
    "payers",
    "interested",
    "addressed",
    "dealer",
    "merged",
    "named",
}
assert urlpatterns  # importing the pages has loaded the steps of every app
OURS = [model for model in apps.get_models() if model.__module__.startswith("simpul.")]
# what belongs to no workshop, or hangs from something that does
HANGS_FROM_ANOTHER = {
    "parties.User",
    "parties.Workshop",
}


def test_every_step_stands_in_the_matrix_and_every_line_is_a_step() -> None:
    assert set(ABILITIES) - set(STEPS) == KEPT | SEEN
    assert set(STEPS) <= set(ABILITIES)


def test_it_is_decided_for_every_step_who_hears_of_it() -> None:
    assert set(TOLD) == set(STEPS)
    assert {word for words in TOLD.values() for word in words} <= AUDIENCES
    assert set(DESKS) == set(SIDES)


@pytest.mark.parametrize("ability", sorted(STEPS))
def test_every_step_has_its_sentence(ability: str) -> None:
    engine: Any = engines["jinja2"]
    source, name, _fresh = engine.env.loader.get_source(engine.env, Entry(step=ability).template)
    assert source.strip(), name
    assert "<" not in source, f"{name} is plain text"


def test_every_sentence_is_of_a_step() -> None:
    told = {
        f"{path.parent.parent.name}.{path.stem}" for path in PACKAGE.glob("*/jinja2/*/steps/*.html")
    }
    assert told == set(STEPS)


def test_no_template_is_forgotten_for_another() -> None:
    """What is left out would be compiled anew, about ten milliseconds for each page."""
    engine: Any = engines["jinja2"]
    kept = getattr(engine.env.cache, "capacity", None)  # a plain dict keeps all
    assert kept is None or kept >= len(engine.env.list_templates())


def test_a_status_is_changed_by_steps_only() -> None:
    """Nobody assigns it in a form or a view: the field cannot be edited."""
    fields = [model._meta.get_field("status") for model in OURS if _has_status(model)]
    loose = [str(field) for field in fields if field.editable and "Notice" not in str(field)]
    assert loose == []


def test_no_table_has_an_order_of_its_own() -> None:
    assert [model._meta.label for model in OURS if model._meta.ordering] == []


def test_the_first_migrations_make_tables_only() -> None:
    """And all at once: what Django would do after each operation takes minutes by now."""
    apps_of_ours = {model._meta.app_label for model in OURS}
    modules = [apps.get_app_config(label).name for label in sorted(apps_of_ours)]
    first = [import_module(f"{name}.migrations.0001_initial").Migration for name in modules]
    making = (CreateModel, AddField, AddIndex, AddConstraint)
    for migration in first:
        assert issubclass(migration, FirstMigration), migration
        others = [one for one in migration.operations if not isinstance(one, making)]
        assert others == [], migration


def test_everything_hangs_from_a_workshop() -> None:
    """By a column of its own, or by something that does."""
    for model in OURS:
        if model._meta.label not in HANGS_FROM_ANOTHER:
            assert _hangs(model, set()), model._meta.label


def test_nobody_asks_the_machine_for_the_time() -> None:
    asked = [
        str(path)
        for path in Path(PACKAGE).rglob("*.py")
        if "timezone.now(" in path.read_text() and path.name not in {"clock.py", "test_house.py"}
    ]
    assert asked == []


def _has_status(model: type[models.Model]) -> bool:
    return any(field.name == "status" for field in model._meta.fields)


def _hangs(model: type[models.Model], seen: set[type[models.Model]]) -> bool:
    seen.add(model)
    for field in model._meta.fields:
        other = field.related_model
        if other is Workshop:
            return True
        if isinstance(other, type) and other not in seen and _hangs(other, seen):
            return True
    return False
