"""Most rows of a list are about somebody nobody knew, or repeat a row that was imported before.

Both are settled here by the chunk, without looking at a row by itself: a row whose keys no
other row of the chunk has is inserted unless the record has one of them, which its unique
keys decide; and a row that stands word for word in an earlier import, read by the same
columns, says nothing new about its owner. All others need care (``apply``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_ids
from gtm_pipelines.intake.columns import Column, pick
from gtm_pipelines.intake.merge import Policy
from gtm_pipelines.intake.sheet import Sheet
from gtm_pipelines.record import imports
from gtm_pipelines.record.upsert import among, insert_columns

KEYS = {"company": ("tin", "registration_number", "domain"), "contact": ("email_key", "linkedin_url")}


@dataclass(frozen=True)
class Settled:
    """Rows that need no care: positions in the sheet, each with its owner's id."""

    positions: list[int]
    owners: list[str]


def lone(policy: Policy, sheet: Sheet) -> list[int]:
    """Return the rows with a key, none of whose keys another row of the chunk has, that suppress nobody and name one address."""
    keys = [sheet.column(name) for name in KEYS[policy.kind]]
    found = list(zip(*keys, strict=True))
    careful = {position for position, stop in enumerate(sheet.suppress) if stop} | set(sheet.others)
    keyless_rows = {position for position, cells in enumerate(found) if not any(cells)}
    careful |= keyless_rows
    if policy.kind == "company" and keyless_rows:
        names = sheet.column("name_key")
        alone = {names[position] for position in keyless_rows}
        careful |= {position for position, name in enumerate(names) if name in alone}
    for column in keys:
        if twice := _repeated(column):
            careful |= {position for position, value in enumerate(column) if value in twice}
    return [position for position in range(len(sheet)) if position not in careful]


def insert(connection: sa.Connection, policy: Policy, sheet: Sheet, positions: Sequence[int], **common: Any) -> Settled:
    """Insert the rows at ``positions`` that share no key with the record; return those inserted."""
    if not positions:
        return Settled([], [])
    ids = list(new_ids(len(positions)))
    whole = len(positions) == len(sheet)
    given = sheet.values | {"language": sheet.reads, "attributes": sheet.texts}
    columns = {name: column if whole else pick(column, positions) for name, column in given.items()}
    columns["id"] = ids
    inserted = insert_columns(connection, policy.table, columns, encoded=("attributes",), ignore_conflicts=True, **common)
    if inserted == len(ids):
        return Settled(list(positions), ids)
    query = sa.select(policy.table.c.id).where(among(connection, policy.table.c.id, ids))
    there = set(connection.scalars(query))
    taken = [(position, key) for position, key in zip(positions, ids, strict=True) if key in there]
    return Settled([position for position, _ in taken], [key for _, key in taken])


def repeated(
    connection: sa.Connection,
    workspace_id: str,
    policy: Policy,
    sheet: Sheet,
    positions: Sequence[int],
    batches: Sequence[str],
) -> Settled:
    """Return the rows at ``positions`` that stand word for word in one of ``batches``, about the owner their keys name.

    Args:
        connection: an open transaction.
        workspace_id: whose rows.
        policy: of companies or contacts.
        sheet: the chunk.
        positions: rows to look at.
        batches: earlier imports that read the same columns.
    """
    owners = _owners(connection, workspace_id, policy, sheet, positions)
    said = imports.said_before(connection, workspace_id, batches, {owner for found in owners for owner in found})
    settled = [
        (position, next(iter(found)))
        for position, found in zip(positions, owners, strict=True)
        if len(found) == 1 and (next(iter(found)), sheet.hashes[position]) in said
    ]
    return Settled([position for position, _ in settled], [owner for _, owner in settled])


def _owners(
    connection: sa.Connection, workspace_id: str, policy: Policy, sheet: Sheet, positions: Sequence[int]
) -> list[set[str]]:
    """Return, for each row, the ids of those who have one of its keys."""
    found: list[set[str]] = [set() for _ in positions]
    table = policy.table
    for name in KEYS[policy.kind]:
        cells = pick(sheet.column(name), positions)
        wanted = {cell for cell in cells if cell is not None}
        if not wanted:
            continue
        query = sa.select(table.c[name], table.c.id).where(
            table.c.workspace_id == workspace_id, among(connection, table.c[name], wanted)
        )
        holders = {row[0]: row[1] for row in connection.execute(query)}
        for place, cell in enumerate(cells):
            if cell in holders:
                found[place].add(holders[cell])
    return found


def _repeated(column: Column) -> frozenset[Any]:
    """Return the values that a column has more than once."""
    filled: Iterable[Any] = [value for value in column if value is not None]
    counted = Counter(filled)
    if len(counted) == counted.total():
        return frozenset()
    return frozenset(value for value, times in counted.items() if times > 1)
