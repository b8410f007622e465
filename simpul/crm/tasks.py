"""What the worker does for customers: it takes the lists that were handed in."""

from django.tasks import task
from django.utils import translation

from simpul.crm import listing
from simpul.crm.models import ListImport


@task
def import_list(made: int) -> None:
    """Take the new rows of a list; its page shows how far it is."""
    found = ListImport.objects.select_related("workshop", "by").get(pk=made)
    with translation.override(found.by.language):
        listing.run(found)
