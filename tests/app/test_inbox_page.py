"""The inbox and the suppressions page: conversations answered, handed over and closed, and people left alone."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables import inbound_message
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
