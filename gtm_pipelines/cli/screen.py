"""Between the commands and the terminal: texts from lists, pages and mails never steer it.

A terminal obeys what it is shown: control characters and escape sequences (ECMA-48) move the cursor, rewrite lines that
were shown, set its title, reach the clipboard, make links; bidirectional overrides turn words round (CVE-2021-42574). Only
colours pass, those in which the commands themselves write; everything else is shown as a sign.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO

_COLOUR = r"\x1b\[(?:(?:[0-4]|2[234]|[39][0-7]|39)(?:;(?=\d))?)*m"
UNSEEN = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that JSON leaves as they are and a terminal may obey."""
_STEERS = re.compile(rf"({_COLOUR})|[\x00-\x08\x0b\x0c\x0e-\x1f]|{UNSEEN.pattern}|\r(?!\n)")
_FIRST_PICTURE = 0x2400
"""Unicode's pictures of the control characters begin here, in the order of the characters."""


def harmless(text: str) -> str:
    """Return a text in which whatever would steer a terminal is shown as a sign; lines, tabs and colours stay."""
    return _STEERS.sub(lambda found: found[1] or _picture(found[0]), text)


def _picture(character: str) -> str:
    if character < " ":
        return chr(_FIRST_PICTURE + ord(character))
    return "\u2421" if character == "\x7f" else "\ufffd"


class Screen:
    """A stream of text to a terminal or a pipe, through which only ``harmless`` texts pass.

    Args:
        bare: the stream itself; for bars of progress, which have to move the cursor and show no text of others.
    """

    def __init__(self, bare: TextIO) -> None:
        self.bare = bare

    def write(self, text: str) -> int:
        """Write a text; return how much of it was taken, which is all."""
        self.bare.write(harmless(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write texts one after another."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bare, name)


@contextmanager
def guarded() -> Iterator[None]:
    """Let everything that is written meanwhile, to standard output and standard error, pass a ``Screen``."""
    with redirect_stdout(_guarded(sys.stdout)), redirect_stderr(_guarded(sys.stderr)):
        yield


def bare_errors() -> TextIO:
    """Return standard error as it is, for bars of progress."""
    return getattr(sys.stderr, "bare", sys.stderr)


def _guarded(stream: Any) -> Any:
    return stream if isinstance(stream, Screen) or stream is None else Screen(stream)
