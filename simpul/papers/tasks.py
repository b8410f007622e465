"""What the worker does for papers."""

from django.tasks import task

from simpul.papers.models import Paper
from simpul.papers.pdf import pdf_of


@task
def render(papers: list[int]) -> None:
    """Render papers before somebody waits for them."""
    for paper in Paper.objects.filter(pk__in=papers).order_by("pk").iterator(100):
        pdf_of(paper)
