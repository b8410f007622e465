import hashlib
from datetime import timedelta

from pytest_django import Settings

from simpul.lib import clock
from simpul.parties.models import AccessLink, Party, Person


def test_the_database_keeps_no_token(buyer: Party, dewi: Person) -> None:
    link = AccessLink.issue(dewi, buyer)
    row = AccessLink.objects.values("salt", "digest").get()
    assert len(link.token) == 22  # 132 bits
    assert link.token not in row.values()
    assert row["digest"] == hashlib.sha256(link.token.encode()).hexdigest()
    assert AccessLink.objects.by_token(link.token).get() == link


def test_another_key_makes_other_tokens(buyer: Party, dewi: Person, settings: Settings) -> None:
    link = AccessLink.issue(dewi, buyer)
    token = link.token
    settings.SECRET_KEY = "stolen database, not the key"
    assert link.token != token


def test_it_lives_until_it_expires_or_is_taken_back(buyer: Party, dewi: Person) -> None:
    link = AccessLink.issue(dewi, buyer, days=30)
    now = clock.now()
    alive = AccessLink.objects.alive
    assert alive(now).exists()
    assert alive(now + timedelta(days=29)).exists()
    assert not alive(now + timedelta(days=30, minutes=1)).exists()
    link.revoke()
    assert not alive(now).exists()


def test_it_dies_with_the_persons_part_in_it(buyer: Party, dewi: Person) -> None:
    AccessLink.issue(dewi, buyer)
    Person.objects.filter(pk=dewi.pk).update(is_active=False)
    assert not AccessLink.objects.alive(clock.now()).exists()


def test_one_that_lives_long_enough_is_used_again(buyer: Party, dewi: Person) -> None:
    first = AccessLink.issue(dewi, buyer, days=30)
    assert AccessLink.issue(dewi, buyer) == first
    longer = AccessLink.issue(dewi, buyer, days=60)
    assert (longer, (longer.expires_at - first.expires_at).days) == (first, 30)
    with clock.stopped(clock.now() + timedelta(days=59, hours=12)):
        assert AccessLink.issue(dewi, buyer) != first


def test_each_person_and_each_thing_has_its_own(
    buyer: Party, dewi: Person, budi: Person, supplier: Party
) -> None:
    links = {AccessLink.issue(dewi, buyer), AccessLink.issue(budi, supplier)}
    links.add(AccessLink.issue(dewi, dewi.workshop))
    assert len({link.token for link in links}) == 3
