"""Where somebody stands in a sequence; built once, for what is asked and written whenever a mail of theirs has left."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.tables import campaign_step, contact, enrolment, target

_AT = ("campaign_id", "contact_id", "step")
"""What names the mail somebody stands at."""


def after(connection: sa.Connection, workspace_id: str, message: Mapping[Any, Any]) -> sa.RowMapping | None:
    """Return ``next_wait_days`` after this mail, ``None`` where it is the last, and the frozen contact; ``None`` for nobody."""
    return connection.execute(_after(), _given(workspace_id, message)).mappings().one_or_none()


@cache
def _after() -> sa.Select[Any]:
    following = sa.and_(campaign_step.c.campaign_id == enrolment.c.campaign_id, campaign_step.c.step == enrolment.c.step + 1)
    return (
        sa.select(campaign_step.c.wait_days.label("next_wait_days"), target.c.snapshot)
        .select_from(enrolment.join(target, target.c.id == enrolment.c.target_id).outerjoin(campaign_step, following))
        .where(*_stands())
    )


def move(
    connection: sa.Connection, workspace_id: str, message: Mapping[Any, Any], statuses: tuple[str, ...], values: Mapping[str, Any]
) -> bool:
    """Change the columns a passage changes, if somebody stands at this mail in one of ``statuses``; tell whether they did."""
    given = _given(workspace_id, message) | {f"new_{name}": value for name, value in values.items()}
    return connection.execute(_move(statuses, tuple(values)), given).rowcount == 1


@cache
def _move(statuses: tuple[str, ...], columns: tuple[str, ...]) -> sa.Update:
    new = {name: sa.bindparam(f"new_{name}", type_=enrolment.c[name].type) for name in columns}
    return sa.update(enrolment).where(*_stands(), enrolment.c.status.in_(statuses)).values(new)


def _given(workspace_id: str, message: Mapping[Any, Any]) -> dict[str, Any]:
    return {"workspace": workspace_id} | {f"this_{name}": message[name] for name in _AT}


def _stands() -> list[sa.ColumnElement[bool]]:
    here = [enrolment.c[name] == sa.bindparam(f"this_{name}") for name in _AT]
    return [enrolment.c.workspace_id == sa.bindparam("workspace"), *here]


def of_person(connection: sa.Connection, workspace_id: str, campaign_id: str, key: str) -> sa.RowMapping | None:
    """Return the enrolment of whoever a campaign writes to at an address, or of a contact by id; with names and target."""
    query = (
        sa.select(enrolment, target.c.recipient, target.c.status.label("target_status"), contact.c.full_name)
        .join(target, target.c.id == enrolment.c.target_id)
        .join(contact, contact.c.id == enrolment.c.contact_id)
        .where(enrolment.c.workspace_id == workspace_id, enrolment.c.campaign_id == campaign_id)
    )
    known = connection.execute(query.where(enrolment.c.contact_id == key)).mappings().one_or_none()
    if known is not None:
        return known
    return connection.execute(query.where(sa.func.lower(target.c.recipient) == key.lower()).limit(1)).mappings().one_or_none()
