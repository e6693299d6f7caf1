"""Who may reach the server over HTTP: whoever knows the token, by a name the server answers to."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse

from gtm_pipelines.log import learn_secret

if TYPE_CHECKING:
    from mcp.server import MCPServer
    from starlette.types import ASGIApp, Receive, Scope, Send

TOKEN_FILE = "mcp.token"  # noqa: S105 - the name of a file
PATH = "/mcp"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def token_of(home: Path) -> str:
    """Return the token of a data folder; made on first use, readable by its owner only."""
    path = home / TOKEN_FILE
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
    token = path.read_text("ascii").strip()
    learn_secret(token)
    return token


class Gate:
    """Lets a request through that bears the token.

    Args:
        app: what answers it.
        token: the token.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._expected = app, f"bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 without the token (RFC 6750)."""
        if scope["type"] == "http" and not self._knows(dict(scope["headers"]).get(b"authorization", b"")):
            refusal = {"error": "unauthorised", "next": "Send 'Authorization: Bearer TOKEN'; 'gtm mcp --show-token' prints it."}
            await JSONResponse(refusal, 401, {"WWW-Authenticate": 'Bearer realm="gtm-workbench"'})(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _knows(self, given: bytes) -> bool:
        scheme, _, token = given.partition(b" ")
        return secrets.compare_digest(scheme.lower() + b" " + token.strip(), self._expected)


def http_app(server: MCPServer[Any], token: str, names: Sequence[str] = ()) -> Starlette:
    """Return the HTTP service: streamable, stateless, behind the token.

    Args:
        server: the server.
        token: what a caller must bear.
        names: host names it answers to beside this machine's own; any other Host or Origin is refused.
    """
    from mcp.server.transport_security import TransportSecuritySettings
    from starlette.middleware import Middleware

    hosts = [*LOOPBACK, *names]
    security = TransportSecuritySettings(
        allowed_hosts=[form for host in hosts for form in (host, f"{host}:*")],
        allowed_origins=[f"{scheme}://{form}" for host in hosts for form in (host, f"{host}:*") for scheme in ("http", "https")],
    )
    app = server.streamable_http_app(
        streamable_http_path=PATH, stateless_http=True, json_response=True, transport_security=security
    )
    app.user_middleware.insert(0, Middleware(Gate, token=token))
    return app
