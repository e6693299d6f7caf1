"""Where a pack's variables get their values from: the frozen snapshot, the sender, the campaign."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gtm_pipelines.drafting.model import DraftRequest
from gtm_pipelines.packs.model import Variable
from gtm_pipelines.packs.values import plain_value

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


def values_for(request: DraftRequest, language: str) -> dict[str, str | None]:
    """Return the value of every variable of the pack; ``None`` where there is none.

    Raises:
        RenderError: a value could do harm in a mail.
    """
    return {name: _value(name, variable, request, language) for name, variable in request.pack.manifest.variables.items()}


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


def _value(name: str, variable: Variable, request: DraftRequest, language: str) -> str | None:
    owner, _, field = variable.source.partition(".")
    if owner == "sender":
        return plain_value(name, _sender(request)[field] or None, trusted=True)
    if owner == "campaign":
        own = request.settings.variables.get(field, {}).get(language)
        return plain_value(name, own or variable.default.get(language), trusted=True)  # type: ignore[call-overload]
    checked = plain_value(name, _listed(request.target.snapshot, owner, field))
    return given_name(checked) if variable.source == "contact.first_name" else checked


def _sender(request: DraftRequest) -> Mapping[str, str]:
    mailbox = request.mailbox
    return {"name": mailbox.display_name, "address": mailbox.address, "postal_address": mailbox.postal_address}


def _listed(snapshot: Mapping[str, Any], owner: str, field: str) -> str | None:
    values: Mapping[str, Any] = snapshot.get(owner) or {}
    if field.startswith("attribute."):
        value = (values.get("attributes") or {}).get(field.removeprefix("attribute."))
    elif owner == "company" and field in ("name", "short_name"):
        value = values.get("name") or (snapshot.get("contact") or {}).get("company_name")
        value = short_name(value) if field == "short_name" else value
    else:
        value = values.get(field)
    return None if value is None else str(value)
