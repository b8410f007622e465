from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Material
from simpul.lib import clock
from simpul.orders.models import OrderNeed
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement import planning
from simpul.procurement.models import (
    GoodsReceipt,
    LineTerms,
    PurchaseOrder,
    Status,
    SupplierPrice,
)

DESK = "/ciomas/desk/purchases/"
RUPIAH = "Rp\N{NO-BREAK SPACE}"


@pytest.fixture
def desk(client: Client, rina: Person) -> Client:
    testing.login(client, rina)
    return client


@pytest.fixture
def purchase(supplier: Party) -> PurchaseOrder:
    return testing.sent_purchase(supplier)


def counter(purchase: PurchaseOrder, quantity: int = 30_000) -> None:
    """The supplier has less of the leather, and later."""
    terms = [
        LineTerms(line, min(line.quantity, quantity), 42_000, clock.in_days(10))
        for line in purchase.lines.all()
    ]
    by = testing.contact_of(purchase.supplier)
    purchase.counter(by=by, revision=purchase.revision, terms=terms, note="Sedang hujan")


def typed(purchase: PurchaseOrder, **others: Any) -> dict[str, Any]:
    """What a form of the lines sends when nothing is changed but `others`."""
    fields: dict[str, Any] = {}
    for line in purchase.lines.all():
        fields |= {
            f"quantity_{line.pk}": str(line.quantity // 1000),
            f"price_{line.pk}": str(line.price),
            f"on_{line.pk}": line.wished_on.isoformat(),
        }
    return fields | others


def fresh(purchase: PurchaseOrder) -> PurchaseOrder:
    return PurchaseOrder.objects.get(pk=purchase.pk)


# what is needed


def test_what_is_needed_stands_there_with_its_orders(desk: Client, buyer: Party) -> None:
    order = testing.needy_order(buyer)

    page = desk.get(DESK).content.decode()

    assert "32 sq ft" in page
    assert order.number in page


def test_one_button_sets_aside_and_drafts(
    desk: Client, buyer: Party, supplier: Party, workshop: Workshop
) -> None:
    testing.needy_order(buyer)
    for row in planning.wanted(workshop):
        testing.supplier_price(supplier, row.material)
    testing.stock_up(planning.wanted(workshop)[0].material, 10_000)

    answer = desk.post(f"{DESK}plan/", {"key": "a"})
    desk.post(f"{DESK}plan/", {"key": "a"})

    assert answer.status_code == 302
    assert PurchaseOrder.objects.get().lines.get(material__code="LEATHER").quantity == 22_000
    assert OrderNeed.objects.get(material__code="LEATHER").ready == 10_000


def test_what_an_ended_order_holds_is_taken_back_before_anything_is_bought(
    desk: Client, buyer: Party, supplier: Party, owner: Person
) -> None:
    """What is proposed is what is done."""
    ended = testing.needy_order(buyer)
    testing.fetch_material(ended)
    for need in OrderNeed.objects.select_related("material"):
        testing.supplier_price(supplier, need.material)
    waiting = testing.confirmed_order(buyer, ended.lines.get().colourway.product)
    testing.pay(waiting, waiting.instalments.order_by("position")[0].amount)
    ended.cancel(by=owner, reason="Toko tutup")

    page = desk.get(DESK).text

    assert f"Take back what is kept for {ended.number}" in page
    assert f"Set aside what the store has for {waiting.number}" in page
    assert "Draft a purchase order" not in page
    desk.post(f"{DESK}plan/", {"key": "a"})
    assert not PurchaseOrder.objects.exists()
    assert "Take back" not in desk.get(DESK).text


def test_who_does_not_buy_may_not_plan(client: Client, sari: Person, buyer: Party) -> None:
    testing.needy_order(buyer)
    testing.login(client, sari)

    assert client.get(DESK).status_code == 200
    assert client.post(f"{DESK}plan/").status_code == 403
    assert not PurchaseOrder.objects.exists()


def test_what_is_paid_to_suppliers_is_for_those_who_buy(
    client: Client, desk: Client, purchase: PurchaseOrder, sari: Person
) -> None:
    """Everybody sees what is bought and when it comes; the prices only who buys."""
    counter(purchase)
    pages = [DESK, f"{DESK}orders/", f"{DESK}{purchase.pk}/"]
    shown = [desk.get(page).text for page in pages]
    assert all(RUPIAH in page for page in shown)
    assert all(f"{DESK}prices/" in page for page in shown[:2])

    testing.login(client, sari)

    hidden = [client.get(page).text for page in pages]
    assert not [page for page in hidden if RUPIAH in page or f"{DESK}prices/" in page]
    assert all(purchase.number in page for page in hidden)
    assert client.get(f"{DESK}prices/").status_code == 403
    assert not SupplierPrice.objects.visible_to(sari).exists()


@pytest.mark.parametrize("orders", [1, 12])
def test_the_needs_cost_the_same_for_any_number_of_orders(
    desk: Client,
    buyer: Party,
    supplier: Party,
    workshop: Workshop,
    orders: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _one in range(orders):
        order = testing.needy_order(buyer)
        testing.alternative(order.lines.get().needs.get(size="").recipe_line, "SUEDE")
    for row in planning.wanted(workshop):
        testing.supplier_price(supplier, row.material)

    # session, user, person; ended ones; needs, instalments, sizes, free, on order, twice; offers;
    # sold; purchases; what comes for orders; lines of recipes, what may be taken instead, its materials
    with django_assert_max_num_queries(25):
        assert desk.get(DESK).status_code == 200


# purchase orders


def test_the_list_finds_by_number_supplier_and_material(
    desk: Client, purchase: PurchaseOrder
) -> None:
    for words in (purchase.number, "kulit", "LEATHER", purchase.code.lower()):
        assert purchase.number in desk.get(f"{DESK}orders/", {"q": words}).content.decode()
    assert "Kulit Jaya" not in desk.get(f"{DESK}orders/", {"q": "zzz"}).content.decode()
    assert "Kulit Jaya" not in desk.get(f"{DESK}orders/", {"status": "closed"}).content.decode()


@testing.counts_questions
@pytest.mark.parametrize("purchases", [1, 10])
def test_the_list_costs_the_same_for_any_length(
    desk: Client,
    supplier: Party,
    purchases: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _one in range(purchases):
        testing.sent_purchase(
            supplier, testing.needy_order(testing.party(supplier.workshop, "Toko"))
        )

    # session, user, person; purchases by state, late ones, how many, the page
    with django_assert_num_queries(7):
        assert desk.get(f"{DESK}orders/").status_code == 200


@testing.counts_questions
@pytest.mark.parametrize("orders", [1, 10])
def test_the_page_costs_the_same_for_any_purchase(
    desk: Client,
    buyer: Party,
    supplier: Party,
    rina: Person,
    orders: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = [testing.needy_order(buyer) for _one in range(orders)]
    purchase = testing.confirmed_purchase(supplier, made[0])
    leather = purchase.lines.get(material__code="LEATHER")
    for _part in range(orders):
        purchase.receive(by=rina, goods={leather: (1_000, 0)})

    # session, user, person; purchase, lines, revisions, their lines and people;
    # receipts, their lines; orders; links; what is for no order, reorder points; messages; journal;
    # whether the plan is still what it was (2); the number at WhatsApp
    desk.get(f"{DESK}{purchase.pk}/")
    with django_assert_num_queries(22):
        assert desk.get(f"{DESK}{purchase.pk}/").status_code == 200


def test_another_workshop_finds_nothing(
    client: Client, purchase: PurchaseOrder, joko: Person
) -> None:
    testing.login(client, joko)
    line = purchase.lines.all()[0]

    for page in (
        "",
        "lines/",
        "sending/",
        "agreement/",
        "repetition/",
        "receipt/",
        "cancellation/",
        "message/",
        f"lines/{line.pk}/delay/",
        f"lines/{line.pk}/shortfall/",
    ):
        path = f"/cibaduyut/desk/purchases/{purchase.pk}/{page}"
        assert client.post(path, {"reason": "x"}).status_code in (404, 405)
        assert client.get(path).status_code in (404, 405)
        assert client.get(path.replace("cibaduyut", "ciomas")).status_code in (404, 405)
    assert fresh(purchase).status == Status.SENT


def test_a_draft_is_changed_and_sent(desk: Client, supplier: Party) -> None:
    draft = testing.draft_purchase(supplier)
    leather = draft.lines.get(material__code="LEATHER")

    answer = desk.post(
        f"{DESK}{draft.pk}/lines/",
        typed(draft, **{f"quantity_{leather.pk}": "32,5", f"price_{leather.pk}": "Rp 41.000"}),
    )
    assert answer.status_code == 302
    leather.refresh_from_db()
    assert (leather.quantity, leather.price) == (32_500, 41_000)

    assert desk.get(f"{DESK}{draft.pk}/sending/").status_code == 200
    desk.post(f"{DESK}{draft.pk}/sending/", {"note": "Terima kasih"})
    assert fresh(draft).status == Status.SENT
    assert draft.number in desk.get(f"{DESK}{draft.pk}/").content.decode()


def test_what_was_typed_wrongly_is_kept(desk: Client, supplier: Party) -> None:
    draft = testing.draft_purchase(supplier)
    leather = draft.lines.get(material__code="LEATHER")

    answer = desk.post(
        f"{DESK}{draft.pk}/lines/", typed(draft, **{f"quantity_{leather.pk}": "banyak"})
    )

    assert answer.status_code == 422
    assert "banyak" in answer.content.decode()


def test_a_page_of_a_step_that_cannot_be_done_says_so(
    desk: Client, purchase: PurchaseOrder
) -> None:
    assert desk.get(f"{DESK}{purchase.pk}/sending/").status_code == 409
    assert desk.get(f"{DESK}{purchase.pk}/repetition/").status_code == 409


def test_the_answer_is_shown_with_its_effect_and_agreed_to(
    desk: Client, purchase: PurchaseOrder
) -> None:
    counter(purchase)

    page = desk.get(f"{DESK}{purchase.pk}/").content.decode()
    assert "Sedang hujan" in page
    assert purchase.orders()[0].number in page

    desk.post(f"{DESK}{purchase.pk}/agreement/", {"revision": "1"})
    assert fresh(purchase).status == Status.COUNTERED
    desk.post(f"{DESK}{purchase.pk}/agreement/", {"revision": "2"})
    assert fresh(purchase).status == Status.CONFIRMED


def test_it_is_asked_again(desk: Client, purchase: PurchaseOrder) -> None:
    counter(purchase)
    assert desk.get(f"{DESK}{purchase.pk}/repetition/").status_code == 200

    assert desk.post(f"{DESK}{purchase.pk}/repetition/", typed(purchase)).status_code == 422
    desk.post(f"{DESK}{purchase.pk}/repetition/", typed(purchase, note="Tolong"))

    assert (fresh(purchase).status, fresh(purchase).revision) == (Status.SENT, 3)


def test_goods_are_counted_in_parts(desk: Client, supplier: Party) -> None:
    purchase = testing.confirmed_purchase(supplier)
    leather = purchase.lines.get(material__code="LEATHER")
    receipt = f"{DESK}{purchase.pk}/receipt/"

    assert desk.post(receipt, {"key": "a"}).status_code == 422
    refused = desk.post(receipt, {f"good_{leather.pk}": "abc"}).text
    assert f'#id_good_{leather.pk}">{leather} ·' in refused
    desk.post(receipt, {f"good_{leather.pk}": "20", f"rejected_{leather.pk}": "1,5"})

    leather.refresh_from_db()
    assert (leather.received, leather.rejected) == (20_000, 1_500)
    assert 'value="12"' in desk.get(f"{receipt}?all").content.decode()
    assert GoodsReceipt.objects.get().number in desk.get(f"{DESK}{purchase.pk}/").content.decode()


def test_a_count_of_too_much_stays_as_it_was_typed(desk: Client, supplier: Party) -> None:
    purchase = testing.confirmed_purchase(supplier)
    leather = purchase.lines.get(material__code="LEATHER")

    answer = desk.post(f"{DESK}{purchase.pk}/receipt/", {f"good_{leather.pk}": "60"})

    assert answer.status_code == 422
    assert "More of Bahan LEATHER than was ordered: count it again." in answer.text
    assert f'name="good_{leather.pk}" value="60"' in answer.text
    assert not GoodsReceipt.objects.exists()


def test_a_line_comes_later_or_not_at_all(desk: Client, supplier: Party) -> None:
    purchase = testing.confirmed_purchase(supplier)
    leather = purchase.lines.get(material__code="LEATHER")
    line = f"{DESK}{purchase.pk}/lines/{leather.pk}"

    assert desk.get(f"{line}/delay/").status_code == 200
    desk.post(f"{line}/delay/", {"day": clock.in_days(12).isoformat()})
    leather.refresh_from_db()
    assert leather.expected_on == clock.in_days(12)

    assert desk.get(f"{line}/shortfall/").status_code == 200
    desk.post(f"{line}/shortfall/", {"reason": "Habis"})
    leather.refresh_from_db()
    assert leather.is_closed_short


def test_it_is_taken_back(desk: Client, purchase: PurchaseOrder) -> None:
    assert desk.get(f"{DESK}{purchase.pk}/cancellation/").status_code == 200
    desk.post(f"{DESK}{purchase.pk}/cancellation/", {"reason": "Salah pesan"})

    assert fresh(purchase).status == Status.CANCELLED


def test_both_sides_talk_about_it(desk: Client, purchase: PurchaseOrder) -> None:
    desk.post(f"{DESK}{purchase.pk}/message/", {"body": "Kapan bisa?"})

    assert "Kapan bisa?" in desk.get(f"{DESK}{purchase.pk}/").content.decode()


# who sells what


def test_a_price_is_noted(desk: Client, supplier: Party, workshop: Workshop) -> None:
    leather = testing.material(workshop, "LEATHER")
    fields = {
        "supplier": supplier.pk,
        "material": leather.pk,
        "price": "42.000",
        "lead_days": "3",
        "pack": "20",
    }

    assert desk.post(f"{DESK}prices/new/", fields | {"price": "0"}).status_code == 422
    assert desk.post(f"{DESK}prices/new/", fields).status_code == 302

    known = SupplierPrice.objects.get()
    assert (known.price, known.pack, known.minimum) == (42_000, 20_000, 0)
    assert "Kulit Jaya" in desk.get(f"{DESK}prices/").content.decode()
    assert 'value="42,000"' in desk.get(f"{DESK}prices/new/?price={known.pk}").content.decode()


def test_a_foreign_supplier_cannot_be_chosen(
    desk: Client, workshop: Workshop, joko: Person
) -> None:
    leather = testing.material(workshop, "LEATHER")
    stranger = testing.party(joko.workshop, "Kulit Lain", is_supplier=True)

    answer = desk.post(
        f"{DESK}prices/new/",
        {"supplier": stranger.pk, "material": leather.pk, "price": "1", "lead_days": "1"},
    )

    assert answer.status_code == 422
    assert not SupplierPrice.objects.exists()


def test_suppliers_stand_side_by_side(
    desk: Client, supplier: Party, buyer: Party, rina: Person, client: Client, fajar: Person
) -> None:
    purchase = testing.confirmed_purchase(supplier, testing.needy_order(buyer))
    goods = {line: (line.quantity - 1_000, 1_000) for line in purchase.lines.all()}
    purchase.receive(by=rina, goods=goods)
    leather = SupplierPrice.objects.get(material__code="LEATHER").material
    page = desk.get(f"{DESK}prices/{leather.pk}/").text

    assert "1 of 1" in page  # on time
    assert "3 %" in page  # one of 32 was rejected
    assert f"{DESK}{purchase.pk}/" in page
    testing.login(client, fajar)
    assert client.get(f"{DESK}prices/{leather.pk}/").status_code == 403


@testing.counts_questions
@pytest.mark.parametrize("prices", [1, 10])
def test_the_prices_cost_the_same_for_any_number(
    desk: Client,
    supplier: Party,
    workshop: Workshop,
    prices: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _one in range(prices):
        testing.supplier_price(supplier, testing.material(workshop))

    with django_assert_num_queries(5):  # session, user, person; how many, the page
        assert desk.get(f"{DESK}prices/").status_code == 200


def test_the_other_material_is_taken_from_the_list_of_needs(
    desk: Client, buyer: Party, workshop: Workshop
) -> None:
    order = testing.needy_order(buyer)
    suede = testing.material(workshop, "SUEDE", name="Suede pasir")
    need = OrderNeed.objects.get(line__order=order, material__code="LEATHER")
    testing.alternative(need.recipe_line, "CANVAS")
    testing.alternative(need.recipe_line, "SUEDE", 1_100)
    testing.stock_up(suede, 5_000)
    page = f"{DESK}needs/{need.pk}/substitution/"

    assert f'href="{page}?taken=SUEDE">Or Suede pasir' in desk.get(DESK).text
    text = desk.get(f"{page}?taken=SUEDE").text
    assert 'value="SUEDE" checked' in text
    assert "35.2 sq ft needed · 5 sq ft free" in text
    assert 'value="CANVAS" checked' in desk.get(page).text  # the first choice
    assert 'name="instead_of" value="LEATHER"' in text
    assert desk.post(page, {"instead_of": "LEATHER", "taken": "GLUE"}).status_code == 409
    answer = desk.post(page, {"instead_of": "LEATHER", "taken": "SUEDE"}, follow=True)
    assert "takes Suede pasir now." in answer.text
    assert OrderNeed.objects.get(pk=need.pk).material == suede

    for taken in ("SUEDE", "CANVAS"):  # of a page that was opened while it was leather
        assert desk.post(page, {"instead_of": "LEATHER", "taken": taken}).status_code == 409
    assert OrderNeed.objects.get(pk=need.pk).material == suede
    planning.reserve(order, by=testing.keeper(workshop))
    OrderNeed.objects.filter(pk=need.pk).update(quantity=5_000)
    assert desk.get(page).status_code == 409  # all of it is set aside


def test_a_line_is_moved_and_the_draft_says_why_it_is_there(
    client: Client, supplier: Party, rina: Person
) -> None:
    draft = testing.draft_purchase(supplier)
    leather = draft.lines.get(material__code="LEATHER")
    rival = testing.party(supplier.workshop, "Kulit Saing", is_supplier=True)
    testing.supplier_price(rival, leather.material, 41_000, pack=5_000)
    testing.login(client, rina)
    page = f"/ciomas/desk/purchases/{draft.pk}/lines/{leather.pk}/moving/"

    assert "Kulit Saing, Rp 41,000" in client.get(page).content.decode().replace("\xa0", " ")
    assert client.post(page, {"quantity": "40", "to": f"{rival.pk}-"}).status_code == 422
    assert client.post(page, {"quantity": "32", "to": "1-"}).status_code == 422
    client.post(page, {"quantity": "32", "to": f"{rival.pk}-"})

    made = PurchaseOrder.objects.get(supplier=rival)
    text = client.get(f"/ciomas/desk/purchases/{made.pk}/").content.decode()
    order = made.orders()[0]
    assert f'32 sq ft for <span class="nowrap">{order.number}</span>' in text
    assert "3 sq ft more, sold in portions of 5 sq ft" in text


def test_two_drafts_are_joined_and_those_of_others_are_not_found(
    client: Client, supplier: Party, rina: Person
) -> None:
    draft = testing.draft_purchase(supplier)
    other = testing.draft_purchase(supplier, testing.needy_order(testing.party(supplier.workshop)))
    testing.login(client, rina)
    page = f"/ciomas/desk/purchases/{draft.pk}/"
    assert f"/purchases/{other.pk}/" in client.get(page).content.decode()

    assert client.post(f"{page}joining/", {"other": "x"}).status_code == 404
    client.post(f"{page}joining/", {"other": other.pk})

    assert PurchaseOrder.objects.get(status=Status.DRAFT) == draft


def tins(supplier: Party, rina: Person) -> PurchaseOrder:
    """Three tins of 15 each, for an order that needs 32; sent and confirmed."""
    order = testing.needy_order(testing.party(supplier.workshop))
    leather = Material.objects.get(workshop=supplier.workshop, code="LEATHER")
    testing.supplier_price(supplier, leather, 100_000, unit="kaleng", unit_size=15_000)
    purchase = testing.sent_purchase(supplier, order)
    purchase.confirm(by=testing.contact_of(supplier), revision=1)
    return purchase


def test_tins_are_counted_whole_loose_or_both(
    client: Client, supplier: Party, rina: Person
) -> None:
    purchase = tins(supplier, rina)
    line = purchase.lines.get(material__code="LEATHER")
    testing.login(client, rina)
    page = f"/ciomas/desk/purchases/{purchase.pk}/"
    assert "3 kaleng, 45 sq ft" in client.get(page).content.decode()
    form = client.get(f"{page}receipt/?all").content.decode()
    assert re.search(rf'name="units_{line.pk}" value="3"', form)

    client.post(f"{page}receipt/", {f"units_{line.pk}": "2", f"good_{line.pk}": "3"})

    line.refresh_from_db()
    assert line.received == 33_000
    client.post(f"{page}receipt/", {f"good_{line.pk}": "12"})
    line.refresh_from_db()
    assert line.received == 45_000
    assert "2 kaleng" not in client.get(page).content.decode()  # 33 are no whole tins


def test_the_supplier_reads_and_answers_in_tins(
    client: Client, supplier: Party, rina: Person
) -> None:
    order = testing.needy_order(testing.party(supplier.workshop))
    leather = Material.objects.get(workshop=supplier.workshop, code="LEATHER")
    testing.supplier_price(supplier, leather, 100_000, unit="kaleng", unit_size=15_000)
    purchase = testing.sent_purchase(supplier, order)
    line = purchase.lines.get(material=leather)
    testing.login(client, testing.contact_of(supplier))
    page = f"/ciomas/supply/purchases/{purchase.pk}/"

    assert "3 kaleng, 45 sq ft" in client.get(page).content.decode()
    assert "Price per kaleng" in client.get(f"{page}answer/").content.decode()
    fields = {
        f"{name}_{one.pk}": value
        for one in purchase.lines.all()
        for name, value in (
            ("quantity", str(one.quantity // 1000)),
            ("price", str(one.price)),
            ("on", one.wished_on.isoformat()),
        )
    } | {"revision": "1"}
    part = client.post(f"{page}answer/", fields | {f"quantity_{line.pk}": "40"})
    assert part.status_code == 422
    assert "1 kaleng = 15 sq ft" in part.content.decode()
    client.post(f"{page}answer/", fields | {f"quantity_{line.pk}": "30"})

    purchase.refresh_from_db()
    assert purchase.latest().lines.get(line=line).amount == 200_000


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"unit": "kaleng"}, "unit_size"),
        ({"unit_size": "15"}, "unit"),
        ({"unit": "kaleng", "unit_size": "15", "pack": "20"}, "pack"),
    ],
)
def test_a_unit_of_a_supplier_is_said_whole(
    client: Client, supplier: Party, rina: Person, typed: dict[str, str], field: str
) -> None:
    leather = testing.material(supplier.workshop, "LEATHER")
    testing.login(client, rina)
    known = {"supplier": supplier.pk, "material": leather.pk, "price": "100.000", "lead_days": "2"}
    page = "/ciomas/desk/purchases/prices/new/"

    answer = client.post(page, known | typed)

    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in answer.content.decode()
    client.post(page, known | {"unit": "kaleng", "unit_size": "15"})
    offer = SupplierPrice.objects.get()
    assert (offer.price, offer.unit, offer.unit_size) == (100_000, "kaleng", 15_000)
    text = client.get(f"/ciomas/desk/purchases/prices/{leather.pk}/").content.decode()
    assert "about Rp 6,667 / sq ft" in text.replace("\xa0", " ")
    assert f"?price={offer.pk}" in text
    assert 'value="15"' in client.get(f"{page}?price={offer.pk}").content.decode()
