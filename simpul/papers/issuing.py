"""Issuing papers: their rows in the step that makes them exist, their PDF by the worker after it."""

from __future__ import annotations

from collections.abc import Sequence

from simpul.papers.models import Draft, Paper
from simpul.papers.tasks import render
from simpul.parties.models import Person


def issue(draft: Draft, *, by: Person) -> Paper:
    """Issue one paper, as `issue_all` does."""
    [paper] = issue_all([draft], by=by)
    return paper


def issue_all(drafts: Sequence[Draft], *, by: Person) -> list[Paper]:
    """Issue these, as `Paper.issue_all` says, and have them rendered before somebody waits.

    Where there is nothing to issue nothing is locked.
    """
    if not drafts:
        return []
    papers = Paper.issue_all(drafts, by=by)
    render.enqueue([paper.pk for paper in papers])
    return papers
