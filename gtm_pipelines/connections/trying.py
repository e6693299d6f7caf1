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


def try_key(tool: Tool, key: str, seconds: float = TIMEOUT_SECONDS) -> Tried:
    """Return what the vendor says of a key; nothing that is told holds the key, whatever the vendor repeats.

    Args:
        tool: whose key it is.
        key: the key.
        seconds: how long the vendor may keep silent.
    """
    if tool.check is None:
        return Tried("unchecked", f"{tool.title} has no request that costs nothing; whether the key works shows in use.")
    import httpx

    try:
        answer, body = _ask(tool.check, key, seconds)
    except httpx.TimeoutException:
        return Tried("unreachable", f"{tool.title} did not answer within {seconds:g} seconds.")
    except httpx.ConnectError:
        return Tried("unreachable", f"{tool.title} cannot be reached from this machine. See whether it is online.")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Tried("unreachable", _clean(f"{tool.title} did not answer: {type(error).__name__}. {error}", key))
    words = "" if body.lstrip()[:1] == b"<" else " ".join(_clean(body.decode("utf-8", "replace"), key).split())[:_TOLD]
    if answer.is_success:
        return _read_well(tool, tool.check, body, words)
    return _turned_down(tool, tool.check, answer, words)


def _ask(check: Check, key: str, seconds: float) -> tuple[httpx.Response, bytes]:
    import httpx

    headers, params, auth = _shown(check, key)
    with (
        httpx.Client(timeout=seconds, follow_redirects=False, trust_env=False) as client,
        client.stream("GET", str(check.url), headers=headers, params=params or None, auth=auth) as answer,
    ):
        return answer, _body(answer, whole=check.reads)


def _shown(check: Check, key: str) -> tuple[dict[str, str], dict[str, str], tuple[str, str] | None]:
    headers = {"Accept": "application/json", "User-Agent": "gtm-workbench/1.0"}
    if check.bearer:
        headers["Authorization"] = f"Bearer {key}"
    if check.header:
        headers[check.header] = key
    return headers, {check.query: key} if check.query else {}, (check.basic, key) if check.basic is not None else None


def _body(answer: httpx.Response, *, whole: bool) -> bytes:
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > LARGEST_BYTES and whole:
            raise ValueError(f"it sent more than {LARGEST_BYTES:,} bytes")
        if len(body) > LARGEST_BYTES:
            break
    return bytes(body)


def _read_well(tool: Tool, check: Check, body: bytes, words: str) -> Tried:
    if not check.reads:
        known = body.lstrip()[:1] in (b"{", b"[")
        return Tried("working", f"{tool.title} knows the key.") if known else _unreadable(tool, words)
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return _unreadable(tool, words)
    if any(_at(said, path) != value for path, value in check.expect.items()):
        return Tried("refused", f"{tool.title} does not know the key.")
    return Tried("working", f"{tool.title} knows the key.", _limits(check, said))


def _unreadable(tool: Tool, words: str) -> Tried:
    return Tried("unreachable", f"{tool.title} answered what cannot be read: {words}")


def _turned_down(tool: Tool, check: Check, answer: httpx.Response, words: str) -> Tried:
    status = answer.status_code
    if check.limited and status in (401, 403) and check.limited in words:
        return Tried("working", f"{tool.title} knows the key; it may do its one thing and nothing else.")
    if status in check.busy:
        return Tried(
            "unreachable", f"{tool.title} was asked too often and asks to wait ({status}), which says nothing of the key."
        )
    if status == 403 and check.scope:
        return Tried(
            "unchecked",
            f"{tool.title} lets only keys with '{check.scope}' ask whether they work, and this one has it not; "
            "whether it works shows in use.",
        )
    if status == 402:
        return Tried("refused", f"{tool.title} knows the key, but its plan does not reach for this ({status}): {words}")
    if status in (401, 403):
        return Tried("refused", f"{tool.title} refused the key ({status}): {words}")
    if status >= 500:
        return Tried("unreachable", f"{tool.title} has a fault of its own ({status}), which says nothing of the key.")
    return Tried("unreachable", f"{tool.title} answered unexpectedly ({status}): {words}")


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
