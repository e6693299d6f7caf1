"""Names as people say them: a company without its legal form, a first name fit for a greeting."""

from __future__ import annotations

import re

_FORMS = (
    "общество с ограниченной ответственностью|публичное акционерное общество|закрытое акционерное общество"
    "|открытое акционерное общество|непубличное акционерное общество|акционерное общество|индивидуальный предприниматель"
    "|ООО|ОАО|ЗАО|ПАО|НАО|АО|ИП|ТОО|ФГУП|МУП"
)
_LATIN_FORMS = (
    r"inc|incorporated|corp|corporation|co|company|ltd|limited|llc|l\.l\.c|llp|plc|gmbh|ag|se|kg|s\.?a|s\.?r\.?l|s\.?p\.?a"
    r"|b\.?v|n\.?v|oy|oyj|ab|as|a/s|aps|pty|pte|sarl|sas|ooo|oao|zao|pao|co\.,? ltd|gmbh & co\.? kg"
)
_BEFORE = re.compile(rf"^(?:{_FORMS})\b[\s,]*(?=[«\"“'\w])", re.I)
_AFTER = re.compile(rf"[\s,]+(?:{_FORMS})\.?$", re.I)
_AFTER_LATIN = re.compile(rf"[\s,]+(?:{_LATIN_FORMS})\.?$", re.I)
_QUOTED = re.compile(r"^[«\"“„'](.+)[»\"”“']$")
_NAME = re.compile(r"^[^\W\d_]+(?:[ '’.-]{1,2}[^\W\d_]+)*\.?$")
_TITLES = re.compile(r"^(mr|mrs|ms|miss|dr|prof|sir|г-н|г-жа|господин|госпожа)\.?\s+", re.I)
MAX_NAME = 40


def short_name(name: str | None) -> str | None:
    """Return a company's name as people say it: without legal form and outer quotes."""
    short = (name or "").strip()
    for _ in range(3):
        bare = _AFTER_LATIN.sub("", _AFTER.sub("", _BEFORE.sub("", short))).strip(" ,")
        quoted = _QUOTED.match(bare)
        bare = quoted[1].strip() if quoted and not re.search(r"[«»\"“”„]", quoted[1]) else bare
        if bare == short:
            break
        short = bare or short
    return short or None


def given_name(name: str | None) -> str | None:
    """Return a first name fit for a greeting, or ``None`` where the field holds something else."""
    bare = _TITLES.sub("", " ".join((name or "").split()))
    if not _NAME.match(bare) or not 2 <= len(bare) <= MAX_NAME or bare.endswith("."):
        return None
    return bare.title() if bare.isupper() or bare.islower() else bare
