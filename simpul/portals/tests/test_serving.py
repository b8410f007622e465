"""The processes of the program end together, and nothing of them is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simpul.portals import serving

# A server that does not listen to being asked, and its worker, as Granian's under load.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(worker.pid))
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(60)
"""


def wait_for(path: Path) -> int:
    give_up_at = time.monotonic() + 20
    while not path.exists() and time.monotonic() < give_up_at:
        time.sleep(0.02)
    return int(path.read_text())


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux who still runs")
def test_what_a_server_started_ends_with_it(tmp_path: Path) -> None:
    told = tmp_path / "worker"
    server = serving.start([sys.executable, "-c", STUBBORN, str(told)])
    worker = wait_for(told)
    assert is_running(worker)

    serving.end([server], patience_s=0.2)

    assert server.returncode == -9
    give_up_at = time.monotonic() + 5
    while is_running(worker) and time.monotonic() < give_up_at:
        time.sleep(0.02)
    assert not is_running(worker)


def test_who_ends_when_asked_is_not_forced() -> None:
    server: subprocess.Popen[bytes] = serving.start(
        [sys.executable, "-c", "import time; time.sleep(60)"]
    )
    serving.end([server])
    assert server.returncode == -15
    with pytest.raises(ProcessLookupError):
        os.killpg(server.pid, 0)
