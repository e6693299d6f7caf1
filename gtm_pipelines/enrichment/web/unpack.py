"""Bodies unpacked in bounded steps: however small a bomb is on the wire, no more than the cap is ever in memory."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

from gtm_pipelines.enrichment.web.model import FetchError, Limits

ACCEPTED = "gzip, deflate"
"""The packings asked for; both unpack in steps with the standard library."""


@dataclass
class Unpacker:
    """Takes a body as it comes and gives it unpacked, until a cap is reached.

    Attributes:
        taken: bytes that came over the network.
        given: bytes after unpacking.
        full: whether a cap is reached, so that the rest need not be read.
    """

    limits: Limits
    wbits: int | None = None
    taken: int = 0
    given: int = 0
    full: bool = False
    _inflate: Any = field(default=None, repr=False)

    def feed(self, chunk: bytes) -> bytes:
        """Return the next part of the body.

        Raises:
            FetchError: ``encoding``, where it is not packed as its headers say.
        """
        self.taken += len(chunk)
        room = self.limits.body_bytes - self.given
        part = chunk[:room] if self.wbits is None else self._inflated(chunk, room)
        self.given += len(part)
        self.full = self.given >= self.limits.body_bytes or self.taken >= self.limits.wire_bytes
        return part

    def check(self) -> None:
        """Look at the whole once it is read.

        Raises:
            FetchError: ``bomb``, where a body that had to be cut was packed far closer than text can be.
        """
        if self.full and self._inflate is not None and self.given > self._used() * self.limits.expansion:
            raise FetchError("bomb", f"It unpacks to more than {self.limits.expansion} times its size.")

    def _inflated(self, chunk: bytes, room: int) -> bytes:
        try:
            if self._inflate is None:
                self._inflate = self._started(chunk)
            return bytes(self._inflate.decompress(chunk, max(room, 1))) if not self._inflate.eof else b""
        except zlib.error as error:
            raise FetchError("encoding", "The body is not packed as its headers say.") from error

    def _used(self) -> int:
        """Return how much of what came it took to reach the cap."""
        return self.taken - len(self._inflate.unconsumed_tail)

    def _started(self, chunk: bytes) -> Any:
        """Return the decompressor; ``deflate`` comes with and without the header that the standard asks for."""
        if self.wbits == zlib.MAX_WBITS and chunk[:1] and (chunk[0] & 0x0F) != 8:
            return zlib.decompressobj(-zlib.MAX_WBITS)
        return zlib.decompressobj(self.wbits or 0)


def unpacker(encoding: str, limits: Limits) -> Unpacker:
    """Return what unpacks a body of this Content-Encoding.

    Raises:
        FetchError: ``encoding``, where it is packed in a way that was not asked for.
    """
    names = [name.strip().lower() for name in encoding.split(",") if name.strip().lower() not in ("", "identity")]
    if not names:
        return Unpacker(limits)
    if len(names) == 1 and names[0] in ("gzip", "x-gzip"):
        return Unpacker(limits, 16 + zlib.MAX_WBITS)
    if names == ["deflate"]:
        return Unpacker(limits, zlib.MAX_WBITS)
    raise FetchError("encoding", f"The body is packed with {', '.join(names)[:80]}, which was not asked for.")
