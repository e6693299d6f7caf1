"""What the console repeats of a service's log: the errors, a line each, and no traceback."""

from __future__ import annotations

from gtm_pipelines.launch.process import Trouble

FAILED = """\
2026-03-04 10:00:00 - dagster.daemon - INFO - Instance is configured
Traceback (most recent call last):
  File "a.py", line 1, in run
    raise ValueError("inner")
ValueError: inner

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "b.py", line 2, in <module>
    go()
    ^^^^
sqlite3.OperationalError: database is locked
2026-03-04 10:00:01 - dagster - ERROR - run failed
2026-03-04 10:00:01 - dagster - ERROR - run failed
"""


def heard(log: str) -> list[str]:
    trouble = Trouble()
    return [told for line in log.splitlines() if (told := trouble.of(line))]


def test_of_a_traceback_only_what_happened_is_told_and_once() -> None:
    assert heard(FAILED) == [
        "ValueError: inner",
        "sqlite3.OperationalError: database is locked",
        "2026-03-04 10:00:01 - dagster - ERROR - run failed",
    ]


def test_a_service_that_was_merely_stopped_is_no_trouble() -> None:
    assert heard('Traceback (most recent call last):\n  File "a.py", line 1\nKeyboardInterrupt\nbye\n') == []
