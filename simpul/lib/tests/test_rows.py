import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction

from simpul.lib import rows


@pytest.mark.django_db
def test_rows_get_the_keys_that_come_next() -> None:
    first = Group.objects.create(name="first")
    made = [Group(name=f"of many {at}") for at in range(3)]

    rows.insert(made)

    last = Group.objects.create(name="last")
    assert [group.pk for group in made] == [first.pk + at for at in (1, 2, 3)]
    assert last.pk == first.pk + 4
    stored = Group.objects.filter(name__startswith="of many").order_by("pk")
    assert list(stored) == made
    assert [group.name for group in stored] == ["of many 0", "of many 1", "of many 2"]


@pytest.mark.django_db
def test_a_row_may_name_one_that_has_no_key_yet() -> None:
    kind = ContentType(app_label="leather", model="hide")
    permission = Permission(name="May cut", codename="cut", content_type=kind)

    rows.insert([kind])
    rows.insert([permission])

    assert Permission.objects.get(codename="cut").content_type_id == kind.pk
    assert permission.content_type_id == kind.pk


@pytest.mark.django_db
def test_a_row_that_the_database_refuses_leaves_none() -> None:
    before = Group.objects.count()

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert([Group(name="twin"), Group(name="twin")])

    assert Group.objects.count() == before


@pytest.mark.django_db
def test_nothing_is_nothing() -> None:
    rows.insert([])


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        rows.insert([Group(name="alone")])

    assert not Group.objects.filter(name="alone").exists()
