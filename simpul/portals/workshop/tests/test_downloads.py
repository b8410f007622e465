"""Every list of the desk goes into a spreadsheet as it is filtered."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from openpyxl import load_workbook

from simpul import testing
from simpul.conversations.notices import audience_of
from simpul.parties.models import Identity, Party, Person
from simpul.portals.jinja import sentence
from simpul.portals.workshop.tests.test_gateways import freshly
from simpul.procurement.models import SupplierPrice
from simpul.tests.world import World
from simpul.workflow.models import journal_of

LISTS = (
    *("orders/", "parties/", "purchases/orders/", "deliveries/", "stock/", "production/jobs/"),
    *("catalogue/", "purchases/materials/", "payments/?tab=receipts", "payments/?tab=due"),
    *("payments/?tab=entries", "payments/?tab=refunds", "payments/receivables/"),
    *("payments/suppliers/?shown=all", "payments/cashbook/"),
    *("customers/campaigns/", "customers/ratings/", "customers/wishes/?status="),
    *("leads/list/", "tickets/?status=", "customers/dealers/", "guestbook/?status="),
    *("customers/bulletins/", "customers/visits/plan/", "customers/answers/"),
    *("customers/duplicates/", "customers/mergings/", "customers/segments/", "parties/lists/"),
    *("customers/vouchers/", "customers/referrals/", "customers/points/", "customers/areas/"),
    *("payments/out/", "payments/out/?tab=explained", "payments/payers/", "payments/couriers/"),
    *("payments/gateways/?tab=notices", "payments/cashbook/closings/", "production/"),
    *("production/plan/",),
    *("production/wages/", "production/wages/?list=sheets", "purchases/inquiries/"),
    *("purchases/prices/", "purchases/", "payments/?tab=claims", "conversations/"),
    *("books/accounts/1120/?period=year", "payments/gateways/?tab=payments"),
)
PAGES = Path(__file__).parent.parent / "jinja2" / "workshop"
NO_LISTS = {  # pages that lead on to more of the same, and what they are instead
    "customers/bulletins/showcase.html": "pictures",
    "customers/campaigns/texts.html": "texts that somebody sends by hand",
    "messages.html": "texts that somebody sends by hand",
    "payments/inbox.html": "letters as they came",
    "sentra/room.html": "what is said in a room that workshops share",
    "sentra/thread.html": "what is said in a room that workshops share",
    "stock/counting.html": "a sheet to be filled in; what lies there is a list of its own",
}


def rows_of(client: Client, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.text)))


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_every_list_is_taken_along(world: World) -> None:
    """The page offers it, and the file holds what the page shows."""
    client = world.clients["owner"]
    freshly(client, Person.objects.get(user__pk=client.session["_auth_user_id"]))
    for path in LISTS:
        mark = "&" if "?" in path else "?"

        page = client.get(f"/ciomas/desk/{path}").text
        rows = rows_of(client, f"/ciomas/desk/{path}{mark}as=csv")
        answer = client.get(f"/ciomas/desk/{path}{mark}as=xlsx")
        book = load_workbook(io.BytesIO(answer.content), read_only=True)

        assert "as=xlsx" in page, path
        assert len(rows) > 1, path
        assert {len(row) for row in rows} == {len(rows[0])}, path
        assert len(list(book["Simpul"].iter_rows())) == len(rows), path


def test_whatever_has_pages_of_rows_is_taken_along() -> None:
    """Whoever adds a list of the desk offers it as a file, or says what it is instead."""
    pages = {
        str(page.relative_to(PAGES)): page.read_text()
        for page in PAGES.rglob("*.html")
        if "ui.pagination(" in page.read_text()
    }

    assert len(pages) > 50
    assert {name for name, text in pages.items() if "ui.downloads(" not in text} == set(NO_LISTS)


def test_what_is_of_one_is_taken_along_too(world: World) -> None:
    client = world.clients["owner"]
    freshly(client, Person.objects.get(user__pk=client.session["_auth_user_id"]))
    dewi, budi = world.party("dewi").pk, world.party("budi").pk
    item, material = world.things["item"]["pk"], SupplierPrice.objects.order_by("pk")[0].material_id
    for path in (
        f"parties/{dewi}/account/",
        f"customers/points/buyers/{dewi}/",
        f"payments/suppliers/{budi}/?list=bills",
        f"stock/{item}/",
        f"purchases/prices/{material}/",
    ):
        mark = "&" if "?" in path else "?"
        page = client.get(f"/ciomas/desk/{path}").text
        rows = rows_of(client, f"/ciomas/desk/{path}{mark}as=csv")
        assert "as=xlsx" in page, path
        assert len(rows) > 1, path
        assert {len(row) for row in rows} == {len(rows[0])}, path


def test_a_list_of_parties_says_who_they_are(client: Client, dewi: Person, owner: Person) -> None:
    testing.party(owner.workshop, "=1+1", buys_as=Party.BuysAs.CONSUMER)
    freshly(client, owner)

    heading, *rows = rows_of(client, "/ciomas/desk/parties/?as=csv&kind=buyers")
    assert heading[:3] == ["Name", "Kind", "Town or area"]
    assert [row[0] for row in rows] == ["'=1+1", "Toko Dewi"]
    assert rows[1][4] == "Dewi"

    answer = client.get("/ciomas/desk/parties/?as=xlsx&q=Dewi")
    [_heading, row] = load_workbook(io.BytesIO(answer.content))["Simpul"].iter_rows()
    assert (row[0].value, type(row[3].value)) == ("Toko Dewi", datetime)


def test_who_carries_numbers_away_stands_in_the_journal(
    client: Client, dewi: Person, siti: Person, owner: Person, sari: Person
) -> None:
    freshly(client, sari)
    for path in ("orders/?as=csv", "parties/", "parties/?as=xlsx&kind=buyers"):
        client.get(f"/ciomas/desk/{path}")

    entry = journal_of(owner.workshop).get()
    assert (entry.by, entry.facts) == (sari, {"name": "parties", "rows": 2})
    assert audience_of(entry) == [owner]
    assert sentence(entry).endswith("rows: 2.")


def test_numbers_are_carried_away_only_by_who_keeps_them_and_has_just_proved_it(
    client: Client, dewi: Person, sari: Person, fajar: Person
) -> None:
    list_of_parties = "/ciomas/desk/parties/"
    testing.login(client, sari)
    assert "as=csv" in client.get(list_of_parties).text
    answer = client.get(f"{list_of_parties}?as=csv")  # a password, but typed long ago
    assert "Toko Dewi" not in answer.text
    assert answer.status_code in (302, 403)
    freshly(client, fajar)
    assert "as=csv" not in client.get(list_of_parties).text
    assert client.get(f"{list_of_parties}?as=csv").status_code == 403
    assert not journal_of(sari.workshop).exists()

    freshly(client, sari)
    assert "Toko Dewi" in client.get(f"{list_of_parties}?as=csv").text


def test_prices_stay_with_those_who_see_them(world: World) -> None:
    for name, sees in (("owner", True), ("udin", False)):
        client = world.clients[name]
        assert ("Total" in rows_of(client, "/ciomas/desk/purchases/orders/?as=csv")[0]) is sees
        materials = rows_of(client, "/ciomas/desk/purchases/materials/?as=csv")
        assert ("Usual price" in materials[0]) is sees


def test_an_unknown_form_is_the_page(client: Client, owner: Person) -> None:
    testing.login(client, owner)

    assert "<html" in client.get("/ciomas/desk/orders/?as=exe").text


@pytest.mark.parametrize("path", ["leads/list/", "tickets/", "customers/ratings/"])
def test_a_list_with_names_is_carried_away_by_who_keeps_the_parties(
    client: Client, fajar: Person, path: str
) -> None:
    freshly(client, fajar)

    assert "as=csv" not in client.get(f"/ciomas/desk/{path}").text
    assert client.get(f"/ciomas/desk/{path}?as=csv").status_code == 403


def test_what_somebody_agreed_to_is_taken_along_with_its_proof(
    client: Client, dewi: Person, owner: Person
) -> None:
    address = Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="mail", value="dewi@toko.example"
    )
    freshly(client, owner)
    page = f"/ciomas/desk/customers/consents/{dewi.party_id}/"
    client.post(page, {f"news-{address.pk}": "on", "note": "telepon"})

    _headings, row = rows_of(client, f"{page}?as=csv")
    assert row[1:4] == ["dewi@toko.example", "new models and news", "yes"]
    assert row[5:] == [owner.name, "said to us"]
