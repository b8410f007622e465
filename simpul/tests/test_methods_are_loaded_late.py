from __future__ import annotations

import subprocess
import sys

SERVE = """
import sys, django
django.setup()
import simpul.urls
print(sorted(name for name in sys.modules if name.startswith(("scipy", "simpul.insight.methods"))))
"""


def test_no_page_pays_for_scipy() -> None:
    """Whoever opens a page does not load the models: docs/decisions/0057-models-are-our-own.md."""
    found = subprocess.run(  # noqa: S603
        [sys.executable, "-c", SERVE], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
