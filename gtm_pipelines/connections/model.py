"""Values of connections: what tools there are, how a key of theirs is tried, and how a connection stands. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, model_validator

from gtm_pipelines.errors import InputError, PermanentError

Status = Literal["unchecked", "working", "refused", "unreachable"]
"""``unchecked``: its vendor has no request that costs nothing, or answers it to some keys only, so nothing is known of it."""
LONGEST_KEY = 4096
"""Characters; the longest keys in use, signed tokens, have some hundreds."""


class KeyRefused(PermanentError):  # noqa: N818 - what happened, not what broke
    """The vendor does not know the key, or it may do nothing. It was not kept."""

    code = "connection.refused"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Check(_Entry):
    """A harmless request that tells whether a key works.

    Attributes:
        url: what is read, by GET.
        bearer: whether the key goes as a bearer token.
        header: the header in which the key goes.
        query: the parameter in which the key goes.
        basic: the name beside which the key goes as a password.
        expect: what the answer says where the key works, by dotted path; for vendors that answer 200 to any key.
        limited: what a refusal says of a key that works and may do only its one thing.
        used: limit → dotted path of what is used of it.
        left: limit → dotted path of what is left of it.
        of: limit → dotted path of how much there is.
        scope: the permission that the request takes, where the vendor's keys have permissions.
        busy: statuses that ask to wait and say nothing of the key.
        source: the vendor's own description, which it was held against; ``None`` where it was not.
        read_on: when it was held against that.
    """

    url: HttpUrl
    bearer: bool = False
    header: str | None = None
    query: str | None = None
    basic: str | None = None
    expect: dict[str, Any] = {}
    limited: str | None = None
    used: dict[str, str] = {}
    left: dict[str, str] = {}
    of: dict[str, str] = {}
    scope: str | None = None
    busy: tuple[int, ...] = (429,)
    source: HttpUrl | None = None
    read_on: date | None = None

    @property
    def reads(self) -> bool:
        """Whether what the answer says counts, and not its status alone."""
        return bool(self.expect or self.used or self.left or self.of)

    @model_validator(mode="after")
    def _one_way(self) -> Check:
        ways = (self.bearer, self.header is not None, self.query is not None, self.basic is not None)
        if sum(ways) != 1:
            raise ValueError("say one way in which the key is shown: bearer, header, query or basic")
        if (self.source is None) != (self.read_on is None):
            raise ValueError("say both what the request was held against and when: source and read_on")
        return self


class KeyHelp(_Entry):
    """How to get a key: the steps, and the page where they begin."""

    steps: Annotated[str, Field(min_length=1)]
    page: HttpUrl


class Tool(_Entry):
    """One tool.

    Attributes:
        name: short and unique.
        title: as its vendor writes it.
        category: one of the taxonomy's.
        purpose: what it is for, in English.
        ru_purpose: the same in Russian.
        gives: which data it can give.
        key: how to get a key, or what there is instead.
        how: by a ``key``; or by ``import`` of files where there is no key that can be used here.
        docs: where its interface is described.
        used_by: what in the workbench asks it; nothing yet where absent.
        check: how a key is tried, where that costs nothing.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    category: str
    purpose: str
    ru_purpose: str = ""
    gives: tuple[str, ...]
    key: KeyHelp
    how: Literal["key", "import"] = "key"
    docs: HttpUrl
    used_by: Literal["mailbox", "enrichment"] | None = None
    check: Check | None = None


class Category(_Entry):
    """A kind of tool: what for, and which data such tools give."""

    title: str
    ru: str
    purpose: str
    ru_purpose: str
    gives: tuple[str, ...]


class Taxonomy(_Entry):
    """Every tool by kind."""

    version: int
    categories: dict[str, Category]
    tools: tuple[Tool, ...]

    @model_validator(mode="after")
    def _whole(self) -> Taxonomy:
        names = [tool.name for tool in self.tools]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"named twice: {', '.join(twice)}")
        if strange := sorted({tool.category for tool in self.tools} - self.categories.keys()):
            raise ValueError(f"no such category: {', '.join(strange)}")
        return self

    def tool(self, name: str) -> Tool:
        """Return the tool called ``name``, by its name or title.

        Raises:
            InputError: there is none.
        """
        wanted = name.strip().casefold()
        for tool in self.tools:
            if wanted in (tool.name, tool.title.casefold()):
                return tool
        known = ", ".join(tool.name for tool in self.tools)
        raise InputError(f"No tool is called '{name}' (known: {known}). Add it to tools.yaml in the data folder.")


@dataclass(frozen=True)
class Limit:
    """What is used of a plan; any of the figures may be unknown."""

    name: str
    used: float | None = None
    left: float | None = None
    of: float | None = None

    @property
    def told(self) -> str:
        """In words."""
        known = [f"{value:,.0f} {word}" for word, value in (("used", self.used), ("left", self.left)) if value is not None]
        return f"{self.name}: {', '.join(known) or 'unknown'}" + (f" of {self.of:,.0f}" if self.of is not None else "")


@dataclass(frozen=True)
class Tried:
    """What a harmless request told."""

    status: Status
    told: str
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True)
class Connection:
    """A tool of the user's. Its key is not here, nor any part of it."""

    tool: Tool
    status: Status
    told: str
    limits: tuple[Limit, ...]
    key_ref: str | None
    """Where the key is kept, as settings name it."""
    created_by: str
    created_at: datetime
    checked_at: datetime | None
    succeeded_at: datetime | None


def check_key(key: str) -> str:
    """Return a key as it is kept.

    Raises:
        InputError: it is empty, too long, or no key at all.
    """
    kept = key.strip()
    if not kept or len(kept) > LONGEST_KEY or not kept.isascii() or not kept.isprintable() or " " in kept:
        raise InputError("That is no key: a key is one word of letters, digits and signs. Copy it anew from the vendor's page.")
    return kept
