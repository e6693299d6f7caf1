"""Values of the intake: what is proposed for a file, and what became of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

Kind = Literal["company", "contact"]

IMPORTED = "imported"
"""The row made a new company or contact."""
MERGED = "merged"
"""The row was folded into one that this import made, or changed one that was there."""
UNCHANGED = "unchanged"
"""The record held everything the row says before this import."""
REJECTED = "rejected"
"""The row was not used; its reason code says why."""

FREE_MAIL = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com msn.com yahoo.com yahoo.co.uk ymail.com aol.com
    icloud.com me.com mac.com gmx.com gmx.de gmx.net web.de t-online.de mail.com proton.me protonmail.com pm.me zoho.com
    fastmail.com tutanota.com hey.com mail.ru bk.ru list.ru inbox.ru internet.ru vk.com yandex.ru yandex.com ya.ru yandex.by
    yandex.kz yandex.ua rambler.ru lenta.ru autorambler.ru ro.ru ukr.net i.ua qq.com 163.com 126.com sina.com foxmail.com
    naver.com daum.net hanmail.net orange.fr wanadoo.fr free.fr laposte.net libero.it virgilio.it seznam.cz wp.pl o2.pl
    onet.pl interia.pl btinternet.com sky.com comcast.net verizon.net att.net sbcglobal.net cox.net rediffmail.com
    uol.com.br bol.com.br terra.com.br
    """.split()
)
"""Domains at which anybody can have an address; such a domain says nothing about the company."""

ROLE_NAMES = frozenset(
    "abuse admin billing careers contact enquiries help hello hr info jobs mail marketing noreply no-reply office orders"
    " postmaster pr press sales secretar service support team webmaster zakaz priemnaya buh".split()
)
"""Local parts that reach a desk, not a person (the role mailboxes of RFC 2142, and what offices add)."""


@dataclass(frozen=True)
class ColumnProposal:
    """One column of a file: the field it is taken for, or ``None`` to keep it as an attribute."""

    column: str
    field: str | None
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class MappingProposal:
    """How a file would be read, before anything is written."""

    kind: Kind
    file_name: str
    encoding: str
    delimiter: str
    columns: tuple[ColumnProposal, ...]
    fields: tuple[str, ...]
    """Every field a column of this kind of file can be mapped to."""
    missing: tuple[str, ...] = ()
    """Sets of fields of which at least one is needed and none was found, such as ``email or linkedin_url``."""
    profile: str | None = None
    """The profile by which the columns are read, if there is one for them."""

    is_workbook: bool = False
    """Whether the file is a sheet of a workbook, so that encoding and delimiter say nothing."""
    sheet: str | None = None
    """Name of that sheet."""
    header_line: int = 1
    """Line of the file, or row of the sheet, in which the header begins."""
    left_out: tuple[str, ...] = ()
    """Inner columns of an export of ours, which are not read."""

    @property
    def mapping(self) -> dict[str, str]:
        """File column → field, for the mapped columns."""
        return {c.column: c.field for c in self.columns if c.field}

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Columns that stay attributes."""
        return tuple(c.column for c in self.columns if not c.field)


@dataclass(frozen=True)
class ImportReport:
    """What became of a file. ``rows`` is always the sum of the four outcomes."""

    batch_id: str
    kind: Kind
    file_name: str
    rows: int
    imported: int
    merged: int
    unchanged: int
    rejected: int
    reasons: Mapping[str, int]
    encoding: str
    delimiter: str
    session_key: str
    seconds: float
    mapping: Mapping[str, str] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """Inner columns of an export of ours, which were not read."""
    shared_domains: tuple[str, ...] = ()
    """Websites that many unrelated companies of the file name; they identified none of them."""
    status: str = "finished"
    """``finished``, or ``running`` while rows are still being read or after an interruption."""
    started_at: datetime | None = None
    sheet: str | None = None
    """Name of the sheet, of a workbook that has just been read."""
    header_line: int | None = None
    """Where its header begins."""


@dataclass(frozen=True)
class RejectedRow:
    """A row that was not used, with its place in the file and its text as it stood there."""

    line_number: int
    reason_code: str
    reason: str
    raw: str


@dataclass(frozen=True)
class UndoReport:
    """What taking an import back does, or would do. Every company or contact of it is in exactly one count."""

    batch_id: str
    kind: Kind
    file_name: str
    dry_run: bool
    rows: int
    removed: int
    """Known from this import alone."""
    restored: int
    """Told anew from other imports, with another value than before."""
    unchanged: int
    """Said by other imports just so."""
    kept: int
    """Left as they are; ``kept_because`` says why."""
    kept_because: Mapping[str, int]
    """``campaign``, ``message``, ``conversation``, ``merge``, ``protection``, ``made_otherwise`` or ``rows_unreadable``."""
    examples: Mapping[str, tuple[str, ...]]
    seconds: float


class StopLine(NamedTuple):
    """One record of a list of who is never to be written to: a value with its kind, or ``(code, reason)`` why not."""

    line: int
    raw: str
    kind: str | None = None
    value: str | None = None
    reason: str | None = None
    refused: tuple[str, str] | None = None
