"""The inbox and the suppressions page: conversations answered, handed over and closed, and people left alone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.views.inbox import SIZE
from gtm_pipelines.record.tables import campaign, inbound_message
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open


def test_a_conversation_is_answered_handed_over_and_closed(answered: Workbench, open_page: Open) -> None:
    first = answered.inbox.page()[0]
    app = open_page("inbox")
    assert not app.exception
    assert f"#### {first.contact_name}" in [element.value for element in app.markdown]

    app.button(key=f"inbox_answer:{first.id}").click().run()
    suggested = answered.inbox.suggested(answered.inbox.thread(first.id))
    assert suggested is not None
    assert suggested.body.strip() in [element.value for element in app.text]

    app.text_input(key=f"inbox_owner:{first.id}:None").set_value("maria").run()
    app.button(key=f"inbox_assign:{first.id}").click().run()
    assert answered.inbox.thread(first.id).conversation.owner == "maria"

    app.button(key=f"inbox_close:{first.id}").click().run()
    assert first.id not in [one.id for one in answered.inbox.page()]
    assert not app.exception


def test_answers_nobody_has_dealt_with_are_found_and_those_that_are_over_are_read_at_once(
    answered: Workbench, open_page: Open
) -> None:
    before = answered.inbox.page(waiting=True, limit=500)
    over = {one.id for one in before[:SIZE] if one.state == "closed"}
    assert over
    app = open_page("inbox")
    app.selectbox(key="inbox_state").set_value("waiting").run()
    assert all(line.startswith("● ") for line in app.radio[0].options)
    assert any("no campaign writes to them" in element.value for element in app.info)

    app.button(key="inbox_read").click().run()
    assert {one.id for one in answered.inbox.page(waiting=True, limit=500)} == {one.id for one in before} - over


def test_what_only_sounds_like_a_machine_is_confirmed_as_one(answered: Workbench, open_page: Open) -> None:
    first = answered.inbox.page()[0]
    mail = next(one for one in answered.inbox.thread(first.id).mails if one.cls)
    with answered.record.write() as connection:
        sounds = sa.update(inbound_message).where(inbound_message.c.id == mail.id)
        connection.execute(sounds.values({"class": "auto_reply", "confidence": 0.8, "conversation_id": None}))
    app = open_page("inbox")

    app.button(key=f"confirm:{mail.id}").click().run()

    assert not app.exception
    assert (answered.replies.get(mail.id).cls, answered.replies.page(unsure=True)) == ("auto_reply", [])
    assert answered.replies.get(mail.id).handled_at is not None


def test_a_prepared_text_is_called_one_and_where_none_fits_the_page_says_so(answered: Workbench, open_page: Open) -> None:
    first = answered.inbox.page()[0]
    mail = next(one for one in answered.inbox.thread(first.id).mails if one.cls)
    with answered.record.write() as connection:
        asked = sa.update(inbound_message).where(inbound_message.c.id == mail.id)
        connection.execute(asked.values({"text": "Does it run on SAP?", "class": "information_request"}))
    app = open_page("inbox")
    assert "No prepared answer fits: they ask for something that nothing was prepared for." in " ".join(
        element.value for element in app.info
    )

    app.button(key=f"inbox_answer:{first.id}").click().run()
    assert "Write it yourself" in " ".join(element.value for element in app.error)
    assert answered.inbox.suggested(answered.inbox.thread(first.id)) is None

    app.selectbox(key=f"inbox_variant:{first.id}").set_value("pricing").run()
    app.button(key=f"inbox_answer:{first.id}").click().run()
    assert "A prepared text (Pricing), chosen by a person." in " ".join(element.value for element in app.caption)


def test_a_class_put_right_in_a_thread_is_kept_as_an_example(answered: Workbench, open_page: Open) -> None:
    first = answered.inbox.page()[0]
    mail = next(one for one in answered.inbox.thread(first.id).mails if one.cls)
    app = open_page("inbox")

    app.selectbox(key=f"inbox_class:{mail.id}:{mail.cls}").set_value("objection").run()
    app.button(key=f"inbox_correct:{mail.id}").click().run()

    assert [(one.cls, one.was) for one in answered.replies.corrections()] == [("objection", mail.cls)]


def test_somebody_is_suppressed_and_lifted_again(answered: Workbench, open_page: Open) -> None:
    app = open_page("suppressions")
    app.text_input(key="stop_value").set_value("nobody@elsewhere.test")
    app.button[0].click().run()
    assert answered.suppressions.is_suppressed("nobody@elsewhere.test") is not None

    app.selectbox(key="stop_lift").set_value("nobody@elsewhere.test").run()
    app.text_input(key="stop_lift_reason").set_value("asked us to write").run()
    app.button(key="stop_lift_button").click().run()
    assert answered.suppressions.is_suppressed("nobody@elsewhere.test") is None


def test_a_meeting_is_put_into_the_answer_read_in_both_zones_and_taken_out(answered: Workbench, open_page: Open) -> None:
    first = answered.inbox.page()[0]
    app = open_page("inbox")
    app.selectbox(key=f"inbox_variant:{first.id}").set_value("scheduling").run()
    app.button(key=f"inbox_answer:{first.id}").click().run()
    before = answered.inbox.suggested(answered.inbox.thread(first.id))
    assert before is not None
    assert "**An invitation goes with this mail**" not in [element.value for element in app.markdown]

    assert app.number_input(key=f"meeting_minutes:{first.id}").value == 15  # as the text says
    app.number_input(key=f"meeting_minutes:{first.id}").set_value(30)
    app.time_input(key=f"meeting_at:{first.id}").set_value(time(15, 0))
    day = answered.clock.now().date() + timedelta(days=5)
    app.date_input(key=f"meeting_day:{first.id}").set_value(day)
    app.text_input(key=f"meeting_zone:{first.id}").set_value("Europe/Moscow")
    app.text_input(key=f"meeting_place:{first.id}").set_value("https://meet.example/x")
    next(one for one in app.button if one.label == "Put it into the answer").click().run()
    assert not app.exception
    shown = " ".join(element.value for element in app.text)
    proposal = answered.meetings.of(answered.inbox.thread(first.id))
    assert proposal is not None
    assert proposal.theirs is not None
    zone = proposal.theirs.tzinfo  # whoever wrote last may be anywhere
    at = datetime.combine(day, time(15), ZoneInfo("Europe/Moscow")).astimezone(zone)
    assert f"{at:%a %d %b, %H:%M} {zone} by their clock · {day:%a %d %b}, 12:00 UTC by our clock" in shown
    assert "30 minutes · https://meet.example/x" in shown
    assert "15:00 Europe/Moscow, 30 minutes, https://meet.example/x" in shown  # the line of the text
    assert "The text speaks of 15 minutes, the invitation of 30" in " ".join(element.value for element in app.warning)
    assert "**An invitation goes with this mail**" in [element.value for element in app.markdown]

    app.button(key=f"meeting_out:{first.id}").click().run()
    after = answered.inbox.suggested(answered.inbox.thread(first.id))
    assert after is not None
    assert after.body == before.body
    assert not app.exception


def test_a_meeting_that_cannot_be_kept_is_said_before_anybody_approves(answered: Workbench, open_page: Open) -> None:
    first = answered.inbox.page()[0]
    made = answered.inbox.answer(first.id, "scheduling")
    view = answered.review.get(made.id)
    body = view.body.replace("\n\n", "\n\nMeeting: next week some time\n\n", 1)
    answered.review.edit(made.id, seen_revision=view.revision, subject=view.subject, body=body, by="anna")
    app = open_page("inbox")
    assert "cannot be read as a meeting" in " ".join(element.value for element in app.error)
    assert not app.exception


def test_a_suppression_names_the_mail_it_came_from_and_leads_to_it(answered: Workbench, open_page: Open) -> None:
    sources = {row.source for row in answered.suppressions.list(limit=None)}
    assert any(source.startswith("reply:") for source in sources)
    app = open_page("suppressions")
    shown = list(app.dataframe[0].value["From"])
    assert not [one for one in shown if one.startswith(("reply:", "message:"))]
    assert [one for one in shown if one.startswith("their mail “")]
    (chosen, *_) = app.selectbox(key="stop_mail").options
    assert "their mail “" in chosen or "our mail “" in chosen
    assert not app.exception


def test_a_paused_campaign_is_let_go_on_where_the_conversation_says_that_it_is_paused(
    answered: Workbench, open_page: Open
) -> None:
    with answered.record.write() as connection:
        now = answered.clock.now()
        connection.execute(sa.update(campaign).values(paused_at=now, pause_reason="too many came back"))
    app = open_page("inbox")
    assert "too many came back" in " ".join(element.value for element in app.error)
    app.button(key="resume:Spring").click().run()
    assert answered.campaigns.get("Spring").paused_at is None
    assert not app.exception
