"""What becomes of a list that was handed in: a verdict for each row, and then the new ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from simpul.crm import product_listing
from simpul.crm.headings import Unreadable
from simpul.crm.listed import Business, business_in
from simpul.crm.models import ListImport, ListRow, cards_of
from simpul.crm.verdicts import Why, because
from simpul.lib import clock
from simpul.lib.alike import Likeness
from simpul.parties.models import Address, Identity, Party, Person, Workshop

KEPT = timedelta(days=30)  # what stands in a list that nobody goes on with
A_BATCH = 100  # rows in one transaction

type Ways = dict[tuple[str, str], int]  # kind and value of what somebody is reached at -> party


@transaction.atomic
def judge(made: ListImport) -> None:
    """Give each row its verdict, as the list is mapped now; nothing else changes. Whoever begins
    the import waits for it; where it is begun already, the verdicts stay."""
    held = ListImport.objects.select_for_update(of=("self",), no_key=True).get(pk=made.pk)
    if held.status != ListImport.Status.DRAFT:
        return
    rows = list(held.rows.order_by("line"))
    (product_listing.judge if held.is_of_products else _judge_parties)(held, rows)
    fields = ["verdict", "why", "known"]
    ListRow.objects.bulk_update(rows, fields, batch_size=200)


def run(made: ListImport) -> None:
    """Take the rows that are to be taken, so many in each transaction, and end the import; once more
    where it was stopped in between."""
    while _take_some(made):
        pass
    made.refresh_from_db()
    if made.status == ListImport.Status.RUNNING:
        made.end(by=made.workshop.machine)


def forget(workshop: Workshop) -> None:
    """Forget what stood in the lists that are of no use any more: of those that were taken back at
    once, of others when nobody has gone on with them for so long. What was made of them stays."""
    old = Q(touched_at__lt=clock.now() - KEPT) | Q(touched_at=None, at__lt=clock.now() - KEPT)
    lists = ListImport.objects.filter(workshop=workshop)
    for made in lists.filter(old, status=ListImport.Status.DRAFT).order_by("pk"):
        made.drop(by=workshop.machine)
    over = lists.filter(old | Q(status=ListImport.Status.UNDONE))
    ListRow.objects.filter(listing__in=over).exclude(cells=[]).update(cells=[])


def _take_some(made: ListImport) -> bool:
    """Take the next rows; tell whether there were any."""
    with transaction.atomic():
        held = ListImport.objects.select_for_update(of=("self",)).get(pk=made.pk)
        if held.status != ListImport.Status.RUNNING:
            return False
        rows = list(held.to_take().order_by("line")[:A_BATCH])
        (product_listing.take if held.is_of_products else _take_parties)(held, rows)
        fields = ["verdict", "why", "known", "party", "colourway", "undoing"]
        ListRow.objects.bulk_update(rows, fields)
        ListImport.objects.filter(pk=held.pk).update(touched_at=clock.now())
    return bool(rows)


def _judge_parties(made: ListImport, rows: Sequence[ListRow]) -> None:
    workshop = made.workshop
    ways, cards = _ways(workshop), Likeness(cards_of(workshop))
    first_at: dict[tuple[str, str], int] = {}
    for row in rows:
        row.verdict, row.why, row.known_id = ListRow.Verdict.NEW, {}, None
        if (business := _read(row, made)) is None:
            continue
        mine = _ways_of(business)
        known = next((ways[way] for way in mine if way in ways), None)
        if known is not None:
            row.verdict, row.known_id = ListRow.Verdict.KNOWN, known or None
            row.why = because(Why.SAME_WAY if known else Why.OURS)
        elif line := next((first_at[way] for way in mine if way in first_at), None):
            row.verdict = ListRow.Verdict.KNOWN
            row.why = because(Why.SAME_AS_LINE, line=line)
        elif alike := cards.like(business.card()):
            row.verdict, row.known_id = ListRow.Verdict.PROBABLE, alike[0].other
            row.why = because(Why.ALIKE)
        for way in mine:
            first_at.setdefault(way, row.line)


def _take_parties(made: ListImport, rows: Sequence[ListRow]) -> None:
    read = [(row, said) for row in rows if (said := _read(row, made)) is not None]
    ways = _ways(made.workshop, [way for _row, said in read for way in _ways_of(said)])
    for row, business in read:
        mine = _ways_of(business)
        known = next((ways[way] for way in mine if way in ways), None)
        if known is not None:
            row.verdict, row.known_id = ListRow.Verdict.KNOWN, known or None
            row.why = because(Why.MEANWHILE)
        else:
            row.party = _written(business, made.workshop)
            ways |= dict.fromkeys(mine, row.party.pk)


def _read(row: ListRow, made: ListImport) -> Business | None:
    """Return what a row says; nothing where it cannot be read, which then is its verdict."""
    try:
        return business_in(row.cells, made.mapping, kind=made.of)
    except Unreadable:
        row.verdict, row.why = ListRow.Verdict.UNREADABLE, because(Why.UNREADABLE)
        return None


def _written(business: Business, workshop: Workshop) -> Party:
    """Write down a business with its first person, as a form does."""
    kinds = business.kinds
    party = Party.objects.create(
        workshop=workshop,
        name=business.name,
        buys_as=next((kind for kind in ("distributor", "consumer") if kind in kinds), ""),
        is_supplier="supplier" in kinds,
        is_courier="courier" in kinds,
        area=business.area,
    )
    contact = business.contact or business.name[:80]
    person = Person.objects.create(workshop=workshop, party=party, name=contact)
    Identity.objects.bulk_create(
        Identity(workshop=workshop, person=person, kind=kind, value=value)
        for kind, value in _ways_of(business)
    )
    if business.street:
        Address.objects.create(
            party=party,
            receiver=contact,
            telephone=business.numbers[0] if business.numbers else "",
            street=business.street,
            area=business.area,
        )
    return party


def _ways_of(business: Business) -> list[tuple[str, str]]:
    return [
        *((Identity.Kind.PHONE.value, one) for one in business.numbers),
        *((Identity.Kind.MAIL.value, one) for one in business.mails),
    ]


def _ways(workshop: Workshop, wanted: Iterable[tuple[str, str]] | None = None) -> Ways:
    """Return at which numbers and addresses whom of the workshop is reached; 0 is the house itself."""
    known = Identity.objects.filter(workshop=workshop)
    if wanted is not None:
        known = known.filter(value__in=[value for _kind, value in wanted])
    rows = known.values_list("kind", "value", "person__party_id")
    return {(kind, value): party or 0 for kind, value, party in rows}
