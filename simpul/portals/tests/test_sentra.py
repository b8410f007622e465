"""The room that workshops share: who enters, what they read of each other, and what nobody does."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm.models import Post, Sentra, SentraInvitation, SentraMember, SentraPost, SentraVote
from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role
from simpul.workflow.steps import NotAllowed, WrongState

HERE = "/ciomas/desk/customers/sentra/"
THERE = "/cibaduyut/desk/customers/sentra/"


@pytest.fixture
def joko(db: None) -> Person:
    return testing.staff("Joko", testing.workshop("cibaduyut", name="Sepatu Joko"), Role.OWNER)


@pytest.fixture
def room(owner: Person) -> Sentra:
    return Sentra.found(by=owner, name="Sentra Ciomas")


@pytest.fixture
def theirs(room: Sentra, owner: Person, joko: Person) -> SentraMember:
    room.members.get().invite(by=owner, guest=joko.workshop)
    return SentraMember.join(by=joko, invitation=SentraInvitation.objects.get())


def as_(person: Person) -> Client:
    client = Client()
    testing.login(client, person)
    return client


def test_from_the_first_word_to_the_answer_of_a_neighbour(owner: Person, joko: Person) -> None:
    ours, neighbour = as_(owner), as_(joko)
    assert ours.post(f"{HERE}founding/", {"name": ""}).status_code == 422
    ours.post(f"{HERE}founding/", {"name": "Sentra Ciomas"})
    assert ours.post(f"{HERE}members/", {"how": "invite", "guest": ""}).status_code == 422
    ours.post(f"{HERE}members/", {"how": "invite", "guest": joko.workshop_id})
    assert "Sentra Ciomas" in neighbour.get(THERE).text
    invitation = SentraInvitation.objects.get()
    neighbour.post(f"{THERE}invitations/{invitation.pk}/", {"how": "join"})

    ours.post(f"{HERE}new/", {"body": "Siapa punya mesin seset?"})
    thread = SentraPost.objects.get()
    assert "Siapa punya mesin seset?" in neighbour.get(THERE).text
    neighbour.post(f"{THERE}{thread.pk}/answer/", {"body": "Kami, pinjam saja"})
    page = ours.get(f"{HERE}{thread.pk}/").text
    assert "Kami, pinjam saja" in page
    assert "Sepatu Joko" in page
    assert "1 answer" in ours.get(HERE).text


def test_a_question_counts_one_answer_of_each_workshop(
    theirs: SentraMember, owner: Person, joko: Person
) -> None:
    ours, neighbour = as_(owner), as_(joko)
    asked = {"body": "Beli kulit bersama?", "choice1": "Ya", "closes_on": clock.today().isoformat()}
    assert ours.post(f"{HERE}question/", asked).status_code == 422
    ours.post(f"{HERE}question/", asked | {"choice2": "Tidak"})
    thread = SentraPost.objects.get()
    yes, no = thread.choices.order_by("position")
    for client, root, choice in (
        (ours, HERE, yes),
        (neighbour, THERE, yes),
        (neighbour, THERE, no),
    ):
        client.post(f"{root}{thread.pk}/vote/", {"choice": choice.pk})
    votes = SentraVote.objects.order_by("workshop").values_list("workshop", "choice")
    assert sorted(votes) == sorted([(owner.workshop_id, yes.pk), (joko.workshop_id, no.pk)])
    SentraPost.objects.update(closes_on=clock.in_days(-1))
    with pytest.raises(WrongState):
        theirs.vote(by=joko, choice=yes)


def test_nobody_else_finds_it(
    theirs: SentraMember, room: Sentra, owner: Person, sari: Person, dewi: Person
) -> None:
    said = SentraPost.say(by=owner, sentra=room, body="Rahasia sentra")
    udin = testing.staff("Udin", testing.workshop("garut"), Role.OWNER)
    pages = ("", "new/", "question/", "members/", f"{said.pk}/", f"{said.pk}/report/")
    for who, root in ((sari, HERE), (udin, HERE.replace("ciomas", "garut"))):
        client = as_(who)
        assert "Rahasia" not in client.get(root).text
        assert [client.get(f"{root}{page}").status_code for page in pages[1:]] == [404] * 5
        assert client.post(f"{root}{said.pk}/answer/", {"body": "x"}).status_code == 404
    assert as_(udin).get(HERE).status_code == 404
    assert as_(dewi).get(HERE).status_code == 403
    for who in (sari, dewi, udin):
        assert not SentraPost.objects.visible_to(who).exists()
        with pytest.raises(NotAllowed):
            SentraPost.say(by=who, sentra=room, body="x")
    assert SentraPost.objects.count() == 1


def test_the_room_of_the_distributors_stays_another(
    theirs: SentraMember, room: Sentra, owner: Person, joko: Person, dewi: Person
) -> None:
    """And membership opens nothing of a workshop to another."""
    SentraPost.say(by=owner, sentra=room, body="Rahasia sentra")
    post = Post.write(by=dewi, body="Hanya untuk distributor")
    assert "Rahasia" not in as_(dewi).get("/ciomas/my/room/").text
    neighbour = as_(joko)
    assert "Hanya untuk" not in neighbour.get(THERE).text
    assert not Post.objects.visible_to(joko).exists()
    paths = (f"customers/room/{post.pk}/", "orders/", "parties/", f"parties/{dewi.party_id}/")
    assert [neighbour.get(f"/ciomas/desk/{path}").status_code for path in paths] == [404] * 4


def test_the_owner_names_who_else_enters(
    theirs: SentraMember, room: Sentra, owner: Person, sari: Person, joko: Person
) -> None:
    SentraPost.say(by=joko, sentra=room, body="Halo Ciomas")
    ours, seller = as_(owner), as_(sari)
    ours.post(f"{HERE}members/", {"how": "name", "people": [sari.pk]})
    assert "Halo Ciomas" in seller.get(HERE).text
    assert seller.post(f"{HERE}members/", {"how": "invite", "guest": 1}).status_code == 422
    mine = SentraMember.objects.get(workshop=owner.workshop)
    with pytest.raises(NotAllowed):
        mine.name(by=sari, people=[])
    ours.post(f"{HERE}members/", {"how": "name"})
    assert "Halo Ciomas" not in seller.get(HERE).text


def test_the_keeper_hides_what_was_reported_and_nobody_else(
    theirs: SentraMember, room: Sentra, owner: Person, joko: Person
) -> None:
    said = SentraPost.say(by=owner, sentra=room, body="Jual motor")
    ours, neighbour = as_(owner), as_(joko)
    neighbour.post(f"{THERE}{said.pk}/report/", {"complaint": "Bukan tentang sepatu"})
    assert "Bukan tentang sepatu" in ours.get(f"{HERE}{said.pk}/").text
    assert "Bukan tentang sepatu" not in neighbour.get(f"{THERE}{said.pk}/").text

    assert neighbour.get(f"{THERE}{said.pk}/hiding/").status_code == 404
    with pytest.raises(NotAllowed):
        room.hide(by=joko, post=said, reason="x")
    ours.post(f"{HERE}{said.pk}/hiding/", {"reason": "Bukan untuk sini"})
    assert neighbour.get(f"{THERE}{said.pk}/").status_code == 404
    assert "Bukan untuk sini" in ours.get(f"{HERE}{said.pk}/").text
    ours.post(f"{HERE}{said.pk}/hiding/")
    assert neighbour.get(f"{THERE}{said.pk}/").status_code == 200


def test_what_waits_in_the_sentra_stands_on_the_owners_day(
    room: Sentra, owner: Person, joko: Person
) -> None:
    ours, neighbour = as_(owner), as_(joko)
    room.members.get().invite(by=owner, guest=joko.workshop)
    assert "An invitation to a sentra" in neighbour.get("/cibaduyut/desk/").text
    theirs = SentraMember.join(by=joko, invitation=SentraInvitation.objects.get())
    assert "An invitation to a sentra" not in neighbour.get("/cibaduyut/desk/").text

    thread = SentraPost.say(by=joko, sentra=room, body="Halo Ciomas")
    said = SentraPost.answer(by=owner, thread=thread, body="Jual motor")
    theirs.report(by=joko, post=said, complaint="Bukan tentang sepatu")
    told = "1 word in the sentra was reported"
    assert told in ours.get("/ciomas/desk/").text
    assert told not in neighbour.get("/cibaduyut/desk/").text
    assert "Bukan tentang sepatu" in ours.get(HERE).text
    assert "Bukan tentang sepatu" not in neighbour.get(THERE).text
    with pytest.raises(NotAllowed):
        room.clear(by=joko, post=said)
    assert SentraPost.objects.to_judge(owner.workshop_id).count() == 1

    ours.post(f"{HERE}{said.pk}/hiding/", {"stands": "1"})

    assert told not in ours.get("/ciomas/desk/").text
    assert "Jual motor" in neighbour.get(f"{THERE}{thread.pk}/").text
    said.refresh_from_db()
    with pytest.raises(WrongState):
        room.clear(by=owner, post=said)


def test_who_leaves_or_is_let_go_reads_no_more(
    theirs: SentraMember, room: Sentra, owner: Person, joko: Person
) -> None:
    said = SentraPost.say(by=joko, sentra=room, body="Halo")
    mine = SentraMember.objects.get(workshop=owner.workshop)
    with pytest.raises(WrongState):
        mine.leave(by=owner)  # whoever keeps it leaves last
    neighbour = as_(joko)
    assert neighbour.get(f"{THERE}members/{mine.pk}/removal/").status_code == 404
    as_(owner).post(f"{HERE}members/{theirs.pk}/removal/", {"reason": "Sudah tutup"})
    assert neighbour.get(f"{THERE}{said.pk}/").status_code == 404

    mine.invite(by=owner, guest=joko.workshop)
    again = SentraInvitation.objects.open().get()
    again.decline(by=joko)
    with pytest.raises(WrongState):
        SentraMember.join(by=joko, invitation=again)
    mine.invite(by=owner, guest=joko.workshop)
    SentraMember.join(by=joko, invitation=SentraInvitation.objects.open().get())
    neighbour.post(f"{THERE}leaving/")
    assert neighbour.get(f"{THERE}{said.pk}/").status_code == 404
    mine.leave(by=owner)
    assert not SentraMember.objects.living().exists()


def test_one_is_in_one_room_and_asked_once(
    theirs: SentraMember, room: Sentra, owner: Person, joko: Person
) -> None:
    mine = SentraMember.objects.get(workshop=owner.workshop)
    for deed in (
        lambda: Sentra.found(by=joko, name="Lain"),
        lambda: mine.invite(by=owner, guest=joko.workshop),
        lambda: mine.invite(by=owner, guest=owner.workshop),
    ):
        with pytest.raises(WrongState):
            deed()
    assert Sentra.objects.count() == 1
    with pytest.raises(NotAllowed):
        theirs.leave(by=owner)


@pytest.mark.parametrize("count", [1, 4])
def test_the_room_costs_the_same_for_any_number(
    room: Sentra,
    owner: Person,
    workshop: Workshop,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _turn in range(count):
        SentraPost.say(by=owner, sentra=room, body="Halo semua")
    client = as_(owner)
    # session, user, person; member, once for the page and once for the rows; how many, rows; for
    # whoever keeps it what was reported
    with django_assert_num_queries(8):
        page = client.get(HERE).text
    assert page.count("Halo semua") == count


def test_nobody_comes_in_by_whom_has_left(
    theirs: SentraMember, room: Sentra, owner: Person, joko: Person
) -> None:
    third = testing.staff("Rudi", testing.workshop("cikaret"), Role.OWNER)
    theirs.invite(by=joko, guest=third.workshop)
    room.part_with(by=owner, member=theirs, reason="Sudah tutup")
    assert not SentraInvitation.objects.open().exists()
    mine = SentraMember.objects.get(workshop=owner.workshop)
    mine.invite(by=owner, guest=third.workshop)
    mine.leave(by=owner)
    with pytest.raises(WrongState):
        SentraMember.join(by=third, invitation=SentraInvitation.objects.latest("pk"))


def test_the_first_complaint_stays_and_nobody_reports_himself(
    theirs: SentraMember, room: Sentra, owner: Person, joko: Person
) -> None:
    said = SentraPost.say(by=joko, sentra=room, body="Jual motor")
    with pytest.raises(WrongState):
        theirs.report(by=joko, post=said, complaint="Tidak apa-apa")
    mine = SentraMember.objects.get(workshop=owner.workshop)
    mine.report(by=owner, post=said, complaint="Bukan tentang sepatu")
    mine.report(by=owner, post=said, complaint="Lain")
    said.refresh_from_db()
    assert said.complaint == "Bukan tentang sepatu"
