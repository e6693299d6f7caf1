"""How the readers of answers are scored against the test data beside the checkout."""

from __future__ import annotations

import csv
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gtm_pipelines.replies.bounces import find_bounce
from gtm_pipelines.replies.model import BounceKind
from gtm_pipelines.replies.parse import open_mail, parse_mail
from gtm_pipelines.replies.quotes import split_reply

BounceReader = Callable[[bytes], tuple[frozenset[str], str]]
"""Raw mail to the recipients that failed and ``bounce_hard``, ``bounce_soft`` or ``none``."""
QuoteReader = Callable[[str], str]
"""A body to the words that were written now."""

CLASSES = {BounceKind.HARD: "bounce_hard", BounceKind.SOFT: "bounce_hard", BounceKind.DELAYED: "bounce_soft"}
"""What the gold standard means: hard is a mail given up for good, soft one still tried.

We tell three apart: a mail given up because a mailbox was full or a server away says nothing against
the address, so it is our soft; a delay is no bounce.
"""


@dataclass(frozen=True)
class Score:
    """How many of ``of`` cases were read right, which were not, and the slowest one's seconds."""

    right: int
    of: int
    wrong: tuple[str, ...] = ()
    slowest: float = 0.0

    @property
    def share(self) -> float:
        return self.right / self.of


def our_bounce(raw: bytes) -> tuple[frozenset[str], str]:
    """Read a bounce with the workbench."""
    bounce = find_bounce(open_mail(raw))
    return (frozenset(bounce.recipients), CLASSES[bounce.kind]) if bounce else (frozenset(), "none")


def our_reply(body: str) -> str:
    """Read the new words of a reply with the workbench."""
    return split_reply(body).text


def score_bounces(folder: Path, read: BounceReader) -> tuple[Score, Score]:
    """Return how many bounces had exactly the right recipients, and how many the right kind."""
    rows = [row for row in csv.DictReader((folder / "gold.tsv").open(), delimiter="\t") if row["expected"] != "unlabelled"]
    recipients, kinds = [], []
    for row in rows:
        found, kind = read((folder / "data" / row["file"]).read_bytes())
        if found != frozenset(row["recipients"].lower().split()):
            recipients.append(f"{row['file']}: {' '.join(sorted(found)) or 'none'}, not {row['recipients'] or 'none'}")
        if bool(found) if row["expected"] == "no_recipient_expected" else kind != row["expected"]:
            kinds.append(f"{row['file']}: {kind}, not {row['expected']}")
    return tuple(Score(len(rows) - len(wrong), len(rows), tuple(wrong)) for wrong in (recipients, kinds))  # type: ignore[return-value]


def score_replies(folder: Path, read: QuoteReader) -> Score:
    """Return how many replies were told from their quotations and signatures as the gold standard says."""
    cases = [json.loads(line) for line in (folder / "gold.jsonl").read_text().splitlines()]
    wrong, slowest = [], 0.0
    for case in cases:
        started = time.process_time()
        text = _bare(read((folder / case["file"]).read_text()))
        slowest = max(slowest, time.process_time() - started)
        if not _satisfies(text, case):
            wrong.append(case["file"])
    return Score(len(cases) - len(wrong), len(cases), tuple(wrong), slowest)


def score_torture(folder: Path) -> Score:
    """Return how many odd mails were parsed without an error."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    wrong = []
    for file in files:
        try:
            parse_mail(file.read_bytes())
        except Exception as error:  # noqa: BLE001 - any error at all is what is counted
            wrong.append(f"{file.name}: {error!r}")
    return Score(len(files) - len(wrong), len(files), tuple(wrong))


def _satisfies(text: str, case: Mapping[str, object]) -> bool:
    if case["mode"] == "exact":
        return text == _bare(str(case["expected"]))
    wanted, unwanted = case.get("contains", []), case.get("absent", [])
    assert isinstance(wanted, list)
    assert isinstance(unwanted, list)
    return all(_bare(part) in text for part in wanted) and not any(_bare(part) in text for part in unwanted)


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
