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


@pytest.mark.django_db
def test_what_is_the_same_already_is_left_alone() -> None:
    kind = ContentType.objects.create(app_label="leather", model="hide")
    for codename in ("cut", "sew", "sole"):
        Permission.objects.create(content_type=kind, codename=codename, name=f"May {codename}")
    elsewhere = Permission.objects.exclude(content_type=kind).count()
    old = Permission.objects.filter(content_type=kind)
    keys = dict(old.values_list("codename", "pk"))
    wanted = [
        ("May cut", kind.pk, "cut"),
        ("Must sew", kind.pk, "sew"),
        ("May dye", kind.pk, "dye"),
    ]

    rows.replace(old, ("name", "content_type_id", "codename"), wanted)

    kept = old.order_by("codename").values_list("name", "content_type_id", "codename")
    assert list(kept) == [wanted[0], wanted[2], wanted[1]]
    assert old.get(codename="cut").pk == keys["cut"]
    assert old.get(codename="sew").pk != keys["sew"]
    assert Permission.objects.exclude(content_type=kind).count() == elsewhere
