from __future__ import annotations

from django.test import Client

from simpul import testing
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


def test_an_address_needs_its_parts(client: Client, buyer: Party) -> None:
    answer = client.post("/ciomas/my/addresses/new/", {**ADDRESS, "street": "", "postcode": "16"})

    assert answer.status_code == 422
    assert not Address.objects.exists()


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
