"""What the coach remembers can be seen, changed and deleted; analyses are kept and compared."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.record import tables
from gtm_pipelines.workbench import Workbench
from tests.figures_parts import Outcomes, fill


def test_a_belief_says_where_it_comes_from_and_gives_way_to_a_newer_one(workbench: Workbench) -> None:
    memory = workbench.memory
    memory.set("stage", "pre-seed", by="anna")
    workbench.clock.advance(days=1)
    workbench.coach.ask("Our stage is seed", by="anna")
    memory.set("goal", "ten meetings", by="anna")
    memory.set("goal", "two customers", by="anna")
    held = {(one.subject, one.value, one.source) for one in memory.beliefs()}
    assert held == {("stage", "seed", "chat"), ("goal", "ten meetings", "person"), ("goal", "two customers", "person")}
    told = workbench.coach.ask("What do you know about me?", by="anna")
    assert "stage: seed" in told.text
    (stage,) = memory.beliefs("stage")
    memory.change(stage.id, "series A", by="anna")
    assert [one.value for one in memory.beliefs("stage")] == ["series A"]
    memory.set("goal", "one customer", by="anna")
    (extra,) = [one for one in memory.beliefs("goal") if one.value == "one customer"]
    memory.change(extra.id, "two  customers", by="anna")  # what another one says already
    assert sorted(one.value for one in memory.beliefs("goal")) == ["ten meetings", "two customers"]
    assert memory.forget("goal", by="anna") == 2
    with pytest.raises(NotFoundError):
        memory.forget("goal", by="anna")
    with pytest.raises(InputError):
        memory.set("shoe", "37", by="anna")
    with pytest.raises(InputError):
        memory.set("note", " ", by="anna")


def test_what_is_remembered_never_stands_in_the_audit(workbench: Workbench) -> None:
    workbench.memory.set("note", "a secret plan", by="anna")
    with workbench.record.read() as connection:
        rows = connection.execute(sa.select(tables.audit_event)).all()
    assert "coach.remember" in {row.action for row in rows}
    assert "secret" not in str(rows)


def test_a_talk_is_kept_gone_on_with_and_deleted(workbench: Workbench) -> None:
    fill(workbench.record, workbench.clock, Outcomes(sent=120, positive=6))
    fill(workbench.record, workbench.clock, Outcomes(sent=110, positive=2), "autumn")
    workbench.metrics.refresh()
    workbench.coach.ask("How many people were interested in autumn?", by="anna")
    (talk,) = workbench.memory.chats()
    again = workbench.coach.ask("And how many of its mails bounced?", by="anna", chat_id=talk.id)
    assert again.campaign == "autumn"
    said = workbench.memory.messages(talk.id)
    assert [(one.number, one.role) for one in said] == [(1, "user"), (2, "coach"), (3, "user"), (4, "coach")]
    assert said[3].detail["figures"]
    assert all(figure["source"] for figure in said[3].detail["figures"])
    workbench.memory.forget_chat(talk.id, by="anna")
    assert workbench.memory.chats() == []
    with pytest.raises(NotFoundError):
        workbench.coach.ask("Hello", by="anna", chat_id=talk.id)


def test_an_analysis_is_kept_and_the_next_says_what_changed(workbench: Workbench) -> None:
    fill(workbench.record, workbench.clock, Outcomes(sent=120, positive=6, bounced_hard=2))
    workbench.metrics.refresh()
    first = workbench.analyses.analyse("spring", by="anna")
    assert first.content["light"]["colour"] == workbench.metrics.light("spring").colour
    workbench.clock.advance(days=7)
    second = workbench.analyses.analyse("spring", by="anna")
    assert (first.number, second.number) == (1, 2)
    assert [one.id for one in workbench.analyses.kept("spring")] == [second.id, first.id]
    unchanged = {one.name: one for one in workbench.analyses.changes(first, second)}
    reply = workbench.metrics.campaign("spring").measures[1]
    assert unchanged["reply_rate"].before == unchanged["reply_rate"].after == (reply.numerator, reply.denominator)
    assert not any(one.told for one in unchanged.values())
    days = [one.measured_on for one in workbench.memory.own_rates() if (one.metric, one.slice) == ("reply_rate", "all")]
    assert len(days) == 2
    assert "2026-03-11" in workbench.coach.ask("Has it improved over time?", by="anna").text
    workbench.analyses.forget(first.id, by="anna")
    assert [one.id for one in workbench.analyses.kept()] == [second.id]


def test_what_came_between_two_analyses_is_told_from_chance(workbench: Workbench) -> None:
    fill(workbench.record, workbench.clock, Outcomes(sent=120, positive=1))
    workbench.metrics.refresh()
    first = workbench.analyses.analyse("spring", by="anna")
    content = {**first.content, "measures": [{"name": "reply_rate", "numerator": 41, "denominator": 240}]}
    later = type(first)(**{**vars(first), "content": content})
    (change,) = workbench.analyses.changes(first, later)
    assert change.told
    assert change.low > 0
    assert workbench.analyses.changes(later, first) == []


def test_an_unknown_campaign_is_told_which_there_are(workbench: Workbench) -> None:
    with pytest.raises(NotFoundError, match="gtm metrics refresh"):
        workbench.analyses.analyse("nothing", by="anna")
    with pytest.raises(NotFoundError, match="gtm metrics refresh"):
        workbench.findings.list("nothing")


def test_on_an_empty_workspace_every_answer_says_what_is_missing(workbench: Workbench) -> None:
    for question in (
        "How are we doing?",
        "Какая у нас доля ответов?",
        "What do our experiments say?",
        "Сколько у нас контактов?",
    ):
        answer = workbench.coach.ask(question, by="anna")
        assert answer.text
        assert answer.sure == "unknown"
    assert workbench.findings.list() == [one for one in workbench.findings.list() if one.subject in ("mailbox", "workspace")]


@pytest.mark.parametrize("question", ["", "   ", "x" * 2001])
def test_no_question_is_no_answer(workbench: Workbench, question: str) -> None:
    with pytest.raises(InputError):
        workbench.coach.ask(question, by="anna")
