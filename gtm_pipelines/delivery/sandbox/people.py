"""How simulated people behave. The same seed and address always behave the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gtm_pipelines.ids import digest
from gtm_pipelines.settings import SandboxSettings


class Conduct(StrEnum):
    """What a simulated person does with a mail; the names are those of the settings."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    INFORMATION_REQUEST = "information_request"
    UNSUBSCRIBE = "unsubscribe"
    AUTO_REPLY = "auto_reply"
    BOUNCE_HARD = "bounce_hard"
    BOUNCE_SOFT = "bounce_soft"
    SILENCE = "silence"


@dataclass(frozen=True)
class Person:
    """One simulated recipient.

    Args:
        address: the address, in lower case.
        conduct: what happens to mail sent there.
        manner: a number that picks the words, so that people differ.
    """

    address: str
    conduct: Conduct
    manner: int

    @property
    def refused_at_the_door(self) -> bool:
        """Half of those who do not exist are refused during SMTP, the others by a later notice."""
        return self.conduct is Conduct.BOUNCE_HARD and self.manner % 2 == 0


def person_at(address: str, world: SandboxSettings) -> Person:
    """Return who lives at ``address`` in the world of this seed and these shares."""
    address = address.strip().lower()
    number = int(digest("sandbox", str(world.seed), address), 16)
    draw, manner = (number % 10**9) / 10**9, number // 10**9 % 10**6
    edge = 0.0
    for conduct in Conduct:
        edge += getattr(world, conduct.value, 0.0)
        if draw < edge:
            return Person(address, conduct, manner)
    return Person(address, Conduct.SILENCE, manner)
