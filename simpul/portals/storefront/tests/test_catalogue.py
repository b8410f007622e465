from __future__ import annotations

import gzip
import io
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Group, PriceRule, Product, Variant
from simpul.lib import clock, uploads
from simpul.papers.models import Upload
from simpul.parties.models import Person, Workshop
from simpul.production.models import ClosedDays

SHOP = "/ciomas/"
BEFORE_LEBARAN = datetime(2026, 12, 1, 9, tzinfo=clock.WIB)  # it is on 10 March 2027


@pytest.fixture
def derby(workshop: Workshop) -> Product:
    return testing.product(workshop, "DRB-01", name="Derby Raya")


def give_photo(model: Product, by: Person) -> Upload:
    buffer = io.BytesIO()
    Image.new("RGB", (9, 9), "brown").save(buffer, "PNG")
    picture = SimpleUploadedFile("shoe.png", buffer.getvalue())
    upload = Upload.keep(uploads.admit(picture, uploads.PHOTO), by=by)
    model.colourways.update(photo=upload)
    return upload


# What a passer-by sees


def test_the_profile_shows_models_and_story(client: Client, derby: Product) -> None:
    workshop = derby.workshop
    workshop.story = "Sejak 1987.\n\nSembilan tukang."
    workshop.save()

    text = client.get(SHOP).text

    assert "Derby Raya" in text
    assert "<p>Sejak 1987.</p>" in text
    assert "<p>Sembilan tukang.</p>" in text


def test_a_new_workshop_has_a_profile_too(client: Client, workshop: Workshop) -> None:
    assert client.get(SHOP).status_code == 200
    assert client.get(f"{SHOP}catalogue/").status_code == 200


def test_only_published_models_of_this_workshop_are_shown(
    client: Client, derby: Product, joko: Person
) -> None:
    hidden = testing.product(derby.workshop, "HID-01", name="Rahasia", is_published=False)
    other = testing.product(joko.workshop, "LAI-01", name="Model Lain")

    text = client.get(f"{SHOP}catalogue/").text

    assert "Derby Raya" in text
    assert "Rahasia" not in text
    assert "Model Lain" not in text
    assert client.get(f"{SHOP}catalogue/{hidden.slug}/").status_code == 404
    assert client.get(f"{SHOP}catalogue/{other.slug}/").status_code == 404
    assert client.get("/nowhere/catalogue/").status_code == 404


def test_models_are_found_by_word_and_category(client: Client, derby: Product) -> None:
    testing.product(derby.workshop, "SDL-06", name="Sandal Tali")

    found = client.get(f"{SHOP}catalogue/?q=sandal").text
    assert "Sandal Tali" in found
    assert "Derby Raya" not in found
    assert "Derby Raya" in client.get(f"{SHOP}catalogue/?category=men").text
    assert "Derby Raya" not in client.get(f"{SHOP}catalogue/?category=women").text
    assert "empty" in client.get(f"{SHOP}catalogue/?q=zzz").text


def test_models_are_sorted_as_asked(client: Client, derby: Product) -> None:
    testing.product(derby.workshop, "AAA-09", name="Anggun")

    def first(order: str) -> str:
        text = client.get(f"{SHOP}catalogue/?order={order}").text
        found = re.search(r'model__name">([^<]+)', text)
        return found.group(1) if found else ""

    assert first("") == "Derby Raya"
    assert first("name") == "Anggun"
    assert first("new") == "Anggun"
    assert first("nonsense") == "Derby Raya"


def test_there_are_pages_of_twelve(client: Client, workshop: Workshop) -> None:
    for _n in range(13):
        testing.product(workshop)

    assert client.get(f"{SHOP}catalogue/").text.count('class="model"') == 12
    assert client.get(f"{SHOP}catalogue/?page=2").text.count('class="model"') == 1
    assert client.get(f"{SHOP}catalogue/?page=nonsense").status_code == 200


# Prices


def test_retail_prices_are_shown_where_the_workshop_publishes_them(
    client: Client, derby: Product
) -> None:
    workshop = derby.workshop
    for publishes, is_seen in ((True, True), (False, False)):
        workshop.publishes_prices = publishes
        workshop.save()
        assert ("Rp\u00a0300.000" in client.get(f"{SHOP}catalogue/").text) is is_seen
        text = client.get(f"{SHOP}catalogue/drb-01/").text
        assert ("Rp\u00a0300.000" in text) is is_seen
        assert "200.000" not in text


def test_a_welcome_distributor_sees_its_own_prices(
    client: Client, derby: Product, dewi: Person
) -> None:
    PriceRule.objects.create(
        product=derby,
        group=Group.WHOLESALE,
        amount=3_800_000,
        per=20,
        from_pairs=60,
        valid_from=testing.LONG_AGO,
    )
    testing.login(client, dewi)

    text = client.get(f"{SHOP}catalogue/drb-01/").text

    assert "Rp\u00a0200,000" in text
    assert "Rp\u00a03,800,000" in text
    assert "300,000" not in text
    assert "my/orders/new/?product=drb-01" in text


def test_one_who_is_not_welcome_yet_sees_no_wholesale_price(
    client: Client, derby: Product, dewi: Person
) -> None:
    dewi.workshop.parties.update(is_welcome=False)
    testing.login(client, dewi)

    assert "200.000" not in client.get(f"{SHOP}catalogue/drb-01/").text


def test_a_person_of_another_workshop_is_a_stranger_here(
    client: Client, derby: Product, joko: Person
) -> None:
    testing.login(client, joko)

    text = client.get(f"{SHOP}catalogue/drb-01/").text

    assert "200.000" not in text
    assert "desk/" not in text


# A model


def test_the_sizes_of_all_colours_are_shown(client: Client, derby: Product) -> None:
    testing.colourway(derby, "Cokelat", ("44", "45"))

    text = client.get(f"{SHOP}catalogue/drb-01/").text

    assert re.findall(r"<li>(\d+)</li>", text) == ["39", "40", "41", "42", "43", "44", "45"]


def test_a_model_without_a_colour_has_a_page(client: Client, derby: Product) -> None:
    Variant.objects.all().delete()
    derby.colourways.all().delete()

    assert client.get(f"{SHOP}catalogue/drb-01/").status_code == 200
    assert client.get(f"{SHOP}catalogue/").status_code == 200


def test_the_photo_of_a_published_model_is_served(
    client: Client, derby: Product, sari: Person, joko: Person
) -> None:
    upload = give_photo(derby, sari)
    address = f"{SHOP}photos/{upload.code}/"
    assert address in client.get(f"{SHOP}catalogue/").text

    answer = client.get(address)
    assert answer["Content-Type"].startswith("image/")
    assert "public" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/cibaduyut/photos/{upload.code}/").status_code == 404

    Product.objects.update(is_published=False)
    assert client.get(address).status_code == 404


def test_an_upload_that_is_no_photo_of_a_model_is_not_served(client: Client, sari: Person) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (9, 9)).save(buffer, "PNG")
    file = SimpleUploadedFile("proof.png", buffer.getvalue())
    upload = Upload.keep(uploads.admit(file, uploads.PROOF), by=sari)

    assert client.get(f"{SHOP}photos/{upload.code}/").status_code == 404


# What it costs


@testing.counts_questions
def test_the_number_of_queries_is_fixed(
    client: Client, derby: Product, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    testing.colourway(derby, "Cokelat")
    pages = {"": 9, "catalogue/": 6, "catalogue/drb-01/": 9}
    with clock.stopped(BEFORE_LEBARAN):  # then a model's page asks when the workshop closes
        for page in pages:
            client.get(SHOP + page)
        for page, queries in pages.items():
            with django_assert_num_queries(queries):
                client.get(SHOP + page)
        for _n in range(11):
            testing.colourway(testing.product(derby.workshop))
        for page, queries in pages.items():
            with django_assert_num_queries(queries):
                client.get(SHOP + page)


def test_before_lebaran_a_model_says_until_when_to_order(
    client: Client, derby: Product, udin: Person
) -> None:
    with clock.stopped(BEFORE_LEBARAN):
        assert "sebelum Lebaran" not in client.get(f"{SHOP}catalogue/drb-01/").text
        ClosedDays.close(
            by=udin, first_on=date(2027, 3, 6), last_on=date(2027, 3, 20), words="Lebaran"
        )
        page = client.get(f"{SHOP}catalogue/drb-01/").text.replace("\N{NO-BREAK SPACE}", " ")

    assert "pesan paling lambat 19 Februari 2027: kami tutup mulai 6 Maret 2027" in page


def test_the_catalogue_is_light(client: Client, workshop: Workshop) -> None:
    """At most 60 kB over the wire, with all of its CSS and JavaScript, without the pictures."""
    for _n in range(12):
        testing.colourway(testing.product(workshop))
    page = client.get(f"{SHOP}catalogue/")
    names = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page.text)
    files = [finders.find(name) for name in names]

    weights = [len(gzip.compress(page.content, 6))]
    weights += [len(gzip.compress(Path(file).read_bytes(), 6)) for file in files if file]

    assert len(weights) == len(names) + 1 > 10
    assert sum(weights) <= 60_000
