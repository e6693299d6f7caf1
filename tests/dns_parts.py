"""A name server on loopback: real packets over UDP, answers out of a table."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Records = Mapping[str, Mapping[str, list[str]]]
PUBLIC = "93.184.215.14"


@dataclass
class NameServer:
    """Answers from ``zone``; names in ``silent`` get no answer, those in ``broken`` a SERVFAIL.

    Attributes:
        zone: name → kind of record → records as a zone file writes them; a name that is not there does not exist.
        asked: ``(name, kind)`` → how often.
    """

    zone: dict[str, Mapping[str, list[str]]]
    silent: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    address: str = ""

    def answer(self, packet: bytes) -> bytes | None:
        query = dns.message.from_wire(packet)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked[name, kind] += 1
        if name in self.silent:
            return None
        said = dns.message.make_response(query)
        said.flags |= dns.flags.RA
        if name in self.broken:
            said.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.zone:
            said.set_rcode(dns.rcode.NXDOMAIN)
        elif records := self.zone[name].get(kind):
            said.answer.append(dns.rrset.from_text(question.name, 300, "IN", kind, *records))
        return said.to_wire()

    def domains(self) -> list[str]:
        """Return the names that were asked for their mail servers."""
        return sorted(name for name, kind in self.asked if kind == "MX")


@contextmanager
def name_server(zone: Records, **more: set[str]) -> Iterator[NameServer]:
    """Serve a zone while the block runs."""
    server = NameServer(dict(zone), **more)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        held.bind(("127.0.0.1", 0))
        held.settimeout(0.1)
        server.address = "127.0.0.1:" + str(held.getsockname()[1])
        over = threading.Event()
        serving = threading.Thread(target=_serve, args=(held, server, over), daemon=True)
        serving.start()
        try:
            yield server
        finally:
            over.set()
            serving.join()


def _serve(held: socket.socket, server: NameServer, over: threading.Event) -> None:
    while not over.is_set():
        try:
            packet, client = held.recvfrom(4096)
        except TimeoutError:
            continue
        said = server.answer(packet)
        if said is not None:
            held.sendto(said, client)
