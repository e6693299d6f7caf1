"""What a page says of its company for machines: JSON-LD, microdata, OpenGraph and meta elements."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gtm_pipelines.enrichment.web.visible import plain

_MOST_SCRIPT = 300_000
_MOST_SCRIPTS = 20
_MOST_NODES = 2_000
_LONGEST = 2_000
_ORGANISATIONS = frozenset(
    "organization corporation localbusiness professionalservice store medicalorganization educationalorganization ngo airline"
    " onlinebusiness onlinestore newsmediaorganization financialservice automotivebusiness restaurant hotel lodgingbusiness"
    " legalservice homeandconstructionbusiness generalcontractor realestateagent travelagency medicalbusiness dentist"
    " sportsorganization softwarecompany consultingbusiness foodestablishment employmentagency insuranceagency".split()
)
"""Types of schema.org that are companies, in small letters."""
_PLAIN = ("name", "legalName", "description", "telephone", "email", "foundingDate", "taxID", "vatID", "url", "slogan")
_ADDRESS = ("streetAddress", "addressLocality", "addressRegion", "postalCode", "addressCountry")
_META = {"description": "description", "keywords": "keywords", "generator": "generator", "author": "author"}
_OPEN_GRAPH = {"og:title": "og_title", "og:description": "og_description", "og:site_name": "site_name", "og:locale": "locale"}


def meta(root: Any) -> dict[str, str]:
    """Return what the meta elements say, by our names for it."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        said = plain(element.get("content") or "")[:_LONGEST]
        name = _META.get((element.get("name") or "").lower()) or _OPEN_GRAPH.get((element.get("property") or "").lower())
        if name and said:
            found.setdefault(name, said)
    return found


def organisation(root: Any) -> dict[str, Any]:
    """Return what JSON-LD, else microdata, says of the company the page belongs to; empty where it says nothing.

    A page that describes several companies describes none for certain: the first one with a
    name counts only where the others have the same name.
    """
    found = [told for node in _json_ld(root) if _is_organisation(node) and (told := _told(node))]
    found = found or [told for node in _microdata(root) if (told := _told(node))]
    names = {told["name"].casefold() for told in found if "name" in told}
    if not found or len(names) > 1:
        return {}
    whole: dict[str, Any] = {}
    for told in found:
        for name, value in told.items():
            whole.setdefault(name, value)
    return whole


def _json_ld(root: Any) -> Iterator[Mapping[str, Any]]:
    scripts = (s for s in root.iter("script") if "ld+json" in (s.get("type") or "").lower())
    for _, script in zip(range(_MOST_SCRIPTS), scripts, strict=False):
        text = (script.text or "").strip().removeprefix("<!--").removesuffix("-->")
        if len(text) <= _MOST_SCRIPT:
            try:
                yield from _nodes(json.loads(text, strict=False))
            except (ValueError, RecursionError):
                continue  # many pages break it; the rest of them still counts


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object of a document, the outer ones first."""
    waiting, seen = [value], 0
    while waiting and seen < _MOST_NODES:
        one = waiting.pop(0)
        seen += 1
        if isinstance(one, Mapping):
            yield one
            waiting += [inner for name, inner in one.items() if name in ("@graph", "publisher", "mainEntity", "about", "author")]
        elif isinstance(one, list):
            waiting += one


def _is_organisation(node: Mapping[str, Any]) -> bool:
    kinds = node.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and kind.rpartition("/")[2].lower() in _ORGANISATIONS for kind in named)


def _told(node: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name in _PLAIN:
        value = _text(node.get(name))
        if value:
            told[name] = value
    address = _first(node.get("address"))
    if isinstance(address, Mapping):
        parts = {name: value for name in _ADDRESS if (value := _text(address.get(name)))}
        told |= {"address": parts} if parts else {}
    elif isinstance(address, str) and plain(address):
        told["address"] = {"whole": plain(address)[:_LONGEST]}
    staff = _first(node.get("numberOfEmployees"))
    if staff is not None:
        told |= {"employees": said} if (said := _staff(staff)) else {}
    same = node.get("sameAs")
    profiles = [one for one in (same if isinstance(same, list) else [same]) if isinstance(one, str)]
    return told | ({"profiles": profiles[:20]} if profiles else {})


def _staff(value: Any) -> str:
    if isinstance(value, Mapping):
        one = value.get("value")
        low, high = value.get("minValue"), value.get("maxValue")
        return _text(one) or (f"{_text(low)}-{_text(high)}" if _text(low) and _text(high) else "")
    return _text(value)


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else None if isinstance(value, list) else value


def _text(value: Any) -> str:
    one = _first(value)
    if isinstance(one, Mapping):
        one = one.get("name") or one.get("@value")
    return plain(str(one))[:_LONGEST] if isinstance(one, (str, int, float)) and not isinstance(one, bool) else ""


def _microdata(root: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the companies that stand in microdata, read flat: properties of things inside belong to those things."""
    for _, scope in zip(range(_MOST_SCRIPTS), root.xpath("//*[@itemscope and @itemtype]"), strict=False):
        if (scope.get("itemtype") or "").rstrip("/").rpartition("/")[2].lower() not in _ORGANISATIONS:
            continue
        node: dict[str, Any] = {}
        for element in scope.iterdescendants():
            names = element.get("itemprop") if isinstance(element.tag, str) else None
            if names:
                holder = next((a for a in element.iterancestors() if a.get("itemscope") is not None), scope)
                inside = (
                    node if holder is scope else node.setdefault("address", {}) if holder.get("itemprop") == "address" else {}
                )
                if isinstance(inside, dict) and element.get("itemscope") is None:
                    said = element.get("content") or element.get("href") or "".join(element.itertext())
                    inside.setdefault(names.split()[0], plain(said.removeprefix("tel:").removeprefix("mailto:")))
        yield node
