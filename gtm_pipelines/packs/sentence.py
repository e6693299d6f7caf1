"""Merged values in a sentence: one full stop, and a Russian job title in small letters where it does not begin one.

Only what is shown changes; the list keeps what it says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACE = re.compile(r"\{\{ *(\w+) *\}\}(\.(?!\.))?")
_ENDS = ".!?…\n"
_CAPITALISED = re.compile(r"[А-ЯЁ][а-яё]+(?![А-ЯЁ])")
_SHOUTED = re.compile(r"[А-ЯЁ\s-]{6,}")
_RANK = re.compile(
    r"(?<=[\s-])(?:Директор|Менеджер|Руководител|Начальник|Бухгалтер|Инженер|Специалист|Партнёр|Партнер|Управляющ|Менеджмент|Отдел"
    r"|Департамент|Президент|Заместител)[а-яё]*"
)
_SMALL = "__small"


def job_title(text: str | None) -> str | None:
    """Return a job title without the full stop at its end; one that abbreviates (``Ген. дир.``) keeps it."""
    bare = (text or "").rstrip(" ,;:")
    return (bare if "." in bare.rstrip(".") else bare.rstrip(". ")) or None


def small(title: str) -> str:
    """Return a Russian job title as it stands within a sentence: ``генеральный директор``, but ``ИТ-директор``."""
    if _SHOUTED.fullmatch(title):
        return title.lower()
    first = _CAPITALISED.match(title)
    if first is None:
        return title
    return _RANK.sub(lambda rank: rank.group().lower(), title[0].lower() + title[1:])


def fitted(text: str, values: Mapping[str, str], titles: frozenset[str]) -> tuple[str, dict[str, str]]:
    """Return a text and the values to merge into it, so that they read as sentences.

    Args:
        text: of the pack, with plain placeholders.
        values: what is merged.
        titles: the values that are job titles and stand in small letters within a sentence.
    """

    def place(found: re.Match[str]) -> str:
        name, stop = found[1], found[2] or ""
        ended = stop and values.get(name, "").endswith(".")
        within = name in titles and _is_within(text[: found.start()])
        return f"{{{{ {name}{_SMALL if within else ''} }}}}{'' if ended else stop}"

    shown = {f"{name}{_SMALL}": small(values[name]) for name in titles if name in values}
    return _PLACE.sub(place, text), {**values, **shown}


def _is_within(before: str) -> bool:
    """Whether what stands before a place has begun a sentence."""
    begun = before.rstrip(" «\"“„'(")
    return bool(begun) and begun[-1] not in _ENDS
