"""``gtm up`` for real: every page answers, Ctrl-C ends it, nothing is left."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gtm_pipelines.settings import environment
from gtm_pipelines.workbench import open_workbench
from tests.integration.launch.conftest import free_port, processes_with
from tests.parts import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Up:
    """A running ``gtm up`` over a fresh home."""

    def __init__(self, home: Path, mark: str) -> None:
        key, _, value = mark.partition("=")
        self.home, self.ports = home, {name: free_port() for name in ("app", "dagster", "api")}
        ports = {f"GTM_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        self.environment = {**environment(), **ports, "GTM_HOME": str(home), key: value}
        self.process = self.start("--no-open")
        self.said: list[str] = []

    def start(self, *options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "gtm_pipelines.cli", "up", *options]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, text=True, **pipes)  # type: ignore[call-overload]

    def wait_until_ready(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line)
            if "Ctrl-C stops everything" in line:
                return
        pytest.fail("".join(self.said))

    def url(self, name: str, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}{path}"


@pytest.fixture
def up(home: Path, mark: str) -> Iterator[Up]:
    running = Up(home, mark)
    running.wait_until_ready()
    yield running
    running.process.terminate()
    running.process.communicate()


def wait_for(condition: object, seconds: int) -> bool:
    assert callable(condition)
    pause = threading.Event()
    for _ in range(seconds * 2):
        if condition():
            return True
        pause.wait(0.5)
    return False


def test_everything_answers_a_request_is_done_and_ctrl_c_leaves_nothing(up: Up, mark: str) -> None:
    assert httpx.get(up.url("app", "/_stcore/health")).text == "ok"
    assert "dagster_webserver" in httpx.get(up.url("dagster", "/server_info")).text
    where = '{repositoryName: "__repository__", repositoryLocationName: "gtm"}'
    sensors = f"sensorsOrError(repositorySelector: {where}) {{ ... on Sensors {{ results {{ sensorState {{ status }} }} }} }}"
    query = f"{{ assetNodes {{ groupName }} {sensors} }}"
    answer = httpx.post(up.url("dagster", "/graphql"), json={"query": query}, timeout=30).json()["data"]
    assert {node["groupName"] for node in answer["assetNodes"]} >= {"intake", "campaigns", "delivery", "replies", "marts"}
    assert {s["sensorState"]["status"] for s in answer["sensorsOrError"]["results"]} == {"RUNNING"}
    with_request = open_workbench(home=up.home)
    job = with_request.jobs.request("refresh", {}, by="anna")
    assert wait_for(lambda: not with_request.jobs.get(job.id).status.is_open, 60)
    assert with_request.jobs.get(job.id).status == "succeeded", with_request.jobs.get(job.id).message
    with_request.close()
    up.process.send_signal(signal.SIGINT)
    rest, _ = up.process.communicate(timeout=60)
    assert "Nothing is left running" in rest
    assert up.process.returncode == 0
    assert processes_with(mark) == []


def test_a_second_one_is_refused_and_a_killed_part_comes_back(up: Up, mark: str) -> None:
    second = up.start("--once")
    told, _ = second.communicate(timeout=60)
    assert second.returncode == 75
    assert "already running" in told
    daemon = next(pid for pid in processes_with(mark) if b"dagster._daemon" in Path(f"/proc/{pid}/cmdline").read_bytes())
    subprocess.run(["kill", "-9", str(daemon)], check=True)
    assert up.process.stdout
    assert any("daemon | ready" in line for line in up.process.stdout)
    up.process.terminate()
    up.process.communicate(timeout=60)
    assert processes_with(mark) == []
