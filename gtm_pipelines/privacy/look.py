"""Looking for a person's addresses in values and in columns, whatever their case."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.privacy.model import Person
from gtm_pipelines.record.text import LIKE_ESCAPE


def said_in(value: Any, person: Person) -> bool:
    """Tell whether one of the person's addresses stands in a value."""
    if value is None:
        return False
    if isinstance(value, bytes):
        lowered = value.lower()
        return any(address.encode() in lowered for address in person.folded)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return any(address in text.lower() for address in person.folded)


def contains(connection: sa.Connection, column: sa.Column[Any], person: Person) -> sa.ColumnElement[bool]:
    """Match a column that holds an address in any case (in small ASCII letters, or spelled so, beyond ASCII)."""
    return holds(connection, column, person.addresses)


def holds(connection: sa.Connection, column: sa.Column[Any], wanted: Iterable[str]) -> sa.ColumnElement[bool]:
    """Match a column that holds one of some texts, as spelled, in small letters or in capitals; nothing where there are none."""
    sqlite = connection.dialect.name == "sqlite"
    texts = {form for text in wanted for form in (text, text.lower(), text.upper())}
    if not texts:
        return sa.false()
    if isinstance(column.type, sa.LargeBinary):
        if sqlite:
            return sa.or_(*(sa.func.instr(column, text.encode()) > 0 for text in texts))
        return sa.or_(*(sa.func.position(sa.literal(text.encode(), sa.LargeBinary).op("IN")(column)) > 0 for text in texts))
    shown: sa.ColumnElement[Any] = column
    if isinstance(column.type, sa.JSON):
        shown = sa.type_coerce(column, sa.Text) if sqlite else sa.cast(column, sa.Text)
    texts |= {json.dumps(text)[1:-1] for text in texts if not text.isascii()}
    lowered = sa.func.lower(shown)
    return sa.or_(*(lowered.like(_pattern(text), escape=LIKE_ESCAPE) for text in texts))


def _pattern(text: str) -> str:
    """Return what a column in small letters is held against: SQLite makes only those of ASCII small."""
    for character in (LIKE_ESCAPE, "%", "_"):
        text = text.replace(character, LIKE_ESCAPE + character)
    return "%" + "".join(sign.lower() if sign.isascii() else sign for sign in text) + "%"
