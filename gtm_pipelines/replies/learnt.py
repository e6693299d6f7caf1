"""What an answer tells of budget, timeline and who decides, with the words that say it; by rules, in English and Russian."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import fact
from gtm_pipelines.replies.dates import first_date
from gtm_pipelines.replies.model import ReplyClass

SOURCE = "reply"
BUDGET, TIMELINE, DECIDES = "budget", "timeline", "decision_maker"
MOST_WORDS = 4_000
TELLING = frozenset(
    {
        ReplyClass.POSITIVE, ReplyClass.MEETING_BOOKED, ReplyClass.INFORMATION_REQUEST, ReplyClass.OBJECTION,
        ReplyClass.NOT_NOW, ReplyClass.REFERRAL, ReplyClass.WRONG_PERSON, ReplyClass.OTHER,
    }
)  # fmt: skip
"""Classes in which people speak of themselves; a plain no or a wish to leave is left alone."""

_SENTENCE = re.compile(r"(?:[^.!?\n]|\.(?=\d)|(?<=тыс)\.|(?<=млн)\.){3,400}[.!?]?")
_MONEY = (
    r"(?:[$€£₽]\s?\d[\d .,]{0,12}\s?(?:k|m|thousand|million|тыс\w*|млн)?\b|"
    r"\d[\d .,]{0,12}\s?(?:k|thousand|million|тыс\w*\.?|тысяч\w*|млн|миллион\w*)?\s?(?:usd|eur|gbp|rub|"
    r"dollars|euros?|pounds|[$€£₽]|"
    r"руб\w*|доллар\w*|евро))"
)
_BUDGET = re.compile(
    rf"(?:budget|бюджет)\w*\b[^.!?\n]{{0,60}}?(?P<a>{_MONEY})|(?P<b>{_MONEY})[^.!?\n]{{0,40}}?\b(?:budget|бюджет)", re.I
)
_NO_BUDGET = re.compile(
    r"\b(?:no|not (?:any|enough)|don[’']?t have(?: the| a| any)?|lack of)\s+(?:\w+\s+)?budget\b|"
    r"\b(?:нет|не хватает|без)\s+(?:\w+\s+)?бюджет\w*|бюджет\w*\s+(?:нет|исчерпан|урезан|не заложен)",
    re.I,
)
_PLAN = re.compile(
    r"\b(?:start|decide|decision|launch|roll ?out|implement|buy|purchase|tender|evaluat|budget|plan|"
    r"revisit|contact|write|come back|"
    r"reach out|follow up|talk|reconnect|go live|switch|contract)\w*|"
    r"(?:начать|начн|решени|решим|запуск|запуст|внедр|купи|закуп|тендер|бюджет|план|верн|напиш|свяж|"
    r"поговор|обсуд|договор|перей)\w*",
    re.I,
)
_SELF = re.compile(
    r"\b(?:i (?:decide|make (?:the|that|these|those|this) decisions?|am the (?:one who decides|"
    r"decision[- ]maker)|sign off|approve)|"
    r"(?:it|this|that) is my (?:decision|call)|i[’']m the decision[- ]maker)\b|"
    r"\b(?:решаю я|я решаю|решение за мной|решение принимаю я|я принимаю решени\w+)\b",
    re.I,
)
_NOT_SELF = re.compile(
    r"\b(?:not my (?:decision|call)|i (?:do not|don[’']t|can[’']t|cannot) (?:decide|make (?:the|that|"
    r"these|those|this|such) decisions?)|"
    r"no say in)\b|(?:^|\W)(?:не я решаю|я (?:ничего )?не решаю|решаю не я|решение не за мной)\b",
    re.I,
)
_OTHER = re.compile(
    r"\b(?P<a>(?-i:[A-Z][a-zà-ÿ]+ [A-Z][a-zà-ÿ]+)|our (?:ceo|cto|cfo|cio|coo|cmo|director|owner|founder|"
    r"head of [a-z]{2,20}|board)"
    r"(?: (?-i:[A-Z][a-zà-ÿ]+ [A-Z][a-zà-ÿ]+))?) (?:is the (?:decision[- ]maker|one who decides)|decides|"
    r"makes (?:the|these|such) decisions?|"
    r"signs off|has to approve|approves)|"
    r"(?:решает|решение принимает|решения принимает|утверждает|согласовывает) (?P<b>(?:наш\w* )?(?:[а-яё]{2,4}-)?(?:директор|"
    r"руководитель|собственник|гендиректор|финдиректор|правление)?\s?(?-i:[А-ЯЁ][а-яё]+(?: [А-ЯЁ][а-яё]+)?)?)",
    re.I,
)


@dataclass(frozen=True)
class Learnt:
    """One thing told in an answer; ``evidence`` is the sentence that says it, word for word."""

    field: str
    value: str
    evidence: str
    confidence: float


def learn(text: str, received: date) -> list[Learnt]:
    """Return what an answer tells, at most one thing a field."""
    found: dict[str, Learnt] = {}
    for sentence in _SENTENCE.findall(text[:MOST_WORDS]):
        words = sentence.strip()
        for one in _told(words, received):
            found.setdefault(one.field, one)
    return list(found.values())


def _told(words: str, received: date) -> Iterator[Learnt]:
    if words.endswith("?"):
        return
    amount = _BUDGET.search(words)
    if amount:
        yield Learnt(BUDGET, " ".join((amount["a"] or amount["b"]).split()).strip(" .,"), words, 0.85)
    elif _NO_BUDGET.search(words):
        yield Learnt(BUDGET, "none", words, 0.85)
    day = first_date(words, received) if _PLAN.search(words) else None
    if day:
        yield Learnt(TIMELINE, day.isoformat(), words, 0.7)
    other = _OTHER.search(words)
    if _NOT_SELF.search(words):
        yield Learnt(DECIDES, "no", words, 0.85)
    elif _SELF.search(words):
        yield Learnt(DECIDES, "yes", words, 0.85)
    elif other and (name := (other["a"] or other["b"] or "").strip()):
        yield Learnt(DECIDES, name, words, 0.75)


def keep(
    connection: sa.Connection, workspace_id: str, contact_id: str, learnt: list[Learnt], *, inbound_id: str, at: datetime
) -> None:
    """Keep what was learnt as facts about the person, each once for a mail, in the caller's transaction."""
    mine = (fact.c.workspace_id == workspace_id) & (fact.c.subject_id == contact_id) & (fact.c.source == SOURCE)
    known = set(connection.execute(sa.select(fact.c.field).where(mine, fact.c.url == _place(inbound_id))).scalars())
    rows: list[dict[str, Any]] = [
        {"id": new_id(), "workspace_id": workspace_id, "subject_type": "contact", "subject_id": contact_id, "field": one.field,
         "value": one.value, "source": SOURCE, "url": _place(inbound_id), "evidence": one.evidence, "confidence": one.confidence,
         "cost_usd": 0.0, "retrieved_at": at}
        for one in learnt
        if one.field not in known
    ]  # fmt: skip
    if rows:
        connection.execute(sa.insert(fact), rows)


def _place(inbound_id: str) -> str:
    return f"reply:{inbound_id}"
