"""The packs at hand: those that come with the workbench and the user's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.packs.model import PACK_NAME, PACK_VERSION, Pack, PackError, PackInfo, Problem, Rendered, version_numbers
from gtm_pipelines.packs.parse import parse_pack
from gtm_pipelines.packs.releases import ReleaseBook
from gtm_pipelines.packs.render import dress, render
from gtm_pipelines.packs.values import plain_value

MAX_FILE_BYTES = 200_000


class PackRegistry:
    """Packs by name and version, read afresh each time, so that an edited file counts at once.

    Args:
        folders: where packs lie, each as ``NAME/VERSION/``.
        book: which versions people promoted; without it the highest counts.
    """

    def __init__(self, folders: Sequence[Path], book: ReleaseBook | None = None) -> None:
        self._folders = tuple(folders)
        self._book = book

    def list(self) -> list[PackInfo]:
        """Return every pack and version, with what is wrong with those that cannot be used, and which ones count."""
        promoted = self._book.hashes() if self._book else {}
        infos = [self._info(name, version, folder) for (name, version), folder in sorted(self._found().items(), key=_order)]
        highest = {i.name: i.version for i in infos} | {i.name: i.version for i in infos if not i.waits}
        return [
            replace(
                info, current=version == info.version, changed=version == info.version and bytes_ not in (None, info.content_hash)
            )
            for info in infos
            for version, bytes_ in [promoted.get(info.name, (highest[info.name], None))]
        ]

    def get(self, pack: str, version: str | None = None) -> Pack:
        """Return a pack by name, at ``version`` or the one that counts; ``NAME@VERSION`` names both.

        The version that counts is what a person promoted last, exactly as it was then,
        else the highest that came along or was put there whole: a version that was begun as a copy
        here, by a person or an optimiser, counts by promotion alone.

        Raises:
            NotFoundError: there is no such pack or version.
            PackError: it is there and cannot be used.
        """
        name, _, named_version = pack.partition("@")
        wanted = version or named_version or None
        promoted = self._book.current(name) if self._book and not wanted else None
        if promoted is not None:
            return promoted
        versions = self._versions(name)
        if not versions:
            known = ", ".join(sorted({name for name, _ in self._found()})) or "none"
            raise NotFoundError(f"No pack is called '{name}' (known: {known}). 'gtm pack list' shows them.")
        if wanted and wanted not in versions:
            raise NotFoundError(
                f"Pack '{name}' has no version {wanted} (it has {', '.join(sorted(versions, key=version_numbers))})."
            )
        return _load(name, wanted, versions[wanted]) if wanted else self.newest(name)

    def newest(self, pack: str) -> Pack:
        """Return the highest version that counts without a promotion; where there is none, the highest.

        Raises:
            PackError: it cannot be read.
        """
        versions = self._versions(pack)
        highest = sorted(versions, key=version_numbers, reverse=True)
        infos = (self._info(pack, version, versions[version]) for version in highest)
        chosen = next((info.version for info in infos if not info.waits), highest[0])
        return _load(pack, chosen, versions[chosen])

    def versions(self, pack: str) -> Sequence[str]:
        """Return the versions of a pack that lie in the folders, lowest first."""
        return sorted(self._versions(pack), key=version_numbers)

    def before(self, pack: Pack) -> Pack | None:
        """Return the version a pack is based on: the one it names, else the next lower one that can be read."""
        lower = [item for item in self.versions(pack.name) if version_numbers(item) < version_numbers(pack.version)]
        base = pack.manifest.based_on if pack.manifest.based_on in lower else next(reversed(lower), None)
        try:
            return self.get(pack.name, base) if base else None
        except PackError:
            return None

    def revive(self, files: Mapping[str, str], *, where: str) -> Pack:
        """Return a pack from the files kept when it was used, whatever lies on the disk now."""
        return parse_pack(files, where=where)

    def render(self, pack: Pack, variant: str, language: str, values: Mapping[str, str | None]) -> Rendered:
        """Merge one mail; see ``packs.render``."""
        return render(pack, variant, language, values)

    def campaign_text(self, name: str, text: str) -> str | None:
        """Return a campaign's own text as a mail shows it; see ``packs.values``."""
        return plain_value(name, text, trusted=True)

    def dress(self, pack: Pack, language: str, values: Mapping[str, str | None], *, subject: str, body: str) -> Rendered:
        """Put greeting, name and footer around a written text; see ``packs.render``."""
        return dress(pack, language, values, subject=subject, body=body)

    def _versions(self, name: str) -> Mapping[str, Path]:
        return {found: folder for (found_name, found), folder in self._found().items() if found_name == name}

    def _found(self) -> Mapping[tuple[str, str], Path]:
        """Later folders, the user's own, win over the earlier ones."""
        return {key: folder for root in self._folders for key, folder in _packs_in(root)}

    def _info(self, name: str, version: str, folder: Path) -> PackInfo:
        try:
            pack = _load(name, version, folder)
        except PackError as error:
            return PackInfo(name, version, "", (), (), "", error.problems)
        manifest, compiled = pack.manifest, pack.compiled is not None
        copied = manifest.based_on is not None and not folder.is_relative_to(self._folders[0])
        return PackInfo(
            *(name, version, manifest.title, pack.variants, pack.languages, pack.content_hash), kind=pack.kind,
            choose=manifest.choose, compiled=compiled, optimised=pack.optimised, waits=copied or pack.optimised,
        )  # fmt: skip


def _packs_in(root: Path) -> Iterator[tuple[tuple[str, str], Path]]:
    for folder in sorted(root.glob("*/*/")) if root.is_dir() else ():
        if PACK_NAME.match(folder.parent.name) and PACK_VERSION.match(folder.name):
            yield (folder.parent.name, folder.name), folder


def _load(name: str, version: str, folder: Path) -> Pack:
    where = f"{name}/{version}"
    pack = parse_pack(_read(folder, where), where=where)
    if (pack.name, pack.version) != (name, version):
        said = Problem("pack.folder", "pack.md", f"it says {pack.name}/{pack.version}, its folder {where}; make them agree")
        raise PackError(where, (said,))
    return pack


def _read(folder: Path, where: str) -> dict[str, str]:
    files, problems = {}, []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).as_posix()
        if path.is_symlink():
            problems.append(Problem("pack.file.link", inside, "a pack holds files, not links; copy the file"))
        elif path.is_file() and not path.name.startswith("."):
            try:
                data = path.read_bytes()
                files[inside] = data[:MAX_FILE_BYTES].decode("utf-8")
            except UnicodeDecodeError:
                problems.append(Problem("pack.file.encoding", inside, "save it as UTF-8"))
                continue
            if len(data) > MAX_FILE_BYTES:
                problems.append(Problem("pack.file.size", inside, f"a file has at most {MAX_FILE_BYTES} bytes"))
    if problems:
        raise PackError(where, tuple(problems))
    return files


def _order(item: tuple[tuple[str, str], Path]) -> tuple[str, tuple[int, ...]]:
    return item[0][0], version_numbers(item[0][1])
