"""The tree of distributors and their dealers, with what they bought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Max, Sum

from simpul.catalog.models import Group, Price, Product, Tier
from simpul.crm.models import DealerOrder, Dealing
from simpul.lib import clock
from simpul.orders.models import AGREED, Order
from simpul.parties.models import Party, Person

A_YEAR = 365  # days that the sums look back


@dataclass(slots=True)
class Node:
    """A distributor or dealer, and those below; sums of the orders agreed in a year, in rupiah."""

    party: Party
    depth: int
    own: int  # what they bought themselves, for others too
    through: int  # what their distributor bought for them: it stands in his own sum
    below: list[Node] = field(default_factory=list)

    @property
    def tier(self) -> Tier:
        """Whose prices they pay where they order themselves."""
        return Tier.of(self.party)

    @property
    def network(self) -> int:
        """What they and all below them bought; what was bought for a dealer counts once."""
        return self.own + sum(one.network for one in self.below)

    def walk(self) -> Iterator[Node]:
        """Yield it and all below it, each above its own."""
        yield self
        for one in self.below:
            yield from one.walk()


@dataclass(frozen=True, slots=True)
class Bought:
    """A dealer as its distributor sees it: what was ordered for it through him, and when last."""

    dealing: Dealing
    orders: int
    total: int  # rupiah
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Advised:
    """What a distributor pays for a model, and what the workshop recommends that dealers pay him."""

    product: Product
    paid: Price | None
    advised: Price


def advised_to(distributor: Party) -> list[Advised]:
    """Return the published models with a price for dealers, in the catalogue's order. Two questions."""
    today = clock.today()
    products = Product.objects.filter(workshop=distributor.workshop_id, is_published=True)
    return [
        Advised(one, one.price_to(distributor, one.minimum_pairs, today), advised)
        for one in products.prefetch_related("prices").order_by("position", "pk")
        if (advised := one.price_for(Group.DEALER, 1, today))
    ]


def trees(person: Person) -> list[Node]:
    """Return the distributors that have dealers and are nobody's dealer, by name. Three questions."""
    below: dict[int, list[Dealing]] = defaultdict(list)
    tops: dict[int, Party] = {}
    active = Dealing.objects.visible_to(person).active().select_related("distributor", "dealer")
    dealings = list(_without_rings(active.order_by("dealer__name", "pk")))
    for one in dealings:
        below[one.distributor_id].append(one)
        tops[one.distributor_id] = one.distributor
    for one in dealings:
        tops.pop(one.dealer_id, None)
    own, through = _own(person), _through(person)

    def node(party: Party, depth: int, dealing: Dealing | None) -> Node:
        bought = through.get(dealing.pk, 0) if dealing else 0
        made = Node(party, depth, own.get(party.pk, 0), bought)
        made.below = [node(one.dealer, depth + 1, one) for one in below[party.pk]]
        return made

    return [node(top, 0, None) for top in sorted(tops.values(), key=lambda one: (one.name, one.pk))]


def dealers_of(person: Person, distributor: Party) -> list[Bought]:
    """Return the dealers of a distributor, those that buy through him first. Two questions."""
    dealings = Dealing.objects.visible_to(person).filter(distributor=distributor)
    rows = (
        DealerOrder.objects.visible_to(person)
        .filter(dealing__distributor=distributor, order__status__in=AGREED)
        .order_by()
        .values_list("dealing")
        .annotate(n=Count("pk"), sum=Sum("order__total"), last=Max("order__placed_at"))
    )
    sums = {dealing: (count, total, last) for dealing, count, total, last in rows}
    found = []
    for dealing in dealings.select_related("dealer").order_by("status", "dealer__name", "pk"):
        count, total, last = sums.get(dealing.pk, (0, 0, None))
        found.append(Bought(dealing, count, total, last))
    return found


def _without_rings(dealings: Iterable[Dealing]) -> Iterator[Dealing]:
    """Leave out what closes a ring: somebody was merged with one who bought through him."""
    above: dict[int, int] = {}
    for one in dealings:
        up = one.distributor_id
        while up != one.dealer_id and up in above:
            up = above[up]
        if up != one.dealer_id:
            above[one.dealer_id] = one.distributor_id
            yield one


def _own(person: Person) -> dict[int, int]:
    orders = Order.objects.visible_to(person).bought().filter(confirmed_at__gte=_since())
    return dict(orders.order_by().values_list("buyer").annotate(sum=Sum("total")))


def _through(person: Person) -> dict[int, int]:
    orders = DealerOrder.objects.visible_to(person).filter(
        order__status__in=AGREED, order__confirmed_at__gte=_since()
    )
    return dict(orders.order_by().values_list("dealing").annotate(sum=Sum("order__total")))


def _since() -> datetime:
    return clock.begin_of(clock.today() - timedelta(days=A_YEAR))
