"""What the worker does for papers."""

from django.tasks import task

from simpul.papers.models import Paper
from simpul.papers.pdf import pdf_of


@task
def render(paper: int) -> None:
    """Render a paper before somebody waits for it."""
    pdf_of(Paper.objects.get(pk=paper))
