"""Texts that mean harm: to browsers, spreadsheets, terminals, renderers of Markdown, and whoever reads from left to right.

Each would, where it came alive, call ``window.__ran`` or ask ``evil.example``, which the tests see; or show MARKED in a
form of its own. They stand in ``hostile_texts.json``, by whom they mean.
"""

from __future__ import annotations

import json
from pathlib import Path

EVIL = "evil.example"
_KINDS: dict[str, list[str]] = json.loads(Path(__file__).with_suffix(".json").read_text("ascii"))
LONG = ("A" * 3_000, "W" * 400)
ADDRESSES = tuple(_KINDS.pop("addresses"))
"""What stands where an address of the web is meant to stand."""
FORMULAS = tuple(_KINDS["formulas"])
PAYLOADS = (*(text for texts in _KINDS.values() for text in texts), *LONG)
EVERY_SYNTAX = (
    f"<img src=x onerror=window.__ran(1)>![p](https://{EVIL}/p.png)[l](https://{EVIL}/l)[j](javascript:window.__ran(1)) "
    f"$\\frac{{1}}{{2}}$ :red[MARKED] **MARKED** <b>MARKED</b> https://{EVIL}/a www.{EVIL}"
)
"""What every planted text ends with, so that whatever comes alive anywhere does so wherever a text is shown."""
