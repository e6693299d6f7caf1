"""Over TLS the name stays where it belongs while the connection goes to the address that was looked at."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gtm_pipelines.enrichment.web.fetch import Fetcher
from gtm_pipelines.enrichment.web.guard import Guard
from gtm_pipelines.enrichment.web.model import FetchError, Limits

BODY = b"<p>" + b"anvils " * 60_000
NAMED: list[str] = []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for one name, good for a day."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "anvils.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("anvils.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*plain) + made.public_bytes(serialization.Encoding.PEM))
    return path


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while head := await reader.readline():
        while (line := await reader.readline()) not in (b"\r\n", b""):
            head += line
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY)
        await writer.drain()
    writer.close()


def fetched(certificate: Path, url: str, *, trusted: bool, times: int = 1) -> str:
    """Fetch over TLS from a server of our own; return how it ended."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: NAMED.append(name)  # type: ignore[assignment]

    async def here(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async def run() -> str:
        server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        guard = Guard(here, also=(ipaddress.ip_network("127.0.0.1"),), ports=frozenset({port}))
        trust = ssl.create_default_context(cafile=str(certificate)) if trusted else None
        try:
            async with Fetcher(guard, Limits(), "test", trust=trust).session() as session:
                for _ in range(times):
                    answer = await session.fetch(url.replace("{port}", str(port)))
                return "whole" if answer.body == BODY else "broken"
        except FetchError as error:
            return error.outcome
        finally:
            server.close()

    return asyncio.run(run())


def test_pages_come_whole_over_a_connection_that_is_kept(certificate: Path) -> None:
    NAMED.clear()
    assert fetched(certificate, "https://anvils.example:{port}/", trusted=True, times=3) == "whole"
    assert NAMED == ["anvils.example"]


def test_a_certificate_of_another_name_is_refused(certificate: Path) -> None:
    assert fetched(certificate, "https://other.example:{port}/", trusted=True) == "tls"


def test_a_certificate_nobody_trusts_is_refused(certificate: Path) -> None:
    assert fetched(certificate, "https://anvils.example:{port}/", trusted=False) == "tls"


def test_plain_words_in_the_place_of_tls_are_no_answer(certificate: Path) -> None:
    async def chat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\r\n")
        writer.close()

    async def here(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async def run() -> str:
        server = await asyncio.start_server(chat, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        guard = Guard(here, also=(ipaddress.ip_network("127.0.0.1"),), ports=frozenset({port}))
        try:
            async with Fetcher(guard, Limits(), "test").session() as session:
                await session.fetch(f"https://anvils.example:{port}/")
        except FetchError as error:
            return error.outcome
        finally:
            server.close()
        return "read"

    assert asyncio.run(run()) in ("tls", "unreachable")
