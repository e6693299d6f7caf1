"""Addresses verified, and what share of a list will bounce: for a segment, a campaign or everybody."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.verification.bounces import Projection, project
from gtm_pipelines.enrichment.verification.model import FIELDS, SERVER, Asked, Assessment, Finding, Verifier, assess
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import campaigns, facts, verifications
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.settled import Statement
from gtm_pipelines.record.tables import fact
from gtm_pipelines.record.upsert import insert_many
from gtm_pipelines.settings_research import VerificationSettings

Progress = Callable[[int, int | None], None]
PAGE = 2_000
"""Contacts looked at, and written down, at once."""
LEARNED_FROM = timedelta(days=365)
"""How far back own mail tells of bounces."""
MOST_LEARNED_FROM = 20_000
"""Mails that rates are learned from, the newest: they move an estimate no further than these."""


@dataclass(frozen=True)
class Whom:
    """Whose addresses are meant: a segment's, a campaign's, exactly these contacts', or everybody's."""

    segment: str | None = None
    campaign: str | None = None
    ids: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if sum(one is not None for one in (self.segment, self.campaign, self.ids)) > 1:
            raise InputError("Name a segment or a campaign, not both.")


@dataclass(frozen=True)
class VerificationReport:
    """What a check did.

    Attributes:
        addresses: looked at.
        fresh: known from before, and not asked about again.
        domains: asked about.
        checked: addresses of which something was found out.
        unanswered: addresses whose domain did not answer; asked again next time.
        values: what was found of servers → addresses.
        facts: written.
    """

    addresses: int = 0
    fresh: int = 0
    domains: int = 0
    checked: int = 0
    unanswered: int = 0
    values: Mapping[str, int] = field(default_factory=dict)
    facts: int = 0


class VerificationService:
    """Verifies addresses and projects bounces.

    Args:
        record: where everything is.
        clock: what the time is.
        settings: whether name servers are asked, how, and the limit of bounces.
        verifiers: makes those who are asked, anew for each check; none where nobody may be.
        members: the contacts behind a segment.
        simulated: mailboxes of the sandbox, from whose mail nothing is learned; empty where there are no others.
    """

    def __init__(
        self,
        record: Record,
        clock: Clock,
        settings: VerificationSettings,
        verifiers: Callable[[], Sequence[Verifier]],
        members: Callable[[str], list[str]],
        simulated: Collection[str] = (),
    ) -> None:
        self._record, self._clock, self._settings = record, clock, settings
        self._verifiers, self._members, self._simulated = verifiers, members, simulated

    def contacts(self, whom: Whom) -> tuple[str, ...] | None:
        """Return whose addresses are meant; ``None`` for everybody.

        Raises:
            NotFoundError: there is no such segment or campaign.
        """
        if whom.segment is not None:
            return tuple(self._members(whom.segment))
        return tuple(one for one, _ in self._recipients(whom.campaign)) if whom.campaign is not None else whom.ids

    def check(
        self, whom: Whom, *, anew: bool = False, dry_run: bool = False, progress: Progress | None = None
    ) -> VerificationReport:
        """Ask every verifier about addresses it knows nothing fresh of; goes on where it was stopped.

        Args:
            whom: whose addresses.
            anew: ask about those too that are known.
            dry_run: only count.
            progress: told ``(done, total)`` contacts.

        Raises:
            NotFoundError: there is no such segment or campaign.
        """
        ids = self.contacts(whom)
        total = len(ids) if ids is not None else self._count()
        verifiers = list(self._verifiers())
        if not verifiers:
            return VerificationReport(addresses=total)
        return asyncio.run(self._check(ids, verifiers, total, anew, dry_run, progress or (lambda _done, _total: None)))

    def assessments(self, pairs: Sequence[tuple[str, str]]) -> list[Assessment]:
        """Return what is to be thought of addresses, each given with the contact whose it is."""
        now = self._clock.now()
        with self._record.read() as connection:
            said = facts.statements(connection, self._record.workspace_id, "contact", {one for one, _ in pairs}, FIELDS)
        return [assess(address, said[contact_id], now) for contact_id, address in pairs]

    def project(self, whom: Whom) -> Projection:
        """Say what share of these addresses will bounce; of a campaign, those whom nothing was sent to yet.

        Raises:
            NotFoundError: there is no such segment or campaign.
        """
        counts, role, free = Counter[str](), 0, 0
        for pairs in self._pairs(whom):
            assessed = self.assessments(pairs)
            counts.update(one.verdict for one in assessed)
            role, free = role + sum(one.role for one in assessed), free + sum(one.free_mail for one in assessed)
        return project(counts, self.measured(), limit=self._settings.bounce_limit, role=role, free_mail=free)

    def of_campaign(self, campaign_id: str) -> Projection:
        """Say what share of a campaign's recipients will bounce, before it is released."""
        return self.project(Whom(campaign=campaign_id))

    def measured(self) -> dict[str, tuple[int, int]]:
        """Return, for each verdict, the own mails sent under it and how many of them bounced hard."""
        workspace_id, since = self._record.workspace_id, self._clock.now() - LEARNED_FROM
        with self._record.read() as connection:
            mails = verifications.outcomes(connection, workspace_id, since, MOST_LEARNED_FROM, self._simulated)
            rows = verifications.facts_of(connection, workspace_id, {row.contact_id for row in mails}, FIELDS)
        said: dict[str, list[Statement]] = {}
        for row in rows:
            said.setdefault(row.subject_id, []).append(Statement.of(row))
        sent, bounced = Counter[str](), Counter[str]()
        for mail in mails:
            before = [one for one in said.get(mail.contact_id, ()) if one.retrieved_at <= mail.handed_at]
            verdict = assess(mail.recipient, before, mail.handed_at).verdict
            sent[verdict] += 1
            bounced[verdict] += mail.bounced
        return {verdict: (sent[verdict], bounced[verdict]) for verdict in sent}

    async def _check(
        self, ids: Sequence[str] | None, verifiers: Sequence[Verifier], total: int, anew: bool, dry_run: bool, told: Progress
    ) -> VerificationReport:
        tally, domains, done = Counter[str](), set[str](), 0
        values = Counter[str]()
        try:
            for rows in self._pages(ids):
                for verifier in verifiers:
                    wanted = rows if anew else self._unknown(rows, verifier.name)
                    tally["fresh"] += len(rows) - len(wanted)
                    asked = {row.id: Asked(row.id, row.email) for row in wanted}
                    domains |= {one.domain for one in asked.values()}
                    if not dry_run and asked:
                        found = await verifier.verify(list(asked.values()))
                        tally["facts"] += await asyncio.to_thread(self._write, verifier.name, rows, found)
                        tally["checked"] += len({one.asked.contact_id for one in found})
                        tally["unanswered"] += len(asked) - len({one.asked.contact_id for one in found})
                        values.update(one.value for one in found if one.field == SERVER and one.value)
                done += len(rows)
                told(done, total)
        finally:
            for verifier in verifiers:
                await verifier.aclose()
        counted = {name: tally[name] for name in ("fresh", "checked", "unanswered", "facts")}
        return VerificationReport(addresses=done, domains=len(domains), values=dict(values), **counted)

    def _pages(self, ids: Sequence[str] | None) -> Iterator[Sequence[Any]]:
        workspace_id, after = self._record.workspace_id, ""
        if ids is not None:
            for start in range(0, len(ids), PAGE):
                with self._record.read() as connection:
                    rows = verifications.addresses(connection, workspace_id, ids[start : start + PAGE])
                if rows:
                    yield rows
            return
        while True:
            with self._record.read() as connection:
                rows = verifications.addresses_after(connection, workspace_id, after, PAGE)
            if not rows:
                return
            yield rows
            after = rows[-1].id

    def _unknown(self, rows: Sequence[Any], source: str) -> list[Any]:
        """Return those about whose address this verifier has said nothing that still holds."""
        now = self._clock.now()
        newest = self._newest([row.id for row in rows], source)
        known = {
            subject
            for (subject, name), one in newest.items()
            if name == SERVER and one.expires_at is not None and one.expires_at > now
        }
        about = {row.id for row in rows if row.id in known and _names(newest[row.id, SERVER], row.email)}
        return [row for row in rows if row.id not in about]

    def _newest(self, ids: Sequence[str], source: str) -> dict[tuple[str, str], Statement]:
        with self._record.read() as connection:
            rows = verifications.facts_of(connection, self._record.workspace_id, ids, FIELDS)
        return {(row.subject_id, row.field): Statement.of(row) for row in rows if row.source == source}

    def _write(self, source: str, rows: Sequence[Any], found: Sequence[Finding]) -> int:
        """Write findings down; one that takes nothing back says nothing and is left out."""
        owners = {row.id: row for row in rows}
        held = self._newest(list(owners), source)
        telling = [one for one in found if one.value is not None or _stands(held.get((one.asked.contact_id, one.field)))]
        now = self._clock.now()
        made = [
            {
                "id": new_id(), "workspace_id": self._record.workspace_id, "batch_id": owners[one.asked.contact_id].batch_id,
                "session_key": owners[one.asked.contact_id].session_key, "subject_type": "contact",
                "subject_id": one.asked.contact_id, "field": one.field, "value": one.value, "source": source,
                "evidence": one.evidence, "confidence": one.confidence, "cost_usd": 0.0, "retrieved_at": now,
                "expires_at": now + one.lifetime if one.lifetime else None,
            }
            for one in telling
        ]  # fmt: skip
        with self._record.write() as connection:
            insert_many(connection, fact, made)
        return len(made)

    def _recipients(self, campaign: str) -> list[tuple[str, str]]:
        with self._record.read() as connection:
            held = campaigns.find(connection, self._record.workspace_id, campaign)
            if held is None:
                raise NotFoundError(f"No campaign is called '{campaign}'. 'gtm campaign list' shows those there are.")
            return verifications.recipients(connection, self._record.workspace_id, held["id"])

    def _pairs(self, whom: Whom) -> Iterator[list[tuple[str, str]]]:
        """Yield contacts and their addresses in pages; of a campaign the addresses as it froze them."""
        if whom.campaign is not None:
            held = self._recipients(whom.campaign)
            yield from (held[start : start + PAGE] for start in range(0, len(held), PAGE))
            return
        for rows in self._pages(self.contacts(whom)):
            yield [(row.id, row.email) for row in rows]

    def _count(self) -> int:
        with self._record.read() as connection:
            return verifications.count(connection, self._record.workspace_id)


def _names(one: Statement, address: str) -> bool:
    return (one.evidence or "").casefold().startswith(f"{address.casefold()}:")


def _stands(one: Statement | None) -> bool:
    return one is not None and one.value is not None
