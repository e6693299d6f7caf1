"""Pages without the addresses of people who were erased: a site still shows them, the record does not take them back."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.enrichment.web.model import Attempt
from gtm_pipelines.record import erasures
from gtm_pipelines.record.engine import Record

_SHOWN = "[erased]"


def without_erased(record: Record, attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    """Return attempts with every address cut out of their pages by which somebody was erased."""
    told = {address for attempt in attempts if attempt.page for address in _addresses(attempt.page)}
    if not told:
        return tuple(attempts)
    with record.read() as connection:
        if not erasures.is_any(connection, record.workspace_id):
            return tuple(attempts)
        keys = {address: erasures.keys_of(address, None) for address in told}
        erased = erasures.known(connection, record.workspace_id, {key for found in keys.values() for key in found})
    words = [address for address, found in keys.items() if erased.intersection(found)]
    return tuple(_cut(attempt, words) for attempt in attempts) if words else tuple(attempts)


def _addresses(page: Page) -> set[str]:
    return {text for text, _line in page.data.get("emails", ())} | set(page.data.get("linked_emails", ()))


def _cut(attempt: Attempt, words: Sequence[str]) -> Attempt:
    page = attempt.page
    if page is None:
        return attempt
    named = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.I)
    data = json.loads(named.sub(_SHOWN, json.dumps(dict(page.data), ensure_ascii=False)))
    clean = replace(page, title=named.sub(_SHOWN, page.title), text=named.sub(_SHOWN, page.text), data=data)
    return replace(attempt, page=clean)
