"""What browsers are told with every answer: run and fetch nothing but what this app serves, and show it inside no other page.

Texts of strangers are escaped where they are shown. Should one come alive all the same, the browser refuses what it asks for.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE = re.compile(r"<script>(.*?)</script>", re.S)
_STATIC = {
    "default-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # Streamlit's styles are made while it draws
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "worker-src": "'self' blob:",
    "frame-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def policy(index: Path) -> str:
    """Return the Content-Security-Policy of a front end.

    Args:
        index: its first page; the scripts that stand in it may run, by their hashes, and no other that stands in a page.
    """
    hashes = [_hash(found[1]) for found in _INLINE.finditer(index.read_text("utf-8"))]
    rules = {**_STATIC, "script-src": " ".join(["'self'", *hashes])}
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


class Shield:
    """Writes the headers on every answer; what an answer says itself stays.

    Args:
        app: what answers.
        policy: the Content-Security-Policy.
    """

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers."""

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, shielded)
