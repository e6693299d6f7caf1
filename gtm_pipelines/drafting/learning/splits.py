"""On which side an example stands: by its company, so that what is learned is tried on companies never seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gtm_pipelines.drafting.learning.model import SPLITS, Split
from gtm_pipelines.ids import digest
from gtm_pipelines.intake.model import FREE_MAIL

SHARES: tuple[tuple[Split, float], ...] = (("train", 0.6), ("validation", 0.2), ("held_out", 0.2))
"""How companies are divided. Our choice: held-out cases decide, so they are as many as can be spared."""
_SALT = "split-1"


def company_key(company_id: str) -> str:
    """Return the key of whoever works at a company; ``company_id`` is of the row that stands for it."""
    return f"company:{company_id}"


def address_key(address: str | None, contact_id: str | None) -> str:
    """Return the key of somebody without a company: the domain of the address, or all of it where anybody has one there."""
    plain = (address or "").strip().casefold()
    local, _, domain = plain.rpartition("@")
    if not local or not domain:
        return f"contact:{contact_id or 'unknown'}"
    return f"address:{digest(_SALT, plain)[:24]}" if domain in FREE_MAIL else f"domain:{domain}"


def side(key: str) -> Split:
    """Return the side of a key: the same on every machine and for ever."""
    place = int(digest(_SALT, key)[:12], 16) / 16**12
    for name, share in SHARES:
        if place < share:
            return name
        place -= share
    return "held_out"


def sides(members: Mapping[str, Collection[str]]) -> dict[str, Split]:
    """Return the side of each key, given the sides that its examples were ever on.

    Companies that turn out to be one are put together on the side nearest to training: what a pack may have
    been trained on never becomes a held-out case.
    """
    return {key: min([side(key), *(one for one in SPLITS if one in before)], key=SPLITS.index) for key, before in members.items()}
