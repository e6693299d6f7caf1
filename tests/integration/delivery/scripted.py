"""An SMTP server that misbehaves once, at a chosen stage and in a chosen way, and remembers what it accepted."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

STAGES = ("banner", "ehlo", "auth", "mail", "rcpt", "data", "body", "dot")
KINDS = ("451", "550", "421", "garbage", "stall", "reset", "close")
_OK = {
    "banner": "220 scripted ESMTP",
    "ehlo": "250-scripted\r\n250 AUTH PLAIN",
    "auth": "235 2.7.0 welcome",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go on",
    "dot": "250 2.0.0 Ok: queued as ABC123",
}
_STAGE_OF = {"EHLO": "ehlo", "HELO": "ehlo", "AUTH": "auth", "MAIL": "mail", "RCPT": "rcpt", "DATA": "data"}


class Scripted:
    """The server; ``fault`` is used up by the first session that reaches it.

    Args:
        stage: where it misbehaves.
        kind: how.
        reply: what it says then.
        pipelining: it takes commands in one breath, and says so.
        careless: it lets text begin though nobody is there to take it.
    """

    def __init__(
        self,
        stage: str | None = None,
        kind: str | None = None,
        reply: str | None = None,
        *,
        pipelining: bool = False,
        careless: bool = False,
    ) -> None:
        self._greeting = _OK["ehlo"].replace("\r\n", "\r\n250-PIPELINING\r\n") if pipelining else _OK["ehlo"]
        self._careless = careless
        self.fault = (stage, kind) if stage else None
        self.reply = reply
        self.accepted: list[bytes] = []
        self.commands: list[str] = []
        self.sessions = 0
        self.struck = threading.Event()
        self.release = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self.release.set()
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.sessions += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as lines:
                if not self._answer(connection, "banner"):
                    return
                refused = False
                for line in lines:
                    command = line.decode("ascii", "replace").strip()
                    self.commands.append(command)
                    verb = command[:4].upper()
                    refused = not self._careless and verb in ("RCPT", "DATA") and refused
                    taking = verb == "DATA" and not self._faulty("data")
                    if verb in ("RSET", "QUIT", "NOOP"):
                        connection.sendall(b"250 2.0.0 ok\r\n")
                    elif refused:
                        connection.sendall(b"503 5.5.1 nobody is there to take it\r\n")
                    elif verb in ("MAIL", "RCPT") and self._faulty(_STAGE_OF[verb]):
                        refused = True
                        if not self._answer(connection, _STAGE_OF[verb]):
                            return
                    elif not self._answer(connection, _STAGE_OF[verb]) or (taking and not self._take(connection, lines)):
                        return
        except OSError:
            return

    def _take(self, connection: socket.socket, lines: Iterable[bytes]) -> bool:
        content = []
        for line in lines:
            if not content and self._faulty("body"):
                if self._strike(connection):
                    for _rest in lines:
                        pass  # to hang up on unread bytes would reset the connection and lose the answer
                return False
            if line == b".\r\n":
                break
            content.append(line.removeprefix(b".") if line.startswith(b".") else line)
        else:
            return False
        if self._faulty("dot"):
            return self._strike(connection)
        self.accepted.append(b"".join(content))
        connection.sendall(f"{_OK['dot']}\r\n".encode())
        return True

    def _faulty(self, stage: str) -> bool:
        return self.fault is not None and self.fault[0] == stage

    def _answer(self, connection: socket.socket, stage: str) -> bool:
        if self._faulty(stage):
            return self._strike(connection)
        connection.sendall(f"{self._greeting if stage == 'ehlo' else _OK[stage]}\r\n".encode())
        return True

    def _strike(self, connection: socket.socket) -> bool:
        """Misbehave; return whether the session goes on."""
        assert self.fault is not None
        kind, self.fault = str(self.fault[1]), None
        try:
            return self._misbehave(connection, kind)
        finally:
            self.struck.set()

    def _misbehave(self, connection: socket.socket, kind: str) -> bool:
        if kind == "stall":
            self.struck.set()
            self.release.wait(10)
            return False
        if kind == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.shutdown(socket.SHUT_RD)
            connection.close()
            return False
        if kind == "close":
            connection.shutdown(socket.SHUT_RDWR)
            return False
        text = {"451": "451 4.3.0 try later", "550": "550 5.1.1 no", "421": "421 4.3.2 goodbye", "garbage": "what?"}[kind]
        connection.sendall(f"{self.reply or text}\r\n".encode())
        return kind in ("451", "550")


@contextmanager
def scripted(stage: str | None = None, kind: str | None = None, reply: str | None = None, **ways: bool) -> Iterator[Scripted]:
    server = Scripted(stage, kind, reply, **ways)
    try:
        yield server
    finally:
        server.close()
