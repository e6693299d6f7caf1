"""Records of a file to values, ready to be matched, one column of a chunk at a time.

Nothing is read from the record here, so this part of an import holds no lock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from gtm_pipelines.intake.columns import Column
from gtm_pipelines.intake.mapping import ColumnMap
from gtm_pipelines.intake.records import Records
from gtm_pipelines.intake.sheet import WORDS, Candidate, Refused, Sheet
from gtm_pipelines.intake.values import cleaned, guess_language

_FOOTER = re.compile(
    r"\s*(?:grand totals?\b|totals?\s*(?:[:=]|$)|(?:total )?(?:records?|rows|count)\s*[:=]|\d+ (?:records?|rows)\b"
    r"|end of (?:report|file)|confidential\b|copyright\b|generated (?:by|on)\b|(?:всего|итого)\s*(?:[:=]|$)"
    r"|количество (?:записей|строк)|конец отчета|сформирован[ао]?\b)",
    re.I,
)


def preparer(
    mapping: ColumnMap, *, source: str | None, lawful_basis: str | None, shared: frozenset[str] = frozenset()
) -> Callable[[Records], Sheet]:
    """Return the function that turns records of this file into a sheet.

    Args:
        mapping: where the fields stand.
        source: of contacts that name none.
        lawful_basis: of contacts that name none.
        shared: domains that identify no company.
    """
    from gtm_pipelines.intake.prepare_company import company
    from gtm_pipelines.intake.prepare_contact import contact

    defaults = {name: value for name, value in (("source", source), ("lawful_basis", lawful_basis)) if value}

    def prepare(records: Records) -> Sheet:
        sheet = _sheet(records, mapping)
        if mapping.kind == "company":
            company(sheet, shared)
        else:
            contact(sheet, defaults, surname_first=mapping.surname_first)
        sheet.finish()
        return sheet

    return prepare


def _sheet(records: Records, mapping: ColumnMap) -> Sheet:
    """Clean the cells, column by column, and refuse records without any."""
    columns = records.columns or [[]] * len(mapping.header)
    values = {name: cleaned(columns[index]) for name, index in mapping.columns.items()}
    attributes = {name: cleaned(columns[index]) for name, index in mapping.attributes.items()}
    refused = [(row, Refused(row.reason_code or "", row.reason or "")) for row in records.refused]
    sheet = Sheet(records.lines, records.raws, {}, {}, suppress=[None] * len(records.lines), refused=refused)
    for name, column in values.items():
        sheet.put(name, column)
    sheet.attributes = {name: column for name, column in attributes.items() if any(text is not None for text in column)}
    cells = [*values.values(), *attributes.values()]
    sheet.refuse(_empty(cells, len(sheet)) | _footers(columns, cells))
    return sheet


def _empty(cells: Sequence[Column], count: int) -> dict[int, Refused]:
    """Find records without any value; there are none where some column is filled throughout."""
    if any(None not in column for column in cells):
        return {}
    empty = Refused("row.empty", "Every cell of the record is empty.")
    records = zip(*cells, strict=True) if cells else ((),) * count
    return {position: empty for position, of_record in enumerate(records) if not any(of_record)}


def _footers(columns: Sequence[Sequence[str]], cells: Sequence[Column]) -> dict[int, Refused]:
    """Find records that say something about the list, not about anybody: ``Total: 50 records``, alone in its line."""
    footer = Refused("row.footer", "The record is a line of the report, such as a total, and about nobody.")
    first = columns[0] if columns else ()
    suspected = {text for text in set(first) if _FOOTER.match(text)}
    places = (at for at, text in enumerate(first) if text in suspected) if suspected else ()
    return {at: footer for at in places if sum(column[at] is not None for column in cells) == 1}


def guessed_language(candidate: Candidate) -> str | None:
    """Guess what its owner reads from what the record says in words."""
    return guess_language(" ".join(filter(None, (candidate.values.get(name) for name in WORDS))))
