"""A courier's run of today: which stops, in which order, and how far it is.

The order is only the courier's own help: it is no step, nobody is told of it, and it moves nothing
(decision 46).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from simpul.delivery import run
from simpul.delivery.models import Load, Shipment, Status
from simpul.lib import clock
from simpul.lib.places import Spot
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import WrongState

STANDING = (Status.ACCEPTED, Status.PICKED_UP)


@dataclass(frozen=True, slots=True)
class Round:
    """The stops in the order in which they are visited, the workshop before and after them."""

    workshop: Spot | None
    stops: Sequence[Shipment]
    is_chosen: bool  # the courier put them so himself

    @property
    def spots(self) -> list[tuple[int, Spot]]:
        """The number and the spot of each stop of which one is known."""
        numbered = ((number, one.spot) for number, one in enumerate(self.stops, 1))
        return [(number, spot) for number, spot in numbered if spot]

    @property
    def unknown(self) -> int:
        """How many stops have no spot on the map."""
        return len(self.stops) - len(self.spots)

    @property
    def metres(self) -> int | None:
        """How far it is through all spots that are known and back; None where the workshop has none."""
        if self.workshop is None or not self.spots:
            return None
        return run.length(self.workshop, [spot for _number, spot in self.spots])

    @property
    def sketch(self) -> run.Sketch | None:
        """Its drawing; None where there is nothing to draw."""
        if self.workshop is None or not self.spots:
            return None
        return run.sketch(self.workshop, self.spots)


def of(person: Person, courier: Party | None = None) -> Round:
    """Return a courier's run as a person sees it, without what is planned for later.

    The courier is the one that the person belongs to, unless another is named.
    """
    mine = Shipment.objects.visible_to(person).filter(
        Q(next_on=None) | Q(next_on__lte=clock.today()),
        courier=courier or person.party,
        status__in=STANDING,
    )
    orders = Prefetch("loads", Load.objects.with_order())
    jobs = list(mine.prefetch_related("packages", orders).order_by("pk"))
    is_chosen = any(one.stop for one in jobs)
    stops = _as_chosen(jobs) if is_chosen else _as_proposed(person.workshop, jobs)
    return Round(person.workshop.spot, stops, is_chosen)


@transaction.atomic
def put(number: str, *, by: Person, before: str = "", after: str = "") -> None:
    """Put a stop right before or after another one, both given by the shipment's number.

    Raises WrongState, and changes nothing, where one of them is no stop of this courier any more.
    """
    stops = list(of(by).stops)
    named = {one.number: one for one in stops}
    moved, other = named.get(number), named.get(before or after)
    if moved is None or other is None or moved is other:
        raise WrongState(_("Your run has changed meanwhile. Look again."))
    stops.remove(moved)
    stops.insert(stops.index(other) + (not before), moved)
    for place, one in enumerate(stops, 1):
        one.stop = place
    Shipment.objects.bulk_update(stops, ["stop"])


def propose_again(*, by: Person) -> None:
    """Forget in which order the courier put his stops."""
    Shipment.objects.filter(courier=by.party_id).exclude(stop=None).update(stop=None)


def _as_chosen(jobs: list[Shipment]) -> list[Shipment]:
    """What came after he had chosen stands last."""
    return sorted(jobs, key=lambda one: (one.stop is None, one.stop or 0, one.pk))


def _as_proposed(workshop: Workshop, jobs: list[Shipment]) -> list[Shipment]:
    """The stops without a spot stand last; without the workshop's, all stand as they came."""
    known = [(one, spot) for one in jobs if (spot := one.spot)]
    if workshop.spot is None or not known:
        return jobs
    order = run.propose(workshop.spot, [spot for _one, spot in known])
    return [known[place][0] for place in order] + [one for one in jobs if not one.spot]
