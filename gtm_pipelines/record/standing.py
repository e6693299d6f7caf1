"""Where somebody stands in a sequence; built once, for what is asked and written whenever a mail of theirs has left."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.tables import campaign_step, contact, enrolment, target


def find(connection: sa.Connection, workspace_id: str, message: Mapping[Any, Any]) -> sa.RowMapping | None:
    """Return the enrolment that stands at this mail, with the wait before the next one and the frozen contact."""
    values = {"workspace": workspace_id} | {name: message[name] for name in ("campaign_id", "contact_id", "step")}
    return connection.execute(_find(), values).mappings().one_or_none()


@cache
def _find() -> sa.Select[Any]:
    following = sa.and_(campaign_step.c.campaign_id == enrolment.c.campaign_id, campaign_step.c.step == enrolment.c.step + 1)
    query = (
        sa.select(enrolment.c.id, enrolment.c.step, enrolment.c.status, campaign_step.c.wait_days, target.c.snapshot)
        .join(target, target.c.id == enrolment.c.target_id)
        .outerjoin(campaign_step, following)
        .where(
            enrolment.c.workspace_id == sa.bindparam("workspace"),
            *(enrolment.c[name] == sa.bindparam(name) for name in ("campaign_id", "contact_id", "step")),
            enrolment.c.status != "finished",
        )
    )
    return query.with_for_update(of=enrolment)


def move(connection: sa.Connection, workspace_id: str, enrolment_id: str, values: Mapping[str, Any]) -> None:
    """Change the columns that a passage changes."""
    given = {f"new_{name}": value for name, value in values.items()} | {"workspace": workspace_id, "key": enrolment_id}
    connection.execute(_move(tuple(values)), given)


@cache
def _move(columns: tuple[str, ...]) -> sa.Update:
    mine = enrolment.c.workspace_id == sa.bindparam("workspace"), enrolment.c.id == sa.bindparam("key")
    new = {name: sa.bindparam(f"new_{name}", type_=enrolment.c[name].type) for name in columns}
    return sa.update(enrolment).where(*mine).values(new)


def of_person(connection: sa.Connection, workspace_id: str, campaign_id: str, key: str) -> sa.RowMapping | None:
    """Return the enrolment of whoever a campaign writes to at an address, or of a contact by id; with names and target."""
    asked = sa.or_(sa.func.lower(target.c.recipient) == key.lower(), enrolment.c.contact_id == key)
    query = (
        sa.select(enrolment, target.c.recipient, target.c.status.label("target_status"), contact.c.full_name)
        .join(target, target.c.id == enrolment.c.target_id)
        .join(contact, contact.c.id == enrolment.c.contact_id)
        .where(enrolment.c.workspace_id == workspace_id, enrolment.c.campaign_id == campaign_id, asked)
    )
    return connection.execute(query.limit(1)).mappings().one_or_none()
