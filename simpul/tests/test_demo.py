"""The demonstration is made through the steps: what it leaves holds as well as a real house."""

from __future__ import annotations

from datetime import datetime

import pytest
from beancount import loader
from beancount.ops.validation import HARDCORE_VALIDATIONS
from django.db import connection

from simpul.demo import catalogue, tickets
from simpul.demo.load import load
from simpul.insight.audit import findings
from simpul.insight.books import exports
from simpul.insight.books.postings import books_of
from simpul.insight.models import QuestionLetter, SavedQuestion
from simpul.lib import clock
from simpul.orders.models import Order

# the steps are tested on both databases; what asks a whole workshop needs one there, but no long one
MONTHS = 2 if connection.vendor == "postgresql" else 3
SOON = datetime(2026, 11, 25, 15, 0, tzinfo=clock.WIB)


@pytest.mark.django_db
def test_it_holds_every_invariant_and_bean_check_reads_its_books() -> None:
    with clock.stopped(SOON):
        workshop = load(SOON, months=MONTHS)

        assert list(findings(workshop)) == []
        written = exports.as_beancount(books_of(workshop))
    entries, errors, _options = loader.load_string(written, extra_validations=HARDCORE_VALIDATIONS)

    assert errors == []
    assert len(entries) > 100
    assert Order.objects.filter(status="closed").exists()
    assert SavedQuestion.objects.filter(workshop=workshop, shares__isnull=True).count() == 1
    letter = QuestionLetter.objects.get()  # and no mail goes to a real house
    assert letter.person.identities.get().value == "hadi@contoh.example"


def test_a_model_goes_out_of_fashion_when_another_one_comes() -> None:
    shares = [catalogue.left_for("LFR-02", ago)[1] for ago in (700, 350, 290, 230, 0)]

    assert shares == [0, 0, 0.5, 0.85, 0.85]
    assert catalogue.left_for("LFR-02", 0)[0] == "BOT-03"
    assert catalogue.left_for("SKL-05", 0) == ("SKL-05", 0)


def test_somebody_complained_in_each_half_of_the_last_year() -> None:
    """Questions count whole months: what is of this one does not answer them."""
    ago = [one.ago for one in tickets.EARLIER]

    assert sum(31 < days <= 183 for days in ago) >= 2
    assert sum(183 < days <= 365 for days in ago) >= 2
