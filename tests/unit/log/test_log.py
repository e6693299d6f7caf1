"""Lines carry their context, and no line carries a key."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog

from gtm_pipelines.log import REDACTED, bind_context, configure_logging, get_logger, learn_secret, redact, redact_text

SECRETS = [
    "sk-proj-abcdefghijklmnop",
    "Bearer abcdefgh12345678",
    "postgresql://me:verysecret@db/gtm",
    "https://api.example/?api_key=abc123",
    "ghp_0123456789abcdefghij",
    "AKIAIOSFODNN7EXAMPLE",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_key_in_a_text_is_blotted_out(text: str) -> None:
    cleaned = redact_text(f"sent {text} away")
    assert REDACTED in cleaned
    assert not any(part in cleaned for part in ("verysecret", "abc123", "abcdefgh", "0123456789", "IOSFODNN"))


def test_ordinary_words_stay() -> None:
    text = "Ask anna@own.example at https://own.example/a?b=c about task-12, risk-assessment-software, мы ответим"
    assert redact_text(text) == text


def test_a_value_under_a_secret_name_is_blotted_out_at_any_depth() -> None:
    cleaned = redact({"mailbox": {"smtp": [{"password": "open", "host": "h"}]}, "api_key": "k", "tokens": 12})
    assert cleaned["mailbox"]["smtp"][0] == {"password": REDACTED, "host": "h"}
    assert cleaned["api_key"] == REDACTED


def test_lines_carry_run_and_campaign_as_json_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        configure_logging("info", json=True)
        with bind_context(run="r1", campaign="c1"):
            get_logger("delivery.ledger").info("sent", authorization="Bearer abcdefgh12345678")
        get_logger("delivery.ledger").debug("unseen")
    finally:
        structlog.reset_defaults()
    shown = capsys.readouterr()
    assert shown.out == ""
    line = json.loads(shown.err)
    assert (line["room"], line["run"], line["campaign"], line["event"]) == ("delivery.ledger", "r1", "c1", "sent")
    assert line["authorization"] == REDACTED


HELD = "a-secret/of=ours+and-no-pattern"


@pytest.fixture
def known() -> Iterator[str]:
    """A secret that this process has read, and the standard library's log as it was before, afterwards."""
    before = logging.getLogRecordFactory(), sys.excepthook, threading.excepthook
    learn_secret(HELD)
    yield HELD
    logging.setLogRecordFactory(before[0])
    sys.excepthook, threading.excepthook = before[1:]


def test_no_log_of_another_library_shows_a_secret_that_was_read(known: str) -> None:
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    other = logging.getLogger("a.web.server")
    other.addHandler(handler)
    try:
        other.error("GET /?token=%s", known)
        try:
            raise OSError(f"refused: {known}")
        except OSError:
            other.exception("Exception in ASGI application")
    finally:
        other.removeHandler(handler)
    assert known not in told.getvalue()
    assert told.getvalue().count(REDACTED) == 2
    assert "Traceback" in told.getvalue()


def test_no_traceback_of_an_error_that_nobody_caught_shows_one(known: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise RuntimeError(f"cannot log in with {known}")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    said = capsys.readouterr().err
    assert known not in said
    assert "RuntimeError: cannot log in with [redacted]" in said
