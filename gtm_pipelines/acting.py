"""Who acts, and what their role lets them do.

A face says once who acts (``act_as``); every service below is held to that person's role. Where nobody
was named, as on the command line and in Dagster's runs, the machine's owner acts: whoever may start a
program there may read its files too.

What is not said otherwise needs an editor: the record refuses to be written by anybody less, unless a
method that ``needs`` no more than their role is under way. So a service that forgets to ask is closed, not open.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum
from typing import ParamSpec, TypeVar

from gtm_pipelines.errors import InputError, PolicyError

P = ParamSpec("P")
R = TypeVar("R")


class Role(IntEnum):
    """What a person may do; each role may do what those below it may."""

    VIEWER = 1
    """Reads everything but keys, and changes nothing."""
    REVIEWER = 2
    """Edits, approves and rejects drafts; answers and sorts replies; suppresses."""
    EDITOR = 3
    """Imports, researches, segments, writes packs, makes and releases campaigns, sends."""
    OWNER = 4
    """Keys, models, people, lifting of suppressions, erasure, which folder may send."""

    @property
    def word(self) -> str:
        """Its name as people write it."""
        return self.name.lower()


class ForbiddenError(PolicyError):
    """The role of whoever acts does not allow it. Somebody with more rights can do it, or change the role."""

    code = "forbidden"


@dataclass(frozen=True)
class Actor:
    """Somebody who acts.

    Args:
        name: as it is written beside what they do.
        role: what they may do.
    """

    name: str
    role: Role

    @property
    def signature(self) -> str:
        """How they are named in the record."""
        return f"person:{self.name}"


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)
_granted: ContextVar[bool] = ContextVar("granted", default=False)


def role_of(word: str) -> Role:
    """Return the role called ``word``.

    Raises:
        InputError: there is none.
    """
    try:
        return Role[word.strip().upper()]
    except KeyError:
        known = ", ".join(role.word for role in reversed(Role))
        raise InputError(f"There is no role '{word}'. Choose one of: {known}.") from None


def actor() -> Actor | None:
    """Return who acts; ``None`` for the machine's owner."""
    return _actor.get()


def bind(who: Actor | None) -> None:
    """Let ``who`` act for the rest of this thread or task, as a page does that begins anew each time."""
    _actor.set(who)


@contextmanager
def act_as(who: Actor | None) -> Iterator[None]:
    """Let ``who`` act for the length of the block."""
    token = _actor.set(who)
    try:
        yield
    finally:
        _actor.reset(token)


def signed(by: str) -> str:
    """Return who is written beside an act: whoever acts, where a person is named, so that nobody signs for another."""
    who = _actor.get()
    return who.signature if who and by.startswith("person:") else by


def require(role: Role, what: str) -> None:
    """Make sure that whoever acts may do ``what``.

    Raises:
        ForbiddenError: their role is less than ``role``.
    """
    who = _actor.get()
    if who is not None and who.role < role:
        raise ForbiddenError(
            f"role.{role.word}",
            f"{who.name} is {who.role.word} here, and to {what} takes {role.word}. "
            "Ask an owner to do it, or to change your role: Settings, Team, or 'gtm account role'.",
        )


def needs(role: Role, what: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Hold a service's method to a role; what it writes below is its own.

    Args:
        role: the least role that may call it.
        what: what it does, to follow "to", such as ``release a campaign``.
    """

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(method)
        def held(*args: P.args, **kwargs: P.kwargs) -> R:
            require(role, what)
            with granted():
                return method(*args, **kwargs)

        return held

    return decorate


@contextmanager
def granted() -> Iterator[None]:
    """Let whoever acts write in the block, for what the house notes by itself, such as who signed in."""
    token = _granted.set(True)
    try:
        yield
    finally:
        _granted.reset(token)


def admit_write() -> None:
    """Make sure that whoever acts may write to the record here.

    Raises:
        ForbiddenError: they are less than an editor, and nothing under way is open to their role.
    """
    if not _granted.get():
        require(Role.EDITOR, "change this")
