"""Where a pack's variables get their values from: the frozen snapshot, the sender, the campaign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gtm_pipelines.drafting.model import DraftRequest
from gtm_pipelines.packs.model import Variable


def values_for(request: DraftRequest, language: str) -> dict[str, str | None]:
    """Return what is known for every variable of the pack, as it is kept; merging checks it."""
    return {name: _value(variable, request, language) for name, variable in request.pack.manifest.variables.items()}


def _value(variable: Variable, request: DraftRequest, language: str) -> str | None:
    owner, _, field = variable.source.partition(".")
    if owner == "sender":
        return _sender(request)[field] or None
    if owner == "campaign":
        own = request.settings.variables.get(field, {}).get(language)
        return own or variable.default.get(language)  # type: ignore[call-overload]
    return _listed(request.target.snapshot, owner, field)


def _sender(request: DraftRequest) -> Mapping[str, str]:
    mailbox = request.mailbox
    return {"name": mailbox.display_name, "address": mailbox.address, "postal_address": mailbox.postal_address}


def _listed(snapshot: Mapping[str, Any], owner: str, field: str) -> str | None:
    values: Mapping[str, Any] = snapshot.get(owner) or {}
    if field.startswith("attribute."):
        value = (values.get("attributes") or {}).get(field.removeprefix("attribute."))
    elif owner == "company" and field in ("name", "short_name"):
        value = values.get("name") or (snapshot.get("contact") or {}).get("company_name")
    else:
        value = values.get(field)
    return None if value is None else str(value)
