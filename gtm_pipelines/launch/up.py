"""``gtm up`` as a function: everything started, watched, and ended together."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from gtm_pipelines.clock import Clock
from gtm_pipelines.launch.door import look_at_door
from gtm_pipelines.launch.lock import hold
from gtm_pipelines.launch.model import Say
from gtm_pipelines.launch.process import ChildProcess
from gtm_pipelines.launch.services import addresses, build_services, check_ports
from gtm_pipelines.launch.supervisor import Supervisor
from gtm_pipelines.settings import Settings


def serve(
    settings: Settings,
    clock: Clock,
    say: Say,
    *,
    on_ready: Callable[[Mapping[str, str]], None],
    once: bool = False,
    verbose: bool = False,
) -> None:
    """Serve the app, Dagster and the unsubscribe service until Ctrl-C or SIGTERM.

    Args:
        settings: the settings in force.
        clock: measures the waiting.
        say: told what happens, a line at a time.
        on_ready: told the addresses by name when everything answers.
        once: stop as soon as everything has answered, to see that it would.
        verbose: say every line the processes write, not only the errors.

    Raises:
        SettingsError: a port is taken, or strangers could walk in.
        ConflictError: the workbench already runs on this data folder.
        ProcessError: a process does not start or keeps dying.
    """
    with hold(settings.home_path / "up.lock"):
        look_at_door(settings)
        check_ports(settings)
        sockets = Path(tempfile.mkdtemp(prefix="gtm-"))
        spawn = partial(ChildProcess, log_folder=settings.home_path / "logs", say=say, verbose=verbose)
        supervisor = Supervisor(build_services(settings, sockets), spawn, clock, say)
        supervisor.listen_to_signals()
        try:
            if supervisor.start():
                on_ready(addresses(settings))
                if not once:
                    supervisor.watch()
        finally:
            say("Stopping.")
            supervisor.stop()
            shutil.rmtree(sockets, ignore_errors=True)
    say("Stopped. Nothing is left running.")
