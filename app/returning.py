"""People who come back from their identity provider: told where it did not let them in, and their cookies kept on HTTPS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection

from app.callers import over_https

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CALLBACK = "/oauth2callback"
REFUSED = ("sign-in", "refused")
"""What the address of the first page says to whom the provider did not let in."""
_COOKIE = "_streamlit_user="


class Returning:
    """Stands before Streamlit's own end of signing in, which says nothing where it fails.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; other paths as they are."""
        if scope["type"] != "http" or scope["path"] != CALLBACK:
            await self._app(scope, receive, send)
            return
        call = HTTPConnection(scope)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                _mend(call, MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, answer)


def _mend(call: HTTPConnection, headers: MutableHeaders) -> None:
    cookies = headers.getlist("set-cookie")
    let_in = any(one.startswith(_COOKIE) and "Max-Age=0" not in one for one in cookies)
    if not let_in and call.query_params.keys() & {"code", "error"}:
        headers["location"] = f"/?{'='.join(REFUSED)}"
    if over_https(call):
        del headers["set-cookie"]
        for one in cookies:
            headers.append("set-cookie", one if "; Secure" in one else f"{one}; Secure")
