"""Time the counting and paging of segments over a million contacts beside the best hand-written SQL.

    python tests/benchmarks/count_segments.py --rows 1000000

Contacts, a tenth as many companies, and a fifth as many messages go straight into a
record on SQLite; then each filter is counted by the workbench, and by SQL written by
hand for just this question (the raw limit). Prints seconds and processor seconds, the
best of three, and the ratio of the latter: on a busy machine trust those. Then the
first, a middle and the last page of a cohort of 10,000. ``--json`` for programs;
``--home DIR`` keeps the record for the next run.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fill_record import fill

from gtm_pipelines.workbench import Workbench, open_workbench

FILTERS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "everybody": ([], "SELECT count(*) FROM contact WHERE merged_into IS NULL"),
    "country is": (
        [{"field": "contact.country", "op": "eq", "value": "Germany"}],
        "SELECT count(*) FROM contact WHERE country = 'Germany'",
    ),
    "title contains": (
        [{"field": "contact.position", "op": "contains", "value": "officer"}],
        "SELECT count(*) FROM contact WHERE position LIKE '%officer%'",
    ),
    "title contains, Cyrillic": (
        [{"field": "contact.position", "op": "contains", "value": "ДИРЕКТОР"}],
        "SELECT count(*) FROM contact WHERE position LIKE '%директор%'",
    ),
    "title has the word": (
        [{"field": "contact.position", "op": "word", "value": "sales"}],
        "SELECT count(*) FROM contact WHERE ' ' || position || ' ' LIKE '% sales %'",
    ),
    "company's industry": (
        [{"field": "company.industry", "op": "eq", "value": "Fintech"}],
        "SELECT count(*) FROM contact WHERE company_id IN (SELECT id FROM company WHERE industry = 'Fintech')",
    ),
    "attribute is": (
        [{"field": "contact.attribute.Tier", "op": "eq", "value": "gold"}],
        "SELECT count(*) FROM contact WHERE attributes LIKE '%gold%' AND json_extract(attributes, '$.Tier') = 'gold'",
    ),
    "no outreach in 60 days": (
        [{"field": "contact.last_outreach_at", "op": "older_than_days", "value": 60}],
        "SELECT count(*) FROM contact WHERE last_outreach_at IS NULL OR last_outreach_at < datetime('now', '-60 days')",
    ),
    "bounced": (
        [{"field": "history.event", "op": "has", "value": "bounced_hard"}],
        "SELECT count(*) FROM contact WHERE id IN (SELECT contact_id FROM message_event WHERE kind = 'bounced_hard')",
    ),
    "was sent the campaign": (
        [{"field": "history.sent_campaign", "op": "has", "value": "Spring"}],
        "SELECT count(*) FROM contact WHERE id IN (SELECT m.contact_id FROM message m JOIN campaign c ON c.id = m.campaign_id"
        " WHERE c.name = 'Spring' AND m.sent_at IS NOT NULL)",
    ),
    "never written to": (
        [{"field": "history.sent_at", "op": "is_empty"}],
        "SELECT count(*) FROM contact WHERE id NOT IN (SELECT contact_id FROM message WHERE sent_at IS NOT NULL)",
    ),
    "all together": (
        [
            {"field": "contact.position", "op": "contains", "value": "officer"},
            {"field": "company.industry", "op": "in", "value": ["Fintech", "Software"]},
            {"field": "contact.country", "op": "ne", "value": "Spain"},
            {"field": "history.sent_at", "op": "is_empty"},
        ],
        "SELECT count(*) FROM contact WHERE position LIKE '%officer%' AND company_id IN"
        " (SELECT id FROM company WHERE industry IN ('Fintech', 'Software')) AND country <> 'Spain'"
        " AND id NOT IN (SELECT contact_id FROM message WHERE sent_at IS NOT NULL)",
    ),
}
"""What is asked → the filter, and the best SQL that a person would write for just that on this data."""
COHORT = {"all": [{"field": "contact.attribute.notes", "op": "in", "value": [f"met at booth {n}" for n in range(7)]}]}


def best(act: Callable[[], Any], times: int = 3) -> tuple[float, float, Any]:
    """Return the least seconds and the least processor seconds of several tries, and the answer."""
    taken, worked = [], []
    for _ in range(times):
        start, work = time.perf_counter(), time.process_time()
        answer = act()
        taken.append(time.perf_counter() - start)
        worked.append(time.process_time() - work)
    return min(taken), min(worked), answer


def counts(bench: Workbench, path: Path) -> Iterator[dict[str, Any]]:
    """Count each filter both ways."""
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA cache_size=-65536")
    for name, (conditions, sql) in FILTERS.items():
        tree = {"all": conditions}
        seconds, work, count = best(lambda tree=tree: bench.segments.count(tree))  # type: ignore[misc]
        limit, least, (expected,) = best(lambda sql=sql: raw.execute(sql).fetchone())  # type: ignore[misc]
        times = {"seconds": seconds, "work": work, "raw_seconds": limit, "raw_work": least}
        yield {"filter": name, "count": count, "raw_count": expected, **times}


def pages(bench: Workbench) -> Iterator[dict[str, Any]]:
    """Page through a cohort: each page after the last id of the one before, and the last one by number too."""
    total, last = bench.segments.count(COHORT), ""
    for number in range(-(-total // 50)):
        seconds, _, rows = best(lambda last=last: bench.segments.page(COHORT, after=last), 1)  # type: ignore[misc]
        if number in (0, total // 100, total // 50 - 1):
            yield {"page": f"{number + 1} of {total} people", "seconds": seconds}
        last = rows[-1].id
    seconds, _, ids = best(lambda: bench.segments.cohort(COHORT), 1)
    yield {"page": "all ids, once", "seconds": seconds}
    seconds, _, _ = best(lambda: bench.segments.rows(ids[-50:]), 1)
    yield {"page": "any, by its ids", "seconds": seconds}


def main() -> None:
    """Fill a record, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path, help="Keep the record here and use it again.")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = chosen.home or Path(scratch)
        fresh = not (home / "record.sqlite").exists()
        bench = open_workbench(home=home)
        if fresh:
            fill(bench, chosen.rows)
        found = {"counts": list(counts(bench, home / "record.sqlite")), "pages": list(pages(bench))}
        bench.close()
    if chosen.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{'filter':28}{'people':>10}{'seconds':>9}{'cpu':>7}{'raw':>9}{'cpu':>7}{'ratio':>7}")
    for row in found["counts"]:
        ours, raw = f"{row['seconds']:>9.2f}{row['work']:>7.2f}", f"{row['raw_seconds']:>9.2f}{row['raw_work']:>7.2f}"
        print(f"{row['filter']:28}{row['count']:>10,}{ours}{raw}{row['work'] / max(row['raw_work'], 0.001):>7.1f}")
    for row in found["pages"]:
        print(f"page {row['page']:33}{row['seconds'] * 1000:>9.1f} ms")


if __name__ == "__main__":
    main()
