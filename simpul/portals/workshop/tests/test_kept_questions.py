"""Questions that are kept: changed, deleted and brought back, and who sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.test import Client

from simpul import testing
from simpul.insight.models import QuestionLetter, SavedQuestion
from simpul.lib import clock
from simpul.parties.models import Person
from simpul.parties.roles import Role

HERE = "/ciomas/desk/insight/questions/"
QUERY = "?measure=pairs&by=size&days=m12"
NOW = datetime(2026, 11, 25, 9, tzinfo=clock.WIB)  # a Wednesday


def sent(client: Client, person: Person, path: str, **typed: Any) -> Any:
    testing.login(client, person)
    with clock.stopped(NOW):
        return client.post(HERE + path, typed)


def kept(owner: Person, *roles: Role, **asked: str) -> SavedQuestion:
    facts = {"measure": "pairs", "by": "size", "days": "m12"} | asked
    made = SavedQuestion.objects.create(
        workshop=owner.workshop,
        owner=owner,
        name="Ukuran",
        asked=facts,
        tells_left=facts["measure"] == "contribution",
        is_of_buyers=facts["by"] == "buyer",
    )
    made.share(list(roles))
    return made


def sees(client: Client, person: Person, question: SavedQuestion) -> int:
    testing.login(client, person)
    status: int = client.get(f"{HERE}{question.pk}/").status_code
    return status


def test_a_question_is_kept_with_what_was_asked(client: Client, sari: Person) -> None:
    testing.login(client, sari)
    assert "Keep this question" in client.get(HERE + QUERY).text
    answer = sent(client, sari, f"new/{QUERY}", name="Ukuran", roles=["production"])
    made = SavedQuestion.objects.get()
    assert answer.url == f"{HERE}{made.pk}/"
    assert made.asked == {"measure": "pairs", "by": "size", "days": "m12", "most": "12"}
    assert (made.owner, made.tells_left) == (sari, False)
    assert "Ukuran" in client.get(HERE).text


def test_nothing_is_kept_without_a_name_or_a_question(client: Client, sari: Person) -> None:
    assert sent(client, sari, f"new/{QUERY}", name="").status_code == 422
    assert sent(client, sari, "new/?measure=secrets", name="x").url == HERE
    assert not SavedQuestion.objects.exists()


def test_its_owner_changes_it(client: Client, sari: Person) -> None:
    question = kept(sari)
    sent(client, sari, f"{question.pk}/change/", name="Wilayah", roles=["owner"])
    question.refresh_from_db()
    assert (question.name, question.asked["by"]) == ("Wilayah", "size")
    sent(client, sari, f"{question.pk}/change/?measure=sold&by=area&days=m3", name="Wilayah")
    question.refresh_from_db()
    assert (question.asked["measure"], question.asked["by"]) == ("sold", "area")
    assert not question.shares.exists()


def test_what_is_deleted_is_brought_back(client: Client, sari: Person, owner: Person) -> None:
    question = kept(sari, Role.OWNER)
    page = client.get(sent(client, sari, f"{question.pk}/removal/").url)
    assert "This question is deleted" in page.text
    assert sees(client, owner, question) == 404
    sent(client, sari, f"{question.pk}/return/")
    assert sees(client, owner, question) == 200


def test_it_is_shared_by_role_and_nobody_else_sees_it(
    client: Client, sari: Person, udin: Person, rina: Person, joko: Person
) -> None:
    question = kept(sari, Role.PRODUCTION)
    assert sees(client, udin, question) == 200
    assert sees(client, rina, question) == 404
    sent(client, rina, f"{question.pk}/letter/", weekday=1, hour=7)
    assert not QuestionLetter.objects.exists()
    for who in (udin, rina):
        assert sent(client, who, f"{question.pk}/change/", name="x").status_code == 404
        assert sent(client, who, f"{question.pk}/removal/").status_code == 404
    question.refresh_from_db()
    assert (question.name, question.dropped_at) == ("Ukuran", None)
    assert not SavedQuestion.objects.visible_to(joko).exists()


def test_what_is_left_is_not_passed_on_to_who_may_not_see_it(
    client: Client, fajar: Person, sari: Person, viewer: Person
) -> None:
    question = kept(fajar, Role.SALES, Role.VIEWER, measure="contribution", by="model")
    assert sees(client, viewer, question) == 200
    assert sees(client, sari, question) == 404
    testing.login(client, sari)
    assert question.name not in client.get(HERE).text


def test_who_may_only_look_keeps_nothing(client: Client, viewer: Person) -> None:
    assert sent(client, viewer, f"new/{QUERY}", name="x").status_code == 403
    testing.login(client, viewer)
    assert "Keep this question" not in client.get(HERE + QUERY).text


def test_a_question_whose_model_is_gone_says_so(client: Client, sari: Person) -> None:
    question = kept(sari, on1="model", what1="#987654")
    assert sees(client, sari, question) == 422
    assert "Something that it asks for is gone" in client.get(f"{HERE}{question.pk}/").text


# By mail


def test_it_comes_by_mail_on_a_day_and_an_hour_and_no_more(client: Client, sari: Person) -> None:
    question = kept(sari)
    sent(client, sari, f"{question.pk}/letter/", weekday=3, hour=8)  # today, but an hour ago
    letter = QuestionLetter.objects.get()
    assert letter.sends_at == datetime(2026, 12, 2, 8, tzinfo=clock.WIB)
    sent(client, sari, f"{question.pk}/letter/", weekday=5, hour=7)
    letter.refresh_from_db()
    assert letter.next_try_at == datetime(2026, 11, 27, 7, tzinfo=clock.WIB)
    sent(client, sari, f"{question.pk}/letter/", weekday=9, hour=7)
    letter.refresh_from_db()
    assert letter.weekday == 5
    sent(client, sari, f"{question.pk}/letter/", how="end")
    assert not QuestionLetter.objects.exists()


def test_a_list_of_buyers_is_not_sent(client: Client, sari: Person) -> None:
    question = kept(sari, by="buyer")
    assert sent(client, sari, f"{question.pk}/letter/", weekday=1, hour=7).status_code == 404
    testing.login(client, sari)
    page = client.get(f"{HERE}{question.pk}/").text
    assert "A list with the names of buyers is not sent by mail" in page
