"""Addresses, answers and pages made to reach what is nobody's business. Each row says in a word how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from tests.web_parts import Said, html, to

HOST = "http://host.example:{port}/"
REFUSED = ("refused_address", "refused_url")


@dataclass(frozen=True)
class Hostile:
    """One way to lead a fetcher astray.

    ``url`` and ``answers`` may hold ``{canary}``, the port of the listener nobody may reach, and ``{port}``, that of the
    hostile server. ``records`` are what the name resolves to, one list a look-up; the last stays.
    """

    name: str
    url: str
    outcome: str | tuple[str, ...]
    records: tuple[tuple[str, ...], ...] = ()
    answers: Callable[[int, int], dict[str, Said]] | None = None
    seconds: float = 20.0


NUMBERS = [
    Hostile(f"number:{url}", url, ("refused_url", "refused_address"))
    for url in (
        "http://127.0.0.1:{canary}/", "http://2130706433:{canary}/", "http://017700000001:{canary}/",
        "http://0x7f000001:{canary}/", "http://0x7f.0x0.0x0.0x1:{canary}/", "http://0177.0.0.1:{canary}/",
        "http://127.1:{canary}/", "http://127.0.1:{canary}/", "http://0:{canary}/", "http://0.0.0.0:{canary}/",
        "http://127.0.0.1.:{canary}/", "http://00000177.0.0.01:{canary}/", "http://127.0.0.0x1:{canary}/",
        "http://[::1]:{canary}/", "http://[::]:{canary}/", "http://[::ffff:127.0.0.1]:{canary}/",
        "http://[::ffff:7f00:1]:{canary}/", "http://[0:0:0:0:0:ffff:127.0.0.1]:{canary}/", "http://[::127.0.0.1]:{canary}/",
        "http://[64:ff9b::127.0.0.1]:{canary}/", "http://[2002:7f00:1::]:{canary}/", "http://[fe80::1%25lo]:{canary}/",
        "http://①②⑦.⓪.⓪.①:{canary}/", "http://１２７.０.０.１:{canary}/", "http://127。0。0。1:{canary}/",
        "http://127%2e0%2e0%2e1:{canary}/", "http://%31%32%37.0.0.1:{canary}/", "http://localhost:{canary}/",
        "http://LOCALHOST.:{canary}/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{canary}/", "http://foo.localhost:{canary}/",
        "http://printer.local:{canary}/", "http://metadata.google.internal/", "http://intranet:{canary}/",
    )
]  # fmt: skip

TRICKS = [
    Hostile(f"trick:{url}", url, "refused_url")
    for url in (
        "http://example.org@127.0.0.1:{canary}/", "http://example.org:80@127.0.0.1:{canary}/",
        "http://127.0.0.1:{canary}#@example.org/", "http://127.0.0.1:{canary}\\@example.org/",
        "http://example.org\\@127.0.0.1:{canary}/", "http:\\\\127.0.0.1:{canary}\\", "http:/127.0.0.1:{canary}/",
        "http:///127.0.0.1:{canary}/", "http:127.0.0.1:{canary}/", "http://example.org\r\nHost: 127.0.0.1/",
        "http://exa mple.org/", "http://example.org\t.evil.org:{canary}/", "http://example..org/", "http://-example.org/",
        "http://[::1/", "http://[127.0.0.1]:{canary}/", "http://example.org:99999/", "http://example.org:8x/",
        "http://example.org:22/", "http://example.org:6379/", "http://example.org:25/", "http://" + "a." * 200 + "org/",
        "file:///etc/passwd", "gopher://127.0.0.1:{canary}/_x", "ftp://127.0.0.1:{canary}/", "dict://127.0.0.1:{canary}/",
        "ldap://127.0.0.1:{canary}/", "jar:http://127.0.0.1:{canary}!/", "data:text/html,hello", "javascript:alert(1)",
        "unix:///var/run/docker.sock", "ws://127.0.0.1:{canary}/", "", "   ", "http://",
    )
]  # fmt: skip
"""The third of them asks 127.0.0.1 on a port that is none of the web."""

PRIVATE = [
    Hostile(f"resolves to {address}", "http://astray.example/", "refused_address", records=((address,),))
    for address in (
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
        "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1",
        "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
        "255.255.255.255", "168.63.129.16", "192.31.196.1", "192.52.193.1", "192.175.48.1", "::", "::1", "::7f00:1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1",
        "2001:0:7f00:1::", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1", "2002:a9fe:a9fe::1", "3fff::1",
        "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1", "not-an-address",
    )
]  # fmt: skip

MIXED = [
    Hostile("one bad record of two", "http://astray.example/", "refused_address", records=(("93.184.216.34", "127.0.0.1"),)),
    Hostile("bad record last of three", "http://a.example/", "refused_address", records=(("8.8.8.8", "1.1.1.1", "::1"),)),
    Hostile("IPv6 bad beside IPv4 good", "http://astray.example/", "refused_address", records=(("8.8.8.8", "fe80::1"),)),
    Hostile("no record at all", "http://astray.example/", "no_such_host", records=((),)),
]  # fmt: skip


def _moved(location: str, status: int = 302) -> Callable[[int, int], dict[str, Said]]:
    return lambda port, canary: {"/": to(location.replace("{canary}", str(canary)).replace("{port}", str(port)), status)}


REDIRECTS = [
    Hostile(f"redirect {status} to {location}", HOST, REFUSED, answers=_moved(location, status))
    for status, location in (
        (302, "http://169.254.169.254/latest/meta-data/"), (301, "http://127.0.0.1:{canary}/"), (302, "//127.0.0.1:{canary}/"),
        (303, "http://[::1]:{canary}/"), (307, "http://2130706433:{canary}/"), (308, "http://0x7f.1:{canary}/"),
        (302, "http://10.0.0.1/"), (302, "http://metadata.google.internal/"), (302, "file:///etc/passwd"),
        (302, "gopher://127.0.0.1:{canary}/_"), (302, "http://host.example:22/"), (302, "http://user@127.0.0.1:{canary}/"),
        (302, "javascript:alert(1)"), (302, "http://[fe80::1%25eth0]/"),
        (302, "http://canary.example:{canary}/"),
    )
]  # fmt: skip

_BIG = 1_000_000_000


@lru_cache(maxsize=1)
def bomb() -> bytes:
    """Return a gigabyte of zeros as gzip packs it: about a megabyte."""
    import zlib

    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b"\0" * 10_000_000
    return b"".join([packer.compress(block) for _ in range(_BIG // len(block))] + [packer.flush()])


def _packed(body: bytes, encoding: str) -> dict[str, Said]:
    return {"/": Said(body, headers={"Content-Type": "text/html", "Content-Encoding": encoding})}


def _raw(raw: bytes) -> Callable[[int, int], dict[str, Said]]:
    return lambda _port, _canary: {"/": Said(raw=raw)}


_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
BODIES = [
    Hostile("gzip bomb of 1 GB", HOST, "bomb", answers=lambda _p, _c: _packed(bomb(), "gzip")),
    Hostile("gzip inside gzip", HOST, "encoding", answers=lambda _p, _c: _packed(b"x", "gzip, gzip")),
    Hostile("brotli unasked", HOST, "encoding", answers=lambda _p, _c: _packed(b"x", "br")),
    Hostile("zstd unasked", HOST, "encoding", answers=lambda _p, _c: _packed(b"x", "zstd")),
    Hostile("gzip that is none", HOST, "encoding", answers=lambda _p, _c: _packed(b"<p>plain", "gzip")),
    Hostile("slow loris in the body", HOST, "timeout",
            answers=lambda _p, _c: {"/": html("x" * 600, pieces=600, pause=0.1)}, seconds=6),
    Hostile("silence", HOST, "timeout", answers=lambda _p, _c: {"/": Said(hang=True)}, seconds=6),
    Hostile("headers of a megabyte", HOST, "protocol", answers=_raw(_OK + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n")),
    Hostile("headers without end", HOST, ("protocol", "timeout"), answers=_raw(_OK + b"A: b\r\n" * 100_000)),
    Hostile("no HTTP at all", HOST, "protocol", answers=_raw(b"220 mail.example ESMTP\r\n\r\n")),
    Hostile("chunk of a huge size", HOST, "protocol", answers=_raw(_CHUNKED + b"f" * 40 + b"\r\n")),
    Hostile("two lengths", HOST, "protocol", answers=_raw(_OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde")),
    Hostile("negative length", HOST, "protocol", answers=_raw(_OK + b"Content-Length: -1\r\n\r\n")),
    Hostile("cut in the middle", HOST, "protocol", answers=_raw(_OK + b"Content-Length: 900\r\n\r\n<p>half")),
    Hostile("endless redirects", HOST, "redirects", answers=lambda _p, _c: {"/": to("/")}),
    Hostile("redirects ever further", HOST, "redirects",
            answers=lambda _p, _c: {"/": to("/1")} | {f"/{n}": to(f"/{n + 1}") for n in range(1, 9)}),
    Hostile("redirect to nowhere", HOST, ("refused_url",), answers=lambda _p, _c: {"/": to("http://[")}),
]  # fmt: skip

REBINDING = [
    Hostile(
        "public at first, loopback the second time",
        "http://astray.example/",
        ("unreachable", "timeout"),
        records=(("192.0.2.7",), ("127.0.0.1",)),
    ),
]
"""Not part of ``ALL``: its first answer has to count as public, so it has a test of its own."""

ALL = [*NUMBERS, *TRICKS, *PRIVATE, *MIXED, *REDIRECTS, *BODIES]
