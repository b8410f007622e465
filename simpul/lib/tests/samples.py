"""Mails as they come over the line, invented: of telephones, programs and machines."""

from pathlib import Path

HERE = Path(__file__).parent / "mails"
NAMES = sorted(path.name for path in HERE.glob("*.eml"))


def mail(name: str, number: str = "SO-2026-0001") -> bytes:
    """Return one of them, about this order."""
    content = (HERE / name).read_bytes()
    return content.replace(b"SO-2026-0001", number.encode()).replace(
        b"SO/2026/0001", number.replace("-", "/").encode()
    )
