"""A stored draft beside all that it may be held against: what is known of its recipient, and what the sender says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.drafting.checks.policy import ADDRESS
from gtm_pipelines.drafting.evidence import Claim, Evidence, Material
from gtm_pipelines.drafting.model import DraftRefusedError, DraftRequest, Packs
from gtm_pipelines.drafting.programs.cases import case_of
from gtm_pipelines.drafting.programs.context import Known, Subject, collect
from gtm_pipelines.drafting.programs.model import Case
from gtm_pipelines.drafting.requests import Requests
from gtm_pipelines.meetings.line import line_of
from gtm_pipelines.record import groundings, writing
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.settings import MailboxSettings

BASELINE = "baseline"
Row = Mapping[Any, Any]
Verified = Callable[[Sequence[tuple[str, str]]], Sequence[str]]
"""From contacts with their addresses to what is to be thought of each, such as ``valid`` or ``unchecked``."""


@dataclass
class Materials:
    """Collects what drafts may be held against.

    Args:
        packs: revives the pack a campaign was created with.
        mailboxes: the configured sender identities, by name.
        verified: tells how addresses were verified; nothing is said of them without it.
    """

    packs: Packs
    mailboxes: Mapping[str, MailboxSettings]
    verified: Verified | None = None
    _requests: Requests = field(init=False)

    def __post_init__(self) -> None:
        self._requests = Requests(self.packs, self.mailboxes)

    def of(self, connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str], now: datetime) -> dict[str, Material]:
        """Return the material of the present revision of drafts, by draft; unknown ids are absent."""
        rows = groundings.texts(connection, workspace_id, draft_ids)
        requests = self._requests.of(connection, workspace_id, rows)
        return dict(
            zip(
                (row["id"] for row in rows),
                self._whole(connection, workspace_id, rows, requests, now),
                strict=True,
            )
        )

    def _whole(
        self, connection: sa.Connection, workspace_id: str, rows: Sequence[Row], requests: Sequence[DraftRequest], now: datetime
    ) -> Iterator[Material]:
        subjects = [Subject(row["contact_id"], row["company_id"], row["snapshot"]) for row in rows]
        known = collect(connection, workspace_id, subjects, now)
        addresses = self._addresses(rows)
        stages = writing.stages_of(connection, workspace_id, [row["id"] for row in rows if row["drafter"] != BASELINE])
        for row, request, mine, address in zip(rows, requests, known, addresses, strict=True):
            case = _case(request, mine, self.packs)
            kept = _kept(stages.get(row["id"], ()), row)
            evidence = _merged((*case.evidence, *_own(request), *address), kept[0])
            meeting = _meeting(row)
            allowed = (*case.allowed, *_pack_words(request), *([meeting] if meeting else ()))
            yield Material(row["subject"], row["body"], row["language"], kept[1], evidence, allowed, case.names, meeting)

    def _addresses(self, rows: Sequence[Row]) -> list[tuple[Evidence, ...]]:
        if self.verified is None:
            return [() for _ in rows]
        asked = [(row["contact_id"], row["recipient"]) for row in rows if row["recipient"]]
        told = iter(self.verified(asked))
        return [
            (Evidence(ADDRESS, "email_verification", next(told), "verification"),) if row["recipient"] else () for row in rows
        ]


def _case(request: DraftRequest, known: Known, packs: Packs) -> Case:
    try:
        return case_of(request, known, packs)
    except DraftRefusedError:  # a mail that cannot be dressed any more is held against the rest
        snapshot = request.target.snapshot
        person, firm = snapshot.get("contact") or {}, snapshot.get("company") or {}
        names = (person.get("full_name"), person.get("first_name"), person.get("last_name"), firm.get("name"))
        own = (request.mailbox.display_name, request.mailbox.address, request.mailbox.postal_address)
        told = tuple(str(one) for one in (*names, person.get("company_name"), person.get("position")) if one)
        shared = {"recipient": "", "language": request.target.language, "variant": request.variant, "offer": "", "occasion": ""}
        return Case(**shared, evidence=known.evidence, names=told, allowed=tuple(one for one in own if one))


def _own(request: DraftRequest) -> Iterator[Evidence]:
    """Yield what the sender says of themselves and of the offer, where the case does not have it."""
    language = request.target.language
    for name, variable in request.pack.manifest.variables.items():
        if variable.source.startswith("campaign."):
            own = request.settings.variables.get(variable.source.removeprefix("campaign."), {}).get(language)
            if text := own or variable.default.get(language):  # type: ignore[call-overload]
                yield Evidence(f"campaign.{name}", name, " ".join(text.split()), "campaign")
    mailbox = request.mailbox
    for name, text in (("name", mailbox.display_name), ("address", mailbox.address), ("postal_address", mailbox.postal_address)):
        if text:
            yield Evidence(f"sender.{name}", name, " ".join(text.split()), "sender")
    for owner, names in (("contact", ("position", "company_name")), ("company", ("name", "domain", "website"))):
        values = request.target.snapshot.get(owner) or {}
        yield from (Evidence(f"{owner}.{one}", one, str(values[one]), "import") for one in names if values.get(one))


def _meeting(row: Row) -> str:
    """Return the line that proposes a meeting, unless a model wrote it: where and when somebody can meet, they alone know."""
    by_model = row["drafter"] != BASELINE and not row["author"].startswith("person:")
    return "" if row["step"] < FIRST_ANSWER or by_model else line_of(row["body"]) or ""


def _pack_words(request: DraftRequest) -> Iterator[str]:
    """Yield the words of the pack's own templates: what stands there for everybody needs no evidence."""
    manifest, language = request.pack.manifest, request.target.language
    template = request.pack.templates.get((request.variant, language))
    yield from (template.subject, template.body) if template else ()
    for texts in manifest.phrases.values():
        if phrase := texts.get(language):  # type: ignore[call-overload]
            yield from (phrase.text, phrase.fallback)
    if footer := manifest.footer.get(language):  # type: ignore[call-overload]
        yield from (footer.text, footer.opt_out)


def _kept(stages: Sequence[Row], row: Row) -> tuple[tuple[Evidence, ...], tuple[Claim, ...]]:
    """Return what a program wrote a draft from, and of its claims those whose words still stand in it."""
    contexts = [each["output"] for each in stages if each["stage"] == "context"]
    evidence = Case.load(contexts[-1]).evidence if contexts else ()
    told = [claim for each in stages for claim in each["output"].get("claims", ())]
    claims = (Claim(one["text"], tuple(one["evidence_ids"])) for one in told)
    return evidence, tuple(dict.fromkeys(one for one in claims if one.text in row["body"]))


def _merged(fresh: Sequence[Evidence], kept: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return evidence by id, what is known now before what was known when the draft was written."""
    return tuple({one.id: one for one in (*kept, *fresh)}.values())
