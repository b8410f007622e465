"""Two parties are merged, worked with, and made two again: nothing is lost, and all sums agree."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client

from simpul import testing
from simpul.conversations.models import Conversation, Message, Ticket
from simpul.conversations.notices import audience_of
from simpul.crm.models import (
    DealerOrder,
    Dealing,
    Lead,
    Merging,
    NotMerged,
    NotUndone,
    PointLot,
    PointRules,
    Post,
    Quotation,
    Rating,
    Recommender,
    Referral,
    Remedy,
    Voucher,
    Wish,
    balance_of,
    find_duplicates,
)
from simpul.crm.models.merging import MovedRow
from simpul.crm.models.references import MOVES, STAYS, TOGETHER, keys, named, standing_twice
from simpul.insight import audit
from simpul.orders.models import Order
from simpul.papers.models import Paper
from simpul.parties.models import Address, Party, Person, User, Workshop
from simpul.payments.models import Allocation, CreditNote, Receipt, party_credit
from simpul.payments.models.receipt import spread
from simpul.payments.tally import owed_by
from simpul.procurement.models import SupplierPrice
from simpul.tests.world import World
from simpul.workflow.models import Entry, journal_of
from simpul.workflow.steps import NotAllowed, WrongState

pytestmark = pytest.mark.django_db

SIDES = ("kept", "absorbed")
MOVES_BEFORE, MOVES_SINCE = 8, 10


def test_whoever_adds_a_key_to_party_says_what_becomes_of_it_in_a_merging() -> None:
    assert named() == MOVES | STAYS
    assert not MOVES & STAYS
    assert set(TOGETHER) <= MOVES


@pytest.fixture
def absorbed(workshop: Workshop) -> Party:
    party = testing.party(workshop, "Tk. Dewi")
    testing.person("dewi lestari", party)
    return party


@pytest.fixture
def merging(buyer: Party, dewi: Person, absorbed: Party, sari: Person) -> Merging:
    return Merging.merge(by=sari, kept=buyer, absorbed=absorbed)


def findings(workshop: Workshop) -> list[str]:
    return [str(finding) for finding in audit.findings(workshop)]


def all_is_well(workshop: Workshop) -> bool:
    return findings(workshop) == []


def undo(merging: Merging, sari: Person) -> None:
    Merging.objects.get(pk=merging.pk).undo(by=sari)


class Work:
    """Random work with two parties, of which a seed tells: each thing is of one of the two sides."""

    def __init__(self, seed: int, sides: dict[str, Person]) -> None:
        self.draw = random.Random(seed)
        self.sides = sides
        self.orders: dict[str, list[Order]] = {side: [] for side in SIDES}
        self.product = testing.product(next(iter(sides.values())).workshop, "OXF")
        self.leads = {side: lead_of(person) for side, person in sides.items()}

    def go(self, moves: int) -> None:
        for _move in range(moves):
            side = self.draw.choice(SIDES)
            person = Person.objects.select_related("party", "workshop").get(pk=self.sides[side].pk)
            order = self.draw.choice(self.orders[side]) if self.orders[side] else None
            move = self.draw.choice(
                [
                    self.order,
                    self.pay,
                    self.pay,
                    self.credit,
                    self.say,
                    self.ask,
                    self.quote,
                    self.complain,
                    self.wonder,
                    self.wish,
                    self.write,
                    self.rate,
                ]
            )
            if order is None:
                self.order(side, person, order)
            else:
                order.refresh_from_db()
                move(side, person, order)

    def order(self, side: str, person: Person, _order: Order | None) -> None:
        assert person.party is not None
        made = testing.confirmed_order(person.party, self.product, by=person)
        self.orders[side].append(made)

    def pay(self, _side: str, _person: Person, order: Order) -> None:
        if open_now := order.balance_now():
            testing.pay(order, min(open_now, self.draw.randrange(1, 9) * 100_000))

    def credit(self, _side: str, _person: Person, order: Order) -> None:
        if order.balance_now() > 50_000:
            testing.credit(order, 50_000)

    def say(self, side: str, person: Person, _order: Order) -> None:
        assert person.party is not None
        talk = Conversation.of(person.party, person.party)
        Message.say(by=person, conversation=talk, body=f"{side} {self.draw.random()}")

    def ask(self, side: str, person: Person, order: Order) -> None:
        assert person.party is not None
        talk = Conversation.of(order, person.party)
        Message.say(
            by=testing.seller(person.workshop), conversation=talk, body=f"{side} {order.number}"
        )

    def quote(self, side: str, person: Person, _order: Order | None) -> None:
        lead = Lead.objects.get(pk=self.leads[side].pk)
        made = testing.quotation(lead, testing.seller(person.workshop))
        if self.draw.random() < 0.5:
            accept(made, person)

    def complain(self, _side: str, person: Person, order: Order) -> None:
        if order.balance_now() > 50_000:
            compensate(complaint(person, order))

    def wonder(self, _side: str, person: Person, _order: Order) -> None:
        complaint(person, person.party)

    def wish(self, side: str, person: Person, _order: Order) -> None:
        Wish.make(by=person, words=f"{side} {self.draw.random()}")

    def write(self, side: str, person: Person, _order: Order) -> None:
        Post.write(by=person, body=f"{side} {self.draw.random()}")

    def rate(self, _side: str, person: Person, order: Order) -> None:
        if not Rating.objects.filter(order=order).exists():
            made = Rating.ask(by=order.workshop.machine, about=order)
            made.reply(by=person, stars=self.draw.randrange(3, 6))


def lead_of(person: Person) -> Lead:
    assert person.party is not None
    return Lead.objects.create(workshop=person.workshop, party=person.party, person=person)


def accept(quotation: Quotation, by: Person) -> Order:
    known = Quotation.objects.for_page().get(pk=quotation.pk)
    known.accept(by=by, revision=known.revision, receiver="Asep", address="Jl. Ahmad Yani 3")
    assert known.order is not None
    return known.order


def complaint(person: Person, subject: Any) -> Ticket:
    assert person.party is not None
    return Ticket.ask(
        by=person, kind="complaint", subject=subject, party=person.party, body="Sol lepas"
    )


def compensate(ticket: Ticket) -> None:
    Remedy.credit(
        by=testing.seller(ticket.workshop),
        ticket=Ticket.objects.get(pk=ticket.pk),
        amount=50_000,
        kind=CreditNote.Kind.PRICE,
        note="x",
    )


def told_of(party: Party) -> dict[str, Any]:
    """Return all that a party has, by what people know it by."""
    party.refresh_from_db()
    said = Message.objects.filter(conversation__party=party)
    return {
        "credit": party_credit(party),
        "owed": owed_by(party),
        "orders": sorted(party.orders.values_list("number", "total")),
        "receipts": sorted(Receipt.objects.filter(party=party).values_list("pk", "amount")),
        "notes": sorted(CreditNote.objects.filter(party=party).values_list("number", "amount")),
        "papers": sorted(Paper.objects.filter(seen_by=party).values_list("number", flat=True)),
        "said": sorted(said.values_list("body", flat=True)),
        "tickets": party.tickets.count(),
        "quotations": sorted(
            Quotation.objects.filter(lead__party=party).values_list("number", "order__number")
        ),
        "wishes": sorted(party.wishes.values_list("words", "votes__party")),
        "posts": sorted(party.posts.values_list("body", flat=True)),
        "ratings": sorted(party.ratings.values_list("order__number", "stars")),
        "people": sorted(party.people.values_list("name", flat=True)),
    }


@pytest.mark.parametrize("seed", range(4))
def test_what_was_merged_and_worked_with_and_undone_is_as_if_it_had_never_been_merged(
    seed: int, buyer: Party, dewi: Person, absorbed: Party, sari: Person, fajar: Person
) -> None:
    sides = {"kept": dewi, "absorbed": absorbed.people.get()}

    def run(*, merged: bool) -> dict[str, Any]:
        work = Work(seed, sides)
        work.go(MOVES_BEFORE)
        if merged:
            merging = Merging.merge(by=sari, kept=buyer, absorbed=absorbed)
            assert all_is_well(buyer.workshop)
        work.go(MOVES_SINCE)
        if merged:
            assert all_is_well(buyer.workshop)
            assert told_of(absorbed)["orders"] == []
            undo(merging, sari)
        assert all_is_well(buyer.workshop)
        told = {"kept": told_of(buyer), "absorbed": told_of(absorbed)}
        for one in told.values():
            one["receipts"] = [amount for _pk, amount in one["receipts"]]
        return told

    with transaction.atomic():
        without = run(merged=False)
        transaction.set_rollback(True)

    assert run(merged=True) == without


@pytest.mark.parametrize(
    ("kept", "absorbed"),
    [("toni", "dewi"), ("wawan", "budi"), ("ujang", "asep")],  # the absorbed one has the more
)
def test_of_each_thing_that_a_workshop_keeps_nothing_is_lost_and_nothing_is_left_behind(
    kept: str, absorbed: str
) -> None:
    """Every row of every table stands after it as it stood before, whatever it is of."""
    world = World()
    one, other, sari = world.party(kept), world.party(absorbed), world.people["sari"]
    before, found = everything(), findings(world.workshop)

    merging = Merging.merge(by=sari, kept=one, absorbed=other)

    for key in keys():
        left = set(key.rows(other.pk).values_list("pk", flat=True))
        assert left <= standing_twice(key, one.pk, other.pk), key.label
    assert findings(world.workshop) == found
    undo(merging, sari)
    after = everything()
    assert {label: after[label] for label in before if after[label] != before[label]} == {}


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table but what tells of the merging itself."""
    own = {Merging, MovedRow, Entry, Session}
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model not in own and model._meta.managed
    }


def test_all_that_is_known_of_one_is_the_others_and_goes_back(
    merging: Merging, workshop: Workshop, buyer: Party, absorbed: Party, sari: Person
) -> None:
    absorbed.refresh_from_db()

    assert absorbed.merged_into == buyer
    assert sorted(buyer.people.values_list("name", flat=True)) == ["Dewi", "dewi lestari"]
    assert list(Party.objects.visible_to(sari)) == [buyer]

    undo(merging, sari)

    absorbed.refresh_from_db()
    assert absorbed.merged_into is None
    assert [person.name for person in absorbed.people.all()] == ["dewi lestari"]
    assert set(Party.objects.visible_to(sari)) == {buyer, absorbed}


def test_an_issued_paper_stays_sealed_and_is_seen_by_whoever_has_its_order(
    workshop: Workshop, buyer: Party, dewi: Person, absorbed: Party, sari: Person, fajar: Person
) -> None:
    order = testing.confirmed_order(absorbed)
    testing.pay(order)
    papers = set(Paper.objects.filter(party=absorbed))

    merging = Merging.merge(by=sari, kept=buyer, absorbed=absorbed)

    assert papers
    assert set(Paper.objects.visible_to(dewi)) == papers
    assert list(audit.papers(workshop)) == []
    undo(merging, sari)
    assert not Paper.objects.visible_to(dewi).exists()


def test_both_keep_their_logins(
    buyer: Party, absorbed: Party, dewi: Person, sari: Person, client: Client
) -> None:
    other = absorbed.people.get()
    order = testing.order(absorbed)
    testing.login(client, other)

    Merging.merge(by=sari, kept=buyer, absorbed=absorbed)

    assert client.get(f"/ciomas/my/orders/{order.number}/").status_code == 200
    testing.login(client, dewi)
    assert client.get(f"/ciomas/my/orders/{order.number}/").status_code == 200


def test_money_that_was_joined_since_keeps_them_together_until_it_is_taken_back(
    workshop: Workshop, buyer: Party, dewi: Person, absorbed: Party, sari: Person, fajar: Person
) -> None:
    mine = testing.confirmed_order(buyer)
    testing.pay(mine)
    testing.credit(mine, 100_000)
    theirs = testing.confirmed_order(absorbed)
    merging = Merging.merge(by=sari, kept=buyer, absorbed=absorbed)
    buyer.refresh_from_db()
    theirs.refresh_from_db()
    used = Allocation.use(by=fajar, party=buyer, parts=spread(theirs, 100_000))

    with pytest.raises(NotUndone, match=theirs.number):
        undo(merging, sari)

    theirs.refresh_from_db()
    assert theirs.buyer == buyer
    assert Merging.objects.get().status == "standing"
    used.reverse(by=fajar, reason="Untuk toko yang lain")
    undo(merging, sari)
    theirs.refresh_from_db()
    assert theirs.buyer == absorbed
    assert (party_credit(buyer), party_credit(absorbed)) == (100_000, 0)
    assert all_is_well(workshop)


def test_what_both_have_stays_with_each(
    workshop: Workshop, supplier: Party, sari: Person, rina: Person
) -> None:
    twin = testing.party(workshop, "CV Kulit Jaya", is_supplier=True, buys_as="")
    testing.person("tatang", twin)
    leather, thread = testing.material(workshop, "LEATHER"), testing.material(workshop, "THREAD")
    testing.supplier_price(supplier, leather)
    testing.supplier_price(twin, leather)
    testing.supplier_price(twin, thread)

    merging = Merging.merge(by=sari, kept=supplier, absorbed=twin)

    assert SupplierPrice.objects.filter(supplier=supplier).count() == 2
    assert SupplierPrice.objects.get(supplier=twin).material == leather
    undo(merging, sari)
    assert SupplierPrice.objects.filter(supplier=twin).count() == 2


def test_what_somebody_must_decide_first_is_said_and_nothing_is_moved(
    workshop: Workshop, supplier: Party, budi: Person, sari: Person
) -> None:
    twin = testing.party(workshop, "CV Kulit Jaya", is_supplier=True, buys_as="")
    testing.person("tatang", twin)
    testing.inquiry(supplier, twin)

    with pytest.raises(NotMerged, match="same inquiry"):
        Merging.merge(by=sari, kept=supplier, absorbed=twin)

    assert not Merging.objects.exists()
    assert twin.people.count() == 1


def test_a_prospect_that_is_merged_gets_no_other_prices(workshop: Workshop, sari: Person) -> None:
    consumer = testing.party(workshop, "Rumah Rina", buys_as="consumer")
    prospect = testing.party(workshop, "Toko Rina", buys_as="distributor", is_welcome=False)

    Merging.merge(by=sari, kept=consumer, absorbed=prospect)

    consumer.refresh_from_db()
    assert (consumer.buys_as, consumer.is_welcome) == ("consumer", True)


def test_it_becomes_a_supplier_too_and_is_none_any_more_unless_it_was_needed(
    workshop: Workshop, buyer: Party, supplier: Party, sari: Person
) -> None:
    merging = Merging.merge(by=sari, kept=buyer, absorbed=supplier)
    buyer.refresh_from_db()
    assert (buyer.is_supplier, buyer.buys_as) == (True, "distributor")

    undo(merging, sari)

    buyer.refresh_from_db()
    assert (buyer.is_supplier, buyer.buys_as) == (False, "distributor")


def test_the_last_of_several_is_undone_first(
    merging: Merging, workshop: Workshop, buyer: Party, sari: Person
) -> None:
    third = testing.party(workshop, "Dewi Sepatu")
    second = Merging.merge(by=sari, kept=buyer, absorbed=third)

    with pytest.raises(WrongState, match="Dewi Sepatu"):
        undo(merging, sari)

    undo(second, sari)
    undo(merging, sari)
    assert Party.objects.standing().count() == 3


def test_one_that_absorbed_another_can_be_absorbed(
    merging: Merging, workshop: Workshop, buyer: Party, absorbed: Party, sari: Person
) -> None:
    third = testing.party(workshop, "Dewi Sepatu")
    second = Merging.merge(by=sari, kept=third, absorbed=Party.objects.get(pk=buyer.pk))

    absorbed.refresh_from_db()
    assert absorbed.merged_into == third
    assert third.people.count() == 2
    with pytest.raises(WrongState, match="undo that first"):
        undo(merging, sari)
    undo(second, sari)
    absorbed.refresh_from_db()
    assert absorbed.merged_into == buyer


@pytest.mark.parametrize("who", ["fajar", "rina", "udin", "viewer", "dewi"])
def test_only_sales_and_the_owner_may(
    who: str, buyer: Party, absorbed: Party, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        Merging.merge(by=request.getfixturevalue(who), kept=buyer, absorbed=absorbed)

    absorbed.refresh_from_db()
    assert absorbed.merged_into is None
    assert not Merging.objects.exists()


def test_what_came_late_is_gathered(
    merging: Merging, buyer: Party, absorbed: Party, sari: Person
) -> None:
    Address.objects.create(party=absorbed, receiver="Dewi", street="Jl. A 1", area="Bogor")

    merging.gather()

    assert buyer.addresses.count() == 1
    undo(merging, sari)
    assert absorbed.addresses.count() == 1


def test_a_vote_for_the_wish_of_others_goes_back_with_whoever_gave_it(
    workshop: Workshop, buyer: Party, dewi: Person, absorbed: Party, sari: Person
) -> None:
    other = testing.person("Cici", testing.party(workshop, "Toko C"))
    wish = Wish.make(by=other, words="Sandal")
    merging = Merging.merge(by=sari, kept=buyer, absorbed=absorbed)
    wish.vote(by=Person.objects.get(name="dewi lestari"))

    undo(merging, sari)

    assert absorbed.wish_votes.get().wish == wish
    wish.vote(by=dewi)
    assert buyer.wish_votes.get().wish == wish


def test_what_hangs_on_a_ticket_or_a_prospect_goes_back_with_it(
    buyer: Party, dewi: Person, absorbed: Party, sari: Person
) -> None:
    person = absorbed.people.get()
    ticket, lead = complaint(person, absorbed), lead_of(person)
    testing.account(buyer.workshop)
    merging = Merging.merge(by=sari, kept=buyer, absorbed=absorbed)
    compensate(ticket)
    lead.refresh_from_db()
    testing.quotation(lead, sari)
    order = accept(testing.quotation(lead, sari), dewi)

    undo(merging, sari)

    order.refresh_from_db()
    assert order.buyer == absorbed
    assert (party_credit(buyer), party_credit(absorbed)) == (0, 50_000)
    assert {paper.seen_by for paper in Paper.objects.all()} == {absorbed}


def test_what_was_ordered_for_a_dealer_goes_back_with_it(
    workshop: Workshop, buyer: Party, dewi: Person, absorbed: Party, sari: Person
) -> None:
    dealing = Dealing.begin(
        by=sari, distributor=absorbed, dealer=testing.party(workshop, "Kios Garut")
    )
    merging = Merging.merge(by=sari, kept=buyer, absorbed=absorbed)
    dealing.refresh_from_db()
    wishes = [testing.wish(testing.product(workshop))]
    order = DealerOrder.place(
        by=dewi, dealing=dealing, wishes=wishes, receiver="Kios", address="Pasar 3"
    ).order

    undo(merging, sari)

    order.refresh_from_db()
    assert order.buyer == absorbed


def test_a_reward_since_goes_back_to_whose_code_it_was(
    workshop: Workshop, buyer: Party, dewi: Person, absorbed: Party, sari: Person
) -> None:
    Recommender.begin(by=dewi, party=buyer)
    code = Recommender.begin(by=absorbed.people.get(), party=absorbed).code
    machine, friend = workshop.machine, testing.party(workshop, "Grosir Ani")
    referral = Referral.note(by=machine, friend=friend, code=code, how="link", flags=[])
    merging = Merging.merge(by=sari, kept=buyer, absorbed=absorbed)
    PointLot.grant(
        by=machine, party=buyer, kind="referred", referral=referral, points=100, expires_on=None
    )

    undo(merging, sari)

    assert (balance_of(buyer), balance_of(absorbed)) == (0, 100)


def test_points_of_one_pay_for_what_is_missing_of_the_other_while_they_are_one(
    workshop: Workshop, buyer: Party, absorbed: Party, sari: Person, owner: Person
) -> None:
    PointRules.decide(by=owner, is_on=True)
    for party in (buyer, absorbed):
        lot = PointLot.give(by=owner, party=party, points=100, expires_on=None, note="x")
    Voucher.exchange(by=absorbed.people.get(), party=absorbed, points=60)
    lot.void(by=owner, reason="x")

    merging = Merging.merge(by=sari, kept=buyer, absorbed=absorbed)

    assert balance_of(buyer) == 40
    assert all_is_well(workshop)
    undo(merging, sari)
    assert (balance_of(buyer), balance_of(absorbed)) == (100, -60)
    assert all_is_well(workshop)


def test_what_is_undone_while_others_are_gathered_is_not_done_again(
    merging: Merging,
    workshop: Workshop,
    absorbed: Party,
    sari: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = testing.party(workshop, "Abadi"), testing.party(workshop, "Zamrud")
    later = Merging.merge(by=sari, kept=one, absorbed=other)
    order = testing.order(other)
    testing.order(absorbed)
    gather = Merging.gather

    def slowly(self: Merging) -> None:
        gather(self)
        if self == merging:
            undo(later, sari)

    monkeypatch.setattr(Merging, "gather", slowly)
    find_duplicates(workshop)

    order.refresh_from_db()
    assert order.buyer == other


def test_whoever_logs_in_for_one_of_the_two_is_told_and_nobody_else(
    buyer: Party, dewi: Person, absorbed: Party, sari: Person
) -> None:
    """From today each sees what was the other's: that is said to both, and said before to who merges."""
    lestari = absorbed.people.get()
    lestari.user = User.objects.create_user("lestari@example.com")
    lestari.save()
    testing.login(Client(), dewi)
    testing.person("Pegawai", absorbed)  # without a login: he sees nothing, then or now
    client = Client()
    testing.login(client, sari)
    pair = f"/ciomas/desk/customers/duplicates/{buyer.pk}/{absorbed.pk}/"
    text = " ".join(client.get(pair).text.split())
    assert "<strong>Dewi</strong> will also see what is of Tk. Dewi now" in text
    assert "<strong>dewi lestari</strong> will also see what is of Toko Dewi now" in text

    merging = Merging.merge(by=sari, kept=buyer, absorbed=absorbed)

    entry = journal_of(merging).get(step="crm.merge")
    assert {one.pk for one in audience_of(entry)} == {dewi.pk, lestari.pk}
    undo(merging, sari)
    entry = journal_of(merging).get(step="crm.undo_merging")
    assert {one.pk for one in audience_of(entry)} == {dewi.pk, lestari.pk}
