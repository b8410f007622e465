"""What the worker does for customers: lists that were handed in, and who is known twice."""

from django.tasks import task
from django.utils import translation

from simpul.crm import listing, looking
from simpul.crm.models import ListImport, note_duplicates
from simpul.parties.models import Party, Workshop


@task
def import_list(made: int) -> None:
    """Take the new rows of a list; its page shows how far it is."""
    found = ListImport.objects.select_related("workshop", "by").get(pk=made)
    with translation.override(found.by.language):
        listing.run(found)


@task
def look_for_duplicates(workshop: int) -> None:
    """Look through all parties of a workshop."""
    looking.run(Workshop.objects.get(pk=workshop))


@task
def look_at_new(party: int) -> None:
    """Keep for sales whom somebody new probably is."""
    note_duplicates(Party.objects.select_related("workshop").get(pk=party))
