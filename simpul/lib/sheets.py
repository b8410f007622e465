"""Tables that people take away into a spreadsheet."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Keep a sheet from reading a text as a formula: it then begins with an apostrophe (CWE-1236)."""
    return f"'{text}" if text.startswith(FORMULA) else text
