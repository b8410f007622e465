from __future__ import annotations

from datetime import date, timedelta

import pytest

from simpul import testing
from simpul.conversations.models import FollowUp, Message, NotOfThem
from simpul.crm.models import MarketingRules, Visit, VisitDay, VisitStatus
from simpul.crm.visiting import candidates, in_order, offered_to, spot_of, taken_at
from simpul.lib import clock
from simpul.lib.places import Spot
from simpul.lib.uploads import Handed
from simpul.orders.models import Order
from simpul.parties.models import Address, Identity, Party, Person, Workshop
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, WrongState, keyed


def plan(rep: Person, *parties: Party, on: date | None = None) -> VisitDay:
    return VisitDay.plan(by=rep, rep=rep, on=on or clock.today(), parties=parties)


@pytest.fixture
def visit(sari: Person, buyer: Party) -> Visit:
    return plan(sari, buyer).visits.get()


def stands_at(party: Party, latitude: int, longitude: int) -> None:
    place = Address(party=party, receiver="x", street="x", area="x")
    place.spot = Spot(latitude, longitude)
    place.save()


def test_a_list_holds_a_buyer_once(sari: Person, buyer: Party) -> None:
    other = testing.party(buyer.workshop, "Toko Lain", buys_as="consumer")

    day = plan(sari, buyer)
    assert plan(sari, buyer, other) == day

    assert [one.party for one in day.visits.order_by("pk")] == [buyer, other]
    assert Entry.objects.filter(step="crm.plan_visits").count() == 2


def test_the_same_form_twice_plans_once(sari: Person, buyer: Party) -> None:
    with keyed("k1"):
        day = plan(sari, buyer)
    day.visits.get().miss(by=sari)
    with keyed("k1"):
        assert plan(sari, buyer) == day

    assert day.visits.count() == 1


def test_a_day_that_is_over_is_planned_no_more(sari: Person, buyer: Party) -> None:
    with pytest.raises(WrongState):
        plan(sari, buyer, on=clock.in_days(-1))

    assert not VisitDay.objects.exists()


def test_nobody_is_sent_who_does_not_sell(sari: Person, dewi: Person, buyer: Party) -> None:
    with pytest.raises(WrongState):
        VisitDay.plan(by=sari, rep=dewi, on=clock.today(), parties=[buyer])
    with pytest.raises(NotAllowed):
        VisitDay.plan(by=dewi, rep=sari, on=clock.today(), parties=[buyer])

    assert not VisitDay.objects.exists()


def test_what_was_said_is_read_by_them_and_what_was_seen_is_not(
    visit: Visit, sari: Person, dewi: Person
) -> None:
    photo = Handed("rak.jpg", testing.picture())

    visit.note(
        by=sari,
        body="Minta contoh derby.",
        with_whom=dewi,
        attached=[photo],
        pairs_seen=14,
        seen="Ukuran 40 habis.",
        rival="Merek lain 150 ribu.",
        next_words="Kirim contoh",
        next_on=clock.in_days(3),
    )

    visit.refresh_from_db()
    assert visit.status == VisitStatus.DONE
    assert (visit.pairs_seen, visit.seen, visit.rival) == (
        14,
        "Ukuran 40 habis.",
        "Merek lain 150 ribu.",
    )
    message = Message.objects.visible_to(dewi).get()
    assert message == visit.message
    assert (message.channel, message.direction, message.with_whom) == ("visit", "out", dewi)
    assert message.body == "Minta contoh derby."
    assert message.files.count() == 1
    step = FollowUp.objects.get()
    assert (step.by, step.words, step.due_on) == (sari, "Kirim contoh", clock.in_days(3))
    facts = str(Entry.objects.get(step="crm.note_visit").facts)
    assert "derby" not in facts
    assert "150" not in facts
    assert not Visit.objects.visible_to(dewi).exists()


def test_it_is_noted_once(visit: Visit, sari: Person) -> None:
    visit.note(by=sari)
    with pytest.raises(WrongState):
        Visit.objects.get(pk=visit.pk).note(by=sari, body="sekali lagi")
    with pytest.raises(WrongState):
        Visit.objects.get(pk=visit.pk).miss(by=sari)

    assert Message.objects.count() == 1


def test_the_buyer_notes_nothing(visit: Visit, dewi: Person) -> None:
    with pytest.raises(NotAllowed):
        visit.note(by=dewi, body="x")
    with pytest.raises(NotAllowed):
        visit.miss(by=dewi)

    visit.refresh_from_db()
    assert visit.status == VisitStatus.PLANNED
    assert not Message.objects.exists()


def test_a_visit_with_somebody_elses_people_is_refused_whole(visit: Visit, sari: Person) -> None:
    with pytest.raises(NotOfThem):
        visit.note(by=sari, with_whom=sari)

    visit.refresh_from_db()
    assert visit.status == VisitStatus.PLANNED
    assert not Message.objects.exists()


def test_who_was_not_there_can_be_planned_again_on_the_same_day(
    visit: Visit, sari: Person, buyer: Party
) -> None:
    visit.miss(by=sari, reason="Toko tutup")

    day = plan(sari, buyer)

    assert [one.status for one in day.visits.order_by("pk")] == ["missed", "planned"]
    assert Visit.objects.get(pk=visit.pk).reason == "Toko tutup"


def test_who_waits_longest_stands_first(workshop: Workshop, sari: Person) -> None:
    seen, unseen = (
        testing.party(workshop, name, buys_as="distributor") for name in ("Sudah", "Belum")
    )
    Party.objects.update(since=clock.now() - timedelta(days=40))
    plan(sari, seen).visits.get().note(by=sari)
    testing.party(workshop, "Pemasok", buys_as="", is_supplier=True)

    found = candidates(workshop, Party.objects.visible_to(sari))

    assert [one.party for one in found] == [unseen, seen]
    assert [one.visited_on for one in found] == [None, clock.today()]
    assert [one.visit_over for one in found] == [10, -30]
    assert [one.wants_visit for one in found] == [True, False]

    MarketingRules.objects.create(workshop=workshop, visit_days=50)
    again = candidates(workshop, Party.objects.visible_to(sari))
    assert [one.visit_over for one in again] == [-10, -50]


def test_who_orders_every_ten_days_is_due_after_ten_days(workshop: Workshop, sari: Person) -> None:
    buyer = testing.party(workshop, buys_as="distributor")
    testing.person("dewi", buyer)
    for days in (32, 22, 12):
        order = testing.confirmed_order(buyer)
        at = clock.now() - timedelta(days=days)
        Order.objects.filter(pk=order.pk).update(confirmed_at=at)

    one = candidates(workshop, Party.objects.visible_to(sari).filter(pk=buyer.pk))[0]

    assert (one.every, one.order_over) == (10, 2)
    assert one.wants_order
    Order.objects.filter(pk=order.pk).update(confirmed_at=clock.now() - timedelta(days=400))
    fewer = candidates(workshop, Party.objects.visible_to(sari).filter(pk=buyer.pk))[0]
    assert (fewer.every, fewer.order_over) == (None, None)


def test_the_nearest_and_the_order_of_the_way(workshop: Workshop, sari: Person) -> None:
    workshop.spot = Spot(-6_600_000, 106_750_000)
    workshop.save()
    far, near, nowhere = (
        testing.party(workshop, name, buys_as="distributor") for name in ("Jauh", "Dekat", "Entah")
    )
    stands_at(far, -6_900_000, 107_600_000)
    stands_at(near, -6_610_000, 106_760_000)

    found = candidates(workshop, Party.objects.visible_to(sari), near=near)
    assert [one.party for one in found] == [near, far, nowhere]
    assert found[0].metres == 0
    assert found[2].metres is None

    day = plan(sari, nowhere, far, near)
    listed = in_order(workshop, list(day.visits.for_list().order_by("pk")))
    assert [one.party for one in listed] == [near, far, nowhere]


def test_places_and_numbers_of_a_buyer_stand_as_they_were_noted(
    sari: Person, buyer: Party, dewi: Person
) -> None:
    for latitude in (-6_610_000, -6_900_000):
        stands_at(buyer, latitude, 106_760_000)
    for number in ("+6281200000001", "+6281200000002"):
        Identity.objects.create(workshop=buyer.workshop, person=dewi, kind="phone", value=number)
    Address.objects.filter(latitude=-6_610_000).update(receiver="y")
    Identity.objects.filter(value="+6281200000001").update(typed="y")

    [visit] = plan(sari, buyer).visits.for_list()

    assert spot_of(visit.party) == Spot(-6_610_000, 106_760_000)
    [reader] = visit.party.people.all()
    assert [one.value[-1] for one in reader.identities.all()] == ["1", "2"]


def test_their_price_and_what_lies_free_are_at_hand(workshop: Workshop, buyer: Party) -> None:
    product = testing.product(workshop)
    black, brown = product.colourways.get(), testing.colourway(product, "Cokelat")
    testing.lay_down(brown.variants.get(size="40"), 6)
    testing.lay_down(brown.variants.get(size="39"), 2)
    testing.lay_down(black.variants.get(size="40"), 1)

    one = offered_to(buyer)[0]

    assert one.product == product
    assert one.price == product.price_to(buyer, 1, clock.today())
    assert one.free == [(black, [("40", 1)]), (brown, [("39", 2), ("40", 6)])]
    assert one.pairs == 9


def test_an_order_of_that_day_belongs_to_the_visit(
    visit: Visit, sari: Person, buyer: Party
) -> None:
    taken, telephoned = (testing.order(buyer) for _ in range(2))
    Order.objects.filter(pk=taken.pk).update(channel="visit")
    Order.objects.filter(pk=telephoned.pk).update(channel="phone")

    assert taken_at(visit, sari) == [taken]
