"""The demonstration is made through the steps: what it leaves holds as well as a real house."""

from __future__ import annotations

from datetime import datetime

import pytest
from beancount import loader
from beancount.ops.validation import HARDCORE_VALIDATIONS

from simpul.demo.load import load
from simpul.insight.audit import findings
from simpul.insight.books import exports
from simpul.insight.books.postings import books_of
from simpul.lib import clock
from simpul.orders.models import Order

SOON = datetime(2026, 11, 25, 15, 0, tzinfo=clock.WIB)


@pytest.mark.django_db
@pytest.mark.same_on_any_database("three months of steps that are each tested on both")
def test_it_holds_every_invariant_and_bean_check_reads_its_books() -> None:
    with clock.stopped(SOON):
        workshop = load(SOON, months=3)

        assert list(findings(workshop)) == []
        written = exports.as_beancount(books_of(workshop))
    entries, errors, _options = loader.load_string(written, extra_validations=HARDCORE_VALIDATIONS)

    assert errors == []
    assert len(entries) > 100
    assert Order.objects.filter(status="closed").exists()
