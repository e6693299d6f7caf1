"""Create a campaign: check what was chosen, then freeze its targets in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

import sqlalchemy as sa

from gtm_pipelines.campaigns.assign import CONTROL, seal
from gtm_pipelines.campaigns.model import Campaign, CampaignSettings
from gtm_pipelines.campaigns.sequence import Packs as Packs
from gtm_pipelines.campaigns.sequence import PlannedStep, freeze_steps
from gtm_pipelines.campaigns.snapshot import Candidate, candidate, target_rows
from gtm_pipelines.errors import InputError
from gtm_pipelines.packs.model import Pack
from gtm_pipelines.record import campaigns, enrolments, packs, suppressions, targets
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.segments.model import SegmentVersion
from gtm_pipelines.settings import MailboxSettings

Progress = Callable[[int, int | None], None]
_LOOKED_AT = 500
"""Least people whose suppression is asked about at once."""


class Segments(Protocol):
    """What a campaign asks of the segments."""

    def get(self, segment: str) -> SegmentVersion:
        """Return a segment at its current version."""
        ...

    def members(self, version: SegmentVersion, columns: Sequence[sa.ColumnElement[Any]]) -> sa.Select[Any]:
        """Return the query of its contacts."""
        ...


@dataclass(frozen=True)
class Plan:
    """Everything decided about a campaign before its targets are frozen."""

    id: str
    name: str
    segment: SegmentVersion
    pack: Pack
    variants: tuple[str, ...]
    mailboxes: tuple[str, ...]
    settings: CampaignSettings
    seed: int
    by: str
    at: datetime
    steps: tuple[PlannedStep, ...] = ()


_USES = {
    "mail": "has a variant for each occasion, so name the one you mean",
    "reply": "answers people who wrote",
    "judge": "judges drafts",
}


def check_variants(pack: Pack, wanted: Sequence[str] | None, control_share: float | None = None) -> tuple[str, ...]:
    """Return the variants to compare: those asked for, or all of the pack's, and the control arm last if one is wanted.

    Raises:
        InputError: the pack has no such variant, one is named twice, one has the name of the control arm, or the
            pack is for something else than a campaign's first mail.
    """
    if pack.kind != "mail" or (not wanted and pack.manifest.choose == "occasion"):
        raise InputError(
            f"Pack {pack.name}/{pack.version} has nothing to compare in a campaign: it {_USES[pack.kind]}. "
            "Take a pack of first mails, such as cold-email."
        )
    chosen = tuple(wanted) if wanted else pack.variants
    unknown = [name for name in chosen if name not in pack.variants]
    if unknown or len(set(chosen)) != len(chosen):
        raise InputError(f"Pack {pack.name}/{pack.version} has the variants {', '.join(pack.variants)}; name each at most once.")
    if control_share is None:
        return chosen
    if CONTROL in pack.variants:
        raise InputError(f"Pack {pack.name}/{pack.version} has a variant '{CONTROL}' of its own; leave control_share out.")
    return (*chosen, CONTROL)


def check_mailboxes(wanted: Sequence[str], known: Iterable[MailboxSettings]) -> tuple[str, ...]:
    """Return the names of the mailboxes to write from.

    Raises:
        InputError: none is named, one is named twice, or one is not configured.
    """
    names = {mailbox.name for mailbox in known}
    chosen = tuple(wanted)
    if not chosen or len(set(chosen)) != len(chosen) or not set(chosen) <= names:
        raise InputError(f"Name one or more mailboxes, each once, out of: {', '.join(sorted(names)) or 'none configured yet'}.")
    return chosen


def check_settings(settings: CampaignSettings, pack: Pack, steps: Sequence[PlannedStep] = ()) -> CampaignSettings:
    """Return the settings, the versions of later packs named, if the packs can use them.

    Raises:
        InputError: a language or a campaign variable is not the packs'.
    """
    if settings.default_language not in pack.languages:
        raise InputError(f"default_language is one of the pack's languages: {', '.join(pack.languages)}.")
    every = [pack, *(step.pack for step in steps)]
    sources = [variable.source for one in every for variable in one.manifest.variables.values()]
    declared = {source.removeprefix("campaign.") for source in sources if source.startswith("campaign.")}
    for name, texts in settings.variables.items():
        if name not in declared:
            raise InputError(
                f"The pack asks for no campaign text '{name}'. It asks for: {', '.join(sorted(declared)) or 'none'}."
            )
        if set(texts) != set(pack.languages):
            raise InputError(f"Give '{name}' in every language of the pack and no other: {', '.join(pack.languages)}.")
    return settings.model_copy(update={"sequence": tuple(step.pinned for step in steps)})


def freeze(record: Record, segments: Segments, plan: Plan, progress: Progress | None) -> None:
    """Write the campaign, its pack and all its targets in one transaction, or none of it.

    The list is read in a transaction of its own before, so that others may write in
    the meantime; suppression is asked in the one that writes.

    Raises:
        InputError: the segment matches nobody.
    """
    with record.read() as connection:
        found = _candidates(connection, record.workspace_id, segments, plan)
    if not found:
        raise InputError(f"Segment '{plan.segment.name}' matches nobody. Change its filter, or import contacts first.")
    with record.write() as connection:
        _add_campaign(connection, record.workspace_id, plan)
        pairs = [(item.recipient if item.problem is None else None, item.company_id) for item in found]
        reasons = suppressions.find_many(connection, record.workspace_id, pairs)
        suppressed = {item.contact_id: reason for item, reason in zip(found, reasons, strict=True) if reason}
        members = segments.members(plan.segment, [targets.CONTACT_ID]).order_by(None)
        sticky = campaigns.last_mailboxes(connection, record.workspace_id, members)
        rows = list(target_rows(found, suppressed, sticky, **_coins(plan)))
        _add_seal(connection, record.workspace_id, plan, rows)
        shared = {"workspace_id": record.workspace_id, "campaign_id": plan.id, "created_at": plan.at, "updated_at": plan.at}
        done = 0
        for batch in targets.insert_all(connection, (row | shared for row in rows)):
            done += batch
            if progress:
                progress(done, len(found))
        freeze_steps(connection, record.workspace_id, plan.id, plan.steps, plan.at)
        enrolments.enrol(connection, record.workspace_id, [row | {"campaign_id": plan.id} for row in rows], plan.at)


def _coins(plan: Plan) -> dict[str, Any]:
    chosen = plan.settings
    return {"variants": plan.variants, "mailboxes": plan.mailboxes, "seed": plan.seed} | {
        "control_share": chosen.control_share,
        "stratify_by": chosen.stratify_by,
    }


def _add_seal(connection: sa.Connection, workspace_id: str, plan: Plan, rows: Sequence[dict[str, Any]]) -> None:
    """Keep the hash of the whole deal, so that a later change of anybody's arm is found out."""
    detail = {"people": len(rows), "seed": plan.seed, "seal": seal((row["contact_id"], row["variant"]) for row in rows)}
    act = {"actor": plan.by, "action": "campaign.deal", "subject_type": "campaign", "subject_id": plan.id}
    add_audit(connection, workspace_id, **act, at=plan.at, detail=detail)


def _candidates(connection: sa.Connection, workspace_id: str, segments: Segments, plan: Plan) -> list[Candidate]:
    query = segments.members(plan.segment, targets.SNAPSHOT_COLUMNS).execution_options(yield_per=targets.INSERT_BATCH)
    chosen = plan.settings
    rows = connection.execute(query).mappings()
    judged = (candidate(targets.frozen(row), plan.pack.languages, chosen.default_language) for row in rows)
    return list(_enough(connection, workspace_id, judged, chosen.limit) if chosen.limit else judged)


def _enough(connection: sa.Connection, workspace_id: str, judged: Iterator[Candidate], limit: int) -> Iterator[Candidate]:
    """Yield people until ``limit`` of them can be written to; those between who cannot be use up no place."""
    left = limit
    while left and (batch := list(islice(judged, max(left, _LOOKED_AT)))):
        reasons = suppressions.find_many(connection, workspace_id, [(one.recipient, one.company_id) for one in batch])
        for one, reason in zip(batch, reasons, strict=True):
            yield one
            left -= one.problem is None and reason is None
            if not left:
                return


def _add_campaign(connection: sa.Connection, workspace_id: str, plan: Plan) -> None:
    pack = plan.pack
    pack_version_id = packs.keep(
        connection,
        workspace_id,
        pack=pack.name,
        version=pack.version,
        content_hash=pack.content_hash,
        manifest={"files": dict(pack.files)},
        at=plan.at,
    )
    values = {
        "id": plan.id,
        "name": plan.name,
        "status": "drafting",
        "segment_version_id": plan.segment.id,
        "pack_version_id": pack_version_id,
        "variants": list(plan.variants),
        "mailboxes": list(plan.mailboxes),
        "settings": plan.settings.model_dump(mode="json"),
        "seed": plan.seed,
        "created_by": plan.by,
        "created_at": plan.at,
        "updated_at": plan.at,
    }
    campaigns.add(connection, workspace_id, values)
    detail = {"name": plan.name, "segment_version_id": plan.segment.id, "pack_version_id": pack_version_id}
    add_audit(
        connection,
        workspace_id,
        actor=plan.by,
        action="campaign.create",
        subject_type="campaign",
        subject_id=plan.id,
        at=plan.at,
        detail=detail,
    )


def campaign_of(row: sa.RowMapping) -> Campaign:
    """Build a campaign from a row of ``record.campaigns``."""
    return Campaign(
        id=row["id"],
        name=row["name"],
        status=row["status"],
        segment_name=row["segment_name"],
        segment_version=row["segment_version_number"],
        segment_version_id=row["segment_version_id"],
        pack=row["pack"],
        pack_version=row["pack_version_number"],
        pack_version_id=row["pack_version_id"],
        variants=tuple(row["variants"]),
        mailboxes=tuple(row["mailboxes"]),
        settings=CampaignSettings.model_validate(row["settings"]),
        seed=row["seed"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        released_at=row["released_at"],
        version=row["version"],
        paused_at=row["paused_at"],
        pause_reason=row["pause_reason"],
    )
