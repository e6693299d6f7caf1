"""The later mails of a campaign: chosen by pack and wait, checked against the first mail, frozen with the campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import SequenceStep
from gtm_pipelines.errors import InputError
from gtm_pipelines.packs.model import Pack
from gtm_pipelines.record import enrolments, packs


class Packs(Protocol):
    """What a sequence asks of the packs."""

    def get(self, pack: str) -> Pack:
        """Return a pack by ``NAME`` or ``NAME@VERSION``."""
        ...

    def campaign_text(self, name: str, text: str) -> str | None:
        """Return a campaign's own text as mails show it; ``None`` where it says nothing; ``RenderError`` if none may."""
        ...


@dataclass(frozen=True)
class PlannedStep:
    """A later mail with everything chosen about it."""

    step: int
    pack: Pack
    variants: tuple[str, ...]
    wait_days: int

    @property
    def pinned(self) -> SequenceStep:
        """The step as the campaign's settings keep it: with its version and variants."""
        return SequenceStep(pack=f"{self.pack.name}@{self.pack.version}", variants=self.variants, wait_days=self.wait_days)


def planned(found: Packs, sequence: Sequence[SequenceStep], first: Pack) -> tuple[PlannedStep, ...]:
    """Return the later mails of a campaign, in order.

    Args:
        found: where packs are.
        sequence: what was chosen.
        first: the pack of the first mail; the later ones are written in its languages too.

    Raises:
        InputError: a pack is for something else than mails, lacks a variant or a language.
    """
    return tuple(_planned(found.get(one.pack), one, number, first) for number, one in enumerate(sequence, start=2))


def _planned(pack: Pack, chosen: SequenceStep, number: int, first: Pack) -> PlannedStep:
    if pack.kind != "mail":
        raise InputError(f"Pack {pack.name}/{pack.version} is no pack of mails. Mail {number} needs one, such as follow-ups.")
    if pack.manifest.choose == "occasion" and not chosen.variants:
        raise InputError(
            f"Pack {pack.name}/{pack.version} has a variant for each occasion. Name the one that mail {number} takes, "
            f"such as {pack.name}#{pack.variants[0]}: {', '.join(pack.variants)}."
        )
    unknown = set(chosen.variants) - set(pack.variants)
    if unknown or len(set(chosen.variants)) != len(chosen.variants):
        raise InputError(
            f"Pack {pack.name}/{pack.version} of mail {number} has the variants {', '.join(pack.variants)}; "
            "name each at most once."
        )
    missing = sorted(set(first.languages) - set(pack.languages))
    if missing:
        raise InputError(
            f"Pack {pack.name}/{pack.version} of mail {number} is not written in {', '.join(missing)}, as the first mail is."
        )
    return PlannedStep(number, pack, chosen.variants or pack.variants, chosen.wait_days)


def freeze_steps(
    connection: sa.Connection, workspace_id: str, campaign_id: str, steps: Sequence[PlannedStep], at: datetime
) -> None:
    """Keep the later mails and their packs with the campaign."""
    rows: list[Mapping[str, object]] = []
    for one in steps:
        kept = packs.keep(
            connection, workspace_id, pack=one.pack.name, version=one.pack.version, content_hash=one.pack.content_hash,
            manifest={"files": dict(one.pack.files)}, at=at,
        )  # fmt: skip
        rows.append(
            {"step": one.step, "pack_version_id": kept, "variants": list(one.variants), "wait_days": one.wait_days}
            | {"created_at": at}
        )
    enrolments.add_steps(connection, workspace_id, campaign_id, rows)
