"""`simpul`: the one command. A thin layer over the commands of Django."""

from __future__ import annotations

import argparse
import os
import sys

from django.core.management import ManagementUtility
from django.db import DatabaseError

COMMANDS = {
    "serve": ("run_simpul", "run the program: web pages, jobs and notices"),
    "demo": ("run_demo", "the same over a demonstration workshop"),
    "workshop": ("workshop", "make a new workshop: simpul workshop new SLUG NAME OWNER EMAIL"),
    "audit": ("audit", "hold the invariants against the facts"),
    "facts": ("facts", "reckon the figures of the analysis anew from the orders"),
    "backup": ("backup", "make one file of the database and the uploads, while the program runs"),
    "restore": ("restore", "bring a backup back"),
    "statement": ("statement", "read a bank's file: simpul statement import --account A FILE"),
    "inbox": ("inbox", "take in a mail with a proof of payment: simpul inbox FILE.eml, or -"),
    "check": ("health", "check settings, database, mail and disk"),
    "django": ("", "any other command of Django"),
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "simpul.settings")
    name, rest = (sys.argv[1] if len(sys.argv) > 1 else "help"), sys.argv[2:]
    if name not in COMMANDS:
        sys.exit(_help(0 if name in {"help", "-h", "--help"} else 2))
    if name in {"serve", "demo"}:
        _set_address(rest)
    if name == "demo":
        os.environ["SIMPUL_DEMO"] = "1"
    command = COMMANDS[name][0]
    try:
        ManagementUtility([f"simpul {name}", *([command] if command else []), *rest]).execute()
    except DatabaseError as reason:
        why = str(reason).strip().partition("\n")[0]
        sys.exit(f"The database is not ready ({why}). Does `simpul check` say why?")


def _set_address(arguments: list[str]) -> None:
    """Let the settings know the address: it stands in every link that is sent."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--port", default="8000")
    known, _rest = parser.parse_known_args(arguments)
    os.environ.setdefault("SIMPUL_URL", f"http://localhost:{known.port}")


def _help(status: int) -> int:
    lines = ["Usage: simpul COMMAND [--help]", ""]
    lines += [f"  {name:10} {text}" for name, (_command, text) in COMMANDS.items()]
    print("\n".join(lines), file=sys.stderr if status else sys.stdout)
    return status
