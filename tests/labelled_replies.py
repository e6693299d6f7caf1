"""Labelled answers: examples to learn from, those the rules were written with, and those no rule has seen; half is Russian."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).parent / "unit" / "replies" / "labelled"


@dataclass(frozen=True)
class Labelled:
    """One answer with what a person would call it."""

    cls: str
    language: str
    text: str
    subject: str = "Re: Quick question"


def labelled(part: Literal["training", "development", "held_out"]) -> list[Labelled]:
    """Return every answer of a part, English before Russian."""
    found = []
    for language in ("en", "ru"):
        with (FOLDER / f"{part}.{language}.tsv").open(newline="") as lines:
            found += [Labelled(cls, language, text) for cls, text in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    return found


def leaving(part: Literal["known", "held_out"]) -> list[Labelled]:
    """Return answers by people who had seen no rule: half asks to be left alone, half only sounds so; whole mails.

    What is worded like those who leave is learnt from the known ones; nobody has read the held-out ones who wrote a rule.
    """
    lines = (FOLDER / f"leaving_{part}.jsonl").read_text("utf-8").splitlines()
    return [Labelled(**json.loads(line)) for line in lines]
