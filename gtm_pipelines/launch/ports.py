"""Ports: whether one is free, and who has it if not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

from gtm_pipelines.errors import SettingsError

_LISTENING = "0A"


def require_free(host: str, port: int, setting: str) -> None:
    """Make sure that ``port`` can be listened on.

    Args:
        host: address to listen on.
        port: TCP port.
        setting: name of the setting that chose it, for the error's text.

    Raises:
        SettingsError: the port is taken, or the address is not this machine's.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((host, port))
        except OSError as error:
            owner = who_listens(port)
            by = f" by {owner}" if owner else ""
            raise SettingsError(
                f"{setting} = {port}: {host}:{port} cannot be used, it is taken{by} ({error.strerror}). "
                f"Stop that program, or set {setting} in gtm.toml or GTM_{setting.upper()} to a free port."
            ) from error


def who_listens(port: int) -> str | None:
    """Name the process that listens on ``port``, where the system tells (Linux)."""
    inodes = set(_listening_inodes(port))
    if not inodes:
        return None
    for process in Path("/proc").glob("[0-9]*"):
        if inodes & set(_socket_inodes(process)):
            command = _command(process)
            return f"process {process.name}{f' ({command})' if command else ''}"
    return None


def _listening_inodes(port: int) -> Iterator[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _socket_inodes(process: Path) -> Iterator[str]:
    try:
        for handle in (process / "fd").iterdir():
            target = str(handle.readlink())
            if target.startswith("socket:["):
                yield target[8:-1]
    except OSError:  # another user's process, or one that has just ended
        return


def _command(process: Path) -> str:
    try:
        words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    return " ".join(words).strip()[:80]
