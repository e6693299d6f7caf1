"""Sources of facts as the app switches them on and off. A person's gtm.toml wins over it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import ConflictError
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_own import Values, change_own, read_own
from gtm_pipelines.settings_research import SourceSettings


class SourceDesk:
    """The sources that the app may switch.

    Args:
        record: for the audit.
        clock: the clock.
        sources: settings in force by section, whoever wrote them.
        home: the data folder whose settings are changed.
    """

    def __init__(self, record: Record, clock: Clock, sources: Mapping[str, SourceSettings], home: Path) -> None:
        self._record = record
        self._clock = clock
        self._sources = sources
        self._home = home

    @needs(Role.EDITOR, "switch a source")
    def switch(self, section: str, *, on: bool, by: str) -> None:
        """Let a source be asked from now on, or no more; what it needs beside, such as a key, is not touched.

        Raises:
            ConflictError: gtm.toml or the environment says otherwise, and they win.
        """
        own = read_own(self._home).get("enrichment", {}).get("sources", {}).get(section, {})
        held = self._sources.get(section)
        if held is not None and "enabled" in held.model_fields_set and held.enabled != own.get("enabled"):
            raise ConflictError(f"'{section}' is set in gtm.toml or the environment. Change it there.")
        with self._record.write() as connection:
            add_audit(
                connection, self._record.workspace_id, actor=by, action="source.on" if on else "source.off",
                subject_type="source", subject_id=section, at=self._clock.now(),
            )  # fmt: skip
            change_own(self._home, lambda values: _switched(values, section, on=on))


def _switched(own: Values, section: str, *, on: bool) -> Values:
    enrichment = own.get("enrichment", {})
    sources = enrichment.get("sources", {})
    changed = {**sources, section: {**sources.get(section, {}), "enabled": on}}
    return {**own, "enrichment": {**enrichment, "sources": changed}}
