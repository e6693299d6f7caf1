"""Everything about one person as a file for them: one JSON document, or a ZIP with their mails beside it."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import InputError
from gtm_pipelines.privacy.find import Footprint
from gtm_pipelines.privacy.mentions import mentions
from gtm_pipelines.privacy.model import Person, PersonExport
from gtm_pipelines.record import suppressions
from gtm_pipelines.record import tables as t
from gtm_pipelines.record.upsert import among

_AROUND = 80
"""Characters given on each side of a mention in a row about others."""

ABOUT_OTHERS = (
    "context_entry", "page", "strategy_document", "strategy_correction", "interaction", "optimisation", "benchmark_run",
    "benchmark_score", "rewrite", "rewrite_item", "voice_sample", "coach_chat", "coach_message", "belief", "analysis",
)  # fmt: skip
"""Tables whose rows may be about somebody else and only name the person: of such, the words around are given."""

Rows = list[dict[str, Any]]


def gather(connection: sa.Connection, workspace_id: str, person: Person) -> dict[str, Rows]:
    """Return table → rows about a person, with companies, files and lists that stop mail to them."""
    own = Footprint(connection, workspace_id, person).find()
    found = {name: _rows(connection, workspace_id, t.metadata.tables[name], ids) for name, ids in own.items()}
    words = [text.lower() for text in (*person.addresses, *person.full_names)]
    mine = {*own.get("draft", ()), *person.contact_ids}
    for name in ABOUT_OTHERS:
        found[name] = [row if _is_of(row, mine) else _only_around(row, words) for row in found.get(name, ())]
    employers = [row["company_id"] for row in found.get("contact", ()) if row["company_id"]]
    found["company"] = _rows(connection, workspace_id, t.company, employers)
    batches = {row["batch_id"] for name in ("contact", "import_row", "fact") for row in found.get(name, ()) if row["batch_id"]}
    files = {row["id"]: row for row in _rows(connection, workspace_id, t.import_batch, sorted(batches))}
    for row in found.get("import_row", ()):
        row["file_name"] = files[row["batch_id"]]["file_name"]
    kept = ("id", "kind", "file_name", "source", "lawful_basis", "started_at", "undone_at")
    found["import_batch"] = [{name: row[name] for name in kept} for row in files.values()]
    found["stopped_by"] = _stops(connection, workspace_id, found.get("contact", []), person)
    found["mention"] = [
        {"table": m.table, "id": m.id, "column": name, "text": _around(value, person)}
        for m in mentions(connection, workspace_id, person, own)
        for name, value in m.columns.items()
    ]
    return {name: rows for name, rows in found.items() if rows}


def check_name(path: Path) -> None:
    """Check that a file's name says in which of the two forms a person is given.

    Raises:
        InputError: it says neither.
    """
    if path.suffix.lower() not in (".json", ".zip"):
        raise InputError(f"'{path.name}' says no form. End it in .json, or in .zip to have their mails beside it.")


def write(path: Path, person: Person, found: Mapping[str, Rows], at: datetime) -> PersonExport:
    """Write what was gathered to ``path``: ``.zip`` holds ``person.json`` and every mail as ``.eml``, else one JSON file.

    The file appears whole or not at all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    packed = path.suffix.lower() == ".zip"
    document = {"made_at": at.isoformat(), "addresses": person.addresses, "contact_ids": person.contact_ids, **found}
    if packed:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for row in found.get("inbound_message", ()):
                archive.writestr(f"mails/{row['id']}.eml", row["raw"])
                row["raw"] = f"mails/{row['id']}.eml"
            archive.writestr("person.json", _text(document))
    else:
        partial.write_text(_text(document), "utf-8")
    partial.replace(path)
    return PersonExport(path, len(person.contact_ids), {name: len(rows) for name, rows in found.items()})


def _rows(connection: sa.Connection, workspace_id: str, table: sa.Table, ids: list[str]) -> Rows:
    query = sa.select(table).where(table.c.workspace_id == workspace_id, among(connection, table.c.id, ids))
    rows = [dict(row._mapping) for row in connection.execute(query.order_by(table.c.id))]
    for row in rows:
        row.pop("workspace_id")
    return rows


def _stops(connection: sa.Connection, workspace_id: str, contacts: Rows, person: Person) -> Rows:
    """Say what keeps this person from being written to: their address, its domain or their company."""
    pairs = [(row["email"], row["company_id"]) for row in contacts] + [(address, None) for address in person.addresses]
    reasons = suppressions.find_many(connection, workspace_id, pairs)
    said = dict.fromkeys((address, reason) for (address, _), reason in zip(pairs, reasons, strict=True) if reason)
    return [{"address": address, "reason": reason} for address, reason in said]


def _is_of(row: dict[str, Any], mine: set[str]) -> bool:
    """Whether a row is about the person alone: a call for them, or what became of a draft to them."""
    return row.get("contact_id") in mine or row.get("draft_id") in mine


def _only_around(row: dict[str, Any], words: Sequence[str]) -> dict[str, Any]:
    """Return the words around the first mention in each text of a row about others."""
    told = {column: _near(value, words) for column, value in row.items() if isinstance(value, (str, dict, list))}
    return {"id": row["id"]} | {column: text for column, text in told.items() if text}


def _around(value: Any, person: Person) -> str:
    """Return the words around the first mention: the rest of the row is about others."""
    return _near(value, person.folded)


def _near(value: Any, words: Iterable[str]) -> str:
    """Return the text around the first of some words; nothing where none stands in it."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    places = [place for word in words if (place := text.lower().find(word)) >= 0]
    return text[max(min(places) - _AROUND, 0) : min(places) + 2 * _AROUND] if places else ""


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return str(value)
