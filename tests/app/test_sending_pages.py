"""Mailboxes, deliverability and what stays behind, as a person sees them and acts on them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.connections.model import Tried
from gtm_pipelines.delivery.domains import Check
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.record import mailboxes as queries
from gtm_pipelines.record.tables import message
from gtm_pipelines.settings import load_settings, resolve_secret
from gtm_pipelines.settings_model import default_mailboxes
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open

pytestmark = pytest.mark.slow


def status(bench: Workbench, mailbox: str) -> str:
    return bench.mailboxes.show(mailbox).status


@pytest.mark.parametrize("name", ["mailboxes", "deliverability", "poison"])
def test_the_pages_draw_without_trouble_on_an_empty_workspace(bare: Workbench, open_page: Open, name: str) -> None:
    app = open_page(name)
    assert (list(app.error), list(app.exception)) == ([], [])


def test_a_mailbox_is_paused_and_resumed_by_a_button(answered: Workbench, open_page: Open) -> None:
    app = open_page("mailboxes")
    app.button(key="pause:anna").click().run()
    assert status(answered, "anna") == "paused"
    assert any("Nothing leaves from here" in one.value for one in app.error)
    app.button(key="resume:anna").click().run()
    assert status(answered, "anna") == "working"
    assert not app.exception


def test_a_mailbox_of_ones_own_is_set_up_beside_the_simulated_ones_and_taken_out(bare: Workbench, open_page: Open) -> None:
    app = open_page("mailboxes")
    assert "simulated" in app.info[0].value
    app.text_input(key="mailbox_address").set_value("Eva@acme.example")
    app.text_input(key="mailbox_password").set_value("abcd efgh ijkl mnop")
    app.button(key="mailbox_save").click().run()
    assert "postal address" in app.error[0].value
    app.text_input(key="mailbox_postal").set_value("Acme, 1 High Street, Leeds")
    app.button(key="mailbox_save").click().run()
    assert (list(app.error), list(app.exception)) == ([], [])
    made = {one.name: one for one in load_settings().mailboxes}
    assert [*made] == ["anna", "ben", "eva"]
    assert [made["anna"], made["ben"]] == list(default_mailboxes())
    assert (made["eva"].smtp.host, made["eva"].imap.sent_folder) == ("smtp.gmail.com", "[Gmail]/Sent Mail")
    assert made["eva"].smtp.password == made["eva"].imap.password != "abcd efgh ijkl mnop"
    assert resolve_secret(made["eva"].smtp.password) == "abcd efgh ijkl mnop"
    assert "abcd efgh" not in (bare.settings.home_path / "settings.json").read_text()
    app = open_page("mailboxes")
    app.button(key="mailbox_out:eva").click().run()
    assert load_settings().mailboxes == default_mailboxes()
    with pytest.raises(SettingsError):
        resolve_secret(made["eva"].smtp.password)


def test_a_vendors_mailbox_is_set_up_with_what_the_vendor_needs(
    bare: Workbench, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "gtm_pipelines.connections.trying.try_key", lambda tool, key: Tried("working", f"{tool.title}: {len(key)}")
    )
    app = open_page("mailboxes")
    app.selectbox(key="mailbox_provider").select("instantly").run()
    said = " ".join(one.value for one in app.markdown)
    assert "{{gtm_subject}}" in said
    assert "no invitation to a meeting" in said
    app.text_input(key="mailbox_address").set_value("eva@acme.example")
    app.text_input(key="mailbox_postal").set_value("Acme, 1 High Street, Leeds")
    app.text_input(key="mailbox_key:instantly").set_value("canary-key-0123456789abcdef")
    app.button(key="mailbox_save").click().run()
    assert "at least one campaign" in app.error[0].value
    app.text_area(key="mailbox_campaigns:instantly").set_value("0199a8b2-0c1d-7e3f-8a4b-5c6d7e8f9a0b")
    app.selectbox(key="mailbox_answers").select("gmail").run()
    app.text_input(key="mailbox_answers_password").set_value("abcd efgh")
    app.button(key="mailbox_save").click().run()
    assert (list(app.error), list(app.exception)) == ([], [])
    made = load_settings().mailbox("eva")
    assert (made.sender, made.api.campaigns, made.imap.host) == (
        "instantly", ("0199a8b2-0c1d-7e3f-8a4b-5c6d7e8f9a0b",), "imap.gmail.com",
    )  # fmt: skip
    assert all("canary" not in str(field.value) for field in open_page("mailboxes").text_input)


def test_what_is_wrong_with_a_domain_is_shown_with_what_to_do(answered: Workbench, open_page: Open) -> None:
    answered.mailboxes._domain = lambda _mailbox: [Check("spf", "fail", "SPF is missing.", "Publish one TXT record.")]
    answered.mailboxes.check("anna")
    app = open_page("mailboxes")
    shown = " ".join(one.value for one in (*app.markdown, *app.caption))
    assert "SPF is missing" in shown
    assert "Publish one TXT record" in shown
    assert any("anna" in one.value for one in open_page("deliverability").warning)


def test_a_campaign_is_paused_from_the_page_with_its_rates_beside(answered: Workbench, open_page: Open) -> None:
    [row] = answered.delivery.deliverability()
    app = open_page("deliverability")
    assert "Came back" in [one.label for one in app.metric]
    if row.status != "sending":
        assert not [one for one in app.button if one.key == "pause:Spring"]
        return
    app.button(key="pause:Spring").click().run()
    assert answered.delivery.deliverability()[0].paused_at is not None
    app.button(key="resume:Spring").click().run()
    assert answered.delivery.deliverability()[0].paused_at is None


def test_what_failed_is_sent_again_by_a_button(answered: Workbench, open_page: Open) -> None:
    with answered.record.write() as connection:
        first = sa.select(message.c.id).where(message.c.outcome.is_(None)).limit(1).scalar_subquery()
        connection.execute(
            sa.update(message).where(message.c.id == first).values(
                state="failed", last_error="The server refused the message: 554 too long", sent_at=None, handed_at=None
            )
        )  # fmt: skip
        assert queries.paused(connection, answered.record.workspace_id) == {}
    [stuck] = [one for one in answered.delivery.stuck() if "554" in one.reason]
    app = open_page("poison")
    assert any("554 too long" in one.value.replace("\\", "") for one in app.markdown)
    app.button(key=f"retry:{stuck.id}").click().run()
    assert not [one for one in answered.delivery.stuck() if one.id == stuck.id]
    assert not app.exception
