"""How far judges agree with what people decided, and with what readers answered, by pack and language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gtm_pipelines.drafting.judging.agreement import Bin, Estimate, auc, bins, kappa, wanted, wilson
from gtm_pipelines.drafting.judging.model import takes
from gtm_pipelines.record import judgements
from gtm_pipelines.record.engine import Record

FLOOR_DECIDED, FLOOR_EACH = 30, 10
"""Decided drafts, and among them taken and not taken, below which agreement says nothing."""
FLOOR_SENT, FLOOR_POSITIVE = 100, 10
"""Mails sent, and positive answers to them, below which nothing is said of answers."""
BATCH = 1_000


@dataclass(frozen=True)
class Case:
    """One judged revision.

    Attributes:
        taken: whether people approved it as it was; ``False`` also where they edited it; ``None`` where nobody decided.
        positive: whether a positive answer came; ``None`` where it was not sent.
    """

    judge: str
    pack: str
    version: str
    language: str
    quality: float
    risk: float
    taken: bool | None
    positive: bool | None

    @property
    def judge_takes(self) -> bool:
        """What the judge would decide."""
        return takes(self.quality, self.risk)


@dataclass(frozen=True)
class Answers:
    """How quality and risk bear on positive answers; ``needed`` is about how many more mails it takes, 0 if enough."""

    sent: int
    positive: int
    quality: Estimate | None
    risk: Estimate | None
    needed: int
    told: str


@dataclass(frozen=True)
class Calibration:
    """One judge over one pack and language; ``all`` stands for every one.

    Attributes:
        decided: revisions that people decided about.
        agreement: share of them on which judge and people are at one.
        kappa: agreement beyond chance; ``None`` below the floor.
        quality: how often a draft people took scores above one they did not, by quality; by risk it is turned round.
        needed: about how many more decided drafts are needed; 0 if enough.
    """

    judge: str
    pack: str
    language: str
    judged: int
    decided: int
    taken: int
    agreement: Estimate | None
    kappa: Estimate | None
    quality: Estimate | None
    risk: Estimate | None
    bins: tuple[Bin, ...]
    needed: int
    told: str
    answers: Answers


class CalibrationService:
    """Holds judges against people and readers.

    Args:
        record: the record.
        simulated: mailboxes of the sandbox, whose answers are nobody's.
    """

    def __init__(self, record: Record, simulated: Collection[str] = ()) -> None:
        self._record, self._simulated = record, tuple(simulated)

    def report(self, *, judge: str | None = None) -> list[Calibration]:
        """Return every judge over everything, then by pack, language and both.

        Args:
            judge: only this one, by name.
        """
        groups: dict[tuple[str, str, str], list[Case]] = defaultdict(list)
        for case in self.cases():
            if judge in (None, case.judge):
                for pack in ("all", case.pack):
                    for language in ("all", case.language):
                        groups[case.judge, pack, language].append(case)
        order = sorted(groups, key=lambda key: (key[0], key[1] != "all", key[1], key[2] != "all", key[2]))
        return [calibrated(*key, groups[key]) for key in order]

    def cases(self) -> Iterator[Case]:
        """Yield every judged revision with what became of it."""
        after, workspace = "", self._record.workspace_id
        while True:
            with self._record.read() as connection:
                rows = judgements.judged(connection, workspace, after=after, limit=BATCH)
                ids = sorted({row["draft_id"] for row in rows})
                decided = judgements.decided(connection, workspace, ids) if ids else []
                edited = judgements.edited(connection, workspace, ids) if ids else []
                answered = judgements.answered(connection, workspace, ids, self._simulated) if ids else []
            if not rows:
                return
            after = rows[-1]["id"]
            yield from _cases(rows, decided, edited, answered)


def _cases(rows: Sequence[Any], decided: Iterable[Any], edited: Iterable[Any], answered: Iterable[Any]) -> Iterator[Case]:
    last: dict[tuple[str, int], str] = {}
    for row in decided:
        key = row["draft_id"], row["revision_number"]
        if row["kind"] == "void":
            last.pop(key, None)
        else:
            last[key] = row["kind"]
    rewritten = {(row["draft_id"], row["number"] - 1) for row in edited}
    sent = {(row["draft_id"], row["revision_number"]): bool(row["positive"]) for row in answered}
    names = ("judge", "pack", "version", "language", "quality", "risk")
    for row in rows:
        key = row["draft_id"], row["revision_number"]
        taken = False if key in rewritten else {"approve": True, "reject": False}.get(last.get(key, ""))
        yield Case(**{name: row[name] for name in names}, taken=taken, positive=sent.get(key))


def calibrated(judge: str, pack: str, language: str, cases: Sequence[Case]) -> Calibration:
    """Return how far a judge agrees with people over some cases."""
    known = [case for case in cases if case.taken is not None]
    pairs = [(case.judge_takes, bool(case.taken)) for case in known]
    truths = [bool(case.taken) for case in known]
    taken = sum(truths)
    fewer = min(taken, len(known) - taken)
    needed = _needed(pairs, fewer)
    enough = len(known) >= FLOOR_DECIDED and fewer >= FLOOR_EACH
    scarce = (FLOOR_EACH - fewer, "approved as they were" if taken <= len(known) - taken else "rejected or edited")
    return Calibration(
        judge, pack, language, len(cases), len(known), taken,
        agreement=wilson(sum(one == other for one, other in pairs), len(pairs)) if enough else None,
        kappa=kappa(pairs) if enough else None,
        quality=auc([case.quality for case in known], truths) if enough else None,
        risk=auc([-case.risk for case in known], truths) if enough else None,
        bins=bins([case.quality for case in known], truths) if enough else (),
        needed=needed, told=_told(needed, enough, scarce), answers=_answers(cases),
    )  # fmt: skip


def _needed(pairs: Sequence[tuple[bool, bool]], fewer: int) -> int:
    more = wanted(pairs, FLOOR_DECIDED)
    if fewer >= FLOOR_EACH:
        return more
    rate = max(fewer / len(pairs), 0.05) if pairs else 0.5
    return max(more, round((FLOOR_EACH - fewer) / rate))


def _told(needed: int, enough: bool, scarce: tuple[int, str]) -> str:
    """Say what is missing, and of which kind: agreement wants drafts people took and drafts they did not."""
    if not enough:
        least, kind = scarce
        among = f", at least {least} of them {kind}" if least > 0 else ""
        what = "more drafts that a person decided on and this judge scored are needed"
        return f"Not enough data: about {needed} {what}{among}."
    return f"About {needed} more decided drafts would tell it closer." if needed else "Enough decided drafts."


def _answers(cases: Sequence[Case]) -> Answers:
    sent = [case for case in cases if case.positive is not None]
    truths = [bool(case.positive) for case in sent]
    good = sum(truths)
    enough = len(sent) >= FLOOR_SENT and good >= FLOOR_POSITIVE
    rate = max(good / len(sent), 0.01) if sent else 0.05
    needed = 0 if enough else max(FLOOR_SENT - len(sent), round((FLOOR_POSITIVE - good) / rate))
    told = "Enough mails sent." if enough else f"Not enough data: about {needed} more mails sent are needed."
    quality = auc([case.quality for case in sent], truths) if enough else None
    risk = auc([-case.risk for case in sent], truths) if enough else None
    return Answers(len(sent), good, quality, risk, needed, told)
