"""Decline, withdraw, expire, cancel: how an order ends before it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import LineSize, Order, Status, Track
from simpul.parties.models import Party, Person
from simpul.workflow.steps import NotAllowed, WrongState

type Cast = Callable[[str], Person]


@pytest.fixture
def cast(owner: Person, sari: Person, fajar: Person, dewi: Person, siti: Person) -> Cast:
    people = {"owner": owner, "sari": sari, "fajar": fajar, "dewi": dewi, "siti": siti}
    return people.__getitem__


class TestDecline:
    def test_it_ends_the_order_with_a_reason(self, buyer: Party, cast: Cast) -> None:
        order = testing.order(buyer)

        order.decline(by=cast("sari"), reason="Bahan tidak ada")

        order.refresh_from_db()
        assert (order.status, order.reason) == (Status.DECLINED, "Bahan tidak ada")
        entry = order.journal.get(step="orders.decline")
        assert (entry.by, entry.facts) == (cast("sari"), {"reason": "Bahan tidak ada"})

    @pytest.mark.parametrize("who", ["dewi", "fajar", "siti"])
    def test_others_may_not(self, buyer: Party, cast: Cast, who: str) -> None:
        order = testing.order(buyer)

        with pytest.raises(NotAllowed):
            order.decline(by=cast(who), reason="x")

        assert Order.objects.get().status == Status.PLACED

    def test_not_twice_and_not_once_agreed(self, buyer: Party, cast: Cast) -> None:
        order = testing.confirmed_order(buyer)

        with pytest.raises(WrongState):
            order.decline(by=cast("sari"), reason="x")

        assert Order.objects.get().reason == ""


class TestWithdraw:
    @pytest.mark.parametrize("make", [testing.order, testing.offered_order])
    def test_the_buyer_takes_it_back(
        self, buyer: Party, cast: Cast, make: Callable[[Party], Order]
    ) -> None:
        order = make(buyer)

        order.withdraw(by=cast("dewi"), reason="Salah ukuran")

        order.refresh_from_db()
        assert (order.status, order.reason) == (Status.WITHDRAWN, "Salah ukuran")
        assert order.journal.get(step="orders.withdraw").facts == {"reason": "Salah ukuran"}

    @pytest.mark.parametrize("who", ["owner", "sari", "siti"])
    def test_nobody_else_may(self, buyer: Party, cast: Cast, who: str) -> None:
        order = testing.order(buyer)

        with pytest.raises(NotAllowed):
            order.withdraw(by=cast(who))

        assert Order.objects.get().status == Status.PLACED

    def test_not_twice_and_not_once_agreed(self, buyer: Party, cast: Cast) -> None:
        order = testing.confirmed_order(buyer)

        with pytest.raises(WrongState):
            order.withdraw(by=cast("dewi"))

        assert Order.objects.get().status == Status.CONFIRMED


class TestExpire:
    def test_it_closes_an_offer_that_has_run_out(self, buyer: Party, cast: Cast) -> None:
        order = testing.offered_order(buyer)

        with clock.stopped(clock.now() + timedelta(days=8)):
            assert order.is_overdue_offer
            order.expire(by=cast("sari"))

        order.refresh_from_db()
        assert order.status == Status.EXPIRED
        assert order.journal.get(step="orders.expire").by == cast("sari")

    def test_not_while_it_is_valid(self, buyer: Party, cast: Cast) -> None:
        order = testing.offered_order(buyer)

        with pytest.raises(WrongState):
            order.expire(by=cast("sari"))

        assert not order.is_overdue_offer
        assert Order.objects.get().status == Status.OFFERED

    def test_the_buyer_may_not_and_not_twice(self, buyer: Party, cast: Cast) -> None:
        order = testing.offered_order(buyer)

        with clock.stopped(clock.now() + timedelta(days=8)):
            with pytest.raises(NotAllowed):
                order.expire(by=cast("dewi"))
            order.expire(by=cast("sari"))
            with pytest.raises(WrongState):
                order.expire(by=cast("sari"))

        assert order.journal.filter(step="orders.expire").count() == 1


class TestCancel:
    def test_the_owner_ends_an_agreed_order(self, buyer: Party, cast: Cast) -> None:
        order = testing.confirmed_order(buyer)

        order.cancel(by=cast("owner"), reason="Atas permintaan pembeli")

        order.refresh_from_db()
        assert (order.status, order.reason) == (Status.CANCELLED, "Atas permintaan pembeli")
        assert order.journal.get(step="orders.cancel").by == cast("owner")

    @pytest.mark.parametrize("who", ["dewi", "sari", "fajar"])
    def test_nobody_else_may(self, buyer: Party, cast: Cast, who: str) -> None:
        order = testing.confirmed_order(buyer)

        with pytest.raises(NotAllowed):
            order.cancel(by=cast(who), reason="x")

        assert Order.objects.get().status == Status.CONFIRMED

    def test_not_twice_and_not_once_pairs_are_packed(self, buyer: Party, cast: Cast) -> None:
        order = testing.confirmed_order(buyer)
        size = LineSize.objects.order_by("pk")[0]
        size.advance(Track.MADE, 1)
        size.advance(Track.PACKED, 1)
        with pytest.raises(WrongState, match="packed"):
            order.cancel(by=cast("owner"), reason="x")
        size.advance(Track.PACKED, -1)
        order.cancel(by=cast("owner"), reason="x")

        with pytest.raises(WrongState):
            order.cancel(by=cast("owner"), reason="again")

        assert Order.objects.get().reason == "x"
