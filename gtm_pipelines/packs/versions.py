"""New versions of packs: copied, numbered, checked, and put into the user's own folder in one move."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from gtm_pipelines.errors import ConflictError, InputError
from gtm_pipelines.ids import new_id
from gtm_pipelines.packs.diff import Step
from gtm_pipelines.packs.model import PACK_NAME, PACK_VERSION, Pack, version_numbers
from gtm_pipelines.packs.parse import PACK_FILE, parse_pack
from gtm_pipelines.packs.parts import COMPILED_FILE

_LINE = r"^{}:.*$"


def next_version(version: str, step: Step) -> str:
    """Return the version one step up."""
    major, minor, patch = version_numbers(version)
    return {"major": f"{major + 1}.0.0", "minor": f"{major}.{minor + 1}.0", "patch": f"{major}.{minor}.{patch + 1}"}[step]


def derived(pack: Pack, version: str, changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Return the files of a later version of a pack.

    Its compiled state stays behind unless ``changes`` brings one: it was made of the
    earlier instructions and would silently win over those that are edited now.

    Args:
        pack: what it is based on.
        version: of the new one, higher than the pack's.
        changes: files by path that become others; ``None`` removes one. ``pack.md`` is
            given its version and base afterwards.

    Raises:
        InputError: the version is none, or not higher.
    """
    if not PACK_VERSION.match(version) or version_numbers(version) <= version_numbers(pack.version):
        raise InputError(f"'{version}' is not a version above {pack.version}. Give three numbers, such as 1.2.0.")
    files = {path: text for path, text in pack.files.items() if path != COMPILED_FILE} | dict(changes or {})
    kept = {path: text for path, text in files.items() if text is not None}
    kept[PACK_FILE] = _headed(kept[PACK_FILE], version=version, based_on=pack.version)
    return kept


def renamed(pack: Pack, name: str) -> dict[str, str]:
    """Return the files of a new pack that begins as a copy of another, at version 1.0.0.

    Raises:
        InputError: the name does not fit.
    """
    if not PACK_NAME.match(name):
        raise InputError(f"'{name}' is no name for a pack. Use lower-case letters, digits and hyphens.")
    files = {path: text for path, text in pack.files.items() if path != COMPILED_FILE}
    title = name.replace("-", " ").capitalize()
    files[PACK_FILE] = _headed(files[PACK_FILE], pack=name, version="1.0.0", title=title, based_on=None)
    return files


def place(folder: Path, files: Mapping[str, str]) -> Pack:
    """Put a new version into a folder of packs, whole or not at all, and return it.

    Raises:
        PackError: the files make no pack.
        ConflictError: this version is there already.
    """
    pack = parse_pack(files, where="the new version")
    target = folder / pack.name / pack.version
    making = folder / pack.name / f".new-{new_id()}"
    if target.exists():
        raise ConflictError(f"{pack.name}/{pack.version} lies in {folder} already. Choose a higher version.")
    for path, text in files.items():
        (making / path).parent.mkdir(parents=True, exist_ok=True)
        (making / path).write_bytes(text.encode("utf-8"))
    try:
        making.rename(target)
    except OSError as error:
        shutil.rmtree(making, ignore_errors=True)
        raise ConflictError(f"{pack.name}/{pack.version} could not be put into {folder}: {error}. Try again.") from error
    return pack


def _headed(text: str, **values: str | None) -> str:
    """Return a file with keys of its front matter set; ``None`` removes one."""
    head, fence, rest = text.replace("\r\n", "\n").removeprefix("---\n").partition("\n---\n")
    for key, value in values.items():
        line = re.compile(_LINE.format(key), re.M)
        if value is None:
            head = re.sub(rf"^{key}:.*\n?", "", head, flags=re.M)
        elif line.search(head):
            head = line.sub(f"{key}: {value}", head, count=1)
        else:
            head = f"{head}\n{key}: {value}"
    return f"---\n{head}{fence}{rest}"
