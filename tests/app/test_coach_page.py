"""The coach's page: a talk, findings, analyses that are kept, memory."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open


def texts(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption)).replace("\\", "")


def troubles(app: AppTest) -> list[str]:
    return [element.value for element in (*app.error, *app.exception)]


def tab(app: AppTest, name: str) -> AppTest:
    """Open a tab: which one is open is state of the page, as the browser tells it."""
    app.session_state["coach_tab"] = name
    return app.run()


def test_an_empty_workspace_is_told_what_is_missing(bare: Workbench, open_page: Open) -> None:
    app = open_page("coach")
    app.chat_input[0].set_value("How are we doing?").run()
    assert troubles(app) == []
    assert "Nothing has been published yet" in texts(app)


def test_an_answer_names_the_figures_of_the_record_and_leads_on(answered: Workbench, open_page: Open) -> None:
    app = open_page("coach")
    app.chat_input[0].set_value("What is our reply rate?").run()
    assert troubles(app) == []
    reply = next(m for m in answered.metrics.campaign("Spring").measures if m.name == "reply_rate")
    assert f"{reply.numerator} of {reply.denominator}" in texts(app)
    (talk,) = answered.memory.chats()
    assert [message.role for message in answered.memory.messages(talk.id)] == ["user", "coach"]
    assert "Read the replies" in [button.label for button in app.button]


def test_a_first_question_is_one_click(answered: Workbench, open_page: Open) -> None:
    app = open_page("coach")
    next(button for button in app.button if button.label == "What should I do next?").click().run()
    assert troubles(app) == []
    (talk,) = answered.memory.chats()
    assert talk.title == "What should I do next?"


def test_a_talk_is_left_for_a_new_one_by_a_click(answered: Workbench, open_page: Open) -> None:
    app = open_page("coach")
    app.chat_input[0].set_value("What is our reply rate?").run()
    next(button for button in app.button if button.label == "A new talk").click().run()
    app.chat_input[0].set_value("How are we doing?").run()
    assert troubles(app) == []
    assert {talk.title for talk in answered.memory.chats()} == {"What is our reply rate?", "How are we doing?"}


def test_a_name_in_a_question_stays_letters(answered: Workbench, open_page: Open) -> None:
    app = open_page("coach")
    app.chat_input[0].set_value("How is ![x](http://evil.test/p.png)?").run()
    raw = json.dumps([element.value for element in app.markdown])
    assert "![x](http" not in raw


def test_an_analysis_is_one_click_and_kept(answered: Workbench, open_page: Open) -> None:
    app = tab(open_page("coach"), "Analyses")
    next(button for button in app.button if button.label == "Analyse this campaign").click().run()
    assert troubles(app) == []
    (kept,) = answered.analyses.kept("Spring")
    assert kept.number == 1
    first = next(one for one in kept.content["findings"] if one["seen"])
    action = answered.coach.action(first["action"])
    assert action is not None
    assert action.label.en in [button.label for button in app.button]


def test_findings_are_told_with_what_they_rest_on(answered: Workbench, open_page: Open) -> None:
    app = tab(open_page("coach"), "Findings")
    assert troubles(app) == []
    first = answered.findings.list()[0]
    assert first.title.en in texts(app)


def test_what_is_remembered_is_changed_and_forgotten_by_hand(answered: Workbench, open_page: Open) -> None:
    answered.memory.set("goal", "ten meetings", by="anna")
    app = tab(open_page("coach"), "Memory")
    field = next(field for field in app.text_input if field.value == "ten meetings")
    app = field.set_value("two  customers ").run()
    assert troubles(app) == []
    assert [one.value for one in answered.memory.beliefs()] == ["two customers"]
    next(button for button in app.button if button.label == "Forget").click().run()
    assert troubles(app) == []
    assert answered.memory.beliefs() == []
