"""What people do with packs: hold them to the rules, compare them, make versions of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gtm_pipelines.packs.check import check
from gtm_pipelines.packs.diff import PackDiff, Step, diff
from gtm_pipelines.packs.model import Pack, PackError, Problem, version_numbers
from gtm_pipelines.packs.registry import PackRegistry
from gtm_pipelines.packs.versions import derived, next_version, place, renamed

PATTERN = "cold-email"
"""What a new pack begins as."""


class PackService:
    """Versions of packs.

    Args:
        registry: the packs at hand.
        own: the folder of the user's own packs, where new versions go.
    """

    def __init__(self, registry: PackRegistry, own: Path) -> None:
        self._registry = registry
        self._own = own

    def lint(self, pack: str, version: str | None = None) -> list[Problem]:
        """Return what is wrong with a version of a pack, errors first; also of one that cannot be read.

        Raises:
            NotFoundError: there is no such pack or version.
        """
        try:
            found = self._registry.get(pack, version)
        except PackError as error:
            return list(error.problems)
        return check(found, self._registry.before(found))

    def diff(self, pack: str, before: str | None = None, after: str | None = None) -> PackDiff:
        """Return what changed between two versions: by default from the one that counts to the highest.

        Raises:
            NotFoundError: there is no such pack or version.
            PackError: one of them cannot be read.
        """
        known = self._registry.versions(pack)
        return diff(self._registry.get(pack, before), self._registry.get(pack, after or (known[-1] if known else None)))

    def new(self, pack: str, *, step: Step = "minor", like: str = PATTERN) -> Pack:
        """Begin a version: the next of a pack there is, else a new pack that begins as a copy of ``like``.

        Raises:
            NotFoundError: there is nothing to copy.
            ConflictError: it is there already.
        """
        if not self._registry.versions(pack):
            return place(self._own, renamed(self._registry.get(like), pack))
        return self.derive(self._registry.get(pack), step=step)

    def derive(
        self, pack: Pack, changes: Mapping[str, str | None] | None = None, *, version: str | None = None, step: Step = "minor"
    ) -> Pack:
        """Add a later version of a pack with some files changed; it counts once a person promotes it.

        Args:
            pack: what it is based on.
            changes: texts by path; ``None`` removes a file.
            version: of the new one; the next free one by ``step`` if absent.
            step: how far the version goes up.

        Raises:
            PackError: the changed files make no pack.
            ConflictError: the version is there already.
        """
        highest = max([pack.version, *self._registry.versions(pack.name)], key=version_numbers)
        return place(self._own, derived(pack, version or next_version(highest, step), changes))
