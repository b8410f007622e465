"""What a prospect is offered, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from simpul import testing
from simpul.conversations.notices import audience_of, tell
from simpul.crm.models import Lead, Quotation, QuotationRevision, Terms
from simpul.lib import clock
from simpul.orders.models import BelowMinimum, LateAnswer, Order
from simpul.papers.models import Paper
from simpul.papers.pdf import pdf_of
from simpul.parties.models import AccessLink, Person, Workshop
from simpul.payments.models import Instruction
from simpul.workflow.models import Entry, journal_of
from simpul.workflow.steps import NotAllowed, WrongState

PLACE = {"receiver": "Kang Asep", "address": "Jl. Ahmad Yani 3\nGarut"}


@pytest.fixture
def lead(workshop: Workshop, sari: Person) -> Lead:
    testing.account(workshop)
    return Lead.note(by=sari, source="fair", name="Toko Garut", telephone="+6281511112222")


@pytest.fixture
def quotation(lead: Lead, sari: Person) -> Quotation:
    return testing.quotation(lead, sari)


def fresh(quotation: Quotation) -> Quotation:
    return Quotation.objects.for_page().get(pk=quotation.pk)


def accept(quotation: Quotation, **facts: Any) -> None:
    found = fresh(quotation)
    found.accept(by=found.lead.person, **{"revision": found.revision, **PLACE, **facts})


def test_it_is_sent_with_a_paper_and_a_link_and_the_prospect_is_quoted(
    lead: Lead, quotation: Quotation
) -> None:
    lead.refresh_from_db()
    assert (quotation.number, quotation.total) == (f"SPH-{clock.today().year}-0001", 1_900_000)
    assert (lead.status, lead.worth) == ("quoted", 1_900_000)
    paper = Paper.objects.get()
    assert (paper.number, paper.kind, paper.party) == (quotation.number, "SPH", lead.party)
    assert paper.facts["sums"][-1][1] == "Rp\N{NO-BREAK SPACE}1.900.000"
    assert pdf_of(paper).startswith(b"%PDF")
    assert AccessLink.objects.get().subject == quotation
    assert audience_of(Entry.objects.get(step="crm.send_quotation")) == [lead.person]


def test_accepting_it_makes_an_order_of_exactly_this(lead: Lead, quotation: Quotation) -> None:
    accept(quotation)

    quotation.refresh_from_db()
    order = Order.objects.for_page().get()
    assert (quotation.status, quotation.accepted_revision, quotation.order) == (
        "accepted", 1, order,
    )  # fmt: skip
    assert (order.status, order.total, order.receiver) == ("confirmed", 1_900_000, "Kang Asep")
    assert order.promised_on == clock.in_days(14)
    parts = order.instalments.order_by("position").values_list("amount", "kind")
    assert list(parts) == [(600_000, "down"), (1_300_000, "rest")]
    [line] = order.current.lines.all()
    assert (line.sizes, line.price) == ({"40": 4, "41": 6}, 190_000)
    assert Instruction.objects.open().get().amount >= 600_000
    lead.refresh_from_db()
    assert (lead.status, lead.order) == ("won", order)


def test_the_offer_that_was_accepted_is_no_news_any_more(quotation: Quotation) -> None:
    accept(quotation)

    tell()

    told = set(Entry.objects.filter(notices__isnull=False).values_list("step", flat=True))
    assert "crm.send_quotation" in told
    assert "orders.offer" not in told


def test_only_what_was_read_is_accepted(quotation: Quotation, sari: Person) -> None:
    older = fresh(quotation)
    wishes = [testing.wish(older.current.wishes[0].colourway.product, price=150_000)]
    terms = Terms(valid_until=clock.in_days(3), ready_days=7)
    quotation.revise(by=sari, wishes=wishes, terms=terms)

    with pytest.raises(LateAnswer):
        accept(quotation, revision=1)

    assert not Order.objects.exists()
    assert fresh(quotation).status == "sent"
    assert set(Paper.objects.values_list("number", flat=True)) == {
        f"SPH-{clock.today().year}-0001", f"SPH-{clock.today().year}-0002",
    }  # fmt: skip
    first, second = QuotationRevision.objects.order_by("number")
    assert (first.total, second.total) == (1_900_000, 1_500_000)
    assert first.digest != second.digest
    accept(quotation)
    assert Order.objects.get().total == 1_500_000


def test_what_ran_out_is_accepted_once_it_was_renewed(quotation: Quotation, sari: Person) -> None:
    with clock.stopped(clock.now() + timedelta(days=8)):
        assert fresh(quotation).is_overdue
        with pytest.raises(LateAnswer):
            accept(quotation)
        assert not Order.objects.exists()

        quotation.revise(
            by=sari,
            wishes=fresh(quotation).current.wishes,
            terms=Terms(valid_until=clock.in_days(7), ready_days=14),
        )
        accept(quotation)

    assert Order.objects.get().status == "confirmed"


def test_it_is_declined_with_a_word_and_can_be_offered_otherwise(
    lead: Lead, quotation: Quotation, sari: Person
) -> None:
    quotation.decline(by=lead.person, reason="Terlalu mahal")

    assert (quotation.status, quotation.reason) == ("declined", "Terlalu mahal")
    assert audience_of(journal_of(quotation).get(step="crm.decline_quotation")) == [sari]
    with pytest.raises(WrongState):
        accept(quotation)
    assert not Order.objects.exists()


def test_what_was_taken_back_is_accepted_no_more(quotation: Quotation, sari: Person) -> None:
    quotation.withdraw(by=sari)

    with pytest.raises(WrongState):
        accept(quotation)

    assert not Order.objects.exists()


def test_nothing_is_offered_that_could_not_be_ordered(lead: Lead, sari: Person) -> None:
    model = testing.product(lead.workshop)
    terms = Terms(valid_until=clock.in_days(3), ready_days=7)
    for refused, wishes, said in (
        (BelowMinimum, [], terms),
        (BelowMinimum, [testing.wish(model, {"39": 0}, 1)], terms),
        (WrongState, [testing.wish(model)], terms),
        (WrongState, [testing.wish(model, price=9)], Terms(clock.in_days(-1), 7)),
        (WrongState, [testing.wish(model, price=9)], Terms(clock.in_days(3), 7, down_payment=91)),
        (WrongState, [testing.wish(model, price=9)], Terms(clock.in_days(3), 7, discount=90)),
    ):
        with pytest.raises(refused):
            Quotation.send(by=sari, lead=lead, wishes=wishes, terms=said)

    lead.refresh_from_db()
    assert (Quotation.objects.count(), Paper.objects.count(), lead.status) == (0, 0, "new")


def test_each_side_does_its_own(quotation: Quotation, sari: Person, dewi: Person) -> None:
    for person in (sari, dewi):
        with pytest.raises(NotAllowed):
            quotation.accept(by=person, revision=1, **PLACE)
        with pytest.raises(NotAllowed):
            quotation.decline(by=person)
    with pytest.raises(NotAllowed):
        quotation.withdraw(by=quotation.lead.person)

    assert fresh(quotation).status == "sent"
    assert not Quotation.objects.visible_to(dewi).exists()
    assert Quotation.objects.visible_to(quotation.lead.person).get() == quotation


def test_nothing_is_offered_to_who_could_not_accept_it(lead: Lead, sari: Person) -> None:
    lead.party.buys_as = ""

    with pytest.raises(WrongState, match="what they buy as"):
        testing.quotation(lead, sari)


def test_its_link_lives_as_long_as_the_offer(quotation: Quotation, sari: Person) -> None:
    quotation.revise(
        by=sari,
        wishes=fresh(quotation).current.wishes,
        terms=Terms(valid_until=clock.in_days(60), ready_days=14),
    )

    link = AccessLink.objects.get()
    assert link.expires_at >= clock.now() + timedelta(days=60, hours=23)
