"""A list of customers, suppliers or models that somebody hands in, and what becomes of each row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Count
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Colourway
from simpul.crm import listed, listed_products, product_listing, verdicts
from simpul.crm.headings import Unreadable
from simpul.crm.tables import Table
from simpul.crm.used import remove, used
from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import Refused, WrongState, creation, step

ABANDONED = timedelta(minutes=1)  # whoever imports says so with each batch


class ListImportQuerySet(models.QuerySet["ListImport"]):
    def visible_to(self, person: Person) -> Self:
        """For those who keep what the list is of: the parties, or the catalogue."""
        ours = self.filter(workshop_id=person.workshop_id)
        if not person.may("parties.keep", person.workshop):
            ours = ours.filter(of=ListImport.Of.PRODUCT)
        if not person.may("catalog.keep", person.workshop):
            ours = ours.exclude(of=ListImport.Of.PRODUCT)
        return ours


class ListImport(models.Model):
    """A list that was handed in: nothing of it is taken before somebody has looked at each verdict."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("to be looked at")
        RUNNING = "running", _("is being imported")
        DONE = "done", _("imported")
        UNDONE = "undone", _("undone")
        DROPPED = "dropped", _("dropped")

    class Of(models.TextChoices):
        """What a row is: a model in one colour, or a party, to us this where it does not say it."""

        DISTRIBUTOR = "distributor", _("distributor")
        CONSUMER = "consumer", _("consumer")
        SUPPLIER = "supplier", _("supplier")
        COURIER = "courier", _("courier")
        PRODUCT = "product", _("our models")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=120)  # of the file
    of = models.CharField(max_length=12, choices=Of)
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=list)  # for each column a field of `listed`, or nothing
    takes_probable = models.BooleanField(default=False, editable=False)
    status = models.CharField(max_length=7, choices=Status, default=Status.DRAFT, editable=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    touched_at = models.DateTimeField(null=True, editable=False)  # by the job that imports it

    objects = ListImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workshop", "-id"])]

    def __str__(self) -> str:
        return self.name

    # Steps

    @classmethod
    @creation("crm.read_list", private=("name",))
    def read(cls, *, by: Person, table: Table, name: str, of: str) -> ListImport:
        """Keep a list that could be read; what its columns mean is guessed by their headings."""
        made = cls.objects.create(
            workshop_id=by.workshop_id,
            name=name[:120],
            of=of,
            headings=table.headings,
            mapping=_module(of).guessed(table.headings),
            by=by,
        )
        ListRow.objects.bulk_create(
            [ListRow(listing=made, line=line.number, cells=line.cells) for line in table.lines],
            batch_size=500,
        )
        return made

    @step("crm.map_list", source=Status.DRAFT)
    def map(self, *, by: Person, mapping: list[str]) -> None:
        """Say what each column means."""
        if self.is_of_products:
            if "code" not in mapping:
                raise Refused(_now("Say which column has the code."))
        elif "name" not in mapping and "contact" not in mapping:
            raise Refused(_now("Say which column has the name."))
        self.mapping = mapping

    @step("crm.drop_list", source=Status.DRAFT, target=Status.DROPPED)
    def drop(self, *, by: Person) -> None:
        """Take nothing of it, and forget what stood in it."""
        self.rows.all().delete()

    @step("crm.import_list", source=Status.DRAFT, target=Status.RUNNING)
    def begin(self, *, by: Person, takes_probable: bool = False) -> None:
        """Let the worker take what is new, and what is probably known where that is wanted."""
        self.takes_probable = takes_probable
        self.touched_at = clock.now()
        if not self.to_take().exists():
            raise WrongState(_now("There is nothing new in this list."))

    @step("crm.end_list", source=Status.RUNNING, target=Status.DONE)
    def end(self, *, by: Person) -> None:
        """Every row that was wanted is taken."""

    @step("crm.undo_list", source=Status.DONE, target=Status.UNDONE)
    def undo(self, *, by: Person) -> None:
        """Take back what nobody has used since; the rest stays, and its row says why."""
        if self.is_of_products:
            looks = list(self.rows.taken().select_related("colourway").order_by("line"))
            product_listing.take_back(looks)
            ListRow.objects.bulk_update(looks, ["why", "colourway"], batch_size=500)
            return
        rows = {row.party_id: row for row in self.rows.taken() if row.party_id}
        stays = used(rows)
        remove(rows.keys() - stays.keys())
        for party, why in stays.items():
            rows[party].why = why
        ListRow.objects.bulk_update([rows[party] for party in stays], ["why"], batch_size=500)

    # Questions

    def to_take(self) -> models.QuerySet[ListRow]:
        """Return the rows that are still to be taken."""
        verdicts = [ListRow.Verdict.NEW, ListRow.Verdict.CHANGE]
        if self.takes_probable:
            verdicts.append(ListRow.Verdict.PROBABLE)
        return self.rows.filter(verdict__in=verdicts, party=None, colourway=None)

    def counts(self) -> dict[str, int]:
        """Return how many rows have each verdict, and how many were taken, in one query."""
        by_verdict = self.rows.order_by().values_list("verdict").annotate(n=Count("pk"))
        return dict.fromkeys(ListRow.Verdict.values, 0) | dict(by_verdict)

    def demand_readable(self, cells: list[str]) -> None:
        """Raise Unreadable, with a sentence in the language of the moment, for a row that is not."""
        if self.is_of_products:
            listed_products.look_in(cells, self.mapping)
        else:
            listed.business_in(cells, self.mapping, kind=self.of)

    @property
    def is_of_products(self) -> bool:
        return self.of == self.Of.PRODUCT

    @property
    def keeping(self) -> str:
        """The ability that whoever works with it must have."""
        return "catalog.keep" if self.is_of_products else "parties.keep"

    @property
    def fields(self) -> dict[str, Any]:
        """What a column may mean, with the labels."""
        return dict(_module(self.of).FIELDS)

    @property
    def first_fields(self) -> tuple[str, ...]:
        """By what a row is known when one reads down the list."""
        return ("code", "name", "colour") if self.is_of_products else ("name", "telephone")

    @property
    def verdicts(self) -> list[ListRow.Verdict]:
        """What a row of such a list can be: only of a model is taken over what has changed."""
        return [
            one for one in ListRow.Verdict if self.is_of_products or one != ListRow.Verdict.CHANGE
        ]

    @property
    def is_abandoned(self) -> bool:
        """Tell whether the worker who imported it has gone."""
        is_still = self.touched_at is not None and self.touched_at < clock.now() - ABANDONED
        return self.status == self.Status.RUNNING and is_still


class ListRowQuerySet(models.QuerySet["ListRow"]):
    def taken(self) -> Self:
        """Those of which something was made that still stands."""
        return self.exclude(party=None, colourway=None)


class ListRow(models.Model):
    """One row of a list: its cells as they stood there, the verdict, and what was made of it."""

    class Verdict(models.TextChoices):
        NEW = "new", _("new")
        CHANGE = "change", _("changes something")
        KNOWN = "known", _("known already")
        PROBABLE = "probable", _("probably known")
        UNREADABLE = "bad", _("cannot be read")

    listing = models.ForeignKey(ListImport, models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField()  # in the file
    cells = models.JSONField(default=list)
    verdict = models.CharField(max_length=8, choices=Verdict, default=Verdict.NEW)
    why = models.JSONField(default=dict)  # plain facts, see `verdicts`
    known = models.ForeignKey(Party, models.SET_NULL, null=True, related_name="+")
    party = models.ForeignKey(Party, models.SET_NULL, null=True, related_name="+")
    colourway = models.ForeignKey(Colourway, models.SET_NULL, null=True, related_name="+")
    undoing = models.JSONField(
        default=dict
    )  # of a model: what was there before, see `product_listing`

    objects = ListRowQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["listing", "verdict", "line"])]

    def __str__(self) -> str:
        return f"{self.listing_id}:{self.line}"

    def cell(self, field: str, mapping: list[str]) -> str:
        """Return what stands in the columns of a field."""
        said = (cell for cell, meant in zip(self.cells, mapping, strict=False) if meant == field)
        return ", ".join(filter(None, said))

    @property
    def reason(self) -> str:
        """Why it has its verdict, in the language of the moment. Reads `listing` and `known`."""
        if self.why.get("why") == verdicts.Why.UNREADABLE:
            return self._trouble()
        return verdicts.sentence(self.why, party=self.known.name if self.known else "")

    def _trouble(self) -> str:
        """Say what cannot be read; nothing once what stood there is forgotten."""
        if not self.cells:
            return ""
        try:
            self.listing.demand_readable(self.cells)
        except Unreadable as trouble:
            return str(trouble)
        return verdicts.sentence(self.why)


def _module(of: str) -> Any:
    """Return what knows the columns of such a list."""
    return listed_products if of == ListImport.Of.PRODUCT else listed
