"""Live through 400 days of sequences, once for each seed, and count every breach of a rule.

``python -m tests.benchmarks.live_days --people 60 --days 400 --seeds 1 2 3``: six zones with changes of the clocks, six
campaigns, three mailboxes (one on a ramp, one that sends at night), answers, absences, suppressions, pauses and a machine
that sleeps. Ends with status 1 where anything left that should not have.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.sequence_days import Days, judge


def main() -> int:
    """Run every seed and print what left and what should not have."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    asked = parser.parse_args()
    breaches = 0
    for seed in asked.seeds:
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as home:
            days = Days(Path(home), people=asked.people, days=asked.days, seed=seed)
            days.live()
            verdict = judge(days)
        breaches += sum(verdict.breaches.values())
        told = f"seed {seed}: {verdict.sent} sent, {verdict.later} of them later mails, {dict(verdict.seen)}"
        print(f"{told}, breaches {dict(+verdict.breaches)}, {time.perf_counter() - began:.0f} s")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
