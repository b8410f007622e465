"""The commands of an operator, as they are typed."""

import json
import sqlite3
import tarfile
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import get_resolver
from pytest_django import Settings

from simpul import cli, testing
from simpul.parties.models import Identity, Party, Person, User, Workshop
from simpul.parties.roles import Role
from simpul.portals import archive
from simpul.portals.management.commands import workshop as workshop_command


def said(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue().strip()


def test_a_workshop_is_made_with_its_owner_and_its_machine(db: None) -> None:
    text = said("workshop", "new", "tajur", "Tas Tajur", "Bu Ida", "Ida@Example.com")
    assert text == "Made the workshop Tas Tajur at /tajur/"
    made = Workshop.objects.get()
    assert made.machine.name == "Simpul"
    owner = Person.objects.get(role=Role.OWNER)
    assert (owner.name, owner.user) == ("Bu Ida", User.objects.get(email="ida@example.com"))
    assert Identity.objects.get().value == "ida@example.com"


def test_the_same_login_may_own_two(db: None) -> None:
    for slug in ("tajur", "ciomas"):
        said("workshop", "new", slug, slug, "Bu Ida", "ida@example.com", "--json")
    assert User.objects.get().people.count() == 2


@pytest.mark.parametrize(
    ("slug", "email"),
    [
        ("accounts", "a@example.com"),
        ("Besar", "a@example.com"),
        ("dua kata", "a@example.com"),
        ("ciomas", "a@example.com"),
        ("tajur", "no address"),
    ],
)
def test_a_name_that_cannot_be_is_refused(workshop: Workshop, slug: str, email: str) -> None:
    with pytest.raises(CommandError):
        said("workshop", "new", slug, "Name", "Owner", email)
    assert Workshop.objects.count() == 1


def test_every_address_of_the_house_is_reserved() -> None:
    first = {str(pattern.pattern).split("/")[0] for pattern in get_resolver().url_patterns}
    assert {part for part in first if part and "<" not in part} <= workshop_command.RESERVED


def test_the_audit_of_a_house_in_order(workshop: Workshop) -> None:
    assert said("audit") == "Every invariant holds."
    assert json.loads(said("audit", "--json", "--workshop", "ciomas")) == []
    with pytest.raises(CommandError):
        said("audit", "--workshop", "nowhere")


def test_the_figures_are_reckoned_anew_or_brought_up_to_date(buyer: Party) -> None:
    testing.confirmed_order(buyer)
    assert said("facts") == "ciomas: 1 orders"
    testing.confirmed_order(buyer)
    assert said("facts", "--touched", "--workshop", "ciomas") == "ciomas: 2 orders"
    with pytest.raises(CommandError):
        said("facts", "--workshop", "nowhere")


def test_the_outbox_says_what_it_did(workshop: Workshop) -> None:
    assert said("outbox") == "0 notices made, 0 mails sent, 0 failed"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli._help(0) == 0
    text = capsys.readouterr().out
    for name in (
        "serve",
        "demo",
        "workshop",
        "audit",
        "backup",
        "restore",
        "statement",
        "inbox",
        "check",
    ):
        assert f"  {name} " in text


@pytest.fixture
def house(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own with a database, an upload and a key."""
    database = SimpleNamespace(vendor="sqlite", close=lambda: None)
    monkeypatch.setattr(archive, "connection", database)
    settings.DATA = tmp_path / "data"
    settings.UPLOADS = settings.DATA / "uploads"
    settings.UPLOADS.mkdir(parents=True)
    (settings.UPLOADS / "ab.jpg").write_bytes(b"picture")
    (settings.DATA / archive.KEY).write_text("secret")
    write(settings.DATA, "first")
    return Path(settings.DATA)


def write(folder: Path, word: str) -> None:
    database = sqlite3.connect(folder / archive.DATABASE)
    database.executescript(
        "PRAGMA journal_mode=WAL; CREATE TABLE IF NOT EXISTS t(w); DELETE FROM t"
    )
    database.execute("INSERT INTO t VALUES (?)", [word])
    database.commit()
    database.close()


def read(folder: Path) -> Any:
    database = sqlite3.connect(folder / archive.DATABASE)
    (word,) = database.execute("SELECT w FROM t").fetchone()
    database.close()
    return word


def test_a_backup_comes_back_whole(house: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.tar.gz"
    archive.backup(target)
    assert target.stat().st_mode & 0o777 == 0o600
    write(house, "second")
    (house / "uploads" / "ab.jpg").unlink()
    (house / archive.KEY).write_text("another")

    aside = archive.restore(target)

    assert read(house) == "first"
    assert (house / "uploads" / "ab.jpg").read_bytes() == b"picture"
    assert (house / archive.KEY).read_text() == "secret"
    assert aside is not None
    assert read(aside) == "second"


def test_nothing_is_restored_while_the_program_runs(house: Path, tmp_path: Path) -> None:
    archive.backup(tmp_path / "backup.tar.gz")
    with archive.running(), pytest.raises(archive.CannotArchive, match="running"):
        archive.restore(tmp_path / "backup.tar.gz")
    assert read(house) == "first"


def test_a_backup_overwrites_nothing(house: Path, tmp_path: Path) -> None:
    (tmp_path / "backup.tar.gz").write_text("precious")
    with pytest.raises(archive.CannotArchive, match="exists"):
        archive.backup(tmp_path / "backup.tar.gz")
    assert (tmp_path / "backup.tar.gz").read_text() == "precious"


@pytest.mark.parametrize("kind", ["noise", "stranger", "damaged", "missing"])
def test_what_is_no_backup_changes_nothing(house: Path, tmp_path: Path, kind: str) -> None:
    source = tmp_path / "other.tar.gz"
    if kind == "noise":
        source.write_bytes(b"no archive")
    elif kind != "missing":
        (tmp_path / "x").write_bytes(b"SQLite format 3\x00 and then nothing")
        with tarfile.open(source, "w:gz") as tar:
            tar.add(tmp_path / "x", archive.DATABASE if kind == "damaged" else "etc/passwd")
    with pytest.raises(archive.CannotArchive):
        archive.restore(source)
    assert read(house) == "first"


def test_health_is_told_for_everything(workshop: Workshop) -> None:
    try:
        text = said("health", "--json")
    except SystemExit:
        return
    assert [answer["what"] for answer in json.loads(text)] == [
        "settings",
        "database",
        "mail",
        "disk",
    ]
