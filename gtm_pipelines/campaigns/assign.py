"""The coins of an experiment: who gets which variant and which mailbox, by a seed.

Stratified: inside each stratum the members are shuffled and dealt out in turn, so
the variants differ in size by at most one, and each mailbox carries every variant
alike. A control arm is drawn first, its share of each stratum rounded by the coin.
The same seed and members give the same hands on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gtm_pipelines.ids import digest

CONTROL = "baseline"
"""The variant of a control arm: mail merge from the pack's own template, whatever writes the others."""


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


def deal_arms(
    members: Iterable[Member], variants: Sequence[str], mailboxes: Sequence[str], seed: int, control_share: float | None = None
) -> Mapping[str, Hand]:
    """Deal as ``deal`` does, the control arm first where there is one.

    Args:
        members: as for ``deal``.
        variants: names to compare, the control arm among them if there is one.
        mailboxes: as for ``deal``.
        seed: as for ``deal``.
        control_share: share of each stratum that gets the control arm; without it every variant gets alike.
    """
    if control_share is None:
        return deal(members, variants, mailboxes, seed)
    everybody = list(members)
    chosen = _control(everybody, control_share, seed)
    others = [name for name in variants if name != CONTROL]
    hands = dict(deal((m for m in everybody if m.contact_id in chosen), (CONTROL,), mailboxes, seed))
    return {**hands, **deal((m for m in everybody if m.contact_id not in chosen), others, mailboxes, seed)}


def _control(members: Iterable[Member], share: float, seed: int) -> frozenset[str]:
    strata: dict[str, list[str]] = {}
    for member in members:
        strata.setdefault(member.stratum, []).append(member.contact_id)
    chosen: set[str] = set()
    for stratum, contacts in strata.items():
        coin = random.Random(f"{seed}:{CONTROL}:{stratum}")  # noqa: S311 - reproducible, not secret
        whole, part = divmod(share * len(contacts), 1)
        chosen.update(coin.sample(sorted(contacts), int(whole) + (coin.random() < part)))
    return frozenset(chosen)


def seal(arms: Iterable[tuple[str, str]]) -> str:
    """Return the hash of a whole deal: who, by contact, is in which arm."""
    return digest(*(f"{contact}:{arm}" for contact, arm in sorted(arms)))
