"""The ideal customer profile as values, and how well what is known of a company or person fits it. No I/O.

A score is ``100 × weight met ÷ weight asked``. What is not known is not met, and is told apart from what is known and
does not fit: ``certainty`` is the share of the weight that something is known about. Musts weigh 3, shoulds 2, mays 1
(ours: one must outweighs a should, and two shoulds a must). A must that is known not to be met holds the score down
to 40, below half; whoever is ruled out scores 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from gtm_pipelines.errors import InputError

Verdict = Literal["met", "unmet", "unknown"]
WEIGHTS: Mapping[str, int] = {"must": 3, "should": 2, "may": 1}
UNMET_MUST = 40
OPS = ("is", "is_not", "contains", "at_least", "at_most")
KNOWN_AS: Mapping[str, tuple[str, ...]] = {
    "country": ("country_code",),
    "technology": ("technologies", "technology", "tech_stack"),
    "keyword": ("description", "keywords", "name", "industry"),
    "industry": ("industry", "industry_code"),
    "revenue": ("revenue_usd", "revenue"),
}
"""Where else a field's value may stand among what is known."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class IcpCriterion:
    """One thing a fitting company or person has.

    Attributes:
        field: what is compared, such as ``industry``.
        op: one of ``OPS``; more than one value means any of them.
        weight: must, should or may.
        text: why it matters, in words.
        evidence: what that rests on, as quotes.
    """

    field: str
    op: str
    values: tuple[str, ...]
    weight: str
    text: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Icp:
    """Whom an offer is for: what speaks for somebody, and what rules them out.

    Attributes:
        name: of the strategy it comes from.
        strategy_id: its id.
        number: which confirmation of it.
    """

    name: str
    strategy_id: str
    number: int
    criteria: tuple[IcpCriterion, ...]
    disqualifiers: tuple[IcpCriterion, ...] = ()
    pains: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    offer: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Icp:
        """Read it as it was stored.

        Raises:
            InputError: it is no profile.
        """
        try:
            wanted, unwanted = (tuple(_criterion(one) for one in stored.get(name, ())) for name in ("criteria", "disqualifiers"))
            pains, signals = (tuple(stored.get(name, ())) for name in ("pains", "signals"))
            named = (stored["name"], stored["strategy_id"], int(stored["number"]))
            return cls(*named, wanted, unwanted, pains, signals, stored.get("offer", ""))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"The stored profile cannot be read: {error!r}. Confirm the strategy anew.") from error


@dataclass(frozen=True)
class Reason:
    """What one criterion gave."""

    criterion: IcpCriterion
    verdict: Verdict
    points: float
    of: float
    known: str | None
    rules_out: bool = False


@dataclass(frozen=True)
class Score:
    """How well somebody fits, 0 to 100, with what each criterion gave, and how much of it is known."""

    points: int
    certainty: float
    reasons: tuple[Reason, ...] = field(default=())

    @property
    def ruled_out(self) -> bool:
        """Whether a disqualifier holds."""
        return any(reason.rules_out for reason in self.reasons)


def score(known: Mapping[str, str], icp: Icp) -> Score:
    """Say how well what is known of a company or person fits.

    Args:
        known: field → value; a field may hold several values, parted by commas or semicolons.
        icp: the profile.
    """
    whole = sum(WEIGHTS[each.weight] for each in icp.criteria)
    reasons = [_reason(known, each, whole) for each in icp.criteria]
    out = [reason for reason in (_ruled_out(known, each) for each in icp.disqualifiers) if reason]
    points = round(sum(reason.points for reason in reasons))
    if any(reason.verdict == "unmet" and reason.criterion.weight == "must" for reason in reasons):
        points = min(points, UNMET_MUST)
    seen = sum(WEIGHTS[reason.criterion.weight] for reason in reasons if reason.verdict != "unknown")
    return Score(0 if out else points, round(seen / whole, 3) if whole else 0.0, (*reasons, *out))


def _reason(known: Mapping[str, str], criterion: IcpCriterion, whole: int) -> Reason:
    of = 100 * WEIGHTS[criterion.weight] / whole
    value, verdict = _judge(known, criterion)
    return Reason(criterion, verdict, of if verdict == "met" else 0.0, of, value)


def _ruled_out(known: Mapping[str, str], criterion: IcpCriterion) -> Reason | None:
    value, verdict = _judge(known, criterion)
    return Reason(criterion, verdict, 0.0, 0.0, value, rules_out=True) if verdict == "met" else None


def _judge(known: Mapping[str, str], criterion: IcpCriterion) -> tuple[str | None, Verdict]:
    names = KNOWN_AS.get(criterion.field, (criterion.field,))
    values = [str(known[name]) for name in names if str(known.get(name) or "").strip()]
    if not values:
        return None, "unknown"
    verdicts = [_compare(value, criterion) for value in values]
    wanted = all if criterion.op == "is_not" else any
    told = [verdict for verdict in verdicts if verdict is not None]
    if not told:
        return values[0], "unknown"
    return values[0], "met" if wanted(told) else "unmet"


def _compare(value: str, criterion: IcpCriterion) -> bool | None:
    """Tell whether a value fits; ``None`` where the two cannot be compared."""
    if criterion.op in ("at_least", "at_most"):
        number, bound = _number(value), _number(criterion.values[0])
        if number is None or bound is None:
            return None
        return number >= bound if criterion.op == "at_least" else number <= bound
    parts = {_fold(part) for part in re.split(r"[,;|]", value)} | {_fold(value)}
    wanted = [_fold(each) for each in criterion.values]
    if criterion.op == "contains":
        return any(_within(each, _fold(value)) for each in wanted)
    equal = any(each in parts for each in wanted)
    return not equal if criterion.op == "is_not" else equal


def _within(wanted: str, text: str) -> bool:
    """Whether words stand in a text one after the other, each from its beginning: ``logist`` finds logistics."""
    words = [re.escape(word) for word in _WORD.findall(wanted)]
    return bool(words) and re.search(r"\b" + r"\w*\W+".join(words), text) is not None


def _number(value: str) -> float | None:
    found = re.fullmatch(r"\s*(\d[\d\s\u00a0\u202f,]*(?:\.\d+)?)\s*\+?\s*", value)
    return float(re.sub(r"[^\d.]", "", found[1])) if found else None


def _fold(text: str) -> str:
    return " ".join(text.lower().replace("ё", "е").split())


def _criterion(stored: Mapping[str, Any]) -> IcpCriterion:
    many: Iterable[str] = stored.get("evidence", ())
    found = IcpCriterion(
        stored["field"], stored["op"], tuple(stored["values"]), stored["weight"], stored.get("text", ""), tuple(many)
    )
    if found.op not in OPS or found.weight not in WEIGHTS or not found.values:
        raise ValueError(f"'{found.field} {found.op}' with weight '{found.weight}'")
    return found
