"""Every paper holds the digest of the one before it: nothing is changed, taken out or torn off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from simpul import testing
from simpul.papers import chain, issuing
from simpul.papers.models import Chain, Draft, Paper
from simpul.papers.pdf import Damaged, pdf_of
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role

TEMPLATE = "papers/tests/sheet.typ"
AT_ONCE = 8


def issue(about: Party, by: Person, amount: str = "Rp 5") -> Paper:
    draft = Draft(Paper.Kind.KUITANSI, about, about, TEMPLATE, {"amount": amount})
    return issuing.issue(draft, by=by)


def issued(workshop: Workshop, by: Person, count: int = 3) -> list[Paper]:
    return [issue(testing.party(workshop, f"Toko {number}"), by) for number in range(count)]


def test_each_holds_the_digest_of_the_one_before(workshop: Workshop, fajar: Person) -> None:
    first, second, third = issued(workshop, fajar)

    assert [one.position for one in (first, second, third)] == [1, 2, 3]
    assert first.previous == ""
    assert (second.previous, third.previous) == (first.digest, second.digest)
    end = Chain.objects.get(workshop=workshop)
    assert (end.length, end.head) == (3, third.digest)
    assert first.fingerprint == "-".join(first.digest[at : at + 4].upper() for at in (0, 4, 8))


def test_a_whole_chain_has_no_faults(workshop: Workshop, fajar: Person) -> None:
    papers = issued(workshop, fajar)

    assert list(chain.faults(workshop)) == []
    read = Paper.objects.get(pk=papers[1].pk)  # as the database gives it back
    assert chain.standing(read) == chain.Standing(True, True, 3)


def test_each_workshop_has_its_own(workshop: Workshop, fajar: Person, joko: Person) -> None:
    issued(workshop, fajar)
    [other] = issued(joko.workshop, joko, count=1)

    assert (other.position, other.previous) == (1, "")
    assert chain.standing(other).is_chain_whole


def test_an_empty_chain_is_whole(workshop: Workshop) -> None:
    assert list(chain.faults(workshop)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"facts": {"amount": "Rp 6"}},
        {"number": "KW-2026-0099"},
        {"kind": "INV"},
        {"issued_at": "2020-01-01T00:00:00Z"},
        {"code": "ABCDEFGHJKLMNP"},
    ],
)
def test_a_change_is_seen(workshop: Workshop, fajar: Person, change: dict[str, object]) -> None:
    papers = issued(workshop, fajar)
    Paper.objects.filter(pk=papers[1].pk).update(**change)
    changed = Paper.objects.get(pk=papers[1].pk)

    assert not chain.standing(changed).is_unchanged
    assert chain.standing(papers[0]).is_unchanged
    assert [text for _paper, text in chain.faults(workshop)] == ["was changed after it was issued"]


def test_a_change_with_a_new_digest_breaks_the_link(workshop: Workshop, fajar: Person) -> None:
    papers = issued(workshop, fajar)
    forged = papers[1]
    forged.facts = {"amount": "Rp 6"}
    forged.digest = forged.digest_now()
    forged.save()

    assert chain.standing(forged) == chain.Standing(True, False, 3)
    assert [paper for paper, _text in chain.faults(workshop)] == [str(papers[2])]


def test_a_paper_that_was_taken_out_is_missed(workshop: Workshop, fajar: Person) -> None:
    papers = issued(workshop, fajar)
    papers[1].delete()

    assert not chain.standing(papers[0]).is_chain_whole
    assert len(list(chain.faults(workshop))) == 2  # its place, and its digest


def test_the_end_cannot_be_torn_off(workshop: Workshop, fajar: Person) -> None:
    papers = issued(workshop, fajar)
    papers[2].delete()

    assert not chain.standing(papers[0]).is_chain_whole
    assert [text for _paper, text in chain.faults(workshop)] == [
        "the chain ends at 2, and should end at 3"
    ]


def test_nothing_is_issued_twice(buyer: Party, fajar: Person) -> None:
    issue(buyer, fajar)

    with pytest.raises(IntegrityError), transaction.atomic():
        issue(buyer, fajar)

    assert Paper.objects.count() == 1
    assert list(chain.faults(buyer.workshop)) == []


def test_a_file_that_was_changed_is_not_given_out(buyer: Party, fajar: Person) -> None:
    paper = issue(buyer, fajar)
    pdf_of(paper)
    kept = Path(settings.UPLOADS) / paper.renderings.get().path
    kept.write_bytes(kept.read_bytes() + b" ")

    with pytest.raises(Damaged):
        pdf_of(paper)
    assert [text for _paper, text in chain.damaged_files(buyer.workshop)] == [
        f"{paper.renderings.get().path} was changed after it was rendered"
    ]


def test_nothing_to_issue_locks_nothing(workshop: Workshop, fajar: Person) -> None:
    assert issuing.issue_all([], by=fajar) == []
    assert not Chain.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_chain_does_not_fork() -> None:
    """Many at once where the database lets them; SQLite lets one write after the other anyway."""
    workshop = testing.workshop("sentra")
    fajar = testing.staff("Fajar", workshop, Role.FINANCE)
    shops = [testing.party(workshop, f"Toko {number}") for number in range(AT_ONCE * 3)]

    def issue_and_leave(shop: Party) -> None:
        try:
            with transaction.atomic():
                issue(shop, fajar)
        finally:
            if connection.vendor == "postgresql":
                connection.close()

    if connection.vendor == "postgresql":
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(issue_and_leave, shops))
    else:
        for shop in shops:
            issue_and_leave(shop)

    assert Chain.objects.get(workshop=workshop).length == len(shops)
    assert list(chain.faults(workshop)) == []


@pytest.mark.parametrize(("language", "name"), [("id", "Faktur"), ("en", "Invoice")])
def test_a_paper_is_named_as_the_reader_speaks(language: str, name: str) -> None:
    with override(language):
        assert Paper(kind=Paper.Kind.INVOICE).get_kind_display() == name
