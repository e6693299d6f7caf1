"""Fifty questions, half of them Russian: what each is about, and figures its answer must name, taken from the services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gtm_pipelines.metrics.model import Funnel, Measure, measure
from gtm_pipelines.workbench import Workbench

Wants = Callable[["Truth"], list[str]]


@dataclass(frozen=True)
class Truth:
    """The record's figures as the metrics services tell them, written in a language."""

    bench: Workbench
    russian: bool

    def rate(self, name: str, campaign: str | None = None) -> Measure:
        """A rate of one campaign, or of all together, computed from their sums."""
        found = [
            m
            for one in self.bench.metrics.campaigns()
            if campaign in (None, one.campaign)
            for m in one.measures
            if m.name == name
        ]
        return measure(name, sum(m.numerator for m in found), sum(m.denominator for m in found), found[0].floor)

    def funnel(self, campaign: str) -> Funnel:
        return self.bench.metrics.funnel(campaign)

    def of(self, one: Measure) -> str:
        return f"{one.numerator} {'из' if self.russian else 'of'} {one.denominator}"

    def percent(self, share: float | None) -> str:
        text = f"{(share or 0) * 100:.2f}".rstrip("0").rstrip(".")
        return f"{text.replace('.', ',') if self.russian else text} %"

    def both(self, name: str, campaign: str | None = None) -> list[str]:
        one = self.rate(name, campaign)
        return [self.of(one), self.percent(one.rate)]


def every(name: str) -> Wants:
    return lambda truth: [
        *truth.both(name),
        *truth.both(name, "autumn"),
        *truth.both(name, "spring"),
        truth.of(truth.rate(name, "tiny")),
    ]


def each(name: str) -> Wants:
    return lambda truth: [*truth.both(name, "autumn"), *truth.both(name, "spring"), truth.of(truth.rate(name, "tiny"))]


def one(name: str, campaign: str) -> Wants:
    return lambda truth: truth.both(name, campaign)


def benchmark(metric: str, *slices: str) -> Wants:
    def wants(truth: Truth) -> list[str]:
        found = [b for b in truth.bench.metrics.benchmarks if b.metric == metric and b.slice in slices]
        figures = [f"{b.value:g}" for b in found if b.value is not None] + [b.source for b in found]
        return [text.replace(".", ",") if truth.russian and text[0].isdigit() else text for text in figures]

    return wants


def worst(truth: Truth) -> list[str]:
    return ["autumn", *truth.both("bounce_rate", "autumn")]


def counts(truth: Truth) -> list[str]:
    return [str(truth.funnel("autumn").sent), str(truth.funnel("spring").delivered), str(truth.funnel("spring").replied)]


def lists(truth: Truth) -> list[str]:
    from gtm_pipelines.record import companies, contacts

    return [str(contacts.count(truth.bench.record)), str(companies.count(truth.bench.record))]


def arms(truth: Truth) -> list[str]:
    return [
        f"{arm.positive} {'из' if truth.russian else 'of'} {arm.delivered}"
        for e in truth.bench.experiments.list()
        for arm in e.arms
    ]


def plan(truth: Truth) -> list[str]:
    made = truth.bench.experiments.plan(lift=2.0)
    gap = "\u202f" if truth.russian else ","
    return [f"{made.arm:,}".replace(",", gap), f"{made.total:,}".replace(",", gap)]


def packs(truth: Truth) -> list[str]:
    rows = truth.bench.marts.polars("pack_performance").to_dicts()
    return [f"{row['replied']} {'из' if truth.russian else 'of'} {row['delivered']}" for row in rows]


def segments(truth: Truth) -> list[str]:
    rows = truth.bench.marts.polars("segment_performance").to_dicts()
    return [f"{row['replied']} {'из' if truth.russian else 'of'} {row['delivered']}" for row in rows]


def routes(truth: Truth) -> list[str]:
    rows = truth.bench.marts.polars("deliverability").to_dicts()
    return [f"{r['bounced'] + r['refused']} {'из' if truth.russian else 'of'} {r['sent'] + r['refused']}" for r in rows]


def boxes(truth: Truth) -> list[str]:
    return [box.name for box in truth.bench.mailboxes.list()]


def nothing(truth: Truth) -> list[str]:
    return []


def saying(english: str, russian: str) -> Wants:
    return lambda truth: [russian if truth.russian else english]


NO_COST = saying("Nothing that costs money is on record", "Платного в записи нет")
NO_STAGE = saying("Nobody publishes figures by company stage", "Показателей по стадиям компании мы не нашли")
NO_HISTORY = saying("Nothing was kept yet to compare with", "Сравнивать пока не с чем")
NO_FIGURE = saying("I have no figure for that", "На это у меня цифр нет")
NO_BELIEF = saying("I know nothing about you yet", "Пока я ничего о вас не знаю")
NO_TIME = saying("no figure on send times", "о времени отправки мы не нашли")

QUESTIONS: list[tuple[str, str, Wants]] = [
    ("How are we doing?", "lights", each("reply_rate")),
    ("Are we on track?", "lights", one("reply_rate", "spring")),
    ("What is our reply rate?", "reply", every("reply_rate")),
    ("How many people were interested in spring?", "positive", one("positive_reply_rate", "spring")),
    ("Did we book any meetings?", "meetings", every("positive_reply_rate")),
    ("Are too many mails bouncing?", "bounce", every("bounce_rate")),
    ("Did anybody report us as spam?", "complaint", every("complaint_rate")),
    ("How many people unsubscribed in autumn?", "unsubscribe", one("unsubscribe_rate", "autumn")),
    ("What is the open rate of autumn?", "open", one("open_rate", "autumn")),
    ("Where do we lose people in the funnel?", "funnel", counts),
    ("Which campaign works best?", "best", one("reply_rate", "spring")),
    ("Which segment answers most?", "segments", segments),
    ("Does the casual variant do better than the direct one?", "packs", packs),
    ("What do our experiments say?", "experiments", arms),
    ("How many people do I need for a test?", "plan", plan),
    ("What is a good reply rate?", "benchmarks", benchmark("reply_rate", "all", "top_10pct")),
    ("What is normal for a pre-seed startup?", "stage", NO_STAGE),
    ("Are my mailboxes healthy?", "mailboxes", boxes),
    ("Do our mails land in spam at Gmail?", "routes", routes),
    ("How much did we spend?", "cost", NO_COST),
    ("What should I do next?", "waiting", worst),
    ("Is anything going wrong?", "problems", worst),
    ("How many contacts do we have?", "lists", lists),
    ("How many follow-ups should I send?", "followups", benchmark("reply_rate", "email_only:2_steps", "email_only:4_steps")),
    ("What will the weather be tomorrow?", "unknown", NO_FIGURE),
    ("Как у нас дела?", "lights", each("reply_rate")),
    ("Какая у нас доля ответов?", "reply", every("reply_rate")),
    ("Сколько людей проявили интерес в кампании spring?", "positive", one("positive_reply_rate", "spring")),
    ("Не слишком ли много возвратов?", "bounce", every("bounce_rate")),
    ("Жаловались ли на спам?", "complaint", every("complaint_rate")),
    ("Сколько людей отписалось в autumn?", "unsubscribe", one("unsubscribe_rate", "autumn")),
    ("Сколько писем открыли в autumn?", "open", one("open_rate", "autumn")),
    ("На каком шаге мы теряем людей?", "funnel", counts),
    ("Какая кампания лучше всего?", "best", one("reply_rate", "spring")),
    ("Какой сегмент отвечает чаще?", "segments", segments),
    ("Какой текст лучше, casual или direct?", "packs", packs),
    ("Что показывают эксперименты?", "experiments", arms),
    ("Сколько людей нужно для теста?", "plan", plan),
    ("Какая доля ответов считается хорошей?", "benchmarks", benchmark("reply_rate", "all", "top_10pct")),
    ("Что нормально для посевной стадии?", "stage", NO_STAGE),
    ("Всё ли в порядке с ящиками?", "mailboxes", boxes),
    ("Попадают ли письма в спам?", "routes", routes),
    ("Сколько мы потратили?", "cost", NO_COST),
    ("Что мне делать дальше?", "waiting", worst),
    ("Есть ли проблемы?", "problems", worst),
    ("Сколько у нас контактов?", "lists", lists),
    ("Стало ли лучше со временем?", "history", NO_HISTORY),
    ("Что ты знаешь обо мне?", "memory", NO_BELIEF),
    ("В какой день лучше слать письма?", "timing", NO_TIME),
    ("Какая завтра погода?", "unknown", NO_FIGURE),
]
