"""Structured logs: one line an event, with run, campaign and trace, keys redacted.

Binds context once (``bind_context``) and lets every later line carry it. Lines go
to standard error, so a command's standard output stays its answer.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from base64 import b64encode
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from html import escape
from types import TracebackType
from typing import Any
from urllib.parse import quote, quote_plus

import structlog

REDACTED = "[redacted]"
_SECRET_NAME = re.compile(r"(pass(word|wd)?|secret|token|api[_-]?key|authorization|credential)", re.I)
_SECRET_VALUE = re.compile(
    r"((?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{8,}|xox[abp]-[A-Za-z0-9-]{8,}|gh[pousr]_[A-Za-z0-9]{16,}|AKIA[0-9A-Z]{16}"
    r"|(?<=api_key=)[^&\s]+|(?<=apikey=)[^&\s]+|(?<=access_token=)[^&\s]+|(?<=client_secret=)[^&\s]+|(?<=password=)[^&\s]+"
    r"|(?<=[?&]key=)[^&\s]+|(?<=Bearer )[A-Za-z0-9._~+/=-]{8,}"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@))"
)


SHORTEST_SECRET = 6
"""Characters; a shorter secret is not looked for, for it would blot out ordinary words."""
_forms: tuple[str, ...] = ()
"""Every form of every secret that this process has read, longest first, so that none is left half."""


def learn_secret(secret: str) -> None:
    """Let no text of this process that passes here show a secret it has read, wherever it comes back from."""
    global _forms
    _forms = _longest_first({*_forms, *_forms_of(secret)})
    _guard_the_rest()


class _Redacted(logging.LogRecord):
    """A line of any library's own log, such as a web server's, without the secrets this process has read."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.exc_info and self.exc_info[1] is not None:
            self.exc_text = redact_text("".join(traceback.format_exception(self.exc_info[1])).rstrip())

    def getMessage(self) -> str:  # noqa: N802 - the standard library's name
        """Return the line as it is written."""
        return redact_text(super().getMessage())


def _guard_the_rest() -> None:
    """Redact what does not pass here by itself: the standard library's log, and tracebacks of errors that nobody caught."""
    if logging.getLogRecordFactory() is not _Redacted:
        logging.setLogRecordFactory(_Redacted)
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _uncaught
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = lambda caught: _uncaught(caught.exc_type, caught.exc_value, caught.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if not issubclass(kind, SystemExit):
        sys.stderr.write(redact_text("".join(traceback.format_exception(kind, error, trace))))


def redact_text(text: str) -> str:
    """Replace every secret that this process has read, and whatever looks like a key, a bearer token or a URL's password."""
    return _SECRET_VALUE.sub(REDACTED, without_known(text))


def without_known(text: str) -> str:
    """Replace every secret that this process has read, and nothing else: for texts whose every other word counts."""
    for form in _forms:
        text = text.replace(form, REDACTED)
    return text


def hide(text: str, secret: str) -> str:
    """Take a secret out of a text, in every form in which a vendor may repeat it, and whatever else ``redact_text`` knows.

    Do this before a text is cut short: of half a secret nobody knows any more that it was one.
    """
    for form in _longest_first(_forms_of(secret)):
        text = text.replace(form, REDACTED)
    return redact_text(text)


def _forms_of(secret: str) -> set[str]:
    """Return a secret as it stands in texts, addresses, JSON, HTML, and headers of basic authentication."""
    if len(secret) < SHORTEST_SECRET:
        return set()
    coded = (b64encode(text.encode()).decode() for text in (secret, f":{secret}"))
    return {secret, quote(secret, safe=""), quote_plus(secret), secret.replace("/", "\\/"), escape(secret), *coded}


def _longest_first(forms: set[str]) -> tuple[str, ...]:
    return tuple(sorted(forms, key=len, reverse=True))


def redact(value: Any) -> Any:
    """Return ``value`` with secrets removed, through mappings and sequences."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, MutableMapping):
        return {k: REDACTED if _SECRET_NAME.search(str(k)) and v else redact(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(redact(item) for item in value)
    return value


def _redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    cleaned = redact(event)
    event.clear()
    event.update(cleaned)
    return event


def configure_logging(level: str = "info", *, json: bool = False) -> None:
    """Set up logging for a process. Call once, from a face.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
        json: one JSON object a line instead of text for people.
    """
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact_event,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=_to_standard_error,
        cache_logger_on_first_use=False,
    )


def _to_standard_error(*_args: Any) -> structlog.PrintLogger:
    """Look standard error up at every line: what it was at the start may be closed by now."""
    return structlog.PrintLogger(sys.stderr)


@contextmanager
def bind_context(**ids: str) -> Iterator[None]:
    """Attach ids (``run``, ``campaign``, ``trace``) to every line logged inside."""
    with structlog.contextvars.bound_contextvars(**ids):
        yield


def get_logger(room: str) -> Any:
    """Return the logger of one room, such as ``delivery.ledger``."""
    return structlog.get_logger(room=room)
