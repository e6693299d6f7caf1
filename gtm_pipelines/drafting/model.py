"""What a drafter is asked, what it answers, and the report of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from gtm_pipelines.campaigns.model import CampaignSettings, Target
from gtm_pipelines.drafting.evidence import Claim, Grounding
from gtm_pipelines.drafting.thread import EMPTY, Thread
from gtm_pipelines.packs.model import Pack, Rendered
from gtm_pipelines.settings import MailboxSettings


@dataclass(frozen=True)
class DraftRequest:
    """One mail to write.

    Attributes:
        step: which mail of the sequence it is; from 1001 on an answer.
        thread: what went back and forth before.
    """

    target: Target
    variant: str
    pack: Pack
    mailbox: MailboxSettings
    settings: CampaignSettings
    step: int = 1
    thread: Thread = EMPTY

    @property
    def subject(self) -> str | None:
        """The subject that the thread sets; ``None`` where it is to be written."""
        return self.thread.subject if self.step > 1 else None


@dataclass(frozen=True)
class DraftWarning:
    """Something a reviewer should look at; it stops nothing."""

    rule: str
    text: str


@dataclass(frozen=True)
class StageOutput:
    """What one stage of writing put out, as it is kept."""

    stage: str
    output: Mapping[str, Any]


@dataclass(frozen=True)
class DraftText:
    """A written mail, footer included.

    Attributes:
        claims: the facts it states, each with what it rests on.
        grounding: what the rules found in it; ``None`` where nobody looked.
        outputs: of the stages it passed, in order.
        trace_id: of the calls it took.
    """

    subject: str
    body: str
    language: str
    warnings: tuple[DraftWarning, ...] = ()
    claims: tuple[Claim, ...] = ()
    grounding: Grounding | None = None
    outputs: tuple[StageOutput, ...] = ()
    trace_id: str | None = None


class DraftRefusedError(Exception):
    """The mail cannot be written for this contact; recorded, never raised to a face."""

    def __init__(self, reason_code: str, reason: str) -> None:
        super().__init__(reason)
        self.reason_code = reason_code
        self.reason = reason


class Packs(Protocol):
    """What drafting asks of the packs."""

    def revive(self, files: Mapping[str, str], *, where: str) -> Pack:
        """Return a pack from the files kept when it was used."""
        ...

    def render(self, pack: Pack, variant: str, language: str, values: Mapping[str, str | None]) -> Rendered:
        """Merge one mail, footer included, or raise ``RenderError``."""
        ...

    def dress(self, pack: Pack, language: str, values: Mapping[str, str | None], *, subject: str, body: str) -> Rendered:
        """Put greeting, name and footer around a text, or raise ``RenderError``."""
        ...


class Drafter(Protocol):
    """Writes one mail at a time; ``name`` becomes the author ``drafter:NAME``."""

    name: str

    def write(self, request: DraftRequest) -> DraftText:
        """Return the mail.

        Raises:
            DraftRefusedError: data is missing or unsafe; nothing is invented instead.
        """
        ...


@dataclass(frozen=True)
class DraftFailure:
    """One draft that was not made, and why."""

    target_id: str
    contact_id: str
    variant: str
    reason_code: str
    reason: str
    step: int = 1


@dataclass(frozen=True)
class DraftReport:
    """A run's outcome: ``targets`` x variants = ``drafted + existing + failed`` + those of ``excluded``.

    ``later`` counts the second and further mails that were due to be written, one each, as if they were targets more;
    ``excluded`` counts targets found suppressed meanwhile. ``failures`` holds the
    first hundred; ``reasons`` counts all. ``cost_usd`` and ``calls`` are of this run, the
    ``cached`` ones free; ``stopped`` says why it ended before its time, and what to do.
    """

    targets: int
    drafted: int
    existing: int
    failed: int
    excluded: int
    reasons: Mapping[str, int]
    failures: tuple[DraftFailure, ...]
    cost_usd: float = 0.0
    calls: int = 0
    cached: int = 0
    stopped: str | None = None
    later: int = 0


@dataclass(frozen=True)
class Missing:
    """What drafting a campaign would write now: first mails, every variant counted, and later mails that are near."""

    first: int
    later: int


@dataclass(frozen=True)
class Story:
    """How a draft came to be: the rows of its stages, and of the calls they took."""

    stages: tuple[Mapping[str, Any], ...]
    calls: tuple[Mapping[str, Any], ...]
