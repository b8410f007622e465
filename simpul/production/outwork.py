"""Giving pairs of a stage out to somebody who makes them at home, and taking them back.

Their material goes along, under the reservation that it has; what is not used comes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from simpul.lib import clock
from simpul.orders.models import OrderNeed
from simpul.parties.models import Person
from simpul.production.models import (
    Job,
    JobSize,
    JobStage,
    MaterialMissing,
    Outwork,
    OutworkMaterial,
    OutworkSize,
    Status,
    TooMany,
)
from simpul.production.models.outwork import Status as OutworkStatus
from simpul.stock.models import Item, Location, Movement, Reservation
from simpul.workflow.models import NumberSeries
from simpul.workflow.steps import WrongState, step

ENDED = (Status.DONE, Status.CANCELLED)


@step(
    "production.give_out",
    source=(Status.RELEASED, Status.RUNNING),
    private=("worker", "telephone", "words"),
)
def give_out(
    job: Job,
    *,
    by: Person,
    stage: JobStage,
    stage_name: str,
    pairs: Mapping[str, int],
    worker: str,
    rate: int,
    due_on: date,
    telephone: str = "",
    words: str = "",
) -> None:
    """Give pairs by size that wait at a stage to somebody outside, at a rate in rupiah a pair.

    Raises TooMany where fewer wait, and MaterialMissing where their material does not lie ready.
    """
    job.demand_order_runs()
    here = job.stage_of(stage)
    sizes = {size: pairs[size.name] for size in job.sizes.for_work() if pairs.get(size.name)}
    if not sizes or sum(sizes.values()) != sum(map(abs, pairs.values())):
        raise WrongState(_("Say how many pairs of which size of this job go out."))
    job.demand_plausible(here, {size: (count, 0, 0) for size, count in sizes.items()})
    if job.status == Status.RELEASED:
        job.start(by=job.workshop.machine)
    made = Outwork.objects.create(
        workshop_id=job.workshop_id,
        stage=here,
        number=NumberSeries.draw(job.workshop_id, "MKL"),
        worker=worker,
        telephone=telephone,
        rate=rate,
        due_on=due_on,
        words=words,
        by=by,
    )
    OutworkSize.objects.bulk_create(
        OutworkSize(outwork=made, size=size, given=count) for size, count in sizes.items()
    )
    if not here.logs.filter(outwork=None).exists():  # else it lies on the floor already
        _hand_over(job, made, sizes, by)


@step("production.take_in", source=(Status.RUNNING, Status.HELD, *ENDED))
def take_in(
    job: Job,
    *,
    by: Person,
    outwork: Outwork,
    good: Mapping[str, int],
    reject: Mapping[str, int],
    cause: str = "",
    is_over: bool = False,
) -> None:
    """Count what came back, by size, and use up its material; say why some are spoilt, if known.

    When nothing more is to come (`is_over`, or all is back) the rest of the material comes into
    the store again, and pairs that were not made wait at the stage. Raises TooMany where more
    would come back than was given. Work that is on hold or has ended, with or without its order,
    is counted all the same: whoever made it is paid for it.
    """
    found = Outwork.objects.select_for_update(of=("self",), no_key=True)
    mine = found.filter(stage__job=job, pk=outwork.pk).select_related("stage").first()
    if mine is None or not mine.is_out:
        raise WrongState(_("All of this is back already."))
    rows = list(mine.sizes.select_related("size__line_size__variant").order_by("pk"))
    counted = _counted(rows, good, reject)
    if not counted and not is_over:
        raise WrongState(_("Count at least one pair."))
    for row, (passed, spoiled) in counted.items():
        if passed + spoiled > row.out:
            raise TooMany(
                _("Only %(pairs)s pairs of size %(size)s are still out.")
                % {"pairs": row.out, "size": row.size.name}
            )
        row.good += passed
        row.reject += spoiled
        row.save(update_fields=["good", "reject"])
    _use(job, mine, rows, by)
    if is_over or not any(row.out for row in rows):
        _bring_back(job, mine, by)
        mine.status, mine.back_at = OutworkStatus.BACK, clock.now()
        mine.save(update_fields=["status", "back_at"])
    if counted:
        sizes = {size.pk: size for size in job.sizes.for_work()}
        facts = {sizes[row.size_id]: (*numbers, 0) for row, numbers in counted.items()}
        job.count(
            mine.stage,
            facts,
            by=by,
            worker=mine.worker,
            rate=mine.rate,
            cause=cause,
            outwork=mine,
        )


def _counted(
    rows: list[OutworkSize], good: Mapping[str, int], reject: Mapping[str, int]
) -> dict[OutworkSize, tuple[int, int]]:
    given = {row.size.name: row for row in rows}
    if (good.keys() | reject.keys()) - given.keys():
        raise WrongState(_("A size came back that was not given out."))
    if any(pairs < 0 for side in (good, reject) for pairs in side.values()):
        raise WrongState(_("Pairs are counted, not taken away: take a wrong count back."))
    counted = {row: (good.get(name, 0), reject.get(name, 0)) for name, row in given.items()}
    return {row: numbers for row, numbers in counted.items() if any(numbers)}


def _hand_over(job: Job, made: Outwork, sizes: dict[JobSize, int], by: Person) -> None:
    """Let the share of the stage's material that these pairs eat go along."""
    needs = job.needs_of(made.stage)
    store, outside = _places(job)
    lies, away = Reservation.kept(needs, store), Reservation.kept(needs, outside)
    shares = {
        need: min(_share(need, sizes, job), need.quantity - need.issued - away.get(need.pk, 0))
        for need in needs
    }
    missing = [need for need, share in shares.items() if share > lies.get(need.pk, 0)]
    if missing:
        names = ", ".join(f"{need.material} {need.size}".rstrip() for need in missing[:3])
        raise MaterialMissing(
            _("This material does not lie ready in the store: %(names)s.") % {"names": names}
        )
    items = Item.of_materials((need.material, need.size) for need in needs)
    for need, share in shares.items():
        if share:
            Movement.record(
                items[need.material_id, need.size],
                share,
                by=by,
                subject=job,
                reason="production.give_out",
                source=store,
                target=outside,
                kept_for=need,
            )
            OutworkMaterial.objects.create(outwork=made, need=need, quantity=share)


def _share(need: OrderNeed, sizes: dict[JobSize, int], job: Job) -> int:
    """Return what so many pairs of the job eat of a need, rounded up."""
    every = [size for size in job.sizes.for_work() if need.size in ("", size.name)]
    whole = sum(size.pairs for size in every)
    part = sum(sizes.get(size, 0) for size in every)
    return -(-need.quantity * part // whole) if whole else 0


def _use(job: Job, mine: Outwork, rows: list[OutworkSize], by: Person) -> None:
    """Let what came back have eaten its share of what went along."""
    _store, outside = _places(job)
    for kept in mine.material.select_related("need__material").order_by("need__material_id", "pk"):
        need = kept.need
        of_it = [row for row in rows if need.size in ("", row.size.name)]
        given, back = sum(row.given for row in of_it), sum(row.back for row in of_it)
        eaten = kept.quantity * back // given if given else 0
        more = min(eaten - kept.used, kept.left)
        if more > 0:
            Movement.record(
                Item.of_material(need.material, need.size),
                more,
                by=by,
                subject=job,
                reason="production.take_in",
                source=outside,
                kept_for=need,
            )
            need.shift(ready=-more, issued=more)
            kept.used += more
            kept.save(update_fields=["used"])


def _bring_back(job: Job, mine: Outwork, by: Person) -> None:
    """Let what was not used lie in the store again, still kept for its order."""
    store, outside = _places(job)
    for kept in mine.material.select_related("need__material").order_by("need__material_id", "pk"):
        if kept.left:
            Movement.record(
                Item.of_material(kept.need.material, kept.need.size),
                kept.left,
                by=by,
                subject=job,
                reason="production.take_in",
                source=outside,
                target=store,
                kept_for=kept.need,
            )
            kept.returned += kept.left
            kept.save(update_fields=["returned"])


def _places(job: Job) -> tuple[Location, Location]:
    kinds = (Location.Kind.STORE, Location.Kind.OUTWORKER)
    store, outside = (Location.of(job.workshop_id, kind) for kind in kinds)
    return store, outside
