"""Campaigns: freeze a segment's contacts, follow the campaign, let a person release it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.campaigns.create import (
    Packs,
    Plan,
    Segments,
    campaign_of,
    check_mailboxes,
    check_settings,
    check_variants,
    freeze,
)
from gtm_pipelines.campaigns.dealt import DealCheck, check_deal
from gtm_pipelines.campaigns.follow import followed
from gtm_pipelines.campaigns.gate import Bounces, Passed, check
from gtm_pipelines.campaigns.model import (
    Campaign,
    CampaignSettings,
    CampaignStatus,
    CampaignStep,
    Standing,
    Target,
    check_name,
    check_transition,
    person,
)
from gtm_pipelines.campaigns.people import People, PersonStanding
from gtm_pipelines.campaigns.sequence import planned
from gtm_pipelines.campaigns.texts import check_texts
from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, PolicyError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import campaigns as queries
from gtm_pipelines.record import drafts as draft_queries
from gtm_pipelines.record import enrolments
from gtm_pipelines.record import targets as target_queries
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import MailboxSettings

Progress = Callable[[int, int | None], None]


class CampaignService:
    """Campaigns of one workspace. A campaign is named by its name or id everywhere."""

    def __init__(
        self,
        record: Record,
        clock: Clock,
        segments: Segments,
        packs: Packs,
        mailboxes: Sequence[MailboxSettings],
        bounces: Bounces,
    ) -> None:
        self._record = record
        self._clock = clock
        self._segments = segments
        self._packs = packs
        self._mailboxes = tuple(mailboxes)
        self._bounces = bounces

    @needs(Role.EDITOR, "make a campaign")
    def create(
        self,
        name: str,
        *,
        segment: str,
        pack: str,
        mailboxes: Sequence[str],
        by: str,
        variants: Sequence[str] | None = None,
        settings: CampaignSettings | None = None,
        progress: Progress | None = None,
    ) -> Campaign:
        """Create a campaign and freeze its targets in one transaction.

        Contacts without a usable address, suppressed ones and those marked not to be
        contacted become excluded targets, each with its reason.

        Args:
            name: of the campaign, not used before.
            segment: name or id, at its current version.
            pack: ``NAME`` for the newest version or ``NAME@VERSION``.
            mailboxes: names of sender identities, in order of rotation; a contact
                written to before keeps the one that wrote last, if it is among them.
            by: who creates it.
            variants: the pack's variants to compare; all if absent.
            settings: choices frozen with it.
            progress: told how many targets are frozen.

        Raises:
            InputError: something chosen does not exist or does not fit, or nobody matches.
            ConflictError: a campaign of that name exists.
        """
        plan = self._plan(name, segment, pack, mailboxes, by, variants, settings or CampaignSettings.model_validate({}))
        self._refuse_taken(plan.name)
        try:
            freeze(self._record, self._segments, plan, progress)
        except IntegrityError as error:
            self._refuse_taken(plan.name)
            raise ConflictError("The list changed while the campaign was made. Create it again.") from error
        return self.get(plan.id)

    def _plan(
        self,
        name: str,
        segment: str,
        pack: str,
        mailboxes: Sequence[str],
        by: str,
        variants: Sequence[str] | None,
        settings: CampaignSettings,
    ) -> Plan:
        if not by.strip():
            raise InputError("Say who creates the campaign, such as --by anna.")
        chosen_pack, campaign_id = self._packs.get(pack), new_id()
        arms = check_variants(chosen_pack, variants, settings.control_share)
        steps = planned(self._packs, settings.sequence, chosen_pack)
        checked = check_settings(settings, chosen_pack, steps)
        check_texts(self._packs, settings, [chosen_pack, *(step.pack for step in steps)])
        return Plan(
            id=campaign_id,
            name=check_name(name, "campaign"),
            segment=self._segments.get(segment),
            pack=chosen_pack,
            variants=arms,
            mailboxes=check_mailboxes(mailboxes, self._mailboxes),
            settings=checked,
            seed=settings.seed if settings.seed is not None else int(campaign_id[-15:], 16),
            by=by.strip(),
            at=self._clock.now(),
            steps=steps,
        )

    def _refuse_taken(self, name: str) -> None:
        with self._record.read() as connection:
            if queries.find(connection, self._record.workspace_id, name):
                raise ConflictError(f"A campaign called '{name}' exists. Choose another name.")

    def get(self, campaign: str) -> Campaign:
        """Return a campaign by name or id.

        Raises:
            NotFoundError: there is none.
        """
        with self._record.read() as connection:
            return self._held(connection, campaign)

    def list(self, *, status: str | None = None) -> list[Campaign]:
        """Return every campaign, newest first."""
        with self._record.read() as connection:
            return [campaign_of(row) for row in queries.page(connection, self._record.workspace_id, status=status)]

    def targets(self, campaign: str, *, status: str | None = None, limit: int = 50, offset: int = 0) -> Sequence[Target]:
        """Return one page of a campaign's targets, in order of arrival."""
        with self._record.read() as connection:
            held = self._held(connection, campaign)
            workspace = self._record.workspace_id
            rows = target_queries.page(connection, workspace, held.id, status=status, limit=limit, offset=offset)
            return [Target.of(row) for row in rows]

    def status(self, campaign: str) -> CampaignStatus:
        """Return every count of the funnel, from the record."""
        return followed(self._record, campaign, self._held)

    def written(self, campaign: str) -> set[tuple[str, str]]:
        """Return the variants and languages that drafts of a campaign are written in."""
        with self._record.read() as connection:
            return queries.drafts_written(connection, self._record.workspace_id, self._held(connection, campaign).id)

    def steps(self, campaign: str) -> Sequence[CampaignStep]:
        """Return a campaign's mails after the first, in order."""
        with self._record.read() as connection:
            held = self._held(connection, campaign)
            return [CampaignStep.of(row) for row in enrolments.steps(connection, self._record.workspace_id, held.id)]

    def standing(self, campaign: str) -> Sequence[Standing]:
        """Count where people stand in a campaign's sequence, by mail, status and reason."""
        with self._record.read() as connection:
            held = self._held(connection, campaign)
            found = enrolments.counts(connection, self._record.workspace_id, held.id)
        ordered = sorted(found, key=lambda key: (key[0], key[1], key[2] or ""))
        return [Standing(*key, found[key]) for key in ordered]

    def standing_of(self, campaign: str, person: str) -> PersonStanding:
        """Return where one person, named by address or id, stands in a campaign's sequence."""
        with self._record.read() as connection:
            return self._people(connection).standing(self._held(connection, campaign), person)

    @needs(Role.REVIEWER, "end somebody's sequence")
    def stop_person(self, campaign: str, person: str, *, by: str, reason: str = "") -> PersonStanding:
        """End one person's sequence in a campaign by hand; nothing of it leaves any more. Twice is once."""
        with self._record.write() as connection:
            return self._people(connection).stop(self._held(connection, campaign), person, by=by, reason=reason)

    @needs(Role.REVIEWER, "let somebody's sequence go on")
    def resume_person(self, campaign: str, person: str, *, by: str) -> PersonStanding:
        """Take back that one person's sequence was ended by hand.

        Raises:
            PolicyError: it ended for another reason, which is for good, or the person is suppressed or left out.
        """
        with self._record.write() as connection:
            return self._people(connection).resume(self._held(connection, campaign), person, by=by)

    def check_deal(self, campaign: str) -> DealCheck:
        """Throw the campaign's coins again and say whether everybody is in the arm they were dealt."""
        with self._record.read() as connection:
            return check_deal(connection, self._record.workspace_id, self._held(connection, campaign))

    def advance(self, campaign: str, status: str, *, by: str = "system") -> Campaign:
        """Pass to another state; asking for the present one changes nothing.

        Raises:
            PolicyError: the state cannot be reached from here, nothing is approved yet
                (``ready``), or only ``release`` leads there (``sending``).
        """
        return self._change(campaign, (status,), by=by)

    @needs(Role.EDITOR, "release a campaign")
    def release(self, campaign: str, *, by: str, accept_bounces: str | None = None) -> Campaign:
        """A person says send: the campaign becomes ``sending``. Saying it twice changes nothing.

        Args:
            campaign: name or id.
            by: the person.
            accept_bounces: why it shall be released though too many mails would come back; kept in the audit.

        Raises:
            PolicyError: nothing is approved, ``by`` is no person, or ``bounces.projected``.
        """
        held, by = self.get(campaign), person(by)
        if held.status == "sending":
            return held
        passed = check(self._bounces.of_campaign(held.id), held.name, accept_bounces)
        path = ("ready", "sending") if held.status == "drafting" else ("sending",)
        return self._change(held.id, path, by=by, release=passed)

    @needs(Role.EDITOR, "hold a campaign")
    def hold(self, campaign: str, *, by: str) -> Campaign:
        """A person says stop: the campaign goes back to ``ready`` and is no longer released."""
        return self._change(campaign, ("ready",), by=person(by))

    @needs(Role.EDITOR, "archive a campaign")
    def archive(self, campaign: str, *, by: str) -> Campaign:
        """Put a campaign away for good; one that is sending is held or completed first."""
        return self._change(campaign, ("archived",), by=person(by))

    def _change(self, campaign: str, path: Sequence[str], *, by: str, release: Passed | None = None) -> Campaign:
        with self._record.write() as connection:
            held = self._held(connection, campaign, lock=True)
            if held.status == path[-1]:
                return held
            for wanted in path:
                if held.status != wanted:
                    self._step(connection, held, wanted, by=by, release=release)
                    held = self._held(connection, held.id)
            return held

    def _step(self, connection: sa.Connection, held: Campaign, wanted: str, *, by: str, release: Passed | None) -> None:
        check_transition(held.status, wanted)
        if wanted == "sending" and release is None:
            raise PolicyError("campaign.release", f"Only a person's release starts the sending: gtm campaign release {held.name}")
        workspace, now = self._record.workspace_id, self._clock.now()
        if (
            held.status != "sending"
            and wanted in ("ready", "sending")
            and not draft_queries.count_approved(connection, workspace, held.id)
        ):
            raise PolicyError("campaign.unapproved", f"No draft of '{held.name}' is approved. Review and approve some first.")
        released: datetime | None = now if wanted == "sending" else None if wanted in ("ready", "drafting") else held.released_at
        queries.set_status(connection, workspace, held.id, wanted, at=now, released_at=released)
        action = "campaign.release" if wanted == "sending" else "campaign.advance"
        detail = {"from": held.status, "to": wanted} | (release.detail if release and wanted == "sending" else {})
        act = {"actor": by, "action": action, "subject_type": "campaign", "subject_id": held.id}
        add_audit(connection, workspace, **act, at=now, detail=detail)

    def _people(self, connection: sa.Connection) -> People:
        return People(connection, self._record.workspace_id, self._clock)

    def _held(self, connection: sa.Connection, campaign: str, *, lock: bool = False) -> Campaign:
        row = queries.find(connection, self._record.workspace_id, campaign, lock=lock)
        if row is None:
            raise NotFoundError(f"No campaign is called '{campaign}'. 'gtm campaign list' shows those there are.")
        return campaign_of(row)
