"""Books that are gone on with are the books told anew, as soon as the facts allow and no sooner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from simpul import testing
from simpul.insight.books.postings import RECENT, Books, books_of
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.orders.models.revision import RevisionLine
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement, reconciliation
from simpul.payments.models import BankAccount, BankEntry, Receipt
from simpul.payments.models.receipt import spread
from simpul.tests.statement import statement


@pytest.fixture
def account(workshop: Workshop) -> BankAccount:
    return testing.account(workshop)


@pytest.fixture
def order(buyer: Party, sari: Person, account: BankAccount) -> Order:
    """Ten pairs for 2.000.000, of which 600.000 are counted: agreed on."""
    made = testing.order(buyer)
    agreement.confirm(made, by=sari)
    return made


@pytest.fixture
def entry(order: Order, account: BankAccount, fajar: Person) -> BankEntry:
    made = come(fajar, account, 600_000)
    made.allocate(by=fajar, parts=spread(order, 600_000))
    return made


@pytest.fixture
def later(entry: BankEntry) -> Iterator[None]:
    """A month is over since the money came."""
    with clock.stopped(clock.now() + timedelta(days=40)):
        yield


@pytest.fixture
def before(later: None, order: Order, fajar: Person) -> Books:
    """What was told after money had come again."""
    Receipt.take_cash(by=fajar, order=order, amount=100_000)
    return books_of(order.workshop)


@pytest.fixture
def told(before: Books, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is told after that."""
    heard: list[str] = []
    post = Books.post

    def watched(self: Books, on: object, what: str, *said: object) -> None:
        heard.append(what)
        post(self, on, what, *said)  # type: ignore[arg-type]

    monkeypatch.setattr(Books, "post", watched)
    return heard


def come(by: Person, account: BankAccount, amount: int, days_ago: int = 0) -> BankEntry:
    day = clock.today() - timedelta(days=days_ago)
    reconciliation.take(by=by, account=account, content=statement([(day, amount, "TRSF")]))
    return BankEntry.objects.order_by("-pk")[0]


def is_as_told_anew(books: Books) -> bool:
    anew = books_of(books.workshop, books.until)
    return (books.postings, books.state) == (anew.postings, anew.state)


ALL = ["opening", "bank", "counted", "received", "counted"]


def test_only_what_is_new_of_this_month_is_told(
    order: Order, fajar: Person, before: Books, told: list[str]
) -> None:
    owed = before.order(order.pk).net
    Receipt.take_cash(by=fajar, order=order, amount=200_000)
    books = books_of(order.workshop, before=before)

    assert told == ["received", "received", "counted", "counted"]  # of two days' money, this month
    assert [one.what for one in before.postings] == ALL
    assert before.order(order.pk).net == owed  # left as they were
    assert books.order(order.pk).net == owed - 20_000_000
    assert is_as_told_anew(books)


def test_what_is_told_again_and_again_is_kept_once(
    order: Order, fajar: Person, before: Books
) -> None:
    books = before
    for _again in range(3):
        Receipt.take_cash(by=fajar, order=order, amount=1_000)
        books = books_of(order.workshop, before=books)

    assert len(books.past.states) == len(before.past.states)
    assert is_as_told_anew(books)


def test_what_comes_late_for_an_earlier_month_is_told_from_there(
    account: BankAccount, fajar: Person, before: Books, told: list[str]
) -> None:
    come(fajar, account, 77_000, days_ago=45)
    books = books_of(account.workshop, before=before)

    assert told == ["opening", "bank", *ALL[1:]]
    assert is_as_told_anew(books)


def test_money_of_an_earlier_month_that_is_somebody_elses_now(
    entry: BankEntry, fajar: Person, before: Books, told: list[str]
) -> None:
    entry.refresh_from_db()
    entry.bounce(by=fajar, reason="Ditolak")
    books = books_of(entry.workshop, before=before)

    assert told[: len(ALL)] == [*ALL[:3], "annulled", "received"]
    assert is_as_told_anew(books)


def test_other_terms_of_an_order_count_from_its_first_money_on(
    order: Order, before: Books, told: list[str]
) -> None:
    RevisionLine.objects.filter(revision__order=order).update(pairs=12)
    books = books_of(order.workshop, before=before)

    assert told == ALL
    assert is_as_told_anew(books)


def test_an_order_that_is_agreed_on_now_changes_nothing_earlier(
    buyer: Party, sari: Person, before: Books, told: list[str]
) -> None:
    agreement.confirm(testing.order(buyer), by=sari)
    books = books_of(buyer.workshop, before=before)

    assert told == ALL[3:]
    assert is_as_told_anew(books)


def test_an_account_that_is_called_otherwise_is_called_so_everywhere(
    account: BankAccount, before: Books, told: list[str]
) -> None:
    BankAccount.objects.filter(pk=account.pk).update(bank="MANDIRI")
    books = books_of(account.workshop, before=before)

    assert told == ALL
    assert is_as_told_anew(books)


def test_what_is_long_ago_is_told_again(
    order: Order, fajar: Person, before: Books, told: list[str]
) -> None:
    with clock.stopped(clock.now() + 2 * RECENT):
        far = books_of(order.workshop)
        told.clear()
        books = books_of(order.workshop, before=far)

        assert told == ALL
        assert is_as_told_anew(books)
