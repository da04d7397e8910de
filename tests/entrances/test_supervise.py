"""Web and worker as one: what dies is started again, and nothing outlives its supervisor."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from palier.jobs.tasks import BESIDE

CHILD = "import os, sys, time; open(sys.argv[1] + str(os.getpid()), 'w').close(); time.sleep(600)"
PARENT = """
import sys
from palier.cli.supervise import Child, supervise
child, here = sys.argv[1:]
names = ("one-", "two-")
sys.exit(supervise([Child(name, [sys.executable, "-c", child, here + "/" + name]) for name in names]))
"""


@pytest.fixture
def supervised(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD, str(tmp_path)], stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(lambda: len(pids(tmp_path)) == 2)
        yield parent, tmp_path
    finally:
        parent.kill()
        parent.wait()
        for pid in pids(tmp_path):
            if is_running(pid):
                os.kill(pid, signal.SIGKILL)


def pids(folder: Path, name: str = "") -> list[int]:
    return [int(file.name.partition("-")[2]) for file in folder.iterdir() if file.name.startswith(name)]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for(condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them"
)


def test_what_dies_is_started_again_and_the_other_is_left_alone(supervised):
    _, folder = supervised
    (one,), (two,) = pids(folder, "one-"), pids(folder, "two-")
    os.kill(one, signal.SIGKILL)
    wait_for(lambda: len(pids(folder, "one-")) == 2)
    assert pids(folder, "two-") == [two]
    assert is_running(two)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_end_together(supervised, number):
    parent, folder = supervised
    parent.send_signal(number)
    assert parent.wait(timeout=10) == 0
    assert not any(map(is_running, pids(folder)))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_a_supervisor_that_is_killed_leaves_nobody_behind(supervised):
    parent, folder = supervised
    parent.kill()
    wait_for(lambda: not any(map(is_running, pids(folder))))


def test_what_a_worker_runs_beside_it_ends_with_it(tmp_path):
    worker = """
import os, subprocess, sys, time
_, words, folder = sys.argv
subprocess.Popen([sys.executable, "-c", words, folder])
while not os.listdir(folder):
    time.sleep(0.05)
os._exit(0)
"""
    words = [sys.executable, "-c", worker, BESIDE + CHILD, f"{tmp_path}/"]
    assert subprocess.run(words).returncode == 0
    (child,) = (int(file.name) for file in tmp_path.iterdir())
    wait_for(lambda: not is_running(child))
