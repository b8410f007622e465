import pytest
from allauth.account.models import EmailAddress
from django.http import HttpRequest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.parties.models import Person, User, Workshop
from simpul.portals.accounts import AccountAdapter


def test_one_workshop_is_the_start_page(client: Client, workshop: Workshop) -> None:
    assert client.get("/")["Location"] == "/ciomas/"


def test_several_stand_in_a_directory(
    client: Client, workshop: Workshop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    testing.workshop("cibaduyut", name="Sepatu Cibaduyut")
    with django_assert_num_queries(1):  # the workshops
        text = client.get("/").text
    assert 'href="/ciomas/"' in text
    assert 'href="/cibaduyut/"' in text


def test_an_empty_house_says_how_to_begin(client: Client, db: None) -> None:
    assert "simpul workshop new" in client.get("/").text


def test_who_is_several_people_chooses(client: Client, sari: Person, joko: Person) -> None:
    testing.login(client, sari)
    shop = testing.party(joko.workshop, "Toko Sari")
    Person.objects.create(workshop=joko.workshop, party=shop, name="Sari", user=sari.user)
    text = client.get("/").text
    assert 'href="/ciomas/desk/"' in text
    assert 'href="/cibaduyut/my/"' in text


def test_logging_in_leads_to_the_own_portal(client: Client, dewi: Person) -> None:
    testing.login(client, dewi)
    assert dewi.user is not None
    dewi.user.set_password("kulit sapi asli")
    dewi.user.save()
    visitor = Client()
    answer = visitor.post(
        "/accounts/login/", {"login": dewi.user.email, "password": "kulit sapi asli"}
    )
    assert answer["Location"] == "/ciomas/my/"


def test_nobody_signs_up_alone(client: Client, db: None) -> None:
    assert not AccountAdapter().is_open_for_signup(HttpRequest())
    client.post("/accounts/signup/", {"email": "a@example.com", "password1": "kulit sapi asli"})
    assert not User.objects.exists()


def test_the_language_is_kept_with_the_person(client: Client, dewi: Person) -> None:
    testing.login(client, dewi)
    answer = client.post("/language/", {"language": "en", "next": "/ciomas/"})
    assert answer["Location"] == "/ciomas/"
    dewi.refresh_from_db()
    assert dewi.language == "en"
    assert client.cookies["django_language"].value == "en"


def test_only_our_own_pages_follow_a_choice_of_language(client: Client, workshop: Workshop) -> None:
    answer = client.post("/language/", {"language": "xx", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert "django_language" not in client.cookies
    assert client.get("/language/").status_code == 405


def test_indonesian_is_the_language_unless_the_browser_asks(
    client: Client, workshop: Workshop
) -> None:
    assert client.get("/nowhere/").headers["Content-Language"] == "id"
    other = client.get("/nowhere/", headers={"Accept-Language": "fr"})
    assert other.headers["Content-Language"] == "id"
    english = client.get("/nowhere/", headers={"Accept-Language": "en-US,en;q=0.9"})
    assert english.headers["Content-Language"] == "en"


def test_a_stale_form_is_answered_in_plain_words(workshop: Workshop) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/language/", {"language": "en"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 403
    assert "The page was open for a long time." in answer.text


OWN = [
    *("password/change/", "email/", "logout/", "2fa/", "2fa/totp/activate/"),
    *("2fa/webauthn/", "2fa/webauthn/add/", "2fa/recovery-codes/generate/"),
]


@pytest.mark.parametrize("page", OWN)
def test_every_page_of_the_own_login_opens(client: Client, sari: Person, page: str) -> None:
    testing.login(client, sari)
    assert sari.user is not None
    EmailAddress.objects.create(user=sari.user, email=sari.user.email, verified=True, primary=True)
    answer = client.get(f"/accounts/{page}", follow=True)
    assert answer.status_code == 200
    assert 'href="/accounts/login/"' in answer.text  # leads back to the own pages


def test_nobody_stands_before_a_closed_door(client: Client, workshop: Workshop) -> None:
    for page in ("password/reset/", "password/reset/done/", "password/reset/key/done/", "signup/"):
        assert 'href="/accounts/login/"' in client.get(f"/accounts/{page}").text


def test_a_refusal_leads_home(client: Client, dewi: Person) -> None:
    assert 'href="/"' in client.get("/ciomas/nowhere/").text
    testing.login(client, dewi)
    text = client.get("/ciomas/nowhere/").text
    assert 'href="/accounts/login/"' in text
    assert client.get("/accounts/login/")["Location"] == "/ciomas/my/"


def test_whoever_mistyped_a_code_need_not_type_it_again(client: Client, workshop: Workshop) -> None:
    for page in ("track", "check"):
        assert 'value="ABC2DEF"' in client.get(f"/ciomas/{page}/ABC2DEF/").text


def test_a_shop_without_models_does_not_blame_the_search(
    client: Client, workshop: Workshop
) -> None:
    assert "Belum ada model" in client.get("/ciomas/catalogue/").text
    assert "Tidak ada yang cocok" in client.get("/ciomas/catalogue/?q=derby").text
