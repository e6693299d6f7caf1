"""Domains that many unrelated companies of one file name, and that so identify none of them.

Lists carry them: pages on a host for investor relations, a fund manager's site, or a
web address guessed wrongly for a hundred firms. As a key such a domain would make one
company of them all. Names are related when they share a word that is not a common one,
directly or through a third name: the branches of one bank are, four of anything are not.
"""

from __future__ import annotations

from collections.abc import Iterable

from gtm_pipelines.intake.mapping import ColumnMap
from gtm_pipelines.intake.names import company_key
from gtm_pipelines.intake.read import Layout, rows
from gtm_pipelines.intake.web import company_domain

UNRELATED_NAMES = 4
"""From so many unrelated names on a domain is nobody's key. Three happen honestly: a name in
two alphabets and a brand."""
_NAMES_KEPT = 40
_COMMON_WORDS = frozenset(
    """the and of de des la le el al und for group holding holdings international global company companies industries industrial
    industry enterprise enterprises technology technologies bank banco fund funds trust capital investment investments public
    berhad bhd joint stock partners services systems solutions china american first new national financial development
    группа компания компаний холдинг предприятие завод фирма торговый дом производственная""".split()
)


def shared_domains(layout: Layout, mapping: ColumnMap) -> frozenset[str]:
    """Read the file's names and websites once and return the domains that identify nobody."""
    name_at = mapping.columns.get("name")
    sites_at = [mapping.columns[name] for name in ("domain", "website") if name in mapping.columns]
    if mapping.kind != "company" or name_at is None or not sites_at:
        return frozenset()
    names: dict[str, set[str]] = {}
    for row in rows(layout):
        if row.reason_code:
            continue
        domain = next((found for at in sites_at if (found := company_domain(row.cells[at]))), None)
        key = company_key(row.cells[name_at]) if domain else None
        if domain and key and len(of_domain := names.setdefault(domain, set())) < _NAMES_KEPT:
            of_domain.add(key)
    return frozenset(domain for domain, keys in names.items() if unrelated(keys) >= UNRELATED_NAMES)


def unrelated(names: Iterable[str]) -> int:
    """Count the families of names that have no word in common."""
    families: list[set[str]] = []
    for name in names:
        words = {word for word in name.split() if len(word) > 2 and word not in _COMMON_WORDS} or {name}
        related = [family for family in families if family & words]
        families = [family for family in families if not family & words]
        families.append(words.union(*related))
    return len(families)
