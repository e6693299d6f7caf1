"""The coins of an experiment: who gets which variant and which mailbox, by a seed.

Stratified: inside each stratum the members are shuffled and dealt out in turn, so
the variants differ in size by at most one, and each mailbox carries every variant
alike. The same seed and members give the same hands on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class Member(NamedTuple):
    """One contact to be dealt to; ``mailbox`` is the one that wrote to it before, if any."""

    contact_id: str
    stratum: str
    mailbox: str | None


class Hand(NamedTuple):
    """What one contact was dealt."""

    variant: str
    mailbox: str


def deal(members: Iterable[Member], variants: Sequence[str], mailboxes: Sequence[str], seed: int) -> Mapping[str, Hand]:
    """Return each contact's variant and mailbox.

    Args:
        members: contacts with their stratum, such as the language.
        variants: names to compare, at least one.
        mailboxes: names in order of rotation, at least one.
        seed: recorded with the campaign, so that the deal can be checked.
    """
    strata: dict[str, list[Member]] = {}
    for member in members:
        strata.setdefault(member.stratum, []).append(member)
    hands: dict[str, Hand] = {}
    for stratum in sorted(strata):
        coin = random.Random(f"{seed}:{stratum}")  # noqa: S311 - reproducible, not secret
        ordered = sorted(strata[stratum])
        coin.shuffle(ordered)
        first_variant, first_mailbox = coin.randrange(len(variants)), coin.randrange(len(mailboxes))
        for place, member in enumerate(ordered):
            variant = variants[(first_variant + place) % len(variants)]
            turn = mailboxes[(first_mailbox + place // len(variants)) % len(mailboxes)]
            before = member.mailbox if member.mailbox in mailboxes else None
            hands[member.contact_id] = Hand(variant, before or turn)
    return hands
