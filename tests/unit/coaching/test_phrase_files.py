"""The files of findings and phrases fit together, lead to places that exist, and give way to the user's own."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from gtm_pipelines.cli.main import gtm
from gtm_pipelines.coaching import rules, topics
from gtm_pipelines.coaching.beside import sliced
from gtm_pipelines.coaching.held import Held
from gtm_pipelines.coaching.rules import RuleBook
from gtm_pipelines.coaching.topics import Phrases, topic_of
from gtm_pipelines.errors import InputError
from gtm_pipelines.metrics.benchmarks import load as benchmarks
from gtm_pipelines.settings import LightSettings
from tests.parts import ROOT

REFERENCE = ROOT / "data" / "reference"
OWN = """
version: 9
rules:
- id: bounce_high
  about: campaign
  severity: act
  seen_when: [{measure: bounce_rate, is: at_least, value: 0.01}]
  title: {en: "Mine {rate}", ru: "Моё {rate}"}
  advice: {en: Do, ru: Делайте}
  effect: {en: Unknown, ru: Неизвестно, source: unknown}
  action: review
- {id: reply_weak, about: campaign, severity: act, seen_when: [{measure: x, is: above, value: 0}], title: {en: a, ru: b},
   advice: {en: a, ru: b}, effect: {en: a, ru: b, source: unknown}, action: review, silent: true}
"""


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return rules.load([REFERENCE / rules.FILE_NAME])


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return topics.load([REFERENCE / topics.FILE_NAME])


def test_every_finding_leads_to_a_page_and_names_a_known_benchmark_and_threshold(book: RuleBook, phrases: Phrases) -> None:
    known = {(one.metric, one.slice) for one in benchmarks([REFERENCE / "benchmarks.csv"])}
    for rule in book.rules:
        assert rule.action in phrases.actions, rule.id
        assert (
            rule.benchmark is None
            or rule.benchmark.slice == "list_size"
            or (rule.benchmark.metric, rule.benchmark.slice) in known
        )
        assert all(condition.measure in book.names for condition in rule.seen_when), rule.id
        for value in (rule.floor, *(condition.value for condition in rule.seen_when)):
            assert value is None or rules.resolved(value, LightSettings()) is not None
        assert rule.effect.source == "unknown" or rule.effect.source


def test_every_topic_names_findings_benchmarks_and_actions_that_exist(book: RuleBook, phrases: Phrases) -> None:
    known = {(one.metric, one.slice) for one in benchmarks([REFERENCE / "benchmarks.csv"])}
    ids = {rule.id for rule in book.rules} | {"*"}
    for topic in phrases.topics.values():
        assert set(topic.findings) <= ids, topic.id
        assert set(topic.beside) <= known, topic.id
        assert set(topic.actions) <= phrases.actions.keys(), topic.id
        assert all(bool(text.en) == bool(text.ru) for text in (topic.head, topic.line, topic.short, topic.none)), topic.id


def test_every_action_is_an_ordinary_page_and_an_ordinary_command(phrases: Phrases) -> None:
    for action in phrases.actions.values():
        assert (ROOT / "app" / "views" / f"{action.page}.py").is_file(), action.key
        command: click.Command | None = gtm
        for word in action.command.split()[1:]:
            assert isinstance(command, click.Group), action.command
            command = command.get_command(click.Context(command), word)
            assert command is not None, action.command


def test_the_users_own_file_adds_replaces_and_silences(tmp_path: Path, book: RuleBook) -> None:
    own = tmp_path / rules.FILE_NAME
    held = Held(rules.load, (REFERENCE / rules.FILE_NAME, own))
    assert held() is held()
    own.write_text(OWN, "utf-8")
    changed = held()
    assert changed.version == 9
    assert next(rule for rule in changed.rules if rule.id == "bounce_high").title.en == "Mine {rate}"
    assert "reply_weak" not in {rule.id for rule in changed.rules}
    assert len(changed.rules) == len(book.rules) - 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 1\nrules: [{id: X}]", "rules.0"),
        (OWN.replace("{rate}", "{money}"), "money"),
        ("- :\n  - ][", "YAML"),
        (OWN.replace("version: 9", "version: 0"), "version"),
    ],
)
def test_a_file_that_does_not_fit_is_told_in_words(tmp_path: Path, text: str, said: str) -> None:
    own = tmp_path / rules.FILE_NAME
    own.write_text(text, "utf-8")
    with pytest.raises(InputError, match=said):
        rules.load([REFERENCE / rules.FILE_NAME, own])


def test_a_threshold_that_is_no_setting_is_told() -> None:
    with pytest.raises(InputError, match=r"lights\.none"):
        rules.resolved("lights.none", LightSettings())


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What's our bounce rate?", "bounce"), ("Should I pause?", "problems"), ("Kindly report on the replies", "reply"),
        ("Сколько стоит один лид?", "cost"), ("Стоит ли дробить список?", "unknown"), ("this is odd", "unknown"),
        ("Hi", "help"), ("Есть ли срочное?", "waiting"), ("", "unknown"),
    ],
)  # fmt: skip
def test_questions_are_recognised_by_the_beginnings_of_words(phrases: Phrases, question: str, topic: str) -> None:
    assert topic_of(question, phrases).id == topic


def test_a_published_figure_says_in_words_of_either_language_what_it_is_of() -> None:
    for one in benchmarks([REFERENCE / "benchmarks.csv"]):
        if one.metric != "unsubscribe_honour_hours":  # a duty, which no answer sets beside a rate
            english, russian = sliced(one.slice, "en"), sliced(one.slice, "ru")
            assert not set("_:") & set(english), one.slice
            assert re.search("[а-я]", russian), one.slice
    assert sliced("our_own", "ru") == "our own"
