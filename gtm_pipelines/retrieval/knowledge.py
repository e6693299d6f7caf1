"""What lies in files beside the record: prompt packs, and the reference data that comes with the workbench."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import yaml

from gtm_pipelines.ids import digest
from gtm_pipelines.retrieval.model import Document
from gtm_pipelines.retrieval.words import language_of

MOST_BYTES = 1_000_000
"""Larger files are no texts for people."""
_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.S)
_MARK = re.compile(r"\{\{\s*(\w+)[^}]*\}\}")


@dataclass(frozen=True)
class KnowledgeFolders:
    """Packs and reference data in folders.

    Args:
        packs: folders with ``NAME/VERSION/*.md``; a later one wins over an earlier. Of each pack the
            highest version is read: those it replaced say nearly the same.
        reference: folders with Markdown and CSV.
    """

    packs: tuple[Path, ...]
    reference: tuple[Path, ...] = ()

    def documents(self) -> list[Document]:
        """Return every file as texts: a Markdown file is one, so is a row of a CSV file."""
        return [*_texts("pack", _newest(_by_name(self.packs))), *_texts("reference", _by_name(self.reference))]


def _by_name(roots: tuple[Path, ...]) -> dict[str, Path]:
    return {path.relative_to(root).as_posix(): path for root in roots for path in _files(root)}


def _newest(files: Mapping[str, Path]) -> dict[str, Path]:
    newest: dict[str, tuple[int, ...]] = {}
    for pack, version in map(_version, files):
        newest[pack] = max(version, newest.get(pack, ()))
    return {name: path for name, path in files.items() if (found := _version(name))[1] == newest[found[0]]}


def _version(name: str) -> tuple[str, tuple[int, ...]]:
    """Return pack and version of a file, ``()`` where a folder is no version."""
    pack, _, rest = name.partition("/")
    return pack, tuple(int(part) for part in rest.partition("/")[0].split(".") if part.isdigit())


def _texts(kind: str, files: Mapping[str, Path]) -> Iterator[Document]:
    for name, path in sorted(files.items()):
        raw = path.read_bytes()
        read = _rows if path.suffix == ".csv" else _markdown
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for key, title, text in read(name, raw.decode("utf-8", "replace")):
            yield Document(kind, digest(kind, key)[:32], digest(raw), title, text, at, language_of(text), url=f"file:{key}")


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if path.suffix in (".md", ".csv") and path.is_file() and not hidden and path.stat().st_size <= MOST_BYTES:
            yield path


def _markdown(name: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Yield one text: what the front matter says in words, by language, and the body with its places left empty."""
    front = _FRONT.match(text)
    values = _yaml(front[1]) if front else {}
    body = text[front.end() :] if front else text
    said = [line for line in _said(values) if " " in line]
    title = str(values.get("title") or values.get("subject") or name.removesuffix(".md"))
    yield name, _MARK.sub(r"\1", title), _MARK.sub(r"\1", "\n".join([body.strip(), *said]).strip())


def _yaml(text: str) -> Mapping[str, Any]:
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return values if isinstance(values, Mapping) else {}


def _said(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _said(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _said(inner, name)
    elif isinstance(value, str) and value.strip():
        plain = name in ("", "en", "ru", "text", "fallback", "description", "title")
        yield value.strip() if plain else f"{name.replace('_', ' ')}: {value.strip()}"


def _rows(name: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Yield a text for each row: its cells under the names of their columns."""
    subject = Path(name).stem.replace("_", " ")
    for number, row in enumerate(csv.DictReader(StringIO(text)), start=2):
        cells = {
            str(column).replace("_", " "): cell
            for column, cell in row.items()
            if column and isinstance(cell, str) and cell.strip()
        }
        title = f"{subject}: {', '.join(list(cells.values())[:2])}".replace("_", " ")
        yield f"{name}#{number}", title, ". ".join(f"{column}: {cell}" for column, cell in cells.items()).replace("_", " ")
