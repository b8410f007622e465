from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Group, PriceRule, Product
from simpul.crm.models import Lead, Quotation, Terms
from simpul.crm.quotation_forms import QuotationForm
from simpul.lib import clock
from simpul.orders.models import LineWish, Order
from simpul.parties.models import AccessLink, Person, Workshop
from simpul.ui.jinja import rupiah

DESK = "/ciomas/desk"


@pytest.fixture
def lead(workshop: Workshop, sari: Person) -> Lead:
    testing.account(workshop)
    return Lead.note(by=sari, source="fair", name="Toko Garut", area="Garut")


@pytest.fixture
def quotation(lead: Lead, sari: Person) -> Quotation:
    return testing.quotation(lead, sari)


def test_what_was_offered_per_kodi_is_offered_so_again_though_it_left_the_catalogue(
    client: Client, lead: Lead, sari: Person, workshop: Workshop
) -> None:
    model = testing.product(workshop)
    rule = PriceRule(product=model, group=Group.WHOLESALE, from_pairs=20, amount=3_600_000, per=20)
    rule.valid_from = clock.today()
    rule.save()
    wish = testing.wish(model, {"40": 40})
    price = model.price_for(Group.WHOLESALE, 40, clock.today())
    wishes = [LineWish(wish.colourway, wish.sizes, price)]
    terms = Terms(valid_until=clock.in_days(7), ready_days=14)
    sent = Quotation.send(by=sari, lead=lead, wishes=wishes, terms=terms)
    Product.objects.update(is_published=False)
    testing.login(client, sari)
    page = f"{DESK}/customers/quotations/{sent.pk}/revision/"

    shown = client.get(page).text

    assert f"{model.code} {model} (Rp/kodi)" in shown
    client.post(
        page,
        {
            "unit": "1",
            f"pairs-{wish.colourway.pk}-40": "40",
            f"price-{model.pk}": "3.600.000",
            "valid_until": str(clock.in_days(9)),
            "ready_days": "14",
            "settle": "4",
        },
    )
    sent.refresh_from_db()
    assert (sent.revision, sent.total) == (2, 7_200_000)


def test_it_is_not_written_to_who_cannot_order(lead: Lead, workshop: Workshop) -> None:
    lead.party.buys_as = ""
    form = QuotationForm({}, lead=lead, products=[])
    assert "Say first what they buy as." in form.errors["__all__"]


def test_sales_writes_it_and_the_prospect_makes_an_order_of_it_by_the_link(
    client: Client, lead: Lead, sari: Person, workshop: Workshop
) -> None:
    model = testing.product(workshop)
    colour = model.colourways.get()
    testing.login(client, sari)
    form = f"{DESK}/leads/{lead.pk}/quotation/"
    typed = {
        "unit": "1",
        f"pairs-{colour.pk}-40": "12",
        f"price-{model.pk}": "185.000",
        "valid_until": str(clock.in_days(7)),
        "ready_days": "20",
        "down_payment": "",
        "settle": "4",
        "note": "Termasuk kotak.",
    }
    assert f"By the list {rupiah(200_000)}" in client.get(form).text
    wrong = client.post(form, {**typed, f"pairs-{colour.pk}-40": ""})
    assert wrong.status_code == 422
    assert "Termasuk kotak." in wrong.text
    assert not Quotation.objects.exists()

    page = client.post(form, typed)["Location"]

    sent = Quotation.objects.get()
    assert sent.total == 2_220_000
    assert sent.revisions.get().down_payment == 666_000
    desk = client.get(page).text
    assert sent.number in desk
    guest = Client()
    token = AccessLink.objects.get().token
    assert token in desk
    seen = guest.get(reverse("access", args=[token]), follow=True)
    assert seen.status_code == 200
    assert "Termasuk kotak." in seen.text
    mine = f"/ciomas/my/quotations/{sent.pk}/"
    answer = {"revision": 1, "receiver": "Asep", "street": "Jl. Ahmad Yani 3", "area": "Garut"}
    assert guest.get(f"{mine}acceptance/").status_code == 200
    assert guest.post(f"{mine}acceptance/", {**answer, "street": ""}).status_code == 422
    assert not Order.objects.exists()

    assert guest.post(f"{mine}acceptance/", answer)["Location"] == mine

    order = Order.objects.get()
    assert (order.status, order.total) == ("confirmed", 2_220_000)
    assert order.address == "Jl. Ahmad Yani 3\nGarut"
    link = AccessLink.objects.get(
        person=lead.person, subject_id=order.pk, subject_type__model="order"
    )
    shown = guest.get(mine).text
    assert reverse("access", args=[link.token]) in shown
    assert order.number in guest.get(reverse("access", args=[link.token]), follow=True).text
    assert client.get(page).status_code == 200


def test_it_is_declined_with_a_word_for_the_workshop(
    client: Client, quotation: Quotation, sari: Person
) -> None:
    guest = Client()
    guest.get(reverse("access", args=[AccessLink.objects.get().token]))

    guest.post(
        f"/ciomas/my/quotations/{quotation.pk}/refusal/", {"reason": "Cari yang lebih murah"}
    )

    quotation.refresh_from_db()
    assert quotation.status == "declined"
    testing.login(client, sari)
    page = f"{DESK}/customers/quotations/{quotation.pk}/"
    assert "Cari yang lebih murah" in client.get(page).text
    assert client.get(f"{page}revision/").status_code == 200


def test_who_has_a_login_finds_it_on_the_first_page(
    client: Client, quotation: Quotation, lead: Lead
) -> None:
    testing.login(client, testing.person("Teh Lilis", lead.party))
    page = f"/ciomas/my/quotations/{quotation.pk}/"
    assert page in client.get("/ciomas/my/").text
    assert client.get(page).status_code == 200

    client.post(f"{page}refusal/", {"reason": ""})

    assert page not in client.get("/ciomas/my/").text


def test_nobody_else_sees_a_price(
    client: Client, quotation: Quotation, dewi: Person, joko: Person
) -> None:
    code = quotation.current.paper.code
    for page in ("", "acceptance/", "refusal/", f"papers/{code}.pdf"):
        testing.login(client, dewi)
        assert client.get(f"/ciomas/my/quotations/{quotation.pk}/{page}").status_code == 404
    testing.login(client, joko)
    assert client.get(f"{DESK}/customers/quotations/{quotation.pk}/").status_code == 404
    guest = Client()
    guest.get(reverse("access", args=[AccessLink.objects.get().token]))
    assert guest.get(f"/ciomas/my/quotations/{quotation.pk}/papers/{code}.pdf").status_code == 200
    assert guest.get("/ciomas/my/orders/").status_code == 302


@testing.counts_questions
def test_the_number_of_queries_is_fixed(
    client: Client,
    quotation: Quotation,
    sari: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    testing.login(client, sari)
    page = f"{DESK}/customers/quotations/{quotation.pk}/"
    client.get(page)
    # session, user, person; quotation, revisions, by, lines, colours' products, prices, variants;
    # papers and what they are of; links, numbers; journal
    with django_assert_num_queries(15):
        client.get(page)
