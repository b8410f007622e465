"""A list that is handed in: verdicts, the import, and its undoing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override

from simpul import testing
from simpul.conversations.models import Conversation, Message
from simpul.crm import listing
from simpul.crm.models import Duplicate, ListImport, ListRow, Merging
from simpul.crm.tables import read_table
from simpul.lib import clock, sheets
from simpul.parties.models import Address, Identity, Party, Person
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, Refused, WrongState

LIST = """Nama,Pemilik,HP,Alamat,Kota
Toko Melati,Bu Ani,0812-1111-2222,Jl. Melati 1,Bogor
Toko Mawar,Pak Eko,0812-3333-4444,,Depok
Toko Dewi Baru,,0812-3456-7890,,Bogor
Melati 2,,0812 1111 2222,,
Toko Rusak,,12,,
"""


def handed_in(by: Person, text: str = LIST, of: str = "distributor") -> ListImport:
    made = ListImport.read(by=by, table=read_table(text.encode()), name="daftar.csv", of=of)
    listing.judge(made)
    return made


def imported(by: Person, text: str = LIST) -> ListImport:
    made = handed_in(by, text)
    made.begin(by=by)
    listing.run(made)
    return made


@pytest.fixture
def known(dewi: Person) -> Person:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="phone", value="+6281234567890"
    )
    return dewi


def test_each_row_has_a_verdict_and_nothing_is_taken_yet(sari: Person, known: Person) -> None:
    made = handed_in(sari)

    rows = made.rows.select_related("known").order_by("line")
    assert [(row.line, row.verdict, row.reason, row.known_id) for row in rows] == [
        (2, "new", "", None),
        (3, "new", "", None),
        (4, "known", "Same number or address: Toko Dewi", known.party_id),
        (5, "known", "Same number or address as line 2", None),
        (6, "bad", "“12”: This is not a whole telephone number: please look at it again.", None),
    ]
    assert made.counts() == {"new": 2, "known": 2, "probable": 0, "bad": 1, "change": 0}
    assert Party.objects.count() == 1


def test_each_reader_reads_the_reasons_in_their_own_language(sari: Person, known: Person) -> None:
    made = handed_in(sari)
    rows = made.rows.select_related("known").order_by("line")
    with override("id"):
        assert [row.reason for row in rows if row.why] == [
            "Nomor atau alamat email sama: Toko Dewi",
            "Nomor atau alamat email sama dengan baris 2",
            "“12”: Nomor telepon ini tidak lengkap: silakan periksa lagi.",
        ]
    assert [row.why for row in rows if row.why] == [
        {"why": "same_way"},
        {"why": "same_as_line", "line": 2},
        {"why": "unreadable"},
    ]
    Party.objects.filter(people=known).update(name="Toko Dewi Jaya")
    assert rows.get(line=4).reason == "Same number or address: Toko Dewi Jaya"


def test_our_own_table_is_read_again(sari: Person) -> None:
    made = handed_in(
        sari, sheets.as_csv(["Nama", "Telepon"], [["Toko Melati", "+62 812-1111-2222"]])
    )

    assert made.counts()["new"] == 1


def test_whoever_looks_like_somebody_is_left_out_unless_it_is_wanted(
    sari: Person, buyer: Party
) -> None:
    Party.objects.filter(pk=buyer.pk).update(name="CV Sepatu Cendrawasih", area="Cibinong")
    made = handed_in(sari, "Nama,Kota\nSepatu Cenderawasih CV,Cibinong\nToko Lain,Solo\n")

    row = made.rows.get(verdict="probable")
    assert (row.known, row.reason) == (buyer, "Looks like CV Sepatu Cendrawasih")
    assert [one.line for one in made.to_take()] == [3]

    made.begin(by=sari, takes_probable=True)
    listing.run(made)
    assert Party.objects.filter(name="Sepatu Cenderawasih CV").exists()


def test_columns_are_said_anew_and_the_verdicts_with_them(sari: Person) -> None:
    made = handed_in(sari, "Apa,Siapa\n0812-1111-2222,Toko Melati\n")
    assert made.counts()["bad"] == 1

    with pytest.raises(Refused, match="name"):
        made.map(by=sari, mapping=["telephone", ""])
    made.map(by=sari, mapping=["telephone", "name"])
    listing.judge(made)

    assert made.counts()["new"] == 1


def test_what_is_new_is_written_down_with_its_person_number_and_address(
    sari: Person, known: Person
) -> None:
    made = imported(sari)

    assert made.status == ListImport.Status.DONE
    melati = Party.objects.get(name="Toko Melati")
    assert (melati.buys_as, melati.area, melati.is_supplier) == ("distributor", "Bogor", False)
    person = melati.people.get()
    assert (person.name, person.identities.get().value) == ("Bu Ani", "+6281211112222")
    address = melati.addresses.get()
    assert (address.street, address.receiver) == ("Jl. Melati 1", "Bu Ani")
    assert sorted(Party.objects.values_list("name", flat=True)) == [
        "Toko Dewi", "Toko Mawar", "Toko Melati",
    ]  # fmt: skip
    steps = Entry.objects.about(made).order_by("pk").values_list("step", flat=True)
    assert list(steps) == ["crm.read_list", "crm.import_list", "crm.end_list"]


def test_an_import_that_was_stopped_goes_on_where_it_was(
    sari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "A_BATCH", 1)
    made = handed_in(sari)
    made.begin(by=sari)
    listing._take_some(made)
    assert Party.objects.count() == 1

    with clock.stopped(clock.now() + timedelta(minutes=2)):
        assert made.is_abandoned
    listing.run(made)
    listing.run(made)  # twice is as good as once

    assert sorted(Party.objects.values_list("name", flat=True)) == [
        "Toko Dewi Baru",
        "Toko Mawar",
        "Toko Melati",
    ]


def test_somebody_who_came_in_meanwhile_is_not_written_twice(sari: Person) -> None:
    made = handed_in(sari, "Nama,HP\nToko Melati,0812-1111-2222\n")
    made.begin(by=sari)
    other = testing.person("Bu Ani", testing.party(sari.workshop, "Toko Melati"))
    Identity.objects.create(
        workshop=sari.workshop, person=other, kind="phone", value="+6281211112222"
    )
    listing.run(made)

    row = made.rows.get()
    assert (row.verdict, row.known, row.party) == ("known", other.party, None)
    assert Party.objects.count() == 1


def test_an_import_is_undone_but_for_what_was_used(sari: Person, known: Person) -> None:
    made = imported(sari)
    mawar = Party.objects.get(name="Toko Mawar")
    talk = Conversation.of(mawar, mawar)
    Message.say(by=sari, conversation=talk, body="Halo")

    made.undo(by=sari)

    assert sorted(Party.objects.values_list("name", flat=True)) == ["Toko Dewi", "Toko Mawar"]
    assert not Identity.objects.filter(value="+6281211112222").exists()
    assert not Address.objects.exists()
    stays = made.rows.exclude(party=None).get()
    assert (stays.party, stays.reason) == (mawar, "There is a conversation.")
    assert made.status == ListImport.Status.UNDONE
    with pytest.raises(WrongState):
        made.undo(by=sari)


def test_a_login_and_more_people_are_use_too(sari: Person) -> None:
    made = imported(sari)
    melati, mawar = (Party.objects.get(name=f"Toko {name}") for name in ("Melati", "Mawar"))
    testing.person("Pak Budi", melati)
    testing.order(mawar)

    made.undo(by=sari)

    stays = made.rows.exclude(party=None).order_by("line")
    assert [row.reason for row in stays] == ["More people were added.", "There is an order."]


def test_a_list_with_nothing_new_is_not_imported(sari: Person) -> None:
    made = handed_in(sari, "Nama,HP\nToko,12\n")
    with pytest.raises(WrongState, match="nothing new"):
        made.begin(by=sari)
    assert ListImport.objects.get().status == ListImport.Status.DRAFT


def test_who_keeps_no_parties_imports_none(fajar: Person, dewi: Person, sari: Person) -> None:
    for person in (fajar, dewi):
        with pytest.raises(NotAllowed):
            handed_in(person)
    assert not ListImport.objects.exists()
    made = handed_in(sari)
    for step in (made.begin, made.undo):
        with pytest.raises(NotAllowed):
            step(by=fajar)
    assert not ListImport.objects.visible_to(fajar).exists()
    assert ListRow.objects.filter(party__isnull=False).count() == 0


def test_a_number_of_our_own_people_is_known(sari: Person) -> None:
    text = "Nama,HP\nMbak Sari,0812-5555-6666\n"
    made = handed_in(sari, text)
    made.begin(by=sari)
    Identity.objects.create(
        workshop=sari.workshop, person=sari, kind="phone", value="+6281255556666"
    )

    listing.run(made)

    for one in (made, handed_in(sari, text)):
        row = one.rows.get()
        assert (row.verdict, row.known, row.party) == ("known", None, None)
    assert row.reason == "Same number or address: one of us"
    assert made.status == ListImport.Status.DONE
    assert not Party.objects.exists()


def test_who_was_merged_stays_and_a_question_about_them_does_not(sari: Person) -> None:
    made = imported(sari)
    melati, mawar, dewi = Party.objects.order_by("pk")
    Merging.objects.create(workshop=sari.workshop, kept=melati, absorbed=mawar, by=sari)
    Duplicate.objects.create(workshop=sari.workshop, one=mawar, other=dewi, bits=9)

    made.undo(by=sari)

    assert list(Party.objects.order_by("pk")) == [melati, mawar]
    assert {row.reason for row in made.rows.exclude(party=None)} == {"Something was done with it."}


def test_a_row_that_cannot_be_read_does_not_stop_the_import(sari: Person) -> None:
    made = ListImport.read(by=sari, table=read_table(LIST.encode()), name="x", of="distributor")
    made.begin(by=sari)  # without a verdict

    listing.run(made)

    bad = made.rows.get(verdict="bad")
    assert (bad.line, bad.reason[:4], bad.party) == (6, "“12”", None)
    assert made.status == ListImport.Status.DONE
    assert made.rows.exclude(party=None).count() == 3


def test_what_stood_in_a_list_is_forgotten_when_it_is_of_no_use(sari: Person) -> None:
    draft, done = handed_in(sari, "Nama\nToko Lama\n"), imported(sari)
    undone = imported(sari, "Nama\nToko Baru\n")
    undone.undo(by=sari)

    def kept() -> list[int]:
        rows = ListRow.objects.exclude(cells=[]).order_by("listing")
        return list(rows.values_list("listing", flat=True).distinct())

    listing.forget(sari.workshop)
    assert kept() == [draft.pk, done.pk]
    with clock.stopped(clock.now() + timedelta(days=31)):
        listing.forget(sari.workshop)
        listing.forget(sari.workshop)

    assert kept() == []
    assert done.counts() == {"new": 3, "known": 1, "probable": 0, "bad": 1, "change": 0}
    assert Party.objects.count() == 3
    bad = done.rows.get(verdict="bad")
    assert (bad.why, bad.reason) == ({"why": "unreadable"}, "")  # what was typed is nowhere
    last = Entry.objects.about(draft).order_by("-pk")[0]
    assert (last.step, last.by) == ("crm.drop_list", sari.workshop.machine)


def test_verdicts_stay_once_the_import_has_begun(sari: Person) -> None:
    made = imported(sari)
    listing.judge(made)
    assert made.counts() == {"new": 3, "known": 1, "probable": 0, "bad": 1, "change": 0}
