"""Cells that a spreadsheet would run as a formula: made text on the way out, restored on the way in.

The list of signs is OWASP's ("CSV Injection"): ``=``, ``+``, ``-``, ``@``, tab and carriage
return, with the full-width forms that spreadsheets read alike, also behind spaces. Numbers and
telephone numbers begin so too and run nothing: they stay as they are.
"""

from __future__ import annotations

import re

_SIGNS = "=+\\-@\t\r\n＝＋－＠"
_RUNS = re.compile(rf"[ \u00a0]*[{_SIGNS}]")
_MARKED = re.compile(rf"'+[ \u00a0]*[{_SIGNS}]")
_NUMBER = re.compile(r"[ \u00a0]*[+-]?[\d\s().,-]+\Z")


def runs(text: str) -> bool:
    """Tell whether a spreadsheet would run a cell that holds ``text``."""
    return bool(_RUNS.match(text)) and not _NUMBER.match(text)


def neutralise(text: str) -> str:
    """Return ``text`` so that no spreadsheet runs it: with an apostrophe in front where it would.

    A text that looks like one already marked gets another, so ``restore`` finds every text as it was.
    """
    return "'" + text if runs(text) or _MARKED.match(text) else text


def restore(cell: str) -> str:
    """Return what ``neutralise`` was given; other cells stay as they are.

    An apostrophe before a number with a sign, as spreadsheets keep telephone numbers, goes too.
    """
    return cell[1:] if _MARKED.match(cell) else cell
