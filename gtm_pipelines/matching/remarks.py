"""Columns of remarks: what people wrote about somebody, which two rows share by chance or by habit."""

from __future__ import annotations

import re
from functools import lru_cache

_REMARK = re.compile(
    r"(?:^|[\W_])(?:comment\w*|notes?|remarks?|memo|description|about|bio|biography|summary|feedback|messages?|text|news|history"
    r"|коммент\w*|примечан\w*|замет\w*|пометк\w*|описани\w*|отзыв\w*|сообщени\w*|текст\w*|новост\w*|истори\w*)(?:$|[\W_])",
    re.I,
)
MOST_WORDS = 7
"""Most words of a value that can be a badge number, a street or a date; more are a sentence."""


@lru_cache(maxsize=2_000)
def is_remark(column: str) -> bool:
    """Tell by its header, in English or Russian, whether a column holds what people wrote freely."""
    return _REMARK.search(column) is not None
