"""The suite cannot reach another machine by accident."""

from __future__ import annotations

import socket

import pytest

from tests.sealed import OutsideError


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("198.51.100.7", 443)])
def test_another_machine_is_refused_before_anything_leaves(address: tuple[str, int]) -> None:
    with socket.socket() as outside, pytest.raises(OutsideError):
        outside.connect(address)


def test_this_machine_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
