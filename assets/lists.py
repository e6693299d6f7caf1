"""Which files a run imports: the one it was given, or what waits in the inbox folder."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import dagster as dg
from pydantic import Field

from gtm_pipelines.errors import InputError
from gtm_pipelines.record.batches import statuses_of_file
from gtm_pipelines.record.engine import Record

Kind = Literal["company", "contact"]
KINDS: tuple[Kind, ...] = ("company", "contact")
BLOCK = 1 << 20
FOLDERS = {"companies": "company", "contacts": "contact"}


class ImportConfig(dg.Config):
    """Files to import; empty to import everything in the inbox folder."""

    paths: list[str] = Field(default_factory=list, description="Files to import; empty for everything in the inbox folder.")
    kind: str = Field("", description="'company' or 'contact'; empty to tell by the file's name or folder.")
    overrides: dict[str, str] = Field(default_factory=dict, description="File column to field, where the header misleads.")
    sheet: str | None = Field(None, description="Sheet of a workbook; its first one with a table if empty.")
    profile: str | None = Field(None, description="Profile by which the columns are read; the one for such columns if empty.")
    save_profile: str | None = Field(None, description="Name under which the way the columns are read is remembered.")
    by: str = Field("system", description="Who imports.")
    undo: str = Field("", description="Import to take back instead of importing anything, by its id.")
    session_key: str | None = Field(None, description="Name under which the rows are found again.")
    source: str | None = Field(None, description="Where the list comes from.")
    lawful_basis: str | None = Field(None, description="Why these people may be written to.")


def kind_of(path: Path) -> Kind | None:
    """Tell what a list holds by its folder (companies/, contacts/) or its name (``*compan*``, ``*contact*``)."""
    folder, name = FOLDERS.get(path.parent.name.lower()), path.name.lower()
    found = [kind for kind in KINDS if kind == folder or (folder is None and kind[:6] in name)]
    return found[0] if len(found) == 1 else None


def files_to_import(config: ImportConfig, inbox: Path, record: Record) -> list[tuple[Path, Kind]]:
    """Return the files and what each holds, companies first, so that contacts find their company.

    A file that lies in the inbox folder and was undone is not brought back by the machine; a person may name it.

    Raises:
        InputError: a given file cannot be told to hold companies or contacts.
    """
    found = [(Path(path), _told(Path(path), config.kind)) for path in config.paths] or [
        (path, kind) for path, kind in waiting(inbox) if not statuses(record, path, kind) & {"undoing", "undone"}
    ]
    return sorted(found, key=lambda file: (KINDS.index(file[1]), file[0]))


def _told(path: Path, given: str) -> Kind:
    kind = next((known for known in KINDS if known == given), None) or kind_of(path)
    if kind is None:
        raise InputError(f"Say what {path.name} holds: set kind to 'company' or 'contact', or put the word in its name.")
    return kind


def waiting(inbox: Path) -> Iterator[tuple[Path, Kind]]:
    """Yield the lists in the inbox folder whose name or folder says what they hold."""
    for path in (path for end in ("csv", "csv.gz", "xlsx") for place in ("*", "*/*") for path in inbox.glob(f"{place}.{end}")):
        kind = kind_of(path)
        if kind and path.is_file():
            yield path, kind


def already_imported(record: Record, path: Path, kind: Kind) -> bool:
    """Tell whether a finished import read exactly these bytes, be it undone since."""
    return bool(statuses(record, path, kind) & {"finished", "undoing", "undone"})


def statuses(record: Record, path: Path, kind: Kind) -> set[str]:
    """Return where the imports of a file's very bytes, unpacked, stand; of one that cannot be read nothing is known."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            digest = hashlib.sha256()
            while block := file.read(BLOCK):
                digest.update(block)
    except (OSError, EOFError, zlib.error):
        return set()
    with record.read() as connection:
        return statuses_of_file(connection, record.workspace_id, kind, digest.hexdigest())
