"""Tries a key by one harmless request. It goes to the vendor and nowhere else: no redirect, no proxy of the environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gtm_pipelines.connections.model import Check, Limit, Tool, Tried
from gtm_pipelines.log import hide

if TYPE_CHECKING:
    import httpx

LARGEST_BYTES = 1_000_000
TIMEOUT_SECONDS = 15.0
_TOLD = 200
_MISSING = object()


def try_key(tool: Tool, key: str) -> Tried:
    """Return what the vendor says of a key; nothing that is told holds the key, whatever the vendor repeats."""
    if tool.check is None:
        return Tried("unchecked", f"{tool.title} has no request that costs nothing; whether the key works shows in use.")
    import httpx

    try:
        status, body = _ask(tool.check, key)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Tried("unreachable", _clean(f"{tool.title} did not answer: {type(error).__name__}. {error}", key))
    return _judged(tool, tool.check, status, body, key)


def _ask(check: Check, key: str) -> tuple[int, bytes]:
    import httpx

    headers, params, auth = _shown(check, key)
    with (
        httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client,
        client.stream("GET", str(check.url), headers=headers, params=params or None, auth=auth) as answer,
    ):
        return answer.status_code, _read(answer)


def _shown(check: Check, key: str) -> tuple[dict[str, str], dict[str, str], tuple[str, str] | None]:
    headers = {"Accept": "application/json", "User-Agent": "gtm-workbench/1.0"}
    if check.bearer:
        headers["Authorization"] = f"Bearer {key}"
    if check.header:
        headers[check.header] = key
    return headers, {check.query: key} if check.query else {}, (check.basic, key) if check.basic is not None else None


def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > LARGEST_BYTES:
            raise ValueError(f"it sent more than {LARGEST_BYTES:,} bytes")
    return bytes(body)


def _judged(tool: Tool, check: Check, status: int, body: bytes, key: str) -> Tried:
    words = " ".join(_clean(body.decode("utf-8", "replace"), key).split())[:_TOLD]
    if check.limited and status in (401, 403) and check.limited in words:
        return Tried("working", f"{tool.title} knows the key; it may do its one thing and nothing else.")
    if status in (401, 402, 403):
        return Tried("refused", f"{tool.title} refused the key ({status}): {words}")
    if not 200 <= status < 300:
        return Tried("unreachable", f"{tool.title} answered {status}: {words}")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return Tried("unreachable", f"{tool.title} answered what cannot be read: {words}")
    if any(_at(said, path) != value for path, value in check.expect.items()):
        return Tried("refused", f"{tool.title} does not know the key.")
    return Tried("working", f"{tool.title} knows the key.", _limits(check, said))


def _limits(check: Check, said: Any) -> tuple[Limit, ...]:
    names = dict.fromkeys([*check.used, *check.left, *check.of])
    found = (
        Limit(name, *(_number(_at(said, paths[name])) if name in paths else None for paths in (check.used, check.left, check.of)))
        for name in names
    )
    return tuple(one for one in found if (one.used, one.left, one.of) != (None, None, None))


def _at(said: Any, path: str) -> Any:
    for part in path.split("."):
        said = said.get(part, _MISSING) if isinstance(said, Mapping) else _MISSING
    return said


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _clean(text: str, key: str) -> str:
    return hide(text, key)
