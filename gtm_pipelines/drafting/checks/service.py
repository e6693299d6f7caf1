"""Checks stored drafts by rule, keeps what was found, and shows it with the evidence behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.campaigns.model import person
from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting.checks.alike import Alike, alike
from gtm_pipelines.drafting.checks.guard import written
from gtm_pipelines.drafting.checks.materials import Materials
from gtm_pipelines.drafting.checks.model import (
    Backing,
    DraftGrounding,
    Shown,
    ShownClaim,
    claim_of,
    finding_of,
    gravest,
    key_of,
    may_pass,
    row_of,
    words_of,
)
from gtm_pipelines.drafting.evidence import Checker, Evidence, Grounding, Material
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, PolicyError
from gtm_pipelines.record import campaigns, groundings
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.groundings import Standing

Progress = Callable[[int, int | None], None]
BATCH = 200
NAMED = 3
"""Findings named in the reason why a draft cannot be approved."""


class GroundingService:
    """What rules find in drafts.

    Args:
        record: the record.
        clock: the clock.
        checker: the rules.
        materials: collects what drafts may be held against.
    """

    def __init__(self, record: Record, clock: Clock, checker: Checker, materials: Materials) -> None:
        self._record, self._clock, self.checker, self._materials = record, clock, checker, materials

    def check(self, campaign: str, *, progress: Progress | None = None) -> dict[str, int]:
        """Check every draft of a campaign whose present revision these rules have not seen; return drafts by verdict.

        Each batch is committed on its own, so a stopped run goes on where it was.

        Raises:
            NotFoundError: there is no such campaign.
        """
        workspace, version = self._record.workspace_id, self.checker.version
        with self._record.read() as connection:
            campaign_id = self._campaign(connection, campaign)
            total = groundings.count_unchecked(connection, workspace, campaign_id, version)
        after, done = "", 0
        while True:
            with self._record.read() as connection:
                ids = groundings.unchecked(connection, workspace, campaign_id, version, after=after, limit=BATCH)
            if not ids:
                break
            self.look(ids)
            after, done = ids[-1], done + len(ids)
            if progress:
                progress(done, max(total, done))
        with self._record.read() as connection:
            return groundings.verdicts(connection, workspace, campaign_id)

    def ensure(self, connection: sa.Connection, draft_ids: Sequence[str], at: datetime) -> None:
        """Check those of some drafts that these rules have not seen at their present revision, in the caller's transaction."""
        if missing := self._unseen(connection, draft_ids):
            self._look(connection, missing, at)

    def _unseen(self, connection: sa.Connection, draft_ids: Sequence[str]) -> list[str]:
        there = groundings.of_drafts(connection, self._record.workspace_id, draft_ids)
        seen = {name for name, row in there.items() if row["checker"] == self.checker.version}
        return [one for one in dict.fromkeys(draft_ids) if one not in seen]

    @needs(Role.VIEWER, "have drafts checked")
    def look(self, draft_ids: Sequence[str]) -> None:
        """Check those of some drafts that these rules have not seen; nobody waits for the rules, only for their rows."""
        at = self._clock.now()
        with self._record.read() as connection:
            rows = self._found(connection, self._unseen(connection, draft_ids), at)
        if rows:
            with self._record.write() as connection:
                unseen = set(self._unseen(connection, [row["draft_id"] for row in rows]))
                groundings.add(connection, self._record.workspace_id, [row for row in rows if row["draft_id"] in unseen])

    def objections(self, connection: sa.Connection, draft_ids: Sequence[str], at: datetime) -> dict[str, str]:
        """Return why drafts cannot be approved, by draft; those that can are absent. Checks what nobody checked yet."""
        self.ensure(connection, draft_ids, at)
        found = self._shown(connection, draft_ids)
        return {name: _told(blocking) for name, (_, shown) in found.items() if (blocking := _blocking(shown))}

    def standing(self, connection: sa.Connection, draft_ids: Sequence[str]) -> dict[str, Standing]:
        """Return what is left of what rules said of those drafts in which people let findings pass, by draft."""
        from gtm_pipelines.drafting.judging.rules import risk_of

        passed = groundings.overrulings(connection, self._record.workspace_id, draft_ids)
        found = {}
        for name, (_, shown) in self._shown(connection, list(passed)).items():
            risk, reasons = risk_of([one.finding for one in shown if one.passed_by is None])
            found[name] = Standing(gravest(shown), risk, reasons)
        return found

    def of_drafts(self, draft_ids: Sequence[str]) -> dict[str, DraftGrounding]:
        """Return what stands behind drafts and what was found in them, evidence resolved, by draft.

        What nobody has checked yet is checked now. Give the drafts of one page, not of a campaign.
        """
        ids, now = list(dict.fromkeys(draft_ids)), self._clock.now()
        self.look(ids)
        with self._record.read() as connection:
            materials = self._materials.of(connection, self._record.workspace_id, ids, now)
            found = self._shown(connection, ids)
        return {name: _grounding(row, shown, materials[name], now) for name, (row, shown) in found.items() if name in materials}

    def rules_of(self, draft_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return which rules still say something of drafts, by draft: what people let pass is left out."""
        ids = list(dict.fromkeys(draft_ids))
        self.look(ids)
        with self._record.read() as connection:
            found = self._shown(connection, ids)
        return {name: frozenset(one.finding.rule for one in shown if not one.passed_by) for name, (_, shown) in found.items()}

    def of_draft(self, draft_id: str) -> DraftGrounding:
        """Return what stands behind one draft and what was found in it.

        Raises:
            NotFoundError: there is no such draft.
        """
        found = self.of_drafts([draft_id])
        if draft_id not in found:
            raise NotFoundError(f"There is no draft {draft_id}. List the campaign's drafts again.")
        return found[draft_id]

    def inspect(self, draft_ids: Sequence[str]) -> dict[str, tuple[Material, Grounding, str]]:
        """Return drafts beside what they may be held against, what rules found in them, and whom they are for, by draft."""
        with self._record.read() as connection:
            workspace, now = self._record.workspace_id, self._clock.now()
            rows = groundings.of_drafts(connection, workspace, draft_ids)
            people = {row["id"]: row["contact_id"] for row in groundings.texts(connection, workspace, draft_ids)}
            materials = self._materials.of(connection, workspace, list(rows), now)
        return {name: (materials[name], _stored(row), people[name]) for name, row in rows.items() if name in materials}

    def alike(self, campaign: str) -> list[Alike]:
        """Return drafts of a campaign that a model wrote nearly alike for different people; merged ones are meant to be.

        Raises:
            NotFoundError: there is no such campaign.
        """
        with self._record.read() as connection:
            campaign_id = self._campaign(connection, campaign)
            rows = groundings.bodies(connection, self._record.workspace_id, campaign_id, "model")
        return alike({row.id: written(row.body) for row in rows})

    @needs(Role.REVIEWER, "let a finding pass")
    def overrule(self, draft_id: str, key: str, *, by: str, reason: str) -> DraftGrounding:
        """Let one finding pass, as a person who has looked at it; it is kept with the reason.

        Args:
            draft_id: the draft.
            key: of the finding, as ``of_draft`` shows it.
            by: the person.
            reason: why it may pass.

        Raises:
            InputError: no reason is given.
            PolicyError: nobody may let it pass: an open merge field, or what the law asks for.
            ConflictError: the draft has no such finding any more.
        """
        actor = person(by)
        if not reason.strip():
            raise InputError("Say why this finding may pass; the reason is kept beside it.")
        held = self.of_draft(draft_id)
        shown = next((one for one in held.findings if one.key == key), None)
        if shown is None:
            raise ConflictError("The draft has no such finding any more. Look at it again.")
        if not shown.may_pass:
            raise PolicyError("grounding.never", f"{shown.finding.text}. Nobody may let this pass: {shown.finding.hint}")
        if shown.passed_by is None:
            self._keep(held, shown, actor, reason.strip())
        return self.of_draft(draft_id)

    def _keep(self, held: DraftGrounding, shown: Shown, actor: str, reason: str) -> None:
        at, workspace = self._clock.now(), self._record.workspace_id
        values = {
            "draft_id": held.draft_id, "revision_number": held.revision, "rule": shown.finding.rule, "finding_key": shown.key,
            "words": shown.words, "reason": reason, "decided_by": actor, "created_at": at,
        }  # fmt: skip
        detail = {"rule": shown.finding.rule, "revision": held.revision, "reason": reason}
        with self._record.write() as connection:
            if shown.key in groundings.overrulings(connection, workspace, [held.draft_id]).get(held.draft_id, {}):
                return
            groundings.add_overruling(connection, workspace, values)
            add_audit(
                connection, workspace, actor=actor, action="draft.overrule", subject_type="draft", subject_id=held.draft_id,
                at=at, detail=detail,
            )  # fmt: skip

    def _look(self, connection: sa.Connection, draft_ids: Sequence[str], at: datetime) -> None:
        """Check drafts as they stand and keep what was found; the same rules see the same revision once."""
        groundings.add(connection, self._record.workspace_id, self._found(connection, draft_ids, at))

    def _found(self, connection: sa.Connection, draft_ids: Sequence[str], at: datetime) -> list[dict[str, Any]]:
        workspace = self._record.workspace_id
        texts = {row["id"]: row for row in groundings.texts(connection, workspace, draft_ids)}
        rows = []
        for name, material in self._materials.of(connection, workspace, draft_ids, at).items():
            found = row_of(self.checker.check(material, now=at), material, self.checker.version)
            text = texts[name]
            about = {"draft_id": name, "revision_number": text["current_revision"], "content_hash": text["content_hash"]}
            rows.append({**found, **about, "created_at": at})
        return rows

    def _shown(self, connection: sa.Connection, draft_ids: Sequence[str]) -> dict[str, tuple[Any, tuple[Shown, ...]]]:
        workspace = self._record.workspace_id
        rows = groundings.of_drafts(connection, workspace, draft_ids)
        passed = groundings.overrulings(connection, workspace, draft_ids)
        texts = {row["id"]: row for row in groundings.texts(connection, workspace, list(rows))}
        return {name: (row, tuple(_findings(row, texts[name], passed.get(name, {})))) for name, row in rows.items()}

    def _campaign(self, connection: sa.Connection, campaign: str) -> str:
        row = campaigns.find(connection, self._record.workspace_id, campaign)
        if row is None:
            raise NotFoundError(f"No campaign is called '{campaign}'. 'gtm campaign list' shows those there are.")
        return str(row["id"])


def _stored(row: Mapping[Any, Any]) -> Grounding:
    claims = tuple(claim_of(kept) for kept in row["claims"])
    return Grounding(row["verdict"], claims, tuple(finding_of(kept) for kept in row["findings"]))


def _findings(row: Mapping[Any, Any], text: Mapping[Any, Any], passed: Mapping[str, Any]) -> Iterable[Shown]:
    for kept in row["findings"]:
        finding = finding_of(kept)
        words = words_of(finding, text["subject"], text["body"])
        key = key_of(finding, words)
        let = passed.get(key) if may_pass(finding.rule) else None
        yield Shown(
            finding, key, words, may_pass(finding.rule), let["decided_by"] if let else None, let["reason"] if let else None
        )


def _blocking(shown: Sequence[Shown]) -> list[Shown]:
    return [one for one in shown if one.finding.severity == "block" and one.passed_by is None]


def _told(blocking: Sequence[Shown]) -> str:
    named = "; ".join(one.finding.text for one in blocking[:NAMED])
    more = f"; and {len(blocking) - NAMED} more" if len(blocking) > NAMED else ""
    free = all(one.may_pass for one in blocking)
    return f"{named}{more}. Edit the text" + (", or let the finding pass with a reason." if free else ".")


def _grounding(row: Mapping[Any, Any], shown: tuple[Shown, ...], material: Material, now: datetime) -> DraftGrounding:
    known = {one.id: one for one in material.evidence}
    claims = tuple(_claim(kept, known, now) for kept in row["claims"])
    return DraftGrounding(
        row["draft_id"], row["revision_number"], gravest(shown), row["verdict"], shown, claims, row["checker"], row["created_at"]
    )


def _claim(kept: Mapping[str, Any], known: Mapping[str, Evidence], now: datetime) -> ShownClaim:
    ids = kept["evidence_ids"]
    backing = tuple(
        Backing(one, (now - one.retrieved_at).days if one.retrieved_at else None) for name in ids if (one := known.get(name))
    )
    body = kept.get("place", "body") == "body"
    place = (kept.get("start"), kept.get("end")) if body else (None, None)
    return ShownClaim(kept["text"], *place, backing, tuple(name for name in ids if name not in known))
