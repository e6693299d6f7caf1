"""What a model wrote, as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dspy.lm15 import Response


def written(response: Response) -> str:
    """Return an answer's text.

    Where a schema has fields of a few fixed values, DSPy's adapters hand the answer over as data already
    read from JSON; it is written as JSON again.
    """
    text: str | None = response.text
    if text is not None:
        return text
    data = response.data
    return "" if data is None else json.dumps(data, ensure_ascii=False)
