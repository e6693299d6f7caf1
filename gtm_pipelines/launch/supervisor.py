"""Starts the services in order, watches them, and ends them all."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from types import FrameType

from gtm_pipelines.clock import Clock
from gtm_pipelines.launch.model import (
    READY_SECONDS,
    RESTART_WINDOW_SECONDS,
    RESTARTS,
    STOP_SECONDS,
    ProcessError,
    Say,
    Service,
)
from gtm_pipelines.launch.process import ChildProcess, Spawn

_POLL_SECONDS = 0.1
_PROBE_SECONDS = 0.5


class Supervisor:
    """Runs a set of services until it is told to stop.

    Args:
        services: in the order they are shown; each starts when the one it waits for is ready.
        spawn: starts one service.
        clock: measures the waiting.
        say: told what happens.
    """

    def __init__(self, services: Sequence[Service], spawn: Spawn, clock: Clock, say: Say) -> None:
        self._services = {service.name: service for service in services}
        self._spawn = spawn
        self._clock = clock
        self._say = say
        self._running: dict[str, ChildProcess] = {}
        self._old: list[ChildProcess] = []
        self._ready: set[str] = set()
        self._started_at: dict[str, float] = {}
        self._probed_at: dict[str, float] = {}
        self._deaths: dict[str, list[float]] = {}
        self._stops = 0

    def request_stop(self, *_signal: int | FrameType | None) -> None:
        """Ask for the end; a second time ends everything at once. Fit as a signal handler."""
        self._stops += 1

    def listen_to_signals(self) -> None:
        """End on Ctrl-C, SIGTERM and the closing of the terminal."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.request_stop)

    def start(self) -> bool:
        """Start every service and wait until each answers; ``False`` where a stop was asked for meanwhile.

        Raises:
            ProcessError: one did not answer in time, or keeps dying.
        """
        while not self._stops and len(self._ready) < len(self._services):
            self._step()
            self._clock.sleep(_POLL_SECONDS)
        return not self._stops

    def watch(self) -> None:
        """Keep the services running until a stop is asked for.

        Raises:
            ProcessError: one keeps dying.
        """
        while not self._stops:
            self._step()
            self._clock.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End every service and everything it started; returns when nothing is left."""
        children = [*self._running.values(), *self._old]
        for child in children:
            child.signal_group(signal.SIGTERM)
        stops, deadline = self._stops, self._clock.monotonic() + STOP_SECONDS
        while any(child.group_lives() for child in children):
            if self._clock.monotonic() > deadline or self._stops > stops:
                for child in children:
                    child.signal_group(signal.SIGKILL)
            self._clock.sleep(_POLL_SECONDS)
        for child in children:
            child.close()

    def _step(self) -> None:
        for name in self._services:
            if name not in self._running:
                self._start_when_due(name)
            elif self._running[name].exit_code() is not None:
                self._replace(name)
            elif name not in self._ready:
                self._ask(name)

    def _start_when_due(self, name: str) -> None:
        service = self._services[name]
        if service.waits_for is None or service.waits_for in self._ready:
            self._started_at[name] = self._clock.monotonic()
            self._running[name] = self._spawn(service)

    def _ask(self, name: str) -> None:
        now = self._clock.monotonic()
        if now - self._probed_at.get(name, -_PROBE_SECONDS) < _PROBE_SECONDS:
            return
        self._probed_at[name] = now
        service, waited = self._services[name], now - self._started_at[name]
        if service.ready():
            self._ready.add(name)
            self._say(f"{name:>9} | ready after {waited:.1f} s{f'  {service.address}' if service.address else ''}")
        elif waited > READY_SECONDS:
            raise ProcessError(f"{name} did not answer within {READY_SECONDS:.0f} s. Read {self._running[name].log_path}.")

    def _replace(self, name: str) -> None:
        """Drop a dead process and what it left; the next step starts it afresh."""
        child, now = self._running.pop(name), self._clock.monotonic()
        child.signal_group(signal.SIGTERM)
        self._old.append(child)
        self._ready.discard(name)
        deaths = [at for at in self._deaths.get(name, []) if now - at < RESTART_WINDOW_SECONDS] + [now]
        self._deaths[name] = deaths
        if len(deaths) > RESTARTS:
            raise ProcessError(f"{name} ended {len(deaths)} times in a row; the workbench stops. Read {child.log_path}.")
        self._say(f"{name:>9} | ended with code {child.exit_code()}, starting again; see {child.log_path}")
