"""The published marts: Parquet files anybody may read at any time without a lock."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from gtm_pipelines.warehouse import build
from gtm_pipelines.warehouse.model import MartMissingError


class Marts:
    """Reads what the last refresh published.

    Args:
        folder: where the Parquet files lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> tuple[str, ...]:
        """Return the marts that are published."""
        return tuple(name for name in build.MARTS if self.path(name).is_file())

    def path(self, name: str) -> Path:
        """Return where a mart is, or will be, published.

        Raises:
            NotFoundError: there is no mart of that name.
        """
        build.check_name(name)
        return self.folder / f"{name}.parquet"

    def published_at(self, name: str) -> datetime | None:
        """Return when a mart was published, in UTC; ``None`` if it never was."""
        path = self.path(name)
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.is_file() else None

    def polars(self, name: str) -> pl.DataFrame:
        """Return a mart as a polars frame.

        Raises:
            MartMissingError: it was never published; the text says what to run.
            NotFoundError: there is no mart of that name.
        """
        path = self.path(name)
        try:
            # opened once: polars opens a path twice, and a refresh may replace the file in between
            return pl.read_parquet(BytesIO(path.read_bytes()))
        except FileNotFoundError:
            raise MartMissingError(f"No figures have been published yet ({path.name}). Run 'gtm metrics refresh'.") from None

    def pandas(self, name: str) -> Any:
        """Return a mart as a pandas frame, for notebooks and the app. Raises as ``polars`` does."""
        return self.polars(name).to_pandas()

    def describe(self, name: str) -> tuple[str, dict[str, str]]:
        """Return what a mart holds and what each column means."""
        return build.description(name)
