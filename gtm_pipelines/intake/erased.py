"""Keeps people who were erased from coming back with a list: their rows are refused, and nothing of them is kept."""

from __future__ import annotations

import re

import sqlalchemy as sa

from gtm_pipelines.intake.model import Kind
from gtm_pipelines.intake.read import RawRow
from gtm_pipelines.intake.sheet import Refused, Sheet
from gtm_pipelines.record import erasures

TOLD = "This person was erased on request and does not come back with a list."
_ADDRESS = re.compile(r"[^\s@,;\"'<>|()]+@[^\s@,;\"'<>|()]+")


def refuse_erased(connection: sa.Connection, workspace_id: str, kind: Kind, sheet: Sheet) -> None:
    """Move the rows of erased people to the refused ones, without their text; of the others already refused too.

    Args:
        connection: the transaction that writes the rows.
        workspace_id: whose.
        kind: what the records are; of companies only the refused are looked at.
        sheet: some records of a list.
    """
    if not erasures.is_any(connection, workspace_id):
        return
    keys = {position: _keys(sheet, position) for position in range(len(sheet) if kind == "contact" else 0)}
    said = {number: _said(row.raw) for number, (row, _) in enumerate(sheet.refused)}
    erased = erasures.known(connection, workspace_id, {key for found in (*keys.values(), *said.values()) for key in found})
    for number, found in said.items():
        if erased.intersection(found):
            sheet.refused[number] = (RawRow(sheet.refused[number][0].line, "", []), Refused(erasures.REASON, TOLD))
    verdicts = {position: Refused(erasures.REASON, TOLD) for position, found in keys.items() if erased.intersection(found)}
    for position in verdicts:
        sheet.raws[position] = ""
    sheet.refuse(verdicts)


def _keys(sheet: Sheet, position: int) -> tuple[erasures.Key, ...]:
    email, profile, name, company = (
        values[position] if (values := sheet.values.get(column)) else None
        for column in ("email", "linkedin_url", "full_name", "company_name")
    )
    others = (key for address in sheet.others.get(position, ()) for key in erasures.keys_of(address, None))
    return (*erasures.keys_of(email, profile, name, company), *others)


def _said(raw: str) -> tuple[erasures.Key, ...]:
    return tuple(key for address in _ADDRESS.findall(raw) for key in erasures.keys_of(address, None))
