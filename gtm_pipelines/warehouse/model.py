"""What the warehouse reports about itself. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from gtm_pipelines.errors import NotFoundError

SyncMode = Literal["full", "incremental", "unchanged"]


class MartMissingError(NotFoundError):
    """A mart has not been published yet. Run ``gtm metrics refresh``."""

    code = "mart_missing"


@dataclass(frozen=True)
class Limits:
    """How much of the machine the warehouse may use.

    Attributes:
        memory: DuckDB's ``memory_limit``, such as ``1GB``.
        threads: most threads of one query.
        wait_seconds: how long to wait for another process to let go of the file.
    """

    memory: str = "2GB"
    threads: int = 2
    wait_seconds: float = 30.0


@dataclass(frozen=True)
class TableSync:
    """One table as copied: ``read`` rows came over, ``rows`` are there now."""

    table: str
    mode: SyncMode
    read: int
    rows: int
    seconds: float


@dataclass(frozen=True)
class SyncReport:
    """One synchronisation."""

    tables: tuple[TableSync, ...]
    seconds: float


@dataclass(frozen=True)
class RowCount:
    """The record's rows beside the copy's."""

    table: str
    record: int
    copy: int

    @property
    def agrees(self) -> bool:
        """Whether nothing is missing and nothing too many."""
        return self.record == self.copy


@dataclass(frozen=True)
class Mart:
    """One mart as built and published as Parquet."""

    name: str
    rows: int
    seconds: float
    published_at: datetime | None
