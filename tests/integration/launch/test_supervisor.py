"""The supervisor starts in order, starts again what dies, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.launch.model import ProcessError, Service
from gtm_pipelines.launch.process import ChildProcess
from gtm_pipelines.launch.supervisor import Supervisor
from tests.integration.launch.conftest import DEAF, FAMILY, MakeService, processes_with
from tests.parts import ROOT

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for leftovers in /proc")


class Run:
    """A supervisor over some services, with what it said."""

    def __init__(self, tmp_path: Path, *services: Service) -> None:
        self.said: list[str] = []
        self.children: dict[str, list[ChildProcess]] = {}
        self.logs = tmp_path / "logs"
        self.supervisor = Supervisor(services, self._spawn, SystemClock(), self.said.append)

    def _spawn(self, service: Service) -> ChildProcess:
        child = ChildProcess(service, self.logs, self.said.append)
        self.children.setdefault(service.name, []).append(child)
        return child

    def watch_until(self, condition: str) -> None:
        """Watch until a line holds ``condition``; gives up after ten seconds."""
        give_up = threading.Timer(10, self.supervisor.request_stop)
        give_up.start()

        def look() -> None:
            if any(condition in line for line in self.said):
                self.supervisor.request_stop()
            elif give_up.is_alive():
                threading.Timer(0.1, look).start()

        look()
        self.supervisor.watch()
        give_up.cancel()


def test_services_start_in_order_and_all_end(tmp_path: Path, make_service: MakeService, mark: str) -> None:
    run = Run(tmp_path, make_service("second", waits_for="first"), make_service("first"))
    assert run.supervisor.start()
    assert [line.split()[0] for line in run.said] == ["first", "second"]
    assert len(processes_with(mark)) == 2
    run.supervisor.stop()
    assert processes_with(mark) == []


def test_what_a_service_started_ends_with_it(tmp_path: Path, make_service: MakeService, mark: str) -> None:
    run = Run(tmp_path, make_service("family", FAMILY))
    assert run.supervisor.start()
    assert len(processes_with(mark)) == 2
    run.supervisor.stop()
    assert processes_with(mark) == []


def test_a_service_that_is_deaf_to_the_stop_is_killed_when_asked_twice(
    tmp_path: Path, make_service: MakeService, mark: str
) -> None:
    run = Run(tmp_path, make_service("deaf", DEAF))
    assert run.supervisor.start()
    threading.Timer(0.5, run.supervisor.request_stop).start()
    run.supervisor.stop()
    assert processes_with(mark) == []


def test_a_killed_service_is_started_again_and_told(tmp_path: Path, make_service: MakeService, mark: str) -> None:
    run = Run(tmp_path, make_service("one", FAMILY), make_service("other"))
    assert run.supervisor.start()
    os.kill(run.children["one"][0].pid, signal.SIGKILL)
    run.said.clear()
    run.watch_until("ready after")
    assert any("ended with code -9, starting again" in line for line in run.said)
    assert len(run.children["one"]) == 2
    assert len(run.children["other"]) == 1
    run.supervisor.stop()
    assert processes_with(mark) == []


def test_a_service_that_keeps_dying_stops_the_workbench_and_names_its_log(
    tmp_path: Path, make_service: MakeService, mark: str
) -> None:
    run = Run(tmp_path, make_service("good"), make_service("bad", "print('ERROR cannot go on'); raise SystemExit(3)"))
    with pytest.raises(ProcessError, match=r"bad ended 4 times in a row.*bad\.log"):
        run.supervisor.start()
    run.supervisor.stop()
    assert processes_with(mark) == []
    assert "cannot go on" in (run.logs / "bad.log").read_text()
    assert any("bad | ERROR cannot go on" in line for line in run.said)


def test_output_is_kept_without_keys(tmp_path: Path, make_service: MakeService) -> None:
    run = Run(tmp_path, make_service("leaky", "print('using sk-abcdefgh12345678'); raise SystemExit(3)"))
    with pytest.raises(ProcessError):
        run.supervisor.start()
    run.supervisor.stop()
    assert "sk-abcdefgh" not in (run.logs / "leaky.log").read_text()


KILLED = """
import sys
from pathlib import Path
from gtm_pipelines.clock import SystemClock
from gtm_pipelines.launch.model import Service
from gtm_pipelines.launch.probes import page_says
from gtm_pipelines.launch.process import ChildProcess
from gtm_pipelines.launch.supervisor import Supervisor
from gtm_pipelines.settings import environment
folder, port, code = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
url = f"http://127.0.0.1:{port}/"
service = Service("web", (sys.executable, "-c", code, port), folder, environment(), page_says(url), url)
supervisor = Supervisor([service], lambda s: ChildProcess(s, folder, print), SystemClock(), print)
supervisor.start()
print("READY", flush=True)
supervisor.watch()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_even_a_killed_launcher_leaves_nothing(tmp_path: Path, make_service: MakeService, mark: str) -> None:
    described = make_service("web")
    launcher = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), described.command[-1], described.command[-2]],
        env=dict(described.environment),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert launcher.stdout
    assert any("READY" in line for line in iter(launcher.stdout.readline, ""))
    assert len(processes_with(mark)) == 2
    launcher.kill()
    launcher.wait()
    launcher.stdout.close()
    wait = threading.Event()
    for _ in range(50):
        if not processes_with(mark):
            break
        wait.wait(0.1)
    assert processes_with(mark) == []
