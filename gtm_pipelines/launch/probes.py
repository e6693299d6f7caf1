"""How to tell that a process answers: its socket opens, or its page says so."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import httpx

_TIMEOUT_SECONDS = 2.0
_HEALTH_QUERY = "{ instance { daemonHealth { allDaemonStatuses { daemonType healthy required } } } }"
_NEEDED_DAEMONS = frozenset({"SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR"})


def local(host: str) -> str:
    """Return the address under which this machine reaches a server bound to ``host``."""
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - recognised, not bound


def unix_socket_opens(path: Path) -> Callable[[], bool]:
    """Return a probe: something accepts connections on the socket at ``path``."""

    def probe() -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(_TIMEOUT_SECONDS)
            return client.connect_ex(str(path)) == 0

    return probe


def page_says(url: str, text: str = "") -> Callable[[], bool]:
    """Return a probe: ``url`` answers below 400 and its text holds ``text``."""

    def probe() -> bool:
        try:
            answer = httpx.get(url, timeout=_TIMEOUT_SECONDS)
        except httpx.HTTPError:
            return False
        return answer.status_code < 400 and text in answer.text

    return probe


def daemon_is_healthy(dagster_url: str) -> Callable[[], bool]:
    """Return a probe: the Dagster server at ``dagster_url`` hears from every daemon it needs."""

    def probe() -> bool:
        try:
            answer = httpx.post(f"{dagster_url}/graphql", json={"query": _HEALTH_QUERY}, timeout=_TIMEOUT_SECONDS)
            statuses = answer.json()["data"]["instance"]["daemonHealth"]["allDaemonStatuses"]
        except (httpx.HTTPError, json.JSONDecodeError, KeyError, TypeError):
            return False
        return {s["daemonType"] for s in statuses if s["healthy"]} >= _NEEDED_DAEMONS

    return probe
