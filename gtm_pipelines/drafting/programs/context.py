"""Collect what is known for a batch of drafts: the frozen snapshot, settled facts and insights of each person alone.

Nothing of anybody else is read into a case. What was found on the web or in a list is shortened, freed of links and of
characters nobody sees; its words stay material and are never instructions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.drafting.evidence import Evidence
from gtm_pipelines.record import facts, merges, writing
from gtm_pipelines.record.settled import Settled

SECTIONS = ("summary_claims", "pains", "triggers", "angles")
MOST, CHARACTERS = 24, 280
"""Most pieces of evidence of one draft, and most characters of one: about 2,000 tokens in English."""
PRIVATE = frozenset(
    "email email_verification email_server phone linkedin_url address first_name last_name full_name quote website domain "
    "tin registration_number name_key email_key id batch_id session_key created_at updated_at merged_into company_id source "
    "company_name name language do_not_contact tags".split()
)
"""Fields no draft speaks of: keys, addresses, and names, which stand beside the evidence."""
_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.-]+", re.I)
_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


@dataclass(frozen=True)
class Known:
    """What is known of one person and their company."""

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Subject:
    """Whom to collect for: the ids as frozen, and the snapshot."""

    contact_id: str
    company_id: str | None
    snapshot: Mapping[str, Any]


def collect(connection: sa.Connection, workspace_id: str, subjects: Sequence[Subject], now: datetime) -> list[Known]:
    """Return what is known for each subject, in a few queries for all."""
    contacts = _of(connection, workspace_id, "contact", [one.contact_id for one in subjects], now)
    companies = _of(connection, workspace_id, "company", [one.company_id for one in subjects if one.company_id], now)
    found = []
    for one in subjects:
        parts = (contacts.get(one.contact_id, _Kin({}, None)), companies.get(one.company_id or "", _Kin({}, None)))
        found.append(Known(tuple(_ranked(_evidence(one.snapshot, *parts)))[:MOST]))
    return found


@dataclass(frozen=True)
class _Kin:
    settled: Mapping[str, Settled]
    insight: Mapping[Any, Any] | None


def _of(connection: sa.Connection, workspace_id: str, kind: str, ids: Sequence[str], now: datetime) -> dict[str, _Kin]:
    standing = merges.roots(connection, workspace_id, kind, ids) if ids else {}
    roots = sorted(set(standing.values()))
    settled = facts.settled(connection, workspace_id, kind, roots, now) if roots else {}
    insights = writing.insights(connection, workspace_id, kind, roots) if roots else {}
    return {one: _Kin(settled.get(root, {}), insights.get(root)) for one, root in standing.items()}


def _evidence(snapshot: Mapping[str, Any], contact: _Kin, company: _Kin) -> Iterator[Evidence]:
    for owner, kin in (("contact", contact), ("company", company)):
        frozen = {name: value for name, value in _frozen(snapshot.get(owner) or {}) if name not in PRIVATE}
        for name, each in kin.settled.items():
            if name not in PRIVATE and not each.contested and (text := said(each.value)):
                frozen.pop(name, None)
                yield _fact(name, each, text)
        for name, value in frozen.items():
            if text := said(value):
                yield Evidence(f"{owner}.{name}", name.removeprefix("attribute."), text, "import")
        yield from _insight(kin.insight)


def _frozen(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if name == "attributes":
            yield from ((f"attribute.{each}", one) for each, one in (value or {}).items())
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            yield name, value


def _fact(name: str, each: Settled, text: str) -> Evidence:
    one = each.fact
    return Evidence(
        f"fact:{one.id}", name, text, one.source, one.confidence, one.retrieved_at, said(one.evidence or "") or None, one.url
    )


def _insight(row: Mapping[Any, Any] | None) -> Iterator[Evidence]:
    for section in SECTIONS if row is not None else ():
        for number, claim in enumerate(row[section] or (), 1):  # type: ignore[index]
            text = said(claim.get("text", ""))
            if text and row is not None:
                name = section.removesuffix("_claims")
                yield Evidence(
                    f"insight:{row['id']}:{name}.{number}", name, text, "insight", row["confidence"], row["created_at"],
                    said(claim.get("quote") or "") or None, claim.get("url"),
                )  # fmt: skip


def said(value: Any, characters: int = CHARACTERS) -> str:
    """Return a value as a model may read it: one line, no links, nothing hidden, cut to size."""
    text = unicodedata.normalize("NFC", str(value))
    text = "".join(" " if character.isspace() else character for character in text if _shown(character))
    text = " ".join(_LINK.sub("", text).split())
    return text if len(text) <= characters else text[: characters - 1].rsplit(" ", 1)[0] + "…"


def _shown(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in _HIDDEN


def _ranked(found: Iterator[Evidence]) -> list[Evidence]:
    """Insights first, then what is surest; of equals, as they came."""
    return sorted(found, key=lambda one: (one.source != "insight", -one.confidence))
