"""Findings: what rules see in the figures, with evidence, floor, benchmark and advice; the same figures give the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from gtm_pipelines.clock import Clock
from gtm_pipelines.coaching import readings, words
from gtm_pipelines.coaching.beside import Known
from gtm_pipelines.coaching.model import SEVERITIES, Figure, Finding, Language, Reading, Words
from gtm_pipelines.coaching.ports import Counted, Experiments, Figures, Mailboxes, Tables
from gtm_pipelines.coaching.readings import Subject
from gtm_pipelines.coaching.rules import About, Condition, Rule, RuleBook, resolved
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.metrics.model import CampaignMetrics, FiguresMissingError
from gtm_pipelines.settings import LightSettings

_COMPARE: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "at_least": lambda value, limit: value >= limit,
    "above": lambda value, limit: value > limit,
    "at_most": lambda value, limit: value <= limit,
    "below": lambda value, limit: value < limit,
    "equals": lambda value, limit: value == limit,
}


class FindingService:
    """Looks at the figures by the rules in force.

    Args:
        book: makes the rules, read anew at each look, so that an edit of the user's file counts at once.
        figures: campaigns and benchmarks.
        experiments: arms.
        tables: published tables.
        mailboxes: how each mailbox is.
        counted: what waits, from the record.
        lights: thresholds and floors in force.
        clock: tells how old the figures are.
    """

    def __init__(
        self, book: Callable[[], RuleBook], figures: Figures, experiments: Experiments, tables: Tables, mailboxes: Mailboxes,
        counted: Counted, lights: LightSettings, clock: Clock,
    ) -> None:  # fmt: skip
        self._book, self._figures, self._experiments, self._tables = book, figures, experiments, tables
        self._mailboxes, self._counted, self._lights, self._clock = mailboxes, counted, lights, clock

    @property
    def book(self) -> RuleBook:
        """The rules in force."""
        return self._book()

    def list(self, campaign: str | None = None, *, short: bool = True) -> list[Finding]:
        """Return what is seen, most pressing first.

        Args:
            campaign: only what concerns this one, by name or id.
            short: also say which rates are below their floor, and how much they want.

        Raises:
            FiguresMissingError: there are no figures for that campaign.
            InputError: the user's file of findings does not fit.
        """
        book = self._book()
        campaigns = self._campaigns()
        chosen = [one for one in campaigns if campaign in (None, one.campaign, one.campaign_id)]
        if campaign is not None and not chosen:
            known = ", ".join(f"'{one.campaign}'" for one in campaigns) or "none"
            raise FiguresMissingError(
                f"There are no figures for a campaign '{campaign}' (known: {known}). Run 'gtm metrics refresh' if it is new."
            )
        ids = {one.campaign_id for one in chosen} if campaign is not None else None
        known_figures = Known(self._figures.benchmarks)
        found = [
            seen
            for about, subject in self._subjects(chosen)
            if ids is None or subject.campaign_id in ids
            for seen in _look(book, about, subject, known_figures, self._lights)
        ]
        found = [one for one in found if short or one.seen]
        return sorted(found, key=lambda one: (not one.seen, SEVERITIES.index(one.severity)))

    def _campaigns(self) -> Sequence[CampaignMetrics]:
        try:
            return self._figures.campaigns()
        except NotFoundError:
            return []

    def _subjects(self, campaigns: Sequence[CampaignMetrics]) -> Iterator[tuple[About, Subject]]:
        work, published = self._counted(), self._figures.published_at()
        for one in campaigns:
            yield "campaign", readings.of_campaign(one, work.review.get(one.campaign, 0))
        if published is not None:
            yield from (("experiment", one) for one in readings.of_experiments(self._experiments.list()))
            dated = f"{published:%Y-%m-%d %H:%M} UTC"
            routes = self._tables.polars("deliverability").to_dicts()
            yield from (("route", one) for one in readings.of_routes(routes, f"deliverability, {dated}"))
            segments = self._tables.polars("segment_performance").to_dicts()
            yield from (("segment", one) for one in readings.of_segments(segments, f"segment_performance, {dated}"))
        yield from (("mailbox", one) for one in readings.of_mailboxes(self._mailboxes()))
        yield "workspace", readings.of_workspace(work, published, self._clock.now())


def _look(book: RuleBook, about: About, subject: Subject, known: Known, lights: LightSettings) -> Iterator[Finding]:
    """Hold the rules against one subject; of rates below their floor each is told once."""
    told: set[str] = set()
    for rule in book.of(about):
        read = [subject.readings.get(condition.measure) for condition in rule.seen_when]
        found = [one for one in read if one is not None]
        if len(found) < len(read):
            continue
        floor = int(float(resolved(rule.floor, lights))) if rule.floor is not None else None
        needed = max(0, (floor or 0) - (found[0].whole or 0)) if found[0].number is None else 0
        if needed:
            quiet = rule.quiet or found[0].name in told or not found[0].whole
            told.add(found[0].name)
            if not quiet:
                yield _finding(book, rule, subject, found, known, floor, needed, lights)
        elif all(_holds(c, r, lights) for c, r in zip(rule.seen_when, found, strict=True)):
            yield _finding(book, rule, subject, found, known, floor, 0, lights)


def _holds(condition: Condition, reading: Reading, lights: LightSettings) -> bool:
    limit = resolved(condition.value, lights)
    if isinstance(limit, str):
        return condition.how == "equals" and reading.word == limit
    ends = {"low": reading.low, "high": reading.high}
    value = reading.value if condition.by == "point" else Fraction(ends[condition.by] or 0)
    return value is not None and _COMPARE[condition.how](value, Fraction(str(limit)))


def _finding(
    book: RuleBook, rule: Rule, subject: Subject, found: Sequence[Reading], known: Known, floor: int | None, needed: int,
    lights: LightSettings,
) -> Finding:  # fmt: skip
    limit = resolved(rule.seen_when[0].value, lights)
    once = list({one.name: one for one in reversed(found)}.values())[::-1]
    evidence = tuple(figure_of(one, subject, floor if one.name == found[0].name else None) for one in once)
    threshold = limit if isinstance(limit, float) else None
    template = rule.title if not needed else book.short
    title = Words(
        en=_told(template, "en", book, evidence[0], limit, needed), ru=_told(template, "ru", book, evidence[0], limit, needed)
    )
    cited = known.beside(rule.benchmark, subject.targets) if rule.benchmark else None
    return Finding(
        rule=rule.id, version=book.version, severity=rule.severity if not needed else "info", subject=rule.about,
        of=subject.of, campaign_id=subject.campaign_id, seen=not needed, title=title, advice=rule.advice if not needed else WAIT,
        evidence=evidence, floor=floor, needed=needed, threshold=threshold, benchmark=cited, effect=rule.effect,
        effect_source=rule.effect.source, action=rule.action,
    )  # fmt: skip


def figure_of(reading: Reading, subject: Subject, floor: int | None = None) -> Figure:
    """Return a reading as a figure that may be cited."""
    value = reading.word if reading.word is not None else reading.value
    unit = "word" if reading.word is not None else "count" if reading.number is not None else "share"
    return Figure(
        reading.name, subject.of, value if value is None or isinstance(value, str) else float(value), unit,  # type: ignore[arg-type]
        reading.part, reading.whole, reading.low, reading.high, floor, subject.source, subject.page,
    )  # fmt: skip


def _told(template: Words, language: Language, book: RuleBook, first: Figure, limit: float | str, needed: int) -> str:
    rated = first.unit == "share"
    bound = limit if isinstance(limit, str) else words.share(limit, language) if rated else words.number(limit, language)
    whole = words.number(first.whole or 0, language)
    fields = {
        "of": first.of, "rate": words.shown(first, language), "number": words.shown(first, language),
        "word": words.shown(first, language), "part": words.number(first.part or 0, language), "whole": whole,
        "low": words.share(first.low, language), "high": words.share(first.high, language),
        "limit": bound, "floor": words.number(first.floor or 0, language),
        "needed": words.number(needed, language), "measure": book.name(first.name).said(language),
    }  # fmt: skip
    return template.said(language).format(**fields)


WAIT = Words(en="Send on and wait; it cannot be judged yet.", ru="Продолжайте и подождите; судить пока нельзя.")
"""The advice below a floor."""
