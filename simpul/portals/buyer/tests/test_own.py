from __future__ import annotations

from django.test import Client

from simpul import testing
from simpul.crm.models import Consent, ConsentHow, Territory, consents_of
from simpul.lib.places import Spot
from simpul.lib.regions import Region
from simpul.parties.models import Address, Identity, Party, Person

ADDRESS = {
    "receiver": "Toko Dewi",
    "telephone": "0812 3456 7890",
    "street": "Jl. Mawar 1",
    "area": "Ciomas, Bogor",
    "postcode": "16610",
}


def test_an_address_is_kept_changed_and_removed(client: Client, buyer: Party) -> None:
    client.post("/ciomas/my/addresses/new/", ADDRESS)
    address = Address.objects.get()
    assert (address.party, address.telephone) == (buyer, "+6281234567890")
    assert "Jl. Mawar 1" in client.get("/ciomas/my/addresses/").text

    client.post(f"/ciomas/my/addresses/{address.pk}/", {**ADDRESS, "street": "Jl. Melati 2"})
    address.refresh_from_db()
    assert address.street == "Jl. Melati 2"

    assert client.get(f"/ciomas/my/addresses/{address.pk}/removal/").status_code == 200
    assert Address.objects.exists()
    client.post(f"/ciomas/my/addresses/{address.pk}/removal/", {"key": "x"})
    assert not Address.objects.exists()


def test_an_order_keeps_the_address_it_was_placed_with(client: Client, buyer: Party) -> None:
    client.post("/ciomas/my/addresses/new/", ADDRESS)
    order = testing.order(buyer)
    before = order.address

    client.post(f"/ciomas/my/addresses/{Address.objects.get().pk}/removal/", {"key": "x"})

    order.refresh_from_db()
    assert order.address == before


def test_a_link_of_a_map_says_where_an_address_is(client: Client, buyer: Party) -> None:
    link = "https://www.google.com/maps/@-6.600123,106.750456,17z"
    client.post("/ciomas/my/addresses/new/", {**ADDRESS, "spot": link})
    address = Address.objects.get()
    page = f"/ciomas/my/addresses/{address.pk}/"
    assert address.spot == Spot(-6_600_123, 106_750_456)
    assert 'value="-6.600123, 106.750456"' in client.get(page).text

    refused = client.post(page, {**ADDRESS, "spot": "52.5, 13.4"})
    assert refused.status_code == 422
    assert "not in Indonesia" in refused.text
    assert 'value="52.5, 13.4"' in refused.text
    address.refresh_from_db()
    assert address.spot == Spot(-6_600_123, 106_750_456)

    client.post(page, ADDRESS)
    address.refresh_from_db()
    assert address.spot is None


def test_an_address_needs_its_parts(client: Client, buyer: Party) -> None:
    answer = client.post("/ciomas/my/addresses/new/", {**ADDRESS, "street": "", "postcode": "16"})

    assert answer.status_code == 422
    assert not Address.objects.exists()


def test_a_number_that_something_was_agreed_for_is_changed_given_up_and_taken_again(
    client: Client, dewi: Person
) -> None:
    data = {"name": "Dewi", "language": "en"}
    client.post("/ciomas/my/profile/", {**data, "telephone": "0812-3456-7890"})
    number = dewi.identities.get()
    Consent.give(by=dewi, identity=number, purpose="news", how=ConsentHow.PORTAL, words="x")

    answer = client.post("/ciomas/my/profile/", {**data, "telephone": "0812-3456-7891"})
    assert answer.status_code == 302
    number.refresh_from_db()
    assert number.value == "+6281234567891"
    assert consents_of([number]) == set()

    assert client.post("/ciomas/my/profile/", {**data, "telephone": ""}).status_code == 302
    number.refresh_from_db()
    assert number.opted_out_at is not None
    assert "0812-3456-7891" not in client.get("/ciomas/my/profile/").text

    client.post("/ciomas/my/profile/", {**data, "telephone": "0812-3456-7891"})
    assert dewi.identities.get().opted_out_at is None


def test_the_profile_is_changed(client: Client, dewi: Person) -> None:
    data = {"name": "Dewi Lestari", "language": "en", "telephone": "0812-3456-7890"}

    assert client.post("/ciomas/my/profile/", data).status_code == 302

    dewi.refresh_from_db()
    assert (dewi.name, dewi.language) == ("Dewi Lestari", "en")
    assert dewi.identities.get().value == "+6281234567890"
    assert "0812-3456-7890" in client.get("/ciomas/my/profile/").text


def test_another_number_takes_the_place_of_the_first(client: Client, dewi: Person) -> None:
    for telephone in ("0812-3456-7890", "0813-1111-2222"):
        client.post(
            "/ciomas/my/profile/", {"name": "Dewi", "language": "id", "telephone": telephone}
        )

    assert [one.value for one in dewi.identities.all()] == ["+6281311112222"]


def test_a_number_of_somebody_else_is_refused_without_a_name(
    client: Client, dewi: Person, siti: Person
) -> None:
    Identity.objects.create(
        workshop=siti.workshop, person=siti, kind=Identity.Kind.PHONE, value="+6281234567890"
    )

    answer = client.post(
        "/ciomas/my/profile/",
        {"name": "Dewi", "language": "id", "telephone": "081234567890"},
    )

    assert answer.status_code == 422
    assert "Siti" not in answer.text
    assert not dewi.identities.exists()


def test_a_distributor_asks_for_a_further_area_once(client: Client, dewi: Person) -> None:
    here = "/ciomas/my/profile/areas/new/"
    assert here in client.get("/ciomas/my/profile/").text
    assert client.post(here, {"regency": "Kota Bogor"}).status_code == 422
    wanted = {"regency": "kota bogor", "province": "Jawa Barat"}
    assert client.post(here, wanted)["Location"] == "/ciomas/my/profile/"
    asked = Territory.objects.get()
    assert (asked.party, asked.status, asked.region) == (
        dewi.party, "asked", Region("Kota Bogor", "Jawa Barat"),
    )  # fmt: skip
    assert "Kota Bogor" in client.get("/ciomas/my/profile/").text

    assert client.post(here, wanted).status_code == 409
    assert Territory.objects.count() == 1


def test_who_is_no_distributor_asks_for_no_area(client: Client, dewi: Person) -> None:
    assert dewi.party is not None
    dewi.party.buys_as = dewi.party.BuysAs.CONSUMER
    dewi.party.save()
    assert client.post("/ciomas/my/profile/areas/new/", {"province": "Bali"}).status_code == 403
    assert "areas/new/" not in client.get("/ciomas/my/profile/").text
    assert not Territory.objects.exists()
