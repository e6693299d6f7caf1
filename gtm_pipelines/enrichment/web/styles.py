"""What the styles inside a page say of an element: whether a visitor can see its text.

Inline styles, old attributes and the page's own style sheets with plain selectors are read.
Sheets in other files are not: a page that hides by those alone needs a browser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from gtm_pipelines.enrichment.web.colours import WHITE, colour, is_alike

Declared = Mapping[str, str]
_MOST_CSS = 200_000
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
_RULE = re.compile(r"([^{}]{1,2000})\{([^{}]{0,4000})\}")
_SELECTOR = re.compile(r"^([a-z][a-z0-9]*)?((?:[.#][\w-]+)*)$", re.I)
_TOLD = re.compile(
    r"(?:^|;)\s*(display|visibility|opacity|font-size|color|background|background-color|background-image|text-indent|position|left"
    r"|top|right|bottom|clip|clip-path|height|width|max-height|max-width|overflow|overflow-x|overflow-y|transform|filter"
    r"|content-visibility|font|-webkit-text-fill-color|line-height|mso-hide|margin-left|margin-top|zoom|text-size-adjust)\s*:\s*([^;]{1,300})",
    re.I,
)
_NUMBER = re.compile(r"^\s*(-?\d*\.?\d+)(px|em|rem|pt|%|vw|vh|in|cm|mm|pc)?\s*$")
_FAR = {
    "px": 400.0,
    "pt": 300.0,
    "em": 25.0,
    "rem": 25.0,
    "%": 99.0,
    "vw": 99.0,
    "vh": 99.0,
    "in": 5.0,
    "cm": 10.0,
    "mm": 100.0,
    "pc": 25.0,
}
"""From how far outside its place an element is out of sight."""
_CLIPPED = re.compile(
    r"rect\(\s*(?:0|1px)|inset\(\s*(?:50|100)%|circle\(\s*0|polygon\(\s*0(?:px|%)?\s+0(?:px|%)?\s*,\s*0(?:px|%)?\s+0", re.I
)
_SHRUNK = re.compile(
    r"scale(?:x|y|3d)?\(\s*0(?:\.0\d*)?\s*[,)]|translate(?:x|y|3d)?\([^)]*-\s*(?:\d{4,}px|[1-9]\d{2,}%|[1-9]\d{2,}v[wh])", re.I
)


def declarations(style: str) -> dict[str, str]:
    """Return property → value of a style, as far as sight depends on it; of several, an important or the last one."""
    told: dict[str, str] = {}
    important: set[str] = set()
    for name, value in _TOLD.findall(_COMMENT.sub("", style[:_MOST_CSS])):
        name, value = name.lower(), value.strip().lower()
        forced = value.endswith("!important")
        if name not in important or forced:
            told[name] = value.removesuffix("!important").strip()
            important |= {name} if forced else set()
    return told


@dataclass(frozen=True)
class _Rule:
    tag: str
    ids: frozenset[str]
    classes: frozenset[str]
    told: Declared


@dataclass
class Sheet:
    """The plain rules of a page's own style sheets, found by their class, id or tag."""

    _by_key: dict[str, list[_Rule]] = field(default_factory=dict)

    def add(self, css: str) -> None:
        """Take the rules of a style sheet in; those for special media and nested ones are passed over."""
        for key, rule in _rules(css[:_MOST_CSS]):
            self._by_key.setdefault(key, []).append(rule)

    def touches(self, tag: str, marks: Any) -> bool:
        """Tell whether any rule may be about an element of this tag with these attributes."""
        return bool(self._by_key) and ("class" in marks or "id" in marks or tag in self._by_key)

    def of(self, element: Any) -> dict[str, str]:
        """Return what the sheets say of an element."""
        if not self._by_key:
            return {}
        names, own_id = (element.get("class") or "").split(), element.get("id")
        keys = [element.tag, *(f".{name}" for name in names), *([f"#{own_id}"] if own_id else [])]
        if self._by_key.keys().isdisjoint(keys):
            return {}
        classes = frozenset(names)
        told: dict[str, str] = {}
        for key in keys:
            for rule in self._by_key.get(key, ()):
                if rule.tag in ("", element.tag) and rule.classes <= classes and rule.ids <= {own_id}:
                    told.update(rule.told)
        return told


@lru_cache(maxsize=64)
def _rules(css: str) -> tuple[tuple[str, _Rule], ...]:
    """Return the plain rules of a sheet, each with a class, id or tag to find it by; the pages of a site share their sheets."""
    found = []
    for selectors, body in _RULE.findall(_top_level(_COMMENT.sub("", css))):
        told = declarations(body)
        if told:
            found += [rule for selector in selectors.split(",") if (rule := _rule(selector.strip(), told))]
    return tuple(found)


def _rule(selector: str, told: Declared) -> tuple[str, _Rule] | None:
    found = _SELECTOR.match(selector)
    if not found or not selector:
        return None
    marks = re.findall(r"[.#][\w-]+", found[2] or "")
    ids = frozenset(mark[1:] for mark in marks if mark[0] == "#")
    classes = frozenset(mark[1:] for mark in marks if mark[0] == ".")
    tag = (found[1] or "").lower()
    return marks[0] if marks else tag, _Rule(tag, ids, classes, told)


def _top_level(css: str) -> str:
    """Return a sheet without its @-blocks, but with the rules of ``@media screen`` and ``@media all``."""
    kept: list[str] = []
    at = 0
    for found in re.finditer(r"@([\w-]+)([^{};]{0,500})([{;])", css):
        if found.start() < at:
            continue
        kept.append(css[at : found.start()])
        if found[3] == ";":
            at = found.end()
            continue
        end = _closing(css, found.end())
        if found[1].lower() == "media" and re.fullmatch(r"\s*(?:only\s+)?(?:screen|all)\s*", found[2], re.I):
            kept.append(css[found.end() : end])
        at = end + 1
    return "".join([*kept, css[at:]])


def _closing(css: str, start: int) -> int:
    depth = 1
    for found in re.compile(r"[{}]").finditer(css, start):
        depth += 1 if found.group() == "{" else -1
        if depth == 0:
            return found.start()
    return len(css)


def hides(told: Declared) -> bool:
    """Tell whether an element with these properties is out of sight whatever stands around it; colours are not looked at."""
    if told.get("display") == "none" or told.get("visibility") in ("hidden", "collapse") or told.get("mso-hide") == "all":
        return True
    if told.get("content-visibility") == "hidden" or "opacity(0" in told.get("filter", ""):
        return True
    if _is_below(told.get("opacity"), 0.1, 10) or _is_tiny(told) or _is_outside(told) or _is_flat(told):
        return True
    return bool(
        _CLIPPED.search(told.get("clip", "") + " " + told.get("clip-path", "")) or _SHRUNK.search(told.get("transform", ""))
    )


def _is_below(value: str | None, least: float, percent: float) -> bool:
    found = _NUMBER.match(value) if value else None
    return bool(found) and float(found[1]) < (percent if found[2] == "%" else least)  # type: ignore[index]


def _is_tiny(told: Declared) -> bool:
    size = told.get("font-size") or next((w.partition("/")[0] for w in told.get("font", "").split() if w[:1].isdigit()), None)
    found = _NUMBER.match(size) if size else None
    if not found:
        return _is_below(told.get("zoom"), 0.1, 10)
    least = {"em": 0.2, "rem": 0.2, "%": 20.0}.get(found[2] or "", 3.0)
    return float(found[1]) < least


def _is_outside(told: Declared) -> bool:
    moved = ["text-indent", "margin-left", "margin-top"]
    if told.get("position") in ("absolute", "fixed", "relative"):
        moved += ["left", "top", "right", "bottom"]
    for name in moved:
        found = _NUMBER.match(told.get(name, ""))
        if found and float(found[1]) <= -_FAR.get(found[2] or "px", 400.0):
            return True
        if found and name in ("left", "top", "text-indent") and float(found[1]) >= 5 * _FAR.get(found[2] or "px", 400.0):
            return True
    return False


def _is_flat(told: Declared) -> bool:
    if not any(told.get(name, "").startswith(("hidden", "clip")) for name in ("overflow", "overflow-x", "overflow-y")):
        return False
    return any(_is_below(told.get(name), 2, 1) for name in ("height", "width", "max-height", "max-width"))


def background(told: Declared) -> str | None:
    """Return the ground an element paints: a colour, ``image`` for what no colour describes, ``None`` where it paints none."""
    shown = " ".join(told.get(name, "") for name in ("background", "background-image"))
    if "url(" in shown or "gradient(" in shown:
        return "image"
    return told.get("background-color") or told.get("background") or None


def vanishes(ink: str, grounds: list[str]) -> bool:
    """Tell whether text of a colour cannot be told from its ground.

    Args:
        ink: the colour of the text.
        grounds: what the element and those around it paint, nearest first; none at all means a white page.
    """
    drawn = colour(ink)
    if drawn is None:
        return ink == "transparent"
    if drawn.alpha < 0.1:
        return True
    for ground in grounds:
        if ground == "image":
            return False
        painted = colour(ground.split()[0] if not ground.startswith(("rgb", "hsl")) else ground)
        if painted is not None and painted.alpha >= 0.5:
            return is_alike(drawn, painted)
    return is_alike(drawn, WHITE)
