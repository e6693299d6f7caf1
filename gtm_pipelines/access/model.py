"""Values and rules of accounts and of signing in. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from gtm_pipelines.acting import Role
from gtm_pipelines.errors import InputError, TransientError

LEAST_PASSWORD = 12
"""Characters. NIST SP 800-63B-4 asks for 15 where a password stands alone and for 8 beside something else; guessing is
slowed down here by ``WAITS`` and by Argon2, so 12 keep 30 years of guesses at the allowed pace away from a random one."""
MOST_PASSWORD = 1024
"""Characters; more only keeps the processor busy."""
IDLE = timedelta(hours=12)
"""A sign-in that nobody used for so long has ended: a working day with its evening."""
LONGEST = timedelta(days=7)
"""No sign-in lasts longer, however much it is used."""
FREE_TRIES = {"pair": 5, "address": 20, "name": 50}
"""Wrong passwords in a row that cost no waiting: from one address for one name, from one address, for one name.

The last is high, so that a stranger cannot keep somebody out from one place."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN = timedelta(hours=24)
"""After so long without a failure the count begins anew."""

_NAME = re.compile(r"[\w.@+-]{1,120}", re.ASCII)


class RefusedSignIn(InputError):  # noqa: N818 - what happened, not what broke
    """Name and password do not belong together. The text is the same whichever of them is wrong."""

    code = "sign_in.refused"


class TooManyTries(TransientError):  # noqa: N818 - what happened, not what broke
    """There were too many wrong passwords; the password was not even looked at.

    Attributes:
        wait: how long until the next try counts.
    """

    code = "sign_in.wait"

    def __init__(self, wait: timedelta) -> None:
        minutes = max(1, round(wait.total_seconds() / 60))
        super().__init__(f"Too many wrong passwords. Try again in {minutes} minute{'s' if minutes > 1 else ''}.")
        self.wait = wait


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in.

    Args:
        name: what they sign in with; their address where an identity provider vouches for them.
        role: what they may do.
        has_password: whether they may sign in by a password.
        created_by: who let them in.
        created_at: when.
        seen_at: when they were last here, if ever.
        signed_in: sign-ins of theirs that still hold.
    """

    name: str
    role: Role
    has_password: bool
    created_by: str
    created_at: datetime
    seen_at: datetime | None = None
    signed_in: int = 0


def check_name(name: str) -> str:
    """Return a name as it is kept: without spaces around it, in small letters.

    Raises:
        InputError: it is empty, too long, or has characters that do not belong in a name.
    """
    kept = name.strip().lower()
    if not _NAME.fullmatch(kept):
        raise InputError("A name is 1 to 120 letters, digits or any of . @ + - _, such as 'anna' or 'anna@example.com'.")
    return kept


def check_password(password: str, name: str) -> str:
    """Return a password that may be taken.

    Raises:
        InputError: it is too short, too long, or says the name.
    """
    if len(password) < LEAST_PASSWORD:
        raise InputError(f"A password has at least {LEAST_PASSWORD} characters. A few words in a row are easy to keep in mind.")
    if len(password) > MOST_PASSWORD:
        raise InputError(f"A password has at most {MOST_PASSWORD} characters.")
    if len(set(password)) < 5 or (len(name) > 3 and name in password.lower()):
        raise InputError("This password is easy to guess: it repeats a few characters, or says your name. Choose another.")
    return password


def wait_after(failures: int, free: int) -> timedelta:
    """Return how long the next try has to wait: nothing at first, then twice as long each time.

    Args:
        failures: wrong passwords in a row.
        free: how many of them cost nothing.
    """
    if failures < free:
        return timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures - free, 10)))
