from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm import listing
from simpul.crm.models import ListImport, ListRow
from simpul.parties.models import Party, Person
from simpul.portals.workshop.tests.test_gateways import freshly

LISTS = "/ciomas/desk/parties/lists/"
LIST = "Nama,HP,Kota\nToko Melati,0812-1111-2222,Bogor\nToko Rusak,12,\n"


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


def hand_in(client: Client, content: str = LIST, name: str = "daftar.csv") -> Any:
    file = SimpleUploadedFile(name, content.encode())
    return client.post(LISTS, {"file": file, "of": "distributor"})


def test_a_list_is_looked_at_imported_and_undone(client: Client) -> None:
    assert "None yet." in client.get(LISTS).text
    answer = hand_in(client)
    made = ListImport.objects.get()
    page = f"{LISTS}{made.pk}/"
    assert answer["Location"] == page

    text = client.get(page).text
    assert "Import what is new (1)" in text
    assert "This is not a whole telephone number" in text
    bad = client.get(f"{page}?verdict=bad").text.split("<tbody>")[-1]
    assert "Toko Rusak" in bad
    assert "Toko Melati" not in bad
    assert Party.objects.count() == 0

    assert client.post(f"{page}beginning/")["Location"] == page
    assert "The list is being imported." in client.get(page).text
    assert "0 / 1" in client.get(f"{page}progress/").text
    listing.run(ListImport.objects.get())
    party = Party.objects.get()
    text = client.get(page).text
    assert f'href="/ciomas/desk/parties/{party.pk}/"' in text
    assert '<dialog class="dialog" aria-label="Undo the import?">' in text

    client.post(f"{page}undoing/")
    assert Party.objects.count() == 0
    assert "undone</span>" in client.get(page).text


def test_what_a_column_means_is_said_and_seen_at_once(client: Client) -> None:
    hand_in(client, "Apa,Siapa\n0812-1111-2222,Toko Melati\n")
    made = ListImport.objects.get()
    page = f"{LISTS}{made.pk}/"
    assert "No name stands here." in client.get(page).text

    wrong = client.post(page, {"column-0": "telephone", "column-1": "nothing"})
    assert wrong.status_code == 422
    client.post(page, {"column-0": "telephone", "column-1": "name"})

    assert "Import what is new (1)" in client.get(page).text


def test_a_list_that_is_not_wanted_is_dropped(client: Client) -> None:
    hand_in(client)
    page = f"{LISTS}{ListImport.objects.get().pk}/"
    assert "Drop this list" in client.get(page).text

    assert client.post(f"{page}dropping/")["Location"] == LISTS

    assert "What stood in the list is deleted." in client.get(LISTS).text
    assert not ListRow.objects.exists()
    text = client.get(page).text
    assert "Toko Melati" not in text
    assert "Nothing is left of this list" in text
    assert client.post(f"{page}beginning/").status_code == 409


def test_a_list_never_stands_there_without_its_verdicts(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_made: ListImport) -> None:
        raise MemoryError

    hand_in(client)
    made = ListImport.objects.get()
    monkeypatch.setattr(listing, "judge", die)
    meant = {"column-0": "name", "column-1": "", "column-2": ""}
    with pytest.raises(MemoryError):
        hand_in(client)
    with pytest.raises(MemoryError):
        client.post(f"{LISTS}{made.pk}/", meant)

    assert ListImport.objects.get().mapping == ["name", "telephone", "area"]


@pytest.mark.parametrize(
    ("content", "why"),
    [("Nama\n", "No rows stand below"), ("<html>", "Only CSV, XLSX and vCard")],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(
    client: Client, content: str, why: str
) -> None:
    answer = hand_in(client, content)
    assert answer.status_code == 422
    assert why in answer.text
    assert not ListImport.objects.exists()


def test_the_rows_are_downloaded_corrected_and_handed_in_again(
    client: Client, sari: Person
) -> None:
    freshly(client, sari)
    hand_in(client)
    page = f"{LISTS}{ListImport.objects.get().pk}/"

    text = client.get(f"{page}?verdict=bad&as=csv").text
    assert text.splitlines()[1].startswith("Toko Rusak,,12,")
    hand_in(client, text.replace(",12,", ",0812-3333-4444,"))

    again = ListImport.objects.order_by("pk")[1]
    assert [row.verdict for row in again.rows.all()] == ["new"]


@testing.counts_questions
def test_the_number_of_queries_is_fixed(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = "".join(f"Toko {n},0812-1111-{n:04}\n" for n in range(60))
    hand_in(client, "Nama,HP\nToko A,0812-2222-3333\n")
    hand_in(client, "Nama,HP\n" + rows)
    for made in ListImport.objects.order_by("pk"):
        client.get(f"{LISTS}{made.pk}/")
        with django_assert_num_queries(11):
            client.get(f"{LISTS}{made.pk}/")


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_catalogue_is_downloaded_corrected_and_handed_in_again(
    client: Client, sari: Person, language: str, form: str
) -> None:
    Person.objects.filter(pk=sari.pk).update(language=language)
    derby = testing.product(sari.workshop, "DRB-01", name="Derby Jaya", name_en="Derby")
    testing.colourway(derby, "Merah", sizes=("38", "39", "41"))
    kodi = derby.prices.get(group="wholesale")
    kodi.amount, kodi.per = 3_700_000, 20
    kodi.save()
    testing.product(sari.workshop, "LOF-01", is_published=False).prices.all().delete()
    content = client.get(f"/ciomas/desk/catalogue/?as={form}").content

    def again(changed: bytes) -> ListImport:
        file = SimpleUploadedFile(f"products.{form}", changed)
        answer = client.post(LISTS, {"file": file, "of": "product"})
        return ListImport.objects.get(pk=int(answer["Location"].split("/")[-2]))

    same = again(content)
    assert "" not in same.mapping
    assert same.counts() == {"new": 0, "change": 0, "known": 3, "probable": 0, "bad": 0}
    if form == "csv":
        made = again(content.replace(b"300000", b"Rp 325.000"))
        assert made.counts()["change"] == 1  # the second colour says the same of its model
        page = f"{LISTS}{made.pk}/"
        client.post(f"{page}beginning/")
        listing.run(ListImport.objects.get(pk=made.pk))
        retail = derby.prices.filter(group="retail").order_by("pk")
        assert [price.amount for price in retail] == [300_000, 325_000]
        assert 'href="/ciomas/desk/catalogue/drb-01/"' in client.get(page).text
        client.post(f"{page}undoing/")
        assert derby.prices.get(group="retail").amount == 300_000


def test_who_keeps_only_parties_is_not_offered_models(client: Client, sari: Person) -> None:
    assert 'value="product"' in client.get(LISTS).text
    hand_in(client)
    Person.objects.filter(pk=sari.pk).update(role="stock")
    ListImport.objects.update(of="product")

    assert 'value="product"' not in client.get(LISTS).text
    assert client.get(f"{LISTS}{ListImport.objects.get().pk}/").status_code == 404
