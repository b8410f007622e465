"""Indexes: each is one more thing that every insert has to write, so none is kept for nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

OURS = [model for model in apps.get_models() if model.__module__.startswith("simpul.")]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_no_index_is_the_beginning_of_another(model: type[models.Model]) -> None:
    longer = {fields[0] for fields in _indexed_together(model) if fields}
    alone = [
        field.name
        for field in model._meta.local_concrete_fields
        if getattr(field, "db_index", False) and not field.unique and field.name in longer
    ]
    assert alone == []  # say db_index=False: the longer index finds the same rows


def _indexed_together(model: type[models.Model]) -> Iterator[tuple[str, ...]]:
    for index in model._meta.indexes:
        if not index.condition:
            yield tuple(name.lstrip("-") for name in index.fields)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and not constraint.condition:
            yield tuple(constraint.fields)
