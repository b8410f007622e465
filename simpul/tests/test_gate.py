"""Whoever stops the gate stops all that it has started, and what it would have started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
GATE = """
import sys, test
waits = test.Part("waits", ["sh", "-c", "echo $$ > $PIPE; exec sleep 600"], {"PIPE": sys.argv[1]})
test.CHECKS[:] = [waits]
test.end_all_on_a_signal()
try:
    test.run_all([waits, waits])
finally:
    print("and PostgreSQL")
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_what_runs(tmp_path: Path, number: int, code: int) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    gate = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", GATE, str(pipe)],
        cwd=SCRIPTS,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        parts: set[int] = set()
        with pipe.open() as heard:
            while len(parts) < 2 and gate.poll() is None:
                parts |= {int(line) for line in heard}
        gate.send_signal(number)
        said, failed = gate.communicate(timeout=60)
    finally:
        gate.kill()

    assert len(parts) == 2
    assert (gate.returncode, said, failed) == (code, "and PostgreSQL\n", "")
    for one in parts:
        with pytest.raises(ProcessLookupError):
            os.kill(one, 0)
