"""Collect the texts for the translators and compile them: `make messages`.

With --check nothing is written: it fails where a language misses a text, has a fuzzy one, or a
translation lost one of its gaps.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from simpul.lib.messages import compile_texts  # noqa: E402 - found after the path is set

LOCALES = ROOT / "locale"
LANGUAGES = ["id"]  # English is the language of the code
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    **{"_now": None, "_lazy": None, "gettext_lazy": None, "ngettext_lazy": (1, 2)},
    "pgettext_lazy": DEFAULT_KEYWORDS["pgettext"],
}
JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}


def collect() -> Catalog:
    """Read every text of the program: Python, Jinja2 and the few templates of Django's engine."""
    settings.configure()
    catalog = Catalog(project="Simpul", charset="utf-8")
    for path in sorted((ROOT / "simpul").rglob("*")):
        reader = _reader(path)
        if reader is None:
            continue
        method, options = reader
        with path.open("rb") as file:
            found = extract(method, file, KEYWORDS, comment_tags=("l10n:",), options=options)
            for _line, text, comments, context in found:
                place = [(str(path.relative_to(ROOT)), 0)]
                catalog.add(text, None, place, auto_comments=comments, context=context)
    return catalog


def update(texts: Catalog) -> None:
    """Bring the file of each language up to date, and compile it."""
    for language in LANGUAGES:
        path = _path(language)
        known = _known(language)
        known.update(texts, no_fuzzy_matching=True, update_creation_date=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, known, width=98, include_lineno=False, ignore_obsolete=True)
    compile_texts(LOCALES)


def complaints(texts: Catalog) -> Iterator[str]:
    """Yield what is not well with each language."""
    for language in LANGUAGES:
        known = _known(language)
        for wanted in texts:
            if not wanted.id:
                continue
            message = known.get(wanted.id, wanted.context)
            text = wanted.id if isinstance(wanted.id, str) else wanted.id[0]
            if message is None or not _is_whole(message):
                yield f"{language}: no translation of {text!r} ({wanted.locations[0][0]})"
            elif message.fuzzy:
                yield f"{language}: a fuzzy translation of {text!r}"
            else:
                for reason in message.check(known):
                    yield f"{language}: {text!r}: {reason}"


def extract_django(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Read a template of Django's engine, as makemessages would, without its gettext."""
    code = templatize(file.read().decode())
    flat = "\n".join(line.strip() for line in code.splitlines())
    return extract_python(BytesIO(flat.encode()), keywords, comment_tags, options)


def _reader(path: Path) -> tuple[Any, dict[str, Any]] | None:
    parts = path.parts
    if "tests" in parts or not path.is_file():
        return None
    if path.suffix == ".py":
        return ("python", {})
    if path.suffix in {".html", ".txt"} and "jinja2" in parts:
        return ("jinja2", JINJA)
    if path.suffix in {".html", ".txt"} and "templates" in parts:
        return (extract_django, {})
    return None


def _known(language: str) -> Catalog:
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language, project="Simpul", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _path(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def _is_whole(message: Message) -> bool:
    texts = message.string if isinstance(message.string, tuple | list) else [message.string]
    return bool(texts) and all(texts)


def main() -> int:
    texts = collect()
    if "--check" not in sys.argv:
        update(texts)
        print(f"{len(texts)} texts")
    wrong = list(complaints(texts))
    for line in wrong:
        print(line)
    if wrong:
        print(f"{len(wrong)} of {len(texts)} texts are not well")
    return 1 if wrong and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
