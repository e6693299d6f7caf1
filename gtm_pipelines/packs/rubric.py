"""What the points of a rubric add up to."""

from __future__ import annotations

from collections.abc import Mapping

from gtm_pipelines.errors import InputError
from gtm_pipelines.packs.manifest import Criterion

HIGHEST = 10
"""The most a point is scored with."""


def scored(rubric: Mapping[str, Criterion], points: Mapping[str, float]) -> tuple[float, float]:
    """Return quality and risk, each from 0 to 1.

    Quality is the weighted mean of its points. Risk is as high as its worst point,
    weight times score: one invented promise is not made good by five harmless points.

    Args:
        rubric: of a judge pack.
        points: a score from 0 to 10 for every point of it.

    Raises:
        InputError: a point is missing, unknown or out of range.
    """
    if set(points) != set(rubric):
        raise InputError(f"The rubric asks for {', '.join(rubric)}; scored were {', '.join(points) or 'none'}.")
    if wrong := [name for name, point in points.items() if not 0 <= point <= HIGHEST]:
        raise InputError(f"A point is scored from 0 to {HIGHEST}; not so: {', '.join(wrong)}.")
    weights = {name: item.weight for name, item in rubric.items() if item.measures == "quality"}
    quality = sum(weight * points[name] for name, weight in weights.items()) / (sum(weights.values()) or 1)
    risk = max((item.weight * points[name] for name, item in rubric.items() if item.measures == "risk"), default=0.0)
    return quality / HIGHEST, risk / HIGHEST
