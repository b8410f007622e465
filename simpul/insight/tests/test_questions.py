"""What one's own question is answered with, and what cannot be asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils.translation import override

from simpul import testing
from simpul.catalog.models import Category, Colourway, Product
from simpul.conversations.models import Ticket
from simpul.insight.keeping import keep
from simpul.insight.keeping.sums import months_of, sum_month
from simpul.insight.models import AreaDay, BuyerFact, ColourDay, OrderFact, PairsFact
from simpul.insight.questions import answer as answering
from simpul.insight.questions.answer import (
    Answer,
    Tally,
    TooMany,
    answer,
    count_long,
    count_now,
    figure,
)
from simpul.insight.questions.forms import QuestionForm, as_typed
from simpul.insight.questions.question import Question, a_year_before
from simpul.insight.questions.sources import can_be_told_by, plans
from simpul.insight.questions.telling import change, sentence
from simpul.insight.questions.words import By, Days, Measure, Order
from simpul.insight.spans import Span
from simpul.lib import clock
from simpul.lib.patience import TooLong, at_most
from simpul.parties.models import Party, Person, Workshop

NOW = datetime(2026, 11, 25, 9, tzinfo=clock.WIB)
TODAY = NOW.date()


@pytest.fixture
def shops(workshop: Workshop) -> tuple[Party, Party]:
    """One in Bogor, one in Bandung."""
    bogor = testing.party(workshop, name="Toko Bogor", area="Kota Bogor", buys_as="distributor")
    bandung = testing.party(workshop, name="Toko Bandung", area="Bandung", buys_as="consumer")
    return bogor, bandung


@pytest.fixture
def models(workshop: Workshop) -> tuple[Product, Product]:
    return (
        testing.product(workshop, "DRB-01", name="Derby"),
        testing.product(workshop, "OXF-01", name="Oxford"),
    )


@pytest.fixture
def ordered(shops: tuple[Party, Party], models: tuple[Product, Product]) -> None:
    """Bogor: 10 + 20 pairs of Derby; Bandung: 5 of Oxford; a year before, Bogor 15 of Derby."""
    (bogor, bandung), (derby, oxford) = shops, models
    for buyer, product, day, sizes in (
        (bogor, derby, date(2025, 6, 1), {"40": 15}),
        (bogor, derby, date(2026, 6, 1), {"40": 4, "41": 6}),
        (bogor, derby, date(2026, 8, 4), {"40": 20}),
        (bandung, oxford, date(2026, 8, 5), {"42": 5}),
    ):
        with clock.stopped(datetime(day.year, day.month, day.day, 9, tzinfo=clock.WIB)):
            testing.confirmed_order(buyer, product, sizes=sizes)
    with clock.stopped(NOW):
        keep.bring_up_to_date(bogor.workshop)


@pytest.fixture
def ended(workshop: Workshop, ordered: None) -> None:
    """All delivered: Bogor's last order nine days late, the others when promised; 20 % is left."""
    for fact in OrderFact.objects.filter(workshop=workshop):
        is_last = fact.agreed_on == date(2026, 8, 4)
        fact.promised_on = fact.agreed_on + timedelta(days=20)
        fact.delivered_on = fact.promised_on + timedelta(days=9 if is_last else 0)
        fact.contribution = fact.sold // 5
        fact.save()
    PairsFact.objects.update(contribution=F("sold") / 5)
    for month in months_of([*_days("agreed_on"), *_days("delivered_on")]):
        sum_month(workshop, month)


def _days(name: str) -> list[date]:
    return list(OrderFact.objects.values_list(name, flat=True))


def asked(person: Person, **typed: str) -> Answer:
    with clock.stopped(NOW):
        form = QuestionForm({"measure": "pairs", "days": "m12"} | typed, person=person)
        assert form.errors == {}
        question = form.question
        tallies = count_now(question, person.workshop, TODAY)
        return answer(question, person.workshop, TODAY, tallies)


def told(found: Answer) -> list[tuple[Any, ...]]:
    return [(row.label, *row.now) for row in found.rows]


@pytest.mark.usefixtures("ordered")
def test_pairs_are_told_by_anything(owner: Person) -> None:
    answers = {
        "model": [("DRB-01 Derby", 30), ("OXF-01 Oxford", 5)],
        "size": [("40", 24), ("41", 6), ("42", 5)],
        "area": [("Kota Bogor", 30), ("Bandung", 5)],
        "sold_as": [("to distributors", 30), ("to consumers", 5)],
        "buyer": [("Toko Bogor", 30), ("Toko Bandung", 5)],
        "year": [("2025-01-01", 0), ("2026-01-01", 35)],
    }
    for by, rows in answers.items():
        found = asked(owner, by=by)
        assert told(found) == rows, by
        assert found.total.now == (35,), by


@pytest.mark.usefixtures("ordered")
def test_models_categories_and_colours_are_called_as_the_reader_speaks(
    owner: Person, models: tuple[Product, Product]
) -> None:
    Product.objects.filter(pk=models[0].pk).update(name="Derby pria", name_en="Men's derby")
    Category.objects.filter(pk=models[0].category_id).update(name="Pria", name_en="Men")
    Colourway.objects.filter(name="Hitam").update(name_en="Black")
    for by, english, indonesian in (
        ("model", "DRB-01 Men's derby", "DRB-01 Derby pria"),
        ("category", "Men", "Pria"),
        ("colour", "Black", "Hitam"),
    ):
        with override("en"):
            assert asked(owner, by=by).rows[0].label == english
        with override("id"):
            assert asked(owner, by=by).rows[0].label == indonesian


@pytest.mark.usefixtures("ordered")
def test_days_of_the_week_and_quarters_have_a_row_each(owner: Person) -> None:
    by_day = asked(owner, measure="orders", by="weekday")
    assert [row.now[0] for row in by_day.rows] == [1, 1, 1, 0, 0, 0, 0]
    by_quarter = asked(owner, by="quarter", days="this_year")
    assert [row.now[0] for row in by_quarter.rows] == [0, 10, 25, 0]


@pytest.mark.usefixtures("ordered")
def test_what_stands_in_several_rows_is_counted_once_in_the_whole(
    owner: Person, shops: tuple[Party, Party], models: tuple[Product, Product]
) -> None:
    found = asked(owner, measure="buyers", beside="orders", by="size")
    assert told(found) == [("40", 1, 2), ("41", 1, 1), ("42", 1, 1)]
    assert found.total.now == (2, 3)
    few = asked(owner, measure="buyers", by="size", most="5")
    assert few.others is None


@pytest.mark.usefixtures("ordered")
def test_new_buyers_are_those_who_ordered_first_in_these_days(owner: Person) -> None:
    assert told(asked(owner, measure="new_buyers", by="area")) == [
        ("Bandung", 1),
        ("Kota Bogor", 0),
    ]
    assert asked(owner, measure="new_buyers", by="month").total.now == (1,)
    assert told(asked(owner, measure="new_buyers", by="size"))[-1] == ("42", 1)


@pytest.mark.usefixtures("ordered")
def test_the_same_days_of_the_year_before_stand_beside_it(owner: Person) -> None:
    found = asked(owner, by="area", compare="on")
    assert [(row.label, row.now, row.before) for row in found.rows] == [
        ("Kota Bogor", (30,), (15,)),
        ("Bandung", (5,), (0,)),
    ]
    assert found.before == Span(date(2024, 11, 1), date(2025, 10, 31))
    assert change(found, found.rows[0]) == "–"  # the year before is known from June on only
    months = asked(
        owner, by="month", compare="on", days="chosen", first="2026-06-01", last="2026-08-31"
    )
    assert [(row.now, row.before) for row in months.rows] == [
        ((10,), (15,)),
        ((0,), (0,)),
        ((25,), (0,)),
    ]
    assert change(months, months.rows[0]) == "-33%"
    assert sentence(months) == (
        "Pairs, all together: 35. The most is August 2026: 25. That is 71% of all. "
        "A year before it was 15 (+133%)."
    )


@pytest.mark.usefixtures("ordered")
def test_averages_are_taken_from_sums(owner: Person) -> None:
    found = asked(owner, measure="average_order", beside="pairs_an_order", by="area")
    assert told(found) == [("Kota Bogor", 3_000_000, 15_000), ("Bandung", 1_500_000, 5_000)]
    assert found.total.now == (2_500_000, 11_700)
    assert "The highest is Kota Bogor: " in sentence(found)


@pytest.mark.usefixtures("ordered")
def test_where_several_have_as_much_none_of_them_is_the_most(owner: Person) -> None:
    months = asked(
        owner, measure="orders", by="month", days="chosen", first="2026-06-01", last="2026-08-04"
    )
    assert [row.now for row in months.rows] == [(1,), (0,), (1,)]
    assert sentence(months) == "Orders, all together: 2."


@pytest.mark.usefixtures("ordered")
def test_only_some_of_it(owner: Person) -> None:
    for on, how, what, pairs in (
        ("area", "is", "kota bogor", 30),
        ("area", "is_not", "Kota Bogor", 5),
        ("area", "contains", "bog", 30),
        ("model", "is", "OXF-01", 5),
        ("model", "contains", "derb", 30),
        ("size", "is", "40, 42", 29),
        ("buyer", "is", "toko bandung", 5),
        ("sold_as", "is_not", "to consumers", 30),
    ):
        assert asked(owner, on1=on, how1=how, what1=what).total.now == (pairs,), (on, how)
    both = {"on1": "size", "what1": "40", "on2": "area", "how2": "is", "what2": "Kota Bogor"}
    assert asked(owner, **both).total.now == (24,)


@pytest.mark.usefixtures("ordered")
def test_the_rest_is_one_row_and_the_order_is_chosen(owner: Person) -> None:
    found = asked(owner, by="size", order="least")
    assert [row.label for row in found.rows] == ["42", "41", "40"]
    found.question = Question((Measure.PAIRS,), By.SIZE, order=Order.LEAST, most=1)
    assert ([row.label for row in found.shown], found.more) == (["42"], 2)


@pytest.mark.usefixtures("ordered")
def test_a_curve_of_sizes_has_no_tail_to_cut(owner: Person) -> None:
    found = asked(owner, by="size")
    found.question = Question((Measure.PAIRS,), By.SIZE, most=1)
    assert ([row.label for row in found.shown], found.more) == (["40", "41", "42"], 0)


@pytest.mark.usefixtures("ordered")
def test_complaints_count_on_the_day_on_which_they_were_opened(
    owner: Person, shops: tuple[Party, Party]
) -> None:
    bogor, bandung = shops
    for buyer, kind, hour in (
        (bogor, "complaint", 1),  # still the evening before in UTC
        (bogor, "question", 9),
        (bandung, "return", 9),
    ):
        with clock.stopped(datetime(2026, 8, 1, hour, tzinfo=clock.WIB)):
            Ticket.ask(by=owner, kind=kind, subject=buyer, party=buyer, body="x")
    assert told(asked(owner, measure="complaints", by="buyer")) == [
        ("Toko Bandung", 1),
        ("Toko Bogor", 1),
    ]
    by_month = asked(owner, measure="complaints", by="month", days="m3")
    assert [row.now[0] for row in by_month.rows] == [2, 0, 0]


@pytest.mark.usefixtures("ended")
def test_what_came_late_and_what_was_left(owner: Person) -> None:
    found = asked(owner, measure="in_time", beside="days_late", by="area")
    assert told(found) == [("Bandung", 100_000, None), ("Kota Bogor", 50_000, 9_000)]
    left = asked(owner, measure="contribution", beside="contribution_share", by="model")
    assert told(left) == [("DRB-01 Derby", 1_200_000, 20_000), ("OXF-01 Oxford", 300_000, 20_000)]
    assert left.total.now == (1_500_000, 20_000)


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"measure": "secrets"}, "measure", "Select a valid choice"),
        ({"by": "password"}, "by", "Select a valid choice"),
        ({"measure": "days_late", "by": "size"}, "measure", "can be told by: Area"),
        ({"measure": "complaints", "by": "model"}, "measure", "can be told by: Buyer"),
        ({"on1": "area", "what1": "Kota Bogorr"}, "what1", "Do you mean: Kota Bogor?"),
        ({"on1": "buyer", "what1": "Toko"}, "what1", "Write the whole name"),
        ({"on1": "channel", "how1": "contains", "what1": "w"}, "how1", "choose “is”"),
        ({"on1": "area"}, "what1", "Say which"),
        ({"what1": "40"}, "on1", "Say what “40” is."),
        ({"days": "chosen"}, "first", "Say from which day."),
        ({"days": "chosen", "first": "9999-01-01", "last": "9999-12-31"}, "last", "Choose a year"),
        ({"days": "chosen", "first": "0001-02-01", "last": "0001-03-05"}, "first", "Choose a year"),
        ({"on1": "buyer", "what1": "#99999999999999999999"}, "what1", "Write the whole name"),
        (
            {"days": "chosen", "first": "2026-02-01", "last": "2026-01-01"},
            "last",
            "comes after the first",
        ),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(
    owner: Person, typed: dict[str, str], field: str, words: str
) -> None:
    AreaDay.objects.create(workshop=owner.workshop, day=date(2026, 6, 1), area="Kota Bogor")
    form = QuestionForm({"measure": "pairs", "days": "m12"} | typed, person=owner)
    assert not form.is_valid()
    assert words in form.errors[field][0]


def test_what_is_left_is_asked_by_those_who_see_the_books(sari: Person, fajar: Person) -> None:
    typed = {"measure": "contribution", "days": "m12"}
    assert QuestionForm(typed, person=fajar).is_valid()
    assert "measure" in QuestionForm(typed, person=sari).errors
    beside = {"measure": "pairs", "beside": "contribution_share", "days": "m12"}
    assert "beside" in QuestionForm(beside, person=sari).errors


@pytest.mark.usefixtures("ordered")
def test_nothing_of_another_workshop_is_known(joko: Person) -> None:
    assert asked(joko, by="area").is_empty
    form = QuestionForm(
        {"measure": "pairs", "days": "m12", "on1": "buyer", "what1": "Toko Bogor"}, person=joko
    )
    assert "what1" in form.errors


@pytest.mark.usefixtures("ordered")
def test_a_question_is_kept_by_keys_and_read_by_names(
    owner: Person, shops: tuple[Party, Party], models: tuple[Product, Product]
) -> None:
    typed = {"measure": "pairs", "by": "size", "days": "m3"}
    typed |= {"on1": "buyer", "how1": "is", "what1": "toko bogor"}
    typed |= {"on2": "model", "how2": "is_not", "what2": "Derby"}
    form = QuestionForm(typed, person=owner)
    assert form.is_valid()
    kept = form.kept
    assert kept["what1"] == f"#{shops[0].pk}"
    shops[0].name = "Toko Baru"
    shops[0].save()
    again = as_typed(kept, owner)
    assert (again["what1"], again["what2"]) == ("Toko Baru", "DRB-01")
    both = [QuestionForm(one, person=owner) for one in (kept, again)]
    assert all(one.is_valid() for one in both)
    assert both[0].question == both[1].question


@pytest.mark.usefixtures("ordered")
def test_a_name_means_all_who_bear_it_and_a_key_stays_one(
    owner: Person, shops: tuple[Party, Party]
) -> None:
    Party.objects.filter(pk__in=[one.pk for one in shops]).update(name="Toko Jaya")
    typed = {"measure": "pairs", "days": "m3", "on1": "buyer", "how1": "is"}
    form = QuestionForm(typed | {"what1": "Toko Jaya"}, person=owner)
    assert form.is_valid()
    assert form.kept["what1"] == ", ".join(f"#{one.pk}" for one in shops)
    only = typed | {"what1": f"#{shops[1].pk}"}
    assert as_typed(only, owner)["what1"] == f"#{shops[1].pk}"


# How it is counted


@pytest.mark.usefixtures("ended")
def test_what_is_counted_in_parts_is_what_is_counted_at_once(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every measure by everything it can be told by; from sums and from single orders, too."""
    monkeypatch.setattr(answering, "BUYERS_AT_ONCE", 1)
    months = Span(date(2025, 6, 1), date(2026, 10, 31))
    days = Span(date(2025, 5, 31), date(2026, 10, 30))  # the same orders, but no whole months
    told_by = [(one, by) for one in Measure for by in (None, *can_be_told_by(one))]
    for measure, by in told_by:
        tallies = []
        for span in (months, days):
            question = Question((measure,), by, days=Days.CHOSEN, first=span.first, last=span.last)
            tallies.append(count_now(question, workshop, TODAY)[0])
            [parts] = count_long(question, workshop, TODAY, lambda _done, _of: None)
            assert parts == tallies[-1], (measure, by)
        assert _figures(tallies[0], measure) == _figures(tallies[1], measure), (measure, by)


def _figures(tally: Tally, measure: Measure) -> dict[object, int]:
    rows = {**tally.rows, "total": tally.total}
    return {key: value for key, parts in rows.items() if (value := figure(measure, parts))}


@pytest.mark.parametrize(
    ("measure", "by", "source"),
    [
        ("pairs", "area", "AreaDay"),
        ("pairs", "size", "SizeDay"),
        ("pairs", "colour", "ModelMonth"),
        ("orders", "model", "ModelDay"),
        ("new_buyers", "month", "BuyerFact"),
        ("pairs", "buyer", "OrderFact"),
        ("orders", "size", "PairsFact"),
        ("complaints", "month", "Ticket"),
    ],
)
def test_the_smallest_source_that_can_tell_is_asked(measure: str, by: str, source: str) -> None:
    span = Span(date(2025, 11, 1), date(2026, 10, 31))
    first = plans(Question((Measure(measure),), By(by)), span)[0]
    assert first.source.model.__name__ == source


def test_days_within_a_month_are_asked_of_sums_by_day_or_of_single_orders(db: None) -> None:
    span = Span(date(2026, 3, 2), date(2026, 3, 31))
    with clock.stopped(NOW):
        for by, model in ((By.AREA, AreaDay), (By.COLOUR, ColourDay), (By.BUYER, OrderFact)):
            assert plans(Question((Measure.PAIRS,), by), span)[0].source.model is model


@pytest.mark.usefixtures("ordered")
def test_more_orders_than_a_page_may_look_at_are_refused(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "AT_ONCE", 2)
    with pytest.raises(TooMany, match="3"):
        count_now(Question((Measure.PAIRS,), By.BUYER), workshop, TODAY)
    count_now(Question((Measure.PAIRS,), By.AREA), workshop, TODAY)  # sums: however many there are


def test_what_takes_too_long_is_broken_off(db: None) -> None:
    many = BuyerFact.objects.raw(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000)"
        " SELECT count(*) AS buyer_id FROM n"
    )
    with pytest.raises(TooLong), at_most(0.05):
        list(many)
    assert not BuyerFact.objects.exists()  # and the next one is asked as ever


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        (date(2026, 2, 1), date(2026, 2, 28), (date(2025, 2, 1), date(2025, 2, 28))),
        (date(2025, 2, 1), date(2025, 2, 28), (date(2024, 2, 1), date(2024, 2, 29))),
        (date(2024, 2, 29), date(2024, 3, 5), (date(2023, 2, 28), date(2023, 3, 5))),
    ],
)
def test_a_year_before(first: date, last: date, before: tuple[date, date]) -> None:
    assert a_year_before(Span(first, last)) == Span(*before)
