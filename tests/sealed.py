"""The suite talks to this machine only."""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import Any


class OutsideError(RuntimeError):
    """A test tried to reach another machine. Hand in a part that stays on loopback."""


def is_here(address: Any) -> bool:
    """Tell whether an address of a socket is this machine's: a path, loopback, or all interfaces."""
    if not isinstance(address, tuple):
        return True
    try:
        host = ipaddress.ip_address(str(address[0]).partition("%")[0])
    except ValueError:
        return address[0] in ("localhost", "", socket.gethostname())
    return host.is_loopback or host.is_unspecified


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto") and not is_here(arguments[1]):
        raise OutsideError(f"a test tried to reach {arguments[1]}")


def seal() -> None:
    """Refuse every connection of this process to another machine, for good."""
    sys.addaudithook(_watch)
