"""Published figures beside one's own: who says so, when, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Sequence

from gtm_pipelines.coaching import words
from gtm_pipelines.coaching.model import Cited, Figure, Language, Words
from gtm_pipelines.coaching.rules import Beside
from gtm_pipelines.metrics.model import Benchmark

SIZES = ((6, 50, "6-50"), (51, 200, "51-200"), (201, 500, "201-500"), (501, 1000, "501-1000"), (1001, None, "1000+"))
"""List sizes that figures are published for, people."""

_SURE_RU = {"low": "низкая", "medium": "средняя", "high": "высокая"}
_REST_RU = {"for_own_clients": "для их клиентов", "do_not_alert_alone": "одной этой цифры мало"}
_UNITS_RU = {"emails per day": "писем в день", "hours": "часов"}
_SLICES = {
    "all": ("everybody", "все"), "average": ("average", "в среднем"), "good": ("good", "хорошо"),
    "top_10pct": ("the best 10 %", "лучшие 10 %"), "top_25pct": ("the best 25 %", "лучшие 25 %"),
    "target_max": ("stay below", "держитесь ниже"), "review": ("looked at from there on", "дальше присматриваются"),
    "pause": ("stopped from there on", "дальше останавливают"), "never_reach": ("never reach this", "не достигайте"),
    "warmed": ("a warmed mailbox", "прогретый ящик"), "new": ("a new mailbox", "новый ящик"), "step": ("mail {}", "письмо {}"),
    "list_size": ("lists of {} people", "списки на {} человек"), "industry": ("{}", "отрасль: {}"),
    "company_size": ("companies of {} people", "компании на {} человек"), "sequence": ("{} mail in all", "писем: {}"),
    "email_only": ("mail alone, {} in a row", "только почта, писем: {}"),
}  # fmt: skip
"""What published figures are of, in English and Russian; a name of the user's own is said as it is."""


class Known:
    """The benchmarks in force.

    Args:
        benchmarks: every one, the user's own in place of those that come with the workbench.
    """

    def __init__(self, benchmarks: Sequence[Benchmark]) -> None:
        self._benchmarks = benchmarks

    def beside(self, wanted: Beside, targets: int | None = None) -> Cited | None:
        """Return the benchmark a rule names; ``None`` where nobody publishes one."""
        size = _size(targets) if wanted.slice == "list_size" else wanted.slice
        for one in self._benchmarks:
            if one.metric == wanted.metric and one.slice in (size, f"list_size:{size}"):
                return cited(one)
        return None

    def of(self, metric: str) -> list[Benchmark]:
        """Return every benchmark of a metric."""
        return [one for one in self._benchmarks if one.metric == metric]


def cited(one: Benchmark) -> Cited:
    """Return a benchmark as a text in both languages with its source."""
    said = {}
    languages: tuple[Language, ...] = ("en", "ru")
    for language in languages:
        figure = amount(one, language)
        of = sliced(one.slice, language)
        unsure = f", {_confidence(one.confidence, language)}"
        said[language] = f"{figure} ({of}; {one.source}{', ' + one.source_date if one.source_date else ''}{unsure})"
    return Cited(Words(**said), one.source, one.source_date, one.confidence, one.low, one.value, one.high)


def sliced(name: str, language: Language) -> str:
    """Say what a published figure is of."""
    kind, _, rest = name.partition(":")
    if name.startswith("step_"):
        kind, rest = "step", name.removeprefix("step_")
    if kind not in _SLICES:
        return name.replace("_", " ")
    bare = rest.removesuffix("_steps").removesuffix("_email").replace("_", " ")
    return _SLICES[kind][1 if language == "ru" else 0].format(bare)


def _confidence(code: str, language: Language) -> str:
    if language == "en":
        return f"confidence {code.replace('_', ' ')}"
    first, _, rest = code.partition("_")
    return f"{_SURE_RU.get(first, first)} достоверность{f' ({_REST_RU.get(rest, rest)})' if rest else ''}"


def amount(one: Benchmark, language: Language) -> str:
    """Write a benchmark's figure: one value, or from … to."""
    unit = " %" if one.unit == "percent" else f" {_UNITS_RU.get(one.unit, one.unit) if language == 'ru' else one.unit}"
    if one.value is not None:
        return words.number(one.value, language) + unit
    ends = [words.number(end, language) for end in (one.low, one.high) if end is not None]
    return (" … " if language == "ru" else " to ").join(ends) + unit


def figure(one: Benchmark) -> Figure:
    """Return a benchmark as a figure that may be cited; what its source says of itself may be quoted with it."""
    unit = "percent" if one.unit == "percent" else "count"
    source = ", ".join(part for part in (one.source, one.source_date, f"confidence {one.confidence.replace('_', ' ')}") if part)
    quoted = cited(one).text
    return Figure(
        "benchmark", one.slice, one.value if one.value is not None else one.high, unit,  # type: ignore[arg-type]
        low=one.low, high=one.high, source=f"{one.metric}; {source}", page="benchmarks", words=f"{quoted.en} {quoted.ru}",
    )  # fmt: skip


def _size(targets: int | None) -> str | None:
    found = (name for low, high, name in SIZES if targets is not None and low <= targets and (high is None or targets <= high))
    return next(found, None)
