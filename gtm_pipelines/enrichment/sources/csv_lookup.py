"""A reference list of one's own, as a CSV: one column finds the subject, the others are fields.

    [enrichment.sources.csv_lookup]
    enabled = true
    options = { file = "reference.csv", key = "domain", column = "Domain", fields = "industry=Branch, employee_count=Staff" }

``key`` is the known field that is looked up, ``column`` the column that holds it, ``fields`` says
which column gives which field. ``subjects`` may be ``contact``; ``confidence`` is 0.8 unless given.
"""

from __future__ import annotations

import asyncio
import csv
import io
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.registry import Setup
from gtm_pipelines.enrichment.source import Fact, Price, SourceAnswerError, Subject, SubjectType
from gtm_pipelines.enrichment.sources.own import FREE, Findings
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.record.settled import same_form

LARGEST_BYTES = 200_000_000
"""Larger files are lists to import, not to look up in."""


@dataclass
class CsvLookup:
    """Looks subjects up in a file that is read once."""

    file: Path
    key: str
    column: str
    columns: Mapping[str, str]
    confidence: float
    clock: Clock
    subjects: frozenset[SubjectType]
    name: str = "csv_lookup"
    price: Price = FREE
    per_host: bool = False
    _rows: dict[str, tuple[int, dict[str, str]]] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def fields(self) -> frozenset[str]:
        """The fields its columns give."""
        return frozenset(self.columns)

    @property
    def needs(self) -> frozenset[str]:
        """The field that is looked up."""
        return frozenset({self.key})

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return what the subject's row says.

        Raises:
            SourceAnswerError: the file cannot be read, or lacks a column.
        """
        rows = await asyncio.to_thread(self._read)
        found = rows.get(same_form(self.key, subject.known.get(self.key, "")))
        if found is None:
            return []
        line, row = found
        values = {name: row.get(column) for name, column in self.columns.items()}
        return Findings(self.name, self.clock).facts(values, self.confidence, evidence=f"{self.file.name}, line {line}")

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask for the key, of this state of the file."""
        value = subject.known.get(self.key)
        if not value:
            return None
        stamp = str(self.file.stat().st_mtime_ns) if self.file.exists() else "missing"
        return {self.key: same_form(self.key, value), "file": str(self.file), "state": stamp}

    async def aclose(self) -> None:
        """Forget the file."""
        self._rows = None

    def _read(self) -> dict[str, tuple[int, dict[str, str]]]:
        with self._lock:
            if self._rows is None:
                self._rows = self._load()
            return self._rows

    def _load(self) -> dict[str, tuple[int, dict[str, str]]]:
        try:
            if self.file.stat().st_size > LARGEST_BYTES:
                raise SourceAnswerError(f"{self.file} is too large to look up in. Import it as a list: gtm company import.")
            text = self.file.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SourceAnswerError(f"{self.file} cannot be read: {error}. Correct options.file of csv_lookup.") from error
        reader = csv.DictReader(io.StringIO(text, newline=""), dialect=_dialect(text))
        missing = {self.column, *self.columns.values()} - set(reader.fieldnames or ())
        if missing:
            raise SourceAnswerError(f"{self.file} has no column '{min(missing)}'. Correct the options of csv_lookup.")
        rows: dict[str, tuple[int, dict[str, str]]] = {}
        for row in reader:
            if key := same_form(self.key, row.get(self.column)):
                rows.setdefault(key, (reader.line_num, row))
        return rows


def make(setup: Setup) -> list[CsvLookup]:
    """Return the source, if a file is named.

    Raises:
        SettingsError: an option is missing or cannot be read.
    """
    options = setup.settings.options
    if "file" not in options:
        return []
    key = options.get("key", "domain")
    columns = dict(pair.split("=", 1) for part in options.get("fields", "").split(",") if "=" in (pair := part.strip()))
    if not columns:
        raise SettingsError('[enrichment.sources.csv_lookup] needs options.fields, such as "industry=Branch, city=Town".')
    try:
        confidence = float(options.get("confidence", "0.8"))
    except ValueError:
        raise SettingsError("options.confidence of csv_lookup is a number from 0 to 1, such as 0.8.") from None
    kind: SubjectType = "contact" if options.get("subjects") == "contact" else "company"
    named = {field_.strip(): column.strip() for field_, column in columns.items()}
    file = Path(options["file"]).expanduser().resolve()
    return [CsvLookup(file, key, options.get("column", key), named, confidence, setup.clock, frozenset({kind}))]


def _dialect(text: str) -> type[csv.Dialect] | str:
    try:
        return csv.Sniffer().sniff(text[:10_000], delimiters=",;\t|")
    except csv.Error:
        return "excel"
