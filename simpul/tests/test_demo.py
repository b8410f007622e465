"""The demonstration is made through the steps: what it leaves holds as well as a real house."""

from __future__ import annotations

from datetime import datetime

import pytest
from beancount import loader
from beancount.ops.validation import HARDCORE_VALIDATIONS
from django.db import connection

from simpul.demo.load import load
from simpul.insight.audit import findings
from simpul.insight.books import exports
from simpul.insight.books.postings import books_of
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
