"""How each version of a pack fares: what people change and approve, what the judge says, what comes back, what it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from gtm_pipelines.metrics.model import Measure, measure
from gtm_pipelines.metrics.spending import Price, per_draft
from gtm_pipelines.settings import LightSettings
from gtm_pipelines.warehouse.marts import Marts

DECIDED_FLOOR = 30
"""Decisions below which approval and edits are not judged: fewer, and one careful morning of review outweighs them."""


@dataclass(frozen=True)
class Judged:
    """The judge's mean quality from 0 to 1 over ``cases`` drafts, with its 95 % interval; ``risk`` is a mean as well."""

    cases: int
    quality: float | None
    low: float | None
    high: float | None
    risk: float | None


@dataclass(frozen=True)
class PackReading:
    """One version of a pack, or one variant of it, over every campaign and language.

    Attributes:
        variant: ``None`` where all variants of the version are together.
        compiled: whether an optimiser made the version.
        price: what a draft of the version took; ``None`` for a single variant, since calls do not say theirs.
    """

    pack: str
    version: str
    variant: str | None
    compiled: bool
    drafts: int
    approval: Measure
    edits: Measure
    judged: Judged
    sent: int
    reply: Measure
    positive: Measure
    price: Price | None

    @property
    def name(self) -> str:
        """What the version, or the variant of it, is called."""
        return self.version if self.variant is None else f"{self.version} · {self.variant}"


class PackReadings:
    """Reads what the marts say of packs.

    Args:
        marts: the published marts.
        rules: the floors in force.
    """

    def __init__(self, marts: Marts, rules: LightSettings) -> None:
        self._marts, self._rules = marts, rules

    def packs(self) -> list[str]:
        """Return the packs that anything was drafted by, the most used first.

        Raises:
            MartMissingError: nothing has been published yet; the text says what to run.
        """
        frame = self._marts.polars("pack_drafts").group_by("pack").agg(pl.col("drafts").sum())
        return frame.sort(["drafts", "pack"], descending=[True, False])["pack"].to_list()

    def versions(self, pack: str, *, variants: bool = False) -> list[PackReading]:
        """Return how each version fares, oldest first; with ``variants`` each variant of it. Raises as ``packs`` does."""
        keys = ["pack_version", "variant"] if variants else ["pack_version"]
        drafts, sent = (self._of(name, pack) for name in ("pack_drafts", "pack_performance"))
        compiled = set(self._of("compiled_packs", pack)["result_version"].drop_nulls())
        prices = self._of("draft_cost", pack)
        mails = {_key(part): rows for part, rows in sent.group_by(keys)}
        found = []
        for part, rows in drafts.group_by(keys):
            version, variant = _key(part)
            price = None if variants else per_draft(prices.filter(pl.col("pack_version") == version))
            found.append(self._reading(pack, version, variant, version in compiled, rows, mails.get((version, variant)), price))
        return sorted(found, key=lambda one: (_ordered(one.version), one.variant or ""))

    def attempts(self, pack: str) -> list[dict[str, Any]]:
        """Return the attempts to better a pack, rows of the mart ``compiled_packs``. Raises as ``packs`` does."""
        return self._of("compiled_packs", pack).to_dicts()

    def _of(self, mart: str, pack: str) -> pl.DataFrame:
        return self._marts.polars(mart).filter(pl.col("pack") == pack)

    def _reading(
        self, pack: str, version: str, variant: str | None, compiled: bool, drafts: pl.DataFrame, mails: pl.DataFrame | None,
        price: Price | None,
    ) -> PackReading:  # fmt: skip
        sent, delivered, replied, positive = (
            int(mails[name].sum()) if mails is not None else 0 for name in ("sent", "delivered", "replied", "positive")
        )
        written, decided, approved, edited = (int(drafts[name].sum()) for name in ("drafts", "decided", "approved", "edited"))
        floor = self._rules.delivered_floor
        return PackReading(
            pack=pack,
            version=version,
            variant=variant,
            compiled=compiled,
            drafts=written,
            approval=measure("approval_rate", approved, decided, DECIDED_FLOOR),
            edits=measure("edit_rate", edited, approved, DECIDED_FLOOR),
            judged=pooled(drafts.iter_rows(named=True)),
            sent=sent,
            reply=measure("reply_rate", replied, delivered, floor),
            positive=measure("positive_reply_rate", positive, delivered, floor),
            price=price,
        )


def pooled(rows: Iterable[dict[str, Any]]) -> Judged:
    """Return the mean of several means, each weighing as many as it was made of; each is as sure as its interval says."""
    known = [row for row in rows if row["judged"]]
    cases = sum(row["judged"] for row in known)
    if not cases:
        return Judged(0, None, None, None, None)
    quality, risk = (sum(row[name] * row["judged"] for row in known) / cases for name in ("quality", "risk"))
    halves = [((row["quality_high"] - row["quality_low"]) / 2 * row["judged"]) for row in known if row["quality_low"] is not None]
    if not halves:
        return Judged(cases, quality, None, None, risk)
    half = sum(half * half for half in halves) ** 0.5 / cases
    return Judged(cases, quality, max(0.0, quality - half), min(1.0, quality + half), risk)


def _key(part: tuple[Any, ...]) -> tuple[str, str | None]:
    return str(part[0]), str(part[1]) if len(part) > 1 else None


def _ordered(version: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(piece), "") if piece.isdigit() else (0, piece) for piece in version.split("."))
