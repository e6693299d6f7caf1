"""Files people bring: kept in the data folder under their content, so the pipeline can read them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from app.state import bench

_UNSAFE = re.compile(r"[^\w.() -]+")
_LONGEST = 120


def file_name(name: str) -> str:
    """Return the name of a file as the browser gave it, without what could leave a folder or be no name at all."""
    return _UNSAFE.sub("_", Path(name.replace("\\", "/")).name).strip(". ")[-_LONGEST:] or "list.csv"


def keep(name: str, content: bytes) -> Path:
    """Store an uploaded file and return where it lies; the same content is stored once.

    Args:
        name: as the browser gave it.
        content: the file's bytes.
    """
    safe = file_name(name)
    folder = bench().settings.home_path / "uploads" / hashlib.sha256(content).hexdigest()[:16]
    path = folder / safe
    if not (path.is_file() and path.stat().st_size == len(content)):
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{safe}.part"
        part.write_bytes(content)
        part.replace(path)
    return path
