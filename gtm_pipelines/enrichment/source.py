"""The port of a source of facts: what it is asked about, what it answers, what it costs and how it fails. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from gtm_pipelines.errors import InputError, PermanentError, SettingsError, TransientError

SubjectType = Literal["company", "contact"]


@dataclass(frozen=True)
class Subject:
    """Whom a source is asked about: what is already known, and what is wanted.

    Attributes:
        type: company or contact.
        id: its id in the record.
        known: field → the value that counts now, such as ``name``, ``domain``, ``website``, ``country_code``,
            ``language``; for a contact also ``email``, ``first_name``, ``last_name``, ``full_name``, ``position``,
            ``linkedin_url``, ``company_name``, ``company_domain``. Fields without a value are absent.
        wanted: the fields still missing; a source may answer more, never has to answer all.
    """

    type: SubjectType
    id: str
    known: Mapping[str, str]
    wanted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fact:
    """One value that a source gives, with where it stands and how sure it is.

    Attributes:
        field: what it is of the subject, such as ``employee_count``.
        value: as text; numbers without separators, countries and languages as ISO codes.
        source: the name of the source.
        confidence: 0 to 1; the policy lets nothing act below 0.6.
        url: where it can be seen; ``None`` where a source has no page for it.
        evidence: the words it rests on, as they stand in the visible text of ``url`` or in the vendor's answer.
        cost_usd: its share of what the look-up cost.
        retrieved_at: when it was had.
        expires_at: from when it must not be taken as known; ``None`` for what does not age.
    """

    field: str
    value: str
    source: str
    confidence: float
    retrieved_at: datetime
    url: str | None = None
    evidence: str | None = None
    cost_usd: float = 0.0
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Price:
    """What a look-up costs, in USD: for asking, and on top of it for an answer that holds something."""

    per_ask: float = 0.0
    per_hit: float = 0.0

    @property
    def most(self) -> float:
        """The most one look-up can cost; what a ceiling has to leave."""
        return self.per_ask + self.per_hit

    def of(self, facts: int) -> float:
        """Return what a look-up cost that gave so many facts."""
        return self.per_ask + (self.per_hit if facts else 0.0)


@runtime_checkable
class Source(Protocol):
    """Somebody or something that knows about companies or people.

    Attributes:
        name: short and unique, as plans, settings and facts write it.
        subjects: which kinds of subject it knows.
        fields: which fields it may answer.
        price: what a look-up costs.
        needs: the known fields without which asking makes no sense; one of them is enough.
        per_host: whether the host asked differs by subject (a website), so that limits hold by host.
    """

    name: str
    subjects: frozenset[SubjectType]
    fields: frozenset[str]
    price: Price
    needs: frozenset[str]

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Look a subject up.

        Returns:
            What was found; empty where the source knows nothing of it, which is an answer.

        Raises:
            SourceBusyError: asked too fast or the source is down; try again from ``retry_at``.
            SourceKeyError: the key is missing, wrong or out of credit; nobody needs to ask again before it is mended.
            SourceAnswerError: the answer is not what the source's contract says; asking again does not help.
            SubjectRefusedError: the source will not answer about this subject, such as a site that forbids robots.
        """
        ...

    async def aclose(self) -> None:
        """Close its connections."""
        ...


class SourceBusyError(TransientError):
    """A source is limited, slow or down: nothing is known of the subject, and it may be asked again.

    Args:
        message: what happened and what to do.
        retry_at: from when asking again makes sense, where the source said so.
        charged: what the source took for it all the same, in USD.
    """

    code = "source.busy"

    def __init__(self, message: str, *, retry_at: datetime | None = None, charged: float = 0.0) -> None:
        super().__init__(message)
        self.retry_at, self.charged = retry_at, charged


class SourceKeyError(SettingsError):
    """A source wants a key, another key, or credit."""

    code = "source.key"


class SourceAnswerError(PermanentError):
    """A source answered something its own contract does not allow."""

    code = "source.answer"


class SubjectRefusedError(InputError):
    """A source must not or will not be asked about this subject."""

    code = "source.refused"
