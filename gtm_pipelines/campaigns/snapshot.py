"""Freeze a segment into targets: who is taken, who is left out and why, and what each was dealt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gtm_pipelines.campaigns.assign import Hand, Member, deal_arms
from gtm_pipelines.campaigns.language import choose_language
from gtm_pipelines.campaigns.model import ExclusionReason
from gtm_pipelines.ids import digest, new_ids

_ADDRESS = re.compile(r"^[^\s@<>(),;:\"\\\x00-\x20\x7f]+@[^\s@<>(),;:\"\\\x00-\x20\x7f]+\.[^\s@<>(),;:\"\\\x00-\x20\x7f.]+$")
MAX_ADDRESS = 254
"""RFC 5321, 4.5.3.1.3: a path has at most 256 octets with its brackets."""


@dataclass(frozen=True)
class Candidate:
    """A contact the segment matched, before it is dealt to."""

    contact_id: str
    company_id: str | None
    recipient: str | None
    language: str
    snapshot: Mapping[str, Any]
    snapshot_hash: str
    problem: ExclusionReason | None


def candidate(snapshot: Mapping[str, Any], languages: Sequence[str], default_language: str) -> Candidate:
    """Judge one frozen contact by what is known of it alone; suppression comes after."""
    person = snapshot["contact"]
    address = (person.get("email") or "").strip() or None
    language = choose_language(snapshot, languages, default_language)
    problem: ExclusionReason | None = None
    if address is None:
        problem = "no_email"
    elif not _ADDRESS.match(address) or len(address) > MAX_ADDRESS:
        problem = "bad_address"
    elif person.get("do_not_contact"):
        problem = "do_not_contact"
    kept = {**snapshot, "language": language}
    named = digest(json.dumps(kept, sort_keys=True, ensure_ascii=False))
    return Candidate(person["id"], snapshot["company"].get("id"), address, language, kept, named, problem)


def target_rows(
    candidates: Sequence[Candidate],
    suppressed: Mapping[str, str],
    sticky: Mapping[str, str],
    *,
    variants: Sequence[str],
    mailboxes: Sequence[str],
    seed: int,
    control_share: float | None = None,
    stratify_by: Sequence[str] = (),
) -> Iterator[dict[str, Any]]:
    """Yield the columns of every target that follow from its contact.

    Args:
        candidates: the contacts the segment matched.
        suppressed: why, by contact id, for those never written to.
        sticky: the mailbox that wrote last, by contact id.
        variants: names to deal out, evenly within each stratum.
        mailboxes: names in order of rotation.
        seed: of the coins.
        control_share: share of people who get the control arm.
        stratify_by: what makes a stratum beside the language, as paths into the snapshot.
    """
    reasons = {item.contact_id: "suppressed" if item.contact_id in suppressed else item.problem for item in candidates}
    strata = {item.contact_id: _stratum(item, reasons[item.contact_id], stratify_by) for item in candidates}
    members = [Member(item.contact_id, strata[item.contact_id], sticky.get(item.contact_id)) for item in candidates]
    hands = deal_arms(members, variants, mailboxes, seed, control_share)
    for row_id, item in zip(new_ids(len(candidates)), candidates, strict=True):
        row = _row(row_id, item, hands[item.contact_id], reasons[item.contact_id])
        yield row | {"stratum": strata[item.contact_id]}


def _stratum(item: Candidate, reason: str | None, by: Sequence[str]) -> str:
    values = []
    for path in by:
        owner, _, name = path.partition(".")
        values.append(str(item.snapshot[owner].get(name) or "-").strip().casefold())
    return ":".join((item.language, reason or "active", *values))


def _row(row_id: str, item: Candidate, hand: Hand, reason: str | None) -> dict[str, Any]:
    return {
        "id": row_id,
        "contact_id": item.contact_id,
        "company_id": item.company_id,
        "recipient": item.recipient if reason != "bad_address" else None,
        "mailbox": hand.mailbox,
        "variant": hand.variant,
        "snapshot": item.snapshot,
        "snapshot_hash": item.snapshot_hash,
        "status": "excluded" if reason else "active",
        "status_reason": reason,
    }
