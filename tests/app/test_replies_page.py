"""The replies page: threads as plain text, classes put right, and a queue for what nobody could place."""

from __future__ import annotations

from email.message import EmailMessage

from gtm_pipelines.replies.model import InboundView
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open

STRANGE = "<script>alert(1)</script> ![pixel](http://tracker.test/x.png)"


def drop_stray_mail(workbench: Workbench) -> InboundView:
    """Put a mail that answers nothing we know into a mailbox and collect it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        "Stranger <stranger@elsewhere.example>",
        "anna@workbench.example",
        "About your letter",
    )
    mail["Message-ID"] = "<stray@elsewhere.example>"
    mail.set_content(f"Hello, somebody forwarded your letter to me.\n{STRANGE}\n")
    folder = workbench.settings.sandbox_path / "inbox" / "anna@workbench.example" / "new"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "000000999999.stray").write_bytes(bytes(mail))
    workbench.replies.collect()
    (stray,) = workbench.replies.unmatched()
    return stray


def test_what_came_back_is_listed_with_its_class(answered: Workbench, open_page: Open) -> None:
    app = open_page("replies")
    listed = app.dataframe[0].value
    assert len(listed) == min(50, len(answered.replies.page(limit=500))) > 0
    assert {"Class", "From", "Campaign"} <= set(listed.columns)


def test_the_list_can_be_narrowed_to_a_class(answered: Workbench, open_page: Open) -> None:
    app = open_page("replies")
    app.selectbox(key="reply_class").set_value("positive").run()
    assert set(app.dataframe[0].value["Class"]) == {"Positive"}
    assert len(app.dataframe[0].value) == len(answered.replies.page(cls="positive"))


def test_a_thread_shows_our_message_and_the_answer(answered: Workbench, open_page: Open) -> None:
    app = open_page("replies")
    first = answered.replies.page(limit=51)[0]
    _tick(app, 0)
    texts = [element.value for element in app.text]
    assert (first.text or "").strip() in texts
    assert any("Spring" not in text and len(text) > 100 for text in texts)


def test_a_class_is_put_right_by_a_person(answered: Workbench, open_page: Open) -> None:
    app = open_page("replies")
    mail = answered.replies.page(limit=51)[0]
    _tick(app, 0)
    other = "negative" if mail.cls != "negative" else "other"
    app.selectbox(key=f"class:{mail.id}:{mail.cls}").set_value(other).run()
    app.button(key=f"reclassify:{mail.id}").click().run()
    assert answered.replies.get(mail.id).cls == other


def test_a_stray_mail_is_shown_as_text_and_placed_by_a_person(answered: Workbench, open_page: Open) -> None:
    stray = drop_stray_mail(answered)
    app = open_page("replies")
    _tick(app, 1)
    assert any(STRANGE in element.value for element in app.text)
    app.text_input(key=f"find:{stray.id}").set_value("").run()
    app.button(key=f"assign:{stray.id}").click().run()
    assert answered.replies.unmatched() == []
    assert answered.replies.get(stray.id).attribution == "person"


def test_the_first_page_leads_to_the_queue(answered: Workbench, open_page: Open) -> None:
    drop_stray_mail(answered)
    assert "Place them" in [button.label for button in open_page("today").button]


def test_the_overview_shows_the_light_with_its_advice_and_what_is_needed(answered: Workbench, open_page: Open) -> None:
    light = answered.metrics.light("Spring")
    app = open_page("overview")
    said = " ".join(element.value.replace("\\", "") for element in app.markdown)
    assert light.headline in said
    assert light.advice in said
    rates = next(table.value for table in app.dataframe if "95 % interval" in table.value.columns)
    assert len(rates) == len(light.measures)


def _tick(app: object, place: int) -> None:
    """Choose the first row of the list at ``place``, as a click in the browser does."""
    table = app.dataframe[place]  # type: ignore[attr-defined]
    app.session_state[table.key] = {"selection": {"rows": [0], "columns": [], "cells": []}}  # type: ignore[attr-defined]
    app.run()  # type: ignore[attr-defined]
