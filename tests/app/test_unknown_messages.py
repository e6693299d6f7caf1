"""A message that may or may not have left is shown to a person, and only a person settles it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.record.tables import message
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open

pytestmark = pytest.mark.slow


def lose_track_of_one(workbench: Workbench) -> str:
    """Leave one message as a crash at the last moment leaves it."""
    with workbench.record.write() as connection:
        sent = connection.execute(
            sa.select(message.c.id).where(message.c.state == "sent", message.c.outcome.is_(None)).limit(1)
        ).scalar_one()
        connection.execute(sa.update(message).where(message.c.id == sent).values(state="unknown", sent_at=None))
    return str(sent)


def test_the_overview_says_that_a_message_may_not_have_left(answered: Workbench, open_page: Open) -> None:
    lose_track_of_one(answered)
    assert any("may or may not have left" in element.value for element in open_page("today").markdown)


def test_a_person_says_what_became_of_it(answered: Workbench, open_page: Open) -> None:
    lost = lose_track_of_one(answered)
    app = open_page("campaigns")
    app.button(key=f"settle:{lost}:sent").click().run()
    assert answered.delivery.unknown() == []
    assert not app.error


def test_a_person_says_the_same_of_all(answered: Workbench, open_page: Open) -> None:
    lose_track_of_one(answered)
    lose_track_of_one(answered)
    app = open_page("campaigns")
    app.button(key="settle:all:sent").click().run()
    assert answered.delivery.unknown() == []
    assert not app.error
