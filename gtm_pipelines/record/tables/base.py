"""What every table of the record is made of: types, and the two columns all of them share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment in UTC on both engines; naive values are refused."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """Use ``timestamptz`` where there is one."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC on the way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment in the record must carry its time zone")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = sa.JSON().with_variant(JSONB(), "postgresql")
Id = sa.String(32)


def table(name: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    """Declare a table with the two columns all of them share."""
    return sa.Table(
        name,
        metadata,
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", sa.String(64), nullable=False),
        *columns,
    )


def ref(name: str, target: str, *, nullable: bool = True) -> sa.Column[str]:
    """A column that names a row of another table."""
    return sa.Column(name, Id, sa.ForeignKey(f"{target}.id"), nullable=nullable)


def at(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    """A moment."""
    return sa.Column(name, UtcDateTime, nullable=nullable)


def text(name: str, *, nullable: bool = True, default: str | None = None) -> sa.Column[str]:
    """A text of any length."""
    return sa.Column(name, sa.Text, nullable=nullable, server_default=default)


def count(name: str) -> sa.Column[int]:
    """A number that starts at nought."""
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def json_column(name: str) -> sa.Column[Any]:
    """A JSON value; ``jsonb`` where there is one."""
    return sa.Column(name, Json, nullable=False)


def where_given(name: str, *columns: str, unique: bool = False) -> sa.Index:
    """An index of the rows in which the last of ``columns`` holds something; the others cost it nothing."""
    given = sa.text(f"{columns[-1]} IS NOT NULL")
    return sa.Index(name, *columns, unique=unique, sqlite_where=given, postgresql_where=given)
