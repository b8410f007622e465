"""The bench of the analysis at a tiny size: what it writes is what the program understands."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client

from simpul import testing
from simpul.insight.keeping import keep
from simpul.insight.models import BuyerFact, OrderFact

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
ORDERS, PARTIES = 400, 100


@pytest.mark.skipif(connection.vendor != "postgresql", reason="that database writes it by itself")
@pytest.mark.django_db
def test_it_writes_orders_that_the_pages_show(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(SCRIPTS)
    bench = importlib.import_module("bench_insight")
    monkeypatch.setattr(bench, "MODELS", 3)
    seller, workshop = bench._cast()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else no table may be altered

    bench._write(connection, workshop, seller, ORDERS, PARTIES)
    keep.rebuild(workshop)

    facts = OrderFact.objects.filter(workshop=workshop)
    assert facts.count() == ORDERS
    assert facts.exclude(contribution=None).count() == facts.exclude(delivered_on=None).count() > 0
    delivered = facts.exclude(delivered_on=None)
    assert not delivered.exclude(wages=F("pairs") * 3 * 2_000).exists()  # three stages
    assert not delivered.filter(material__lte=0).exists()
    assert BuyerFact.objects.filter(workshop=workshop, contribution__gt=0).exists()
    testing.login(client, seller)
    for path in bench.PAGES:
        bench._get(client, f"/{workshop.slug}/desk/{path}")
