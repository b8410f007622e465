"""What the worker does for the analysis: it reckons the facts, all of them if need be."""

from django.tasks import task

from simpul.insight.keeping import keep
from simpul.insight.models import CountedAnswer
from simpul.insight.questions import long
from simpul.parties.models import Workshop


@task
def bring_up_to_date(workshop: int) -> None:
    """Tell the facts of what was touched; the clock does the same every quarter of an hour."""
    keep.bring_up_to_date(Workshop.objects.get(pk=workshop))


@task
def rebuild(workshop: int) -> None:
    """Reckon every fact anew; the pages show how far it is."""
    keep.rebuild(Workshop.objects.get(pk=workshop))


@task
def count_answer(answer: int) -> None:
    """Count what a page could not; it shows how far it is."""
    long.count(CountedAnswer.objects.select_related("person__workshop").get(pk=answer))
