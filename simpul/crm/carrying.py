"""Who carried numbers and addresses of people away as a file: the journal of the workshop says so."""

from __future__ import annotations

from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import creation


class CarriedList:
    """A list that became a file. Nothing is kept of it but the line in the journal."""

    @classmethod
    @creation("crm.carry_list")
    def note(cls, *, by: Person, name: str, rows: int) -> Workshop:
        """Note which list (`parties`, `list` for one that was handed in) and how many rows."""
        return by.workshop
