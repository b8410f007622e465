"""Steps: how a state changes. What every step owes stands here, once."""

from __future__ import annotations

import contextvars
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.translation import gettext as _

from simpul.parties.models import Person
from simpul.workflow.models import Entry


class Refused(Exception):
    """A step that cannot be done; nothing has changed. The message is a sentence for people."""


class NotAllowed(Refused):
    """Whoever asked may not do it; says so by itself where nothing more is to be said."""

    def __str__(self) -> str:
        return super().__str__() or _("Your part in this does not include that step.")


class WrongState(Refused):
    """The thing has moved on since it was looked at."""


class KeyReused(Refused):
    """The form's key already stands for another step."""


@dataclass(frozen=True, slots=True)
class Step:
    ability: str
    sources: tuple[str, ...]  # empty: in any state
    target: str | None  # None: the state stays


STEPS: dict[str, Step] = {}

_form_key: contextvars.ContextVar[str] = contextvars.ContextVar("form_key", default="")


@contextmanager
def keyed(key: str) -> Iterator[None]:
    """Let the first step inside the block carry the random key of the form that asked for it.

    The same key again does nothing and gives the first answer. The portals' middleware opens this
    block around every request, so no view can forget it.
    """
    token = _form_key.set(key)
    try:
        yield
    finally:
        _form_key.reset(token)


def step[Method: Callable[..., None]](
    ability: str,
    *,
    source: str | tuple[str, ...] = (),
    target: str | None = None,
    private: tuple[str, ...] = (),
) -> Callable[[Method], Method]:
    """Turn a method of a model into a step, from `source` (empty: any state) to `target`.

    The method gets a locked, fresh row and says only what else becomes true. Around it stands
    what every step owes: the permission, the state, the save, the journal and the form's key. Of
    the facts the journal keeps what is plain, of rows their primary key, and nothing that is
    named in `private`: names, numbers and addresses of people, secrets.

    Raises NotAllowed where `by` lacks the ability, WrongState where the row moved on.
    """
    sources = (source,) if isinstance(source, str) else source
    STEPS[ability] = Step(ability, sources, target)

    def decorate(body: Method) -> Method:
        @functools.wraps(body)
        def run(self: Any, *, by: Person, **facts: Any) -> None:
            _permit(by, ability, self)
            with transaction.atomic():
                _lock(self)
                key = _take_key()
                first = _first_answer(by, key, ability)
                if first is not None:
                    if first.subject_id != self.pk:
                        raise KeyReused(_sent_for_another())
                    return
                _permit(by, ability, self)  # again: the row may have changed hands
                if sources and self.status not in sources:
                    raise WrongState(
                        _("Somebody was quicker: this is now “%(status)s”. Look at it again.")
                        % {"status": self.get_status_display()}
                    )
                _write(self, ability, by, key, facts, private)
                body(self, by=by, **facts)
                if target is not None:
                    self.status = target
                self.save()

        return cast(Method, run)

    return decorate


def creation[Method: Callable[..., models.Model]](
    ability: str, *, private: tuple[str, ...] = ()
) -> Callable[[Method], Method]:
    """Turn a classmethod that saves and returns a new thing into the step that makes it.

    `@classmethod` stands above it. The form's key that was used before gives the thing of the
    first time, and the method is not run. `private` names facts that the journal does not keep.
    Raises NotAllowed where `by` lacks the ability.
    """
    STEPS[ability] = Step(ability, (), None)

    def decorate(body: Method) -> Method:
        @functools.wraps(body)
        def run(cls: Any, *, by: Person, **facts: Any) -> models.Model:
            with transaction.atomic():
                key = _take_key()
                if key:
                    # the same form, twice at once
                    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
                first = _first_answer(by, key, ability)
                if first is not None:
                    return cast(models.Model, first.subject)
                subject = body(cls, by=by, **facts)
                _permit(by, ability, subject)
                _write(subject, ability, by, key, facts, private)
            return subject

        return cast(Method, run)

    return decorate


def done(subject: Any, ability: str, *, by: Person, facts: dict[str, Any] | None = None) -> Entry:
    """Do a step to one of many rows; return its line of the journal, which is not saved yet.

    For the machine, which does a step to some hundreds of things in one transaction: it holds
    their locks, does to each what the body of the step says, and saves rows and lines together.
    Permission, state and journal are as for a single step. Raises NotAllowed and WrongState.
    """
    wanted = STEPS[ability]
    _permit(by, ability, subject)
    if wanted.sources and subject.status not in wanted.sources:
        raise WrongState(ability)
    if wanted.target is not None:
        subject.status = wanted.target
    return _line(subject, ability, by, "", facts or {}, ())


def can(person: Person, ability: str, subject: Any) -> bool:
    """Tell whether to offer the step: the person may, and the state allows it."""
    sources = STEPS[ability].sources
    return (not sources or subject.status in sources) and person.may(ability, subject)


def _permit(by: Person, ability: str, subject: Any) -> None:
    if not by.may(ability, subject):
        raise NotAllowed


def _lock(row: models.Model) -> None:
    # its key stays: whoever only points at the row does not wait, and no ring closes over that
    rows = type(row)._base_manager.select_for_update(of=("self",), no_key=True)
    row.refresh_from_db(from_queryset=rows)


def _take_key() -> str:
    """Return the form's key to the outermost step, and nothing to the steps that follow from it."""
    key = _form_key.get()
    _form_key.set("")
    return key


def _first_answer(by: Person, key: str, ability: str) -> Entry | None:
    first = Entry.objects.filter(by=by, key=key).first() if key else None
    if first is not None and first.step != ability:
        raise KeyReused(_sent_for_another())
    return first


def _sent_for_another() -> str:
    return _("This form was sent for something else already: load its page again.")


def _write(
    subject: Any,
    ability: str,
    by: Person,
    key: str,
    facts: dict[str, Any],
    private: tuple[str, ...],
) -> None:
    _line(subject, ability, by, key, facts, private).save(force_insert=True)


def _line(
    subject: Any,
    ability: str,
    by: Person,
    key: str,
    facts: dict[str, Any],
    private: tuple[str, ...],
) -> Entry:
    return Entry(
        workshop_id=by.workshop_id,
        subject_type_id=ContentType.objects.get_for_model(subject).pk,
        subject_id=subject.pk,
        step=ability,
        by=by,
        facts={
            name: _plain(value)
            for name, value in facts.items()
            if name not in private and _is_plain(value)
        },
        key=key,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(_plain(name)): _plain(item) for name, item in value.items()}
    return value


def _is_plain(value: Any) -> bool:
    """Keep bytes, files and forms out of the journal."""
    if isinstance(value, list | tuple):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(_is_plain(item) for item in value.values())
    return value is None or isinstance(value, str | int | date | models.Model)
