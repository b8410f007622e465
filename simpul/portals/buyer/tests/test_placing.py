from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Product
from simpul.orders.models import Order
from simpul.parties.models import Party, Person

NEW = "/ciomas/my/orders/new/"
TO = {"place": "new", "receiver": "Dewi", "street": "Jl. Raya Ciomas 7", "area": "Ciomas"}


@pytest.fixture
def model(buyer: Party) -> Product:
    model = testing.product(buyer.workshop, "DRB-01", name="Derby")
    testing.size_run(model)
    return model


def cell(model: Product, size: str) -> str:
    return f"pairs-{model.colourways.order_by('pk')[0].pk}-{size}"


def test_first_models_then_sizes(client: Client, model: Product) -> None:
    testing.product(model.workshop, "SDL-01", name="Sandal", is_published=False)

    models = client.get(NEW)
    sizes = client.get(f"{NEW}?product=drb-01&product=sdl-01&product=nothing")

    assert "Derby" in models.text
    assert "Sandal" not in models.text
    assert cell(model, "40") in sizes.text
    assert "Sandal" not in sizes.text


def test_it_is_placed(client: Client, model: Product, dewi: Person) -> None:
    data = {"product": "drb-01", cell(model, "40"): "2", "unit": "12", **TO}

    answer = client.post(NEW, data)

    order = Order.objects.get()
    assert answer["Location"] == f"/ciomas/my/orders/{order.number}/"
    assert (order.total, order.journal.get().by) == (24 * 200_000, dewi)


def test_what_was_typed_stays_with_what_is_wrong(client: Client, model: Product) -> None:
    data = {"product": "drb-01", cell(model, "40"): "dua", cell(model, "41"): "6", **TO}

    answer = client.post(NEW, data)

    assert answer.status_code == 422
    assert 'value="dua"' in answer.text
    assert "Derby, Hitam" in answer.text
    assert not Order.objects.exists()


def test_another_model_is_added_and_nothing_typed_is_lost(client: Client, model: Product) -> None:
    sandal = testing.product(model.workshop, "SDL-01", name="Sandal")
    data = {"product": ["drb-01", "sdl-01"], cell(model, "41"): "17", "add": "models", **TO}

    answer = client.post(NEW, data)

    assert answer.status_code == 200
    assert cell(sandal, "40") in answer.text
    assert 'value="17"' in answer.text
    assert "Jl. Raya Ciomas 7" in answer.text
    assert not Order.objects.exists()


def test_the_same_form_twice_is_one_order(client: Client, model: Product) -> None:
    data = {"product": "drb-01", cell(model, "40"): "2", "key": "one-form", **TO}

    first, second = client.post(NEW, data), client.post(NEW, data)

    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_order_again_fills_the_grid(client: Client, buyer: Party, model: Product) -> None:
    older = testing.order(buyer, model, sizes={"42": 37})

    answer = client.get(f"{NEW}?again={older.number}")

    assert 'value="37"' in answer.text


@testing.counts_questions
@pytest.mark.parametrize("models", [1, 12])
def test_the_pages_cost_the_same_for_any_number_of_models(
    client: Client, buyer: Party, models: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [testing.product(buyer.workshop) for _model in range(models)]
    slugs = "&".join(f"product={model.slug}" for model in made)

    # session, user, person with workshop and party;
    # models with categories; colourways, variants, prices, size runs
    with django_assert_num_queries(8):
        client.get(NEW)
    # the same; addresses; other models
    with django_assert_num_queries(10):
        client.get(f"{NEW}?{slugs}")


def test_in_ones_own_name_if_it_was_allowed(
    client: Client, model: Product, buyer: Party, dewi: Person
) -> None:
    data = {"product": "drb-01", cell(model, "40"): "12", "in_buyers_name": "on", **TO}
    assert "Send it in my name" not in client.get(f"{NEW}?product=drb-01").text
    client.post(NEW, data)
    assert not Order.objects.get().in_buyers_name
    Party.objects.filter(pk=buyer.pk).update(sends_in_own_name=True)

    assert "Send it in my name" in client.get(f"{NEW}?product=drb-01").text
    client.post(NEW, data)

    order = Order.objects.order_by("-pk")[0]
    assert order.in_buyers_name
    assert "Sent in your name." in client.get(f"/ciomas/my/orders/{order.number}/").text
