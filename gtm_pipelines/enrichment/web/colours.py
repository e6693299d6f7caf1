"""Colours of style sheets, as far as telling ink from ground needs them."""

from __future__ import annotations

import colorsys
import re
from typing import NamedTuple

_HEX = re.compile(r"^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$")
_CALL = re.compile(r"^(rgb|hsl)a?\(([^)]{3,80})\)?$")
_PART = re.compile(r"-?\d*\.?\d+%?")
_NAMED = {
    "white": "#ffffff", "snow": "#fffafa", "ivory": "#fffff0", "ghostwhite": "#f8f8ff", "whitesmoke": "#f5f5f5",
    "azure": "#f0ffff", "floralwhite": "#fffaf0", "mintcream": "#f5fffa", "aliceblue": "#f0f8ff", "seashell": "#fff5ee",
    "lightyellow": "#ffffe0", "black": "#000000", "red": "#ff0000", "green": "#008000", "blue": "#0000ff", "gray": "#808080",
    "grey": "#808080", "silver": "#c0c0c0", "navy": "#000080", "yellow": "#ffff00", "orange": "#ffa500", "maroon": "#800000",
    "purple": "#800080", "teal": "#008080", "lightgray": "#d3d3d3", "lightgrey": "#d3d3d3", "darkgray": "#a9a9a9",
    "gainsboro": "#dcdcdc",
}  # fmt: skip
_ALIKE = 20
"""Most difference of a channel, of 255, between two colours that nobody tells apart: a contrast below 1.2 on white."""


class Colour(NamedTuple):
    """Red, green and blue from 0 to 255; alpha from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0


WHITE = Colour(255, 255, 255)


def colour(text: str) -> Colour | None:
    """Read a colour; ``None`` where it is none that is known here, such as a variable."""
    text = text.strip().lower()
    if text == "transparent":
        return Colour(0, 0, 0, 0)
    text = _NAMED.get(text, text)
    found = _HEX.match(text)
    if found:
        digits = found[1] if len(found[1]) > 4 else "".join(sign * 2 for sign in found[1])
        channels = [int(digits[at : at + 2], 16) for at in range(0, len(digits), 2)]
        return Colour(channels[0], channels[1], channels[2], channels[3] / 255 if len(channels) > 3 else 1.0)
    call = _CALL.match(text)
    parts = _PART.findall(call[2]) if call else []
    if call is None or len(parts) < 3:
        return None
    alpha = _share(parts[3]) if len(parts) > 3 else 1.0
    if call[1] == "rgb":
        red, green, blue = (float(p[:-1]) * 2.55 if p.endswith("%") else float(p) for p in parts[:3])
        return Colour(red, green, blue, alpha)
    hue, lightness, saturation = float(parts[0].rstrip("%")) % 360 / 360, _share(parts[2]), _share(parts[1])
    red, green, blue = (255 * channel for channel in colorsys.hls_to_rgb(hue, lightness, saturation))
    return Colour(red, green, blue, alpha)


def is_alike(one: Colour, other: Colour) -> bool:
    """Tell whether two colours look the same."""
    return max(abs(a - b) for a, b in zip(one[:3], other[:3], strict=True)) <= _ALIKE


def _share(text: str) -> float:
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)
