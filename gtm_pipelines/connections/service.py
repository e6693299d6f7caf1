"""Connects tools: a key is tried by a harmless request, kept where no reader of the data finds it, and never shown again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.clock import Clock
from gtm_pipelines.connections.model import Connection, KeyRefused, Limit, Taxonomy, Tool, Tried, check_key
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, SettingsError, TransientError
from gtm_pipelines.record import connections
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_own import Values, change_own, read_own

Try = Callable[[Tool, str], Tried]
"""Tries a key of a tool."""


class Keys(Protocol):
    """What keeps keys."""

    def keep(self, name: str, value: str) -> str:
        """Keep a key, and return how settings name it."""

    def read(self, ref: str) -> str:
        """Return a key, for asking its vendor."""

    def forget(self, ref: str) -> None:
        """Forget a key."""


class ConnectionService:
    """The user's tools.

    Args:
        record: the record.
        clock: the clock.
        keys: keeps keys.
        taxonomy: which tools there are; read when first asked for.
        try_key: asks a vendor about a key.
        home: the data folder, in which a source of facts is switched on when it is connected.
    """

    def __init__(
        self, record: Record, clock: Clock, keys: Keys, taxonomy: Callable[[], Taxonomy], try_key: Try, home: Path
    ) -> None:
        self._record = record
        self._clock = clock
        self._keys = keys
        self._taxonomy = taxonomy
        self._try = try_key
        self._home = home

    def tools(self) -> Taxonomy:
        """Return every tool there is, by kind.

        Raises:
            InputError: the user's tools.yaml cannot be used.
        """
        return self._taxonomy()

    def list(self) -> list[Connection]:
        """Return what is connected, oldest first; a tool that is no longer in the taxonomy is left out."""
        known = {tool.name: tool for tool in self._taxonomy().tools}
        return [_connection(known[row["tool"]], row) for row in connections.page(self._record) if row["tool"] in known]

    def show(self, name: str) -> Connection:
        """Return one connection.

        Raises:
            InputError: there is no such tool.
            NotFoundError: it is not connected.
        """
        tool = self._taxonomy().tool(name)
        with self._record.read() as connection:
            return _connection(tool, self._row(connection, tool))

    @needs(Role.OWNER, "connect a tool")
    def add(self, name: str, key: str, *, by: str) -> Connection:
        """Connect a tool: try the key, keep it, and let sources of facts use it. A key that was there before is replaced.

        Args:
            name: of the tool.
            key: its key; shown to its vendor, kept, and in no answer.
            by: who connects it.

        Raises:
            InputError: there is no such tool, it has no key, or that is none.
            KeyRefused: the vendor does not know the key; it was not kept.
            TransientError: the vendor did not answer; the key was not kept.
        """
        tool, key = self._taxonomy().tool(name), check_key(key)
        if tool.how == "import":
            raise InputError(f"{tool.title} is not connected by a key. {tool.key.steps}")
        tried = self._try(tool, key)
        if tried.status == "refused":
            raise KeyRefused(f"{tried.told} It was not kept. Copy it anew from {tool.key.page}: {tool.key.steps}")
        if tried.status == "unreachable":
            raise TransientError(f"{tried.told} The key was not kept. Try again in a minute.")
        ref, now = self._keys.keep(f"{self._record.workspace_id}.{tool.name}", key), self._clock.now()
        values = {"key_ref": ref, "created_by": by, "created_at": now, "updated_at": now, **self._as_told(tried)}
        with self._record.write() as connection:
            connections.put(self._record, connection, tool.name, values)
            self._audit(connection, by, "connection.add", tool)
        if tool.used_by == "enrichment":
            change_own(self._home, lambda own: _with_source(own, tool.name, ref))
        return self.show(tool.name)

    @needs(Role.EDITOR, "try a connection")
    def test(self, name: str) -> Connection:
        """Try a kept key again.

        Raises:
            NotFoundError: the tool is not connected.
        """
        tool = self._taxonomy().tool(name)
        with self._record.read() as connection:
            ref = self._row(connection, tool)["key_ref"]
        try:
            tried = self._try(tool, self._keys.read(ref))
        except SettingsError as error:
            tried = Tried("refused", str(error))
        with self._record.write() as connection:
            values = {"updated_at": self._clock.now(), **self._as_told(tried)}
            connections.change(connection, self._record.workspace_id, tool.name, values)
        return self.show(tool.name)

    @needs(Role.OWNER, "disconnect a tool")
    def remove(self, name: str, *, by: str) -> None:
        """Disconnect a tool and forget its key.

        Raises:
            NotFoundError: the tool is not connected.
            ConflictError: a mailbox that the app set up hands mail to it, or the key was to be forgotten and was not.
        """
        tool = self._taxonomy().tool(name)
        with self._record.write() as connection:
            row = self._row(connection, tool)
            if using := _handing_to(read_own(self._home), row["key_ref"]):
                raise ConflictError(
                    f"{tool.title} stays connected: {', '.join(using)} hands mail to it. Take that mailbox out first."
                )
            connections.remove(connection, self._record.workspace_id, tool.name)
            self._audit(connection, by, "connection.remove", tool)
            try:
                self._keys.forget(row["key_ref"])
            except SettingsError as error:
                raise ConflictError(f"{tool.title} stays connected: its key cannot be forgotten. {error}") from error
        change_own(self._home, lambda own: _without_source(own, tool.name, row["key_ref"]))

    def _as_told(self, tried: Tried) -> dict[str, Any]:
        now = self._clock.now()
        told = {"status": tried.status, "told": tried.told, "checked_at": now}
        if tried.status == "working":
            told |= {"succeeded_at": now}
        return told | {"limits": [asdict(limit) for limit in tried.limits]}

    def _row(self, connection: sa.Connection, tool: Tool) -> sa.RowMapping:
        row = connections.find(connection, self._record.workspace_id, tool.name)
        if row is None:
            raise NotFoundError(f"{tool.title} is not connected. 'gtm connection add {tool.name}' connects it.")
        return row

    def _audit(self, connection: sa.Connection, by: str, action: str, tool: Tool) -> None:
        add_audit(
            connection, self._record.workspace_id, actor=by, action=action, subject_type="connection",
            subject_id=tool.name, at=self._clock.now(),
        )  # fmt: skip


def _connection(tool: Tool, row: sa.RowMapping) -> Connection:
    limits = tuple(Limit(**limit) for limit in row["limits"])
    names = ("key_ref", "status", "created_by", "created_at", "checked_at", "succeeded_at")
    return Connection(tool=tool, told=row["told"] or "", limits=limits, **{name: row[name] for name in names})


def _with_source(own: Values, tool: str, ref: str) -> Values:
    enrichment = own.get("enrichment", {})
    sources = enrichment.get("sources", {})
    switched_on = {**sources.get(tool, {}), "key": ref, "enabled": True}
    return {**own, "enrichment": {**enrichment, "sources": {**sources, tool: switched_on}}}


def _without_source(own: Values, tool: str, ref: str) -> Values:
    enrichment = own.get("enrichment", {})
    kept = {name: source for name, source in enrichment.get("sources", {}).items() if name != tool or source.get("key") != ref}
    return {**own, "enrichment": {**enrichment, "sources": kept}} if enrichment else own


def _handing_to(own: Values, ref: str) -> list[str]:
    return [one["name"] for one in own.get("mailboxes", ()) if one.get("api", {}).get("key") == ref]
