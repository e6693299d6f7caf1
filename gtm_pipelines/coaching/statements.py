"""What a person tells of themselves in passing, recognised by rule: a goal, a stage, an offer, an audience, a tool, or a note."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gtm_pipelines.coaching.model import LONGEST_BELIEF, Subject

_REMEMBER = re.compile(
    r"^\s*(?:please\s+|пожалуйста,?\s+)?(?:remember|note|keep in mind|запомни(?:те)?|учти(?:те)?|имей(?:те)? в виду)\b[\s,:]*",
    re.I,
)
_THAT = re.compile(r"^(?:that|что)\s+", re.I)
_IS = r"\s*(?:[-–—:]|это)?\s*"
_SAID: Mapping[Subject, tuple[str, ...]] = {
    "audience": (r"we sell to ", r"our (?:customers|audience) (?:are|is) ", rf"наши клиенты{_IS}", rf"наша аудитория{_IS}"),
    "goal": (r"(?:our|my|the) goal is (?:to )?", rf"(?:наша|моя) цель{_IS}"),
    "stage": (r"(?:our|my) stage is ", r"we are (?:at|in) (?=.*(?:seed|series|stage))", rf"наша стадия{_IS}"),
    "offer": (r"we (?:sell|offer) ", r"our (?:offer|product) is ", r"мы (?:прода[её]м|предлагаем) ", rf"наш продукт{_IS}"),
    "tool": (r"we (?:use|work with) ", r"мы (?:используем|работаем (?:в|с|на)) "),
}
"""Beginnings by subject, the narrower first: whom one sells to before what one sells."""


def statement(text: str) -> tuple[Subject, str] | None:
    """Return what a person tells of themselves, if they do; a question tells nothing."""
    asked = text.strip()
    if asked.endswith("?"):
        return None
    marked = _REMEMBER.match(asked)
    rest = _THAT.sub("", asked[marked.end() :] if marked else asked).strip().rstrip(".!")
    for subject, beginnings in _SAID.items():
        found = re.match("|".join(beginnings), rest, re.I)
        if found and rest[found.end() :].strip():
            return subject, rest[found.end() :].strip()[:LONGEST_BELIEF]
    return ("note", rest[:LONGEST_BELIEF]) if marked and rest else None
