"""What the worker does for payments."""

from django.tasks import task
from django.utils import translation

from simpul.parties.models import Workshop
from simpul.payments import online, reconciliation
from simpul.payments.models import ImportRefused, StatementFile


@task
def apply_notice(notice: int) -> None:
    """Do what a gateway's notice says."""
    online.apply(notice)


@task
def tend_links(workshop: int) -> None:
    """Make the links that somebody waits for, without waiting for the clock."""
    online.tend_links(Workshop.objects.get(pk=workshop))


@task
def read_statement(file: int) -> None:
    """Read a large file; its page shows how far it is, and why if it is refused."""
    found = StatementFile.objects.select_related("account__workshop", "upload", "by").get(pk=file)
    with translation.override(found.by.language):
        try:
            reconciliation.read(found)
        except ImportRefused:
            return  # the file keeps the reason
