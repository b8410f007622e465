"""Piece wages: settled once, corrected on the next sheet, paid in cash or by transfer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from simpul import testing
from simpul.lib import clock
from simpul.parties.models import Party, Person
from simpul.payments import reconciliation
from simpul.payments.models import BankEntry, Purpose
from simpul.production.models import (
    Job,
    JobStage,
    NothingLeft,
    SettledLog,
    StageLog,
    TooLittle,
    WagePayment,
    WageSheet,
    WageSlip,
)
from simpul.production.wages import earned, payments_left, pieces_of, week_of
from simpul.tests.statement import statement
from simpul.workflow.steps import NotAllowed, Refused, WrongState

MONDAY = datetime(2026, 11, 16, 9, tzinfo=clock.WIB)
SATURDAY = date(2026, 11, 21)


@pytest.fixture
def worked(job: Job, stages: list[JobStage], udin: Person) -> Job:
    """Ujang cut ten pairs on Monday, Nana closed three on Tuesday; 2.000 a pair."""
    with clock.stopped(MONDAY):
        job.tap(by=udin, stage=stages[0], good={"40": 4, "41": 6}, worker="Ujang")
    with clock.stopped(MONDAY + timedelta(days=1)):
        job.tap(by=udin, stage=stages[1], good={"40": 3}, worker="Nana")
        job.tap(by=udin, stage=stages[1], good={"40": 1})  # nobody is paid for it
    return job


def settle(by: Person, last_on: date = SATURDAY, worker: str = "") -> WageSheet:
    with clock.stopped(datetime.combine(last_on, MONDAY.timetz())):
        return WageSheet.settle(by=by, last_on=last_on, worker=worker)


def slips(sheet: WageSheet) -> dict[str, tuple[int, int]]:
    return {slip.worker: (slip.pairs, slip.amount) for slip in sheet.slips.all()}


def take_back(job: Job, worker: str, by: Person, at: datetime) -> None:
    with clock.stopped(at):
        log = StageLog.objects.filter(worker=worker, reverses=None, reversed_by=None).latest("pk")
        job.correct(by=by, log=log, reason="salah hitung")


def test_a_week_of_everybody(worked: Job, udin: Person) -> None:
    sheet = settle(udin)

    assert slips(sheet) == {"Ujang": (10, 20_000), "Nana": (3, 6_000)}
    assert (sheet.number, sheet.first_on, sheet.last_on) == (
        "UPH-2026-0001",
        date(2026, 11, 16),
        SATURDAY,
    )
    assert SettledLog.objects.count() == 3
    entry = sheet.journal.get()
    assert (entry.by, entry.facts) == (udin, {"last_on": "2026-11-21"})


def test_one_worker_and_no_name_in_the_journal(worked: Job, udin: Person) -> None:
    sheet = settle(udin, worker="Nana")

    assert slips(sheet) == {"Nana": (3, 6_000)}
    assert sheet.journal.get().facts == {"last_on": "2026-11-21"}
    assert slips(settle(udin)) == {"Ujang": (10, 20_000)}


def test_only_up_to_the_end_of_the_day(worked: Job, udin: Person) -> None:
    assert slips(settle(udin, MONDAY.date())) == {"Ujang": (10, 20_000)}


def test_nothing_is_settled_twice(worked: Job, udin: Person) -> None:
    settle(udin)

    with pytest.raises(WrongState):
        settle(udin)

    assert WageSheet.objects.count() == 1


def test_no_day_to_come(worked: Job, udin: Person) -> None:
    with clock.stopped(MONDAY), pytest.raises(WrongState):
        WageSheet.settle(by=udin, last_on=SATURDAY)

    assert not WageSheet.objects.exists()


@pytest.mark.parametrize("who", ["fajar", "sari", "dewi", "joko"])
def test_the_others_may_not_settle(worked: Job, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Refused):
        settle(request.getfixturevalue(who))

    assert not WageSheet.objects.exists()
    assert not SettledLog.objects.exists()


def test_what_is_taken_back_later_is_a_minus_on_the_next_sheet(
    worked: Job, stages: list[JobStage], udin: Person
) -> None:
    sheet = settle(udin)
    take_back(worked, "Nana", udin, MONDAY + timedelta(days=7))
    with clock.stopped(MONDAY + timedelta(days=8)):
        worked.tap(by=udin, stage=stages[1], good={"41": 5}, worker="Nana")

    following = settle(udin, date(2026, 11, 28))

    assert slips(sheet) == {"Ujang": (10, 20_000), "Nana": (3, 6_000)}
    assert slips(following) == {"Nana": (2, 4_000)}
    [(slip, pieces)] = pieces_of(following)
    assert slip.worker == "Nana"
    assert [(piece.pairs, piece.is_late) for piece in pieces] == [(5, False), (-3, True)]


def test_what_is_taken_back_before_is_never_paid(worked: Job, udin: Person) -> None:
    take_back(worked, "Nana", udin, MONDAY + timedelta(days=2))

    sheet = settle(udin)

    assert slips(sheet) == {"Ujang": (10, 20_000)}


def test_what_is_taken_back_after_the_week_and_before_its_sheet_is_never_paid(
    worked: Job, udin: Person
) -> None:
    sunday = MONDAY.date() + timedelta(days=6)
    take_back(worked, "Nana", udin, MONDAY + timedelta(days=7))

    rows = {
        row.worker: (row.amount, row.carried, row.open) for row in earned(udin, *week_of(SATURDAY))
    }
    assert rows == {"Ujang": (20_000, 0, 20_000)}
    assert slips(settle(udin, sunday)) == {"Ujang": (10, 20_000)}
    with clock.stopped(MONDAY + timedelta(days=8)), pytest.raises(NothingLeft):
        WageSheet.settle(by=udin, last_on=sunday, worker="Nana")


def test_a_part_of_what_was_earned_is_taken_back_before_its_sheet(
    worked: Job, stages: list[JobStage], udin: Person
) -> None:
    sunday = MONDAY.date() + timedelta(days=6)
    with clock.stopped(MONDAY + timedelta(days=2)):
        worked.tap(by=udin, stage=stages[1], good={"41": 5}, worker="Nana")
    take_back(worked, "Nana", udin, MONDAY + timedelta(days=7))  # those five

    rows = {row.worker: row for row in earned(udin, *week_of(SATURDAY))}
    assert (rows["Nana"].pairs, rows["Nana"].settled, rows["Nana"].open) == (3, 0, 6_000)
    [piece] = rows["Nana"].pieces
    assert (piece.pairs, piece.is_late) == (3, False)
    with clock.stopped(MONDAY + timedelta(days=8)):
        sheet = WageSheet.settle(by=udin, last_on=sunday)

    assert slips(sheet) == {"Ujang": (10, 20_000), "Nana": (3, 6_000)}
    assert StageLog.objects.earning(udin.workshop_id).filter(settled=None).count() == 0
    rows = {row.worker: row for row in earned(udin, *week_of(SATURDAY))}
    assert (rows["Nana"].settled, rows["Nana"].open) == (6_000, 0)


def test_nothing_is_paid_below_zero(worked: Job, stages: list[JobStage], udin: Person) -> None:
    settle(udin)
    take_back(worked, "Nana", udin, MONDAY + timedelta(days=7))
    with clock.stopped(MONDAY + timedelta(days=7)):
        worked.tap(by=udin, stage=stages[1], good={"41": 2}, worker="Ujang")

    with pytest.raises(NothingLeft):
        settle(udin, date(2026, 11, 28), worker="Nana")
    assert slips(settle(udin, date(2026, 11, 28))) == {"Ujang": (2, 4_000)}

    [row] = earned(udin, date(2026, 11, 30), date(2026, 12, 6))
    assert (row.worker, row.carried, row.open) == ("Nana", -6_000, -6_000)  # it waits


def test_the_week_by_worker(worked: Job, udin: Person) -> None:
    monday, sunday = week_of(SATURDAY)
    assert (monday, sunday) == (date(2026, 11, 16), date(2026, 11, 22))
    settle(udin, worker="Ujang")

    rows = {row.worker: row for row in earned(udin, monday, sunday)}

    assert {name: (row.pairs, row.amount, row.settled, row.open) for name, row in rows.items()} == {
        "Ujang": (10, 20_000, 20_000, 0),
        "Nana": (3, 6_000, 0, 6_000),
    }
    [piece] = rows["Nana"].pieces
    assert (piece.stage, piece.rate, piece.pairs, piece.amount) == ("Jahit", 2_000, 3, 6_000)
    [later] = earned(udin, *week_of(date(2026, 11, 25)))
    assert (later.worker, later.amount, later.carried, later.open) == ("Nana", 0, 6_000, 6_000)


def test_who_earned_what_is_not_for_everybody(
    worked: Job, udin: Person, fajar: Person, sari: Person, joko: Person
) -> None:
    settle(udin)

    for person, sees in ((udin, True), (fajar, True), (sari, False), (joko, False)):
        assert WageSheet.objects.visible_to(person).exists() is sees
        assert bool(earned(person, *week_of(SATURDAY))) is sees


# Paying


@pytest.fixture
def sheet(worked: Job, udin: Person) -> WageSheet:
    return settle(udin)


def unpaid(sheet: WageSheet) -> list[str]:
    rows = WageSlip.objects.unpaid().filter(sheet=sheet)
    return list(rows.order_by("worker").values_list("worker", flat=True))


def transfer(fajar: Person, amount: int, kind: str = "wages") -> Purpose:
    content = statement([(clock.today(), -amount, "TRSF UPAH")])
    account = testing.account(fajar.workshop)
    reconciliation.take(by=fajar, account=account, content=content)
    entry = BankEntry.objects.get()
    entry.explain(by=fajar, kind=kind)
    return Purpose.objects.get(entry=entry)


def test_in_cash(sheet: WageSheet, fajar: Person) -> None:
    sheet.pay(by=fajar, slips=list(sheet.slips.all()))

    purpose = Purpose.objects.get()
    assert (purpose.kind, purpose.amount_sen, purpose.is_cash) == ("wages", -2_600_000, True)
    assert unpaid(sheet) == []
    assert WageSheet.objects.with_sums().get().unpaid == 0
    assert not WageSheet.objects.unpaid().exists()
    with pytest.raises(WrongState):
        sheet.pay(by=fajar, slips=list(sheet.slips.all()))
    assert Purpose.objects.count() == 1


def test_one_in_cash_and_one_later(sheet: WageSheet, fajar: Person) -> None:
    sheet.pay(by=fajar, slips=[sheet.slips.get(worker="Nana")])

    found = WageSheet.objects.with_sums().get()
    assert (found.amount, found.people, found.unpaid) == (26_000, 2, 20_000)
    assert WageSheet.objects.unpaid().get() == sheet


def test_cash_that_was_taken_back_is_owed_again(sheet: WageSheet, fajar: Person) -> None:
    sheet.pay(by=fajar, slips=list(sheet.slips.all()))

    Purpose.objects.get().retract(by=fajar, reason="belum diambil")

    assert unpaid(sheet) == ["Nana", "Ujang"]


def test_by_a_transfer(sheet: WageSheet, fajar: Person) -> None:
    purpose = transfer(fajar, 26_000)
    assert payments_left(fajar) == [(purpose, 26_000)]

    sheet.pay(by=fajar, slips=[sheet.slips.get(worker="Nana")], purpose=purpose)
    assert payments_left(fajar) == [(purpose, 20_000)]
    sheet.pay(by=fajar, slips=[sheet.slips.get(worker="Ujang")], purpose=purpose)

    assert payments_left(fajar) == []
    assert unpaid(sheet) == []
    assert Purpose.objects.count() == 1  # the money left once


def test_a_transfer_that_was_for_somebody_else(sheet: WageSheet, fajar: Person) -> None:
    purpose = transfer(fajar, 26_000)
    sheet.pay(by=fajar, slips=[sheet.slips.get(worker="Nana")], purpose=purpose)
    payment = WagePayment.objects.get()

    payment.take_back(by=fajar)

    assert unpaid(sheet) == ["Nana", "Ujang"]
    assert payments_left(fajar) == [(purpose, 26_000)]
    with pytest.raises(WrongState):
        payment.take_back(by=fajar)


def test_an_advance_pays_a_part_and_the_rest_is_paid_in_cash(
    sheet: WageSheet, fajar: Person
) -> None:
    advance = Purpose.of_cash(by=fajar, kind="wages", amount=-15_000, words="Kasbon Ujang")
    ujang = sheet.slips.get(worker="Ujang")

    sheet.pay(by=fajar, slips=[ujang], purpose=advance)

    assert payments_left(fajar) == []
    assert WageSlip.objects.unpaid().get(worker="Ujang").open == 5_000
    assert WageSheet.objects.with_sums().get().unpaid == 11_000

    with pytest.raises(TooLittle):  # nothing is left of it
        sheet.pay(by=fajar, slips=[ujang], purpose=advance)
    sheet.pay(by=fajar, slips=[ujang])

    assert Purpose.objects.latest("pk").amount_sen == -500_000
    assert unpaid(sheet) == ["Nana"]


def test_an_advance_larger_than_the_wage_is_left_for_the_next(
    sheet: WageSheet, fajar: Person
) -> None:
    advance = Purpose.of_cash(by=fajar, kind="wages", amount=-50_000, words="Kasbon Nana")

    sheet.pay(by=fajar, slips=[sheet.slips.get(worker="Nana")], purpose=advance)

    assert payments_left(fajar) == [(advance, 44_000)]
    assert unpaid(sheet) == ["Ujang"]


@pytest.mark.parametrize(
    ("amount", "kind", "refusal"),
    [(25_999, "wages", TooLittle), (26_000, "salary", NotAllowed)],
)
def test_a_payment_that_does_not_fit(
    sheet: WageSheet, fajar: Person, amount: int, kind: str, refusal: type[Refused]
) -> None:
    purpose = transfer(fajar, amount, kind)

    with pytest.raises(refusal):
        sheet.pay(by=fajar, slips=list(sheet.slips.all()), purpose=purpose)

    assert unpaid(sheet) == ["Nana", "Ujang"]


def test_the_foreman_does_not_pay(sheet: WageSheet, udin: Person, fajar: Person) -> None:
    with pytest.raises(NotAllowed):
        sheet.pay(by=udin, slips=list(sheet.slips.all()))
    sheet.pay(by=fajar, slips=list(sheet.slips.all()), purpose=transfer(fajar, 26_000))
    with pytest.raises(NotAllowed):
        WagePayment.objects.order_by("pk")[0].take_back(by=udin)

    assert unpaid(sheet) == []


def test_only_slips_of_the_sheet(worked: Job, udin: Person, fajar: Person) -> None:
    sheet, other = settle(udin, worker="Ujang"), settle(udin, worker="Nana")

    for slips in ([], list(other.slips.all())):
        with pytest.raises(NotAllowed):
            sheet.pay(by=fajar, slips=slips)

    assert not Purpose.objects.exists()


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_two_who_settle_at_once_make_one_sheet(buyer: Party, udin: Person, owner: Person) -> None:
    with transaction.atomic():
        job = testing.released_job(buyer)
    job.tap(by=udin, stage=job.stages.get(position=1), good={"40": 4}, worker="Ujang")
    today = clock.today()
    refused: list[Refused] = []
    is_parallel = connection.vendor == "postgresql"  # in SQLite's memory there is one writer
    gate = Barrier(2 if is_parallel else 1)

    def one(by: Person) -> None:
        try:
            gate.wait()
            WageSheet.settle(by=by, last_on=today)
        except Refused as reason:
            refused.append(reason)
        finally:
            if is_parallel:
                connection.close()

    if is_parallel:
        threads = [Thread(target=one, args=(by,)) for by in (udin, owner)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        one(udin)
        one(owner)

    assert [type(reason) for reason in refused] == [WrongState]
    assert WageSlip.objects.get().amount == 8_000
    assert WageSheet.objects.get().number.endswith("-0001")
