"""What a campaign has brought: both groups, their difference, and when nothing can be told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from simpul import testing
from simpul.crm.models import Campaign, Outcome, Recipient
from simpul.crm.tests.test_campaign import begun, reader
from simpul.insight import campaigns
from simpul.insight.books.postings import books_of
from simpul.insight.campaigns import Group, result_of
from simpul.insight.tests.test_margins import bought, delivered, made
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop


@pytest.fixture
def campaign(workshop: Workshop, sari: Person) -> Campaign:
    """Twenty shops that are written to, and twenty that are not."""
    for number in range(40):
        reader(workshop, f"Toko{number}")
    reader(workshop, "Tidak", agrees=False)
    return begun(sari, holdout_percent=50)


def group(campaign: Campaign, *, held: bool) -> list[Party]:
    rows = campaign.recipients.filter(identity__isnull=False).order_by("pk")
    rows = rows.select_related("party")
    return [row.party for row in rows if (row.outcome == Outcome.HELD_OUT) is held]


def test_those_written_to_beside_those_held_out(campaign: Campaign) -> None:
    model = testing.product(campaign.workshop)
    for party in [*group(campaign, held=False)[:12], group(campaign, held=True)[0]]:
        testing.confirmed_order(party, model)
    testing.confirmed_order(Party.objects.get(name="Tidak"), model)  # was never in the lot
    first = Recipient.objects.filter(outcome=Outcome.WAITING).order_by("pk")[0]
    first.come_back()  # and stays in its group
    with clock.stopped(clock.now() + timedelta(days=31)):
        testing.confirmed_order(group(campaign, held=True)[1], model)  # too late

    result = result_of(campaign, None)
    assert result.written == Group(20, 12, 12, 24_000_000, None)
    assert result.held == Group(20, 1, 1, 2_000_000, None)
    assert result.written.each(result.written.sales) == 1_200_000
    assert result.share is not None
    assert [round(part, 3) for part in result.share] == [0.55, 0.267, 0.736]
    assert result.share.is_clear


@pytest.mark.parametrize("buyers", [4, 5])
def test_with_few_orders_nothing_can_be_told(campaign: Campaign, buyers: int) -> None:
    model = testing.product(campaign.workshop)
    for party in group(campaign, held=False)[:buyers]:
        testing.confirmed_order(party, model)
    assert result_of(campaign, None).can_be_told is (buyers == 5)


def test_with_few_customers_nothing_can_be_told_on_the_page_either(
    client: Client, workshop: Workshop, sari: Person
) -> None:
    reader(workshop, "Ayu")
    reader(workshop, "Budi")
    page = f"/ciomas/desk/customers/campaigns/{begun(sari, holdout_percent=50).pk}/result/"
    testing.login(client, sari)
    shown = client.get(page).content.decode()
    assert "It cannot be told" in shown
    assert "it takes 20 customers in each" in shown
    assert "Left over, a customer" not in shown  # Sari does not see the books


def test_what_was_left_of_what_is_delivered(
    client: Client,
    workshop: Workshop,
    sari: Person,
    owner: Person,
    supplier: Party,
    asep: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("Ayu", "Budi", "Cici", "Dedi"):
        reader(workshop, name)
    campaign = begun(sari, holdout_percent=50)
    ayu, budi = group(campaign, held=False)
    order = testing.needy_order(ayu)
    bought(order, supplier, 40_000)
    made(order)
    delivered(order, asep, 35_000)

    result = result_of(campaign, books_of(workshop))
    assert result.written == Group(2, 1, 1, 2_000_000, 225_000)
    assert (result.written.each(result.written.earned), result.under_way) == (112_500, 0)
    assert (result.held.earned, result.earned) == (0, None)  # too few
    monkeypatch.setattr(campaigns, "FEWEST", 2)
    monkeypatch.setattr(campaigns, "FEWEST_BUYERS", 1)
    told = result_of(campaign, books_of(workshop)).earned
    assert told is not None
    assert told.estimate == 112_500
    assert not told.is_clear

    testing.needy_order(budi)  # is still made
    testing.login(client, owner)
    shown = client.get(f"/ciomas/desk/customers/campaigns/{campaign.pk}/result/").text
    assert "1 order is not delivered yet" in shown
    assert "Left over because of it" not in shown


def test_a_sample_is_no_success(campaign: Campaign) -> None:
    model = testing.product(campaign.workshop)
    for party in group(campaign, held=False)[:6]:
        testing.confirmed_order(party, model)
    Order.objects.filter(buyer=group(campaign, held=False)[0]).update(is_sample=True)

    assert result_of(campaign, None).written.buyers == 5
