"""Lists of who is never to be written to: any text file with addresses or domains, with or without column names.

A line that cannot be used comes out with its reason; none is left out. Where a column is
named for it, its word is believed; otherwise the first cell that looks like an address
or a domain is the one. What stands behind it in the same cell is the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from gtm_pipelines.intake.decode import examine
from gtm_pipelines.intake.fields import header_key
from gtm_pipelines.intake.model import StopLine
from gtm_pipelines.intake.read import Lines, RawRow, lay_out, records
from gtm_pipelines.record.suppressions import HASH_MARK

IMPORTED = "imported"
"""The reason of a line that gives none."""
_HEADERS = {
    "value": "value, email, e mail, email address, e mail address, mail, address, domain, website, recipient, contact,"
    " suppressed, почта, эл почта, электронная почта, адрес, емейл, имейл, домен, сайт",
    "reason": "reason, why, comment, note, notes, status, type of suppression, причина, комментарий, примечание, статус",
    "kind": "kind, type, what, вид, тип",
}
_NAMES = {name.strip(): field for field, names in _HEADERS.items() for name in names.split(",")}
_KINDS = {
    "address": "address", "email": "address", "e mail": "address", "адрес": "address", "почта": "address",
    "domain": "domain", "домен": "domain", "company": "company", "компания": "company",
}  # fmt: skip
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_BETWEEN = " \t-–—:;,.|<>()\"'"
"""What may stand between an address and the reason behind it."""
_HOST = re.compile(r"^(?:https?://)?@?((?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_])\.?(?:[/:?#].*)?$", re.I)
_SEPARATOR = re.compile(r"^\ufeff?\"?sep=.\"?\s*$", re.I)


def read_stoplist(path: Path) -> Iterator[StopLine]:
    """Yield every record of a list, the usable and the others.

    Raises:
        InputError: the file cannot be read as text.
    """
    layout = lay_out(examine(path))
    with layout.file.text() as text:
        rows = records(layout.file, Lines(text), layout.delimiter)
        first = next(rows, None)
        if first is not None and _SEPARATOR.match(first.raw):
            first = next(rows, None)
        if first is None:
            return
        columns = _columns(first.cells)
        for row in rows if columns else chain([first], rows):
            yield _line(row, columns)


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """Return where the named columns stand, or nothing where the record is no line of names."""
    if any(_looks(cell) for cell in cells):
        return {}
    found: dict[str, int] = {}
    for index, cell in enumerate(cells):
        field = _NAMES.get(header_key(cell.lstrip("\ufeff")))
        if field:
            found.setdefault(field, index)
    return found if "value" in found else {}


def _line(row: RawRow, columns: Mapping[str, int]) -> StopLine:
    if row.reason_code:
        return StopLine(row.line, row.raw, refused=(row.reason_code, row.reason or ""))
    cells = [" ".join(cell.replace("\ufeff", "").split()).lstrip("'") for cell in row.cells]
    at = columns.get("value", next((i for i, cell in enumerate(cells) if _looks(cell)), 0))
    value = cells[at] if at < len(cells) else ""
    place = columns.get("reason", -1 if columns else at + 1)
    reason = cells[place] if 0 <= place < len(cells) and cells[place] else IMPORTED
    place = columns.get("kind", -1)
    said = _KINDS.get(header_key(cells[place])) if 0 <= place < len(cells) else None
    return _judged(row, value, reason, said)


def _judged(row: RawRow, value: str, reason: str, said: str | None) -> StopLine:
    if not any(cell.strip() for cell in row.cells):
        return StopLine(row.line, row.raw, refused=("row.empty", "Every cell of the record is empty."))
    if value.startswith(HASH_MARK) and said:
        return StopLine(row.line, row.raw, said, value, reason)
    if said == "company" and value:
        return StopLine(row.line, row.raw, "company", value, reason)
    found = _ADDRESS.findall(value) if "@" in value.lstrip("@") else []
    if len(found) > 1:
        several = f"'{value[:100]}' holds more than one address. Put each on a line of its own."
        return StopLine(row.line, row.raw, refused=("suppression.several", several))
    if found:
        address = found[0].removeprefix("mailto:").rstrip(_BETWEEN)
        return StopLine(row.line, row.raw, "address", address, _reason(reason, value.partition(found[0])[2]))
    first, _, behind = value.partition(" ")
    host = _HOST.match(first.rstrip(_BETWEEN))
    if host and said != "address":
        return StopLine(row.line, row.raw, "domain", host[1].removeprefix("www."), _reason(reason, behind))
    return StopLine(
        row.line, row.raw, refused=("suppression.no_value", f"'{value[:100]}' is neither an e-mail address nor a domain.")
    )


def _reason(given: str, behind: str) -> str:
    """Return the reason of its own cell, else what stands behind the value in the same one."""
    return behind.strip(_BETWEEN) or IMPORTED if given == IMPORTED else given


def _looks(cell: str) -> bool:
    text = cell.strip().lstrip("\ufeff'")
    first = (text.split() or [""])[0].rstrip(_BETWEEN)
    return bool(_ADDRESS.search(text) or _HOST.match(first) or text.startswith(HASH_MARK))
