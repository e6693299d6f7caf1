"""What people do with packs: hold them to the rules, compare them, make versions of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gtm_pipelines.errors import InputError
from gtm_pipelines.packs.check import check
from gtm_pipelines.packs.diff import PackDiff, Step, diff
from gtm_pipelines.packs.model import Pack, PackError, Pair, Problem, Sample, Simulation, Writes, version_numbers
from gtm_pipelines.packs.registry import PackRegistry
from gtm_pipelines.packs.simulate import Progress, samples, simulate
from gtm_pipelines.packs.versions import derived, next_version, place, renamed

People = Callable[[str, int, Sequence[str]], Sequence[Sample]]
Person = Callable[[str, Sequence[str]], Sample]
PATTERN = "cold-email"
"""What a new pack begins as."""


class PackService:
    """Versions of packs.

    Args:
        registry: the packs at hand.
        own: the folder of the user's own packs, where new versions go.
        writers: what writes in a simulation, by name.
        people: the people of a segment, at most so many, in these languages.
        person: one contact, by id or address, in one of these languages.
    """

    def __init__(
        self, registry: PackRegistry, own: Path, writers: Mapping[str, Callable[[], Writes]], people: People, person: Person
    ) -> None:
        self._registry = registry
        self._own = own
        self._writers = dict(writers)
        self._people = people
        self._person = person

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

        Where neither is named and the one that counts is the highest, it is held against the version it is based on.

        Raises:
            NotFoundError: there is no such pack or version.
            PackError: one of them cannot be read.
        """
        known = self._registry.versions(pack)
        last, first = self._registry.get(pack, after or (known[-1] if known else None)), self._registry.get(pack, before)
        if before is None and after is None and first.content_hash == last.content_hash:
            first = self._registry.before(last) or first
        return diff(first, last)

    def new(self, pack: str, *, step: Step = "minor", like: str | None = None) -> Pack:
        """Begin a version: the next of a pack there is, else a new pack that begins as a copy of ``like``.

        The next version counts once a person promotes it. The first of a new pack counts at once, as there is no other.

        Args:
            pack: its name.
            step: how far the version of a pack there is goes up.
            like: what a new pack begins as, ``cold-email`` if absent; a pack there is begins its next version as itself.

        Raises:
            NotFoundError: there is nothing to copy.
            InputError: a pack there is was to begin as another.
            ConflictError: it is there already.
        """
        if not self._registry.versions(pack):
            return place(self._own, renamed(self._registry.get(like or PATTERN), pack))
        current = self._registry.get(pack)
        if like is not None and self._registry.get(like).name != pack:
            raise InputError(
                f"Pack '{pack}' is there already, and its next version begins as a copy of {pack}@{current.version}. "
                f"Leave --like out, or give the copy of '{like}' a name of its own."
            )
        return self.derive(current, step=step)

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

    def render(
        self, pack: str, variant: str | None = None, *, contact: str | None = None, language: str = "en", writer: str = "baseline"
    ) -> Pair:
        """Write one mail that nobody gets: to a contact, or to a sample person of ``language``.

        Raises:
            NotFoundError: there is no such pack, version or contact.
            InputError: the pack has no such variant or language, or nothing writes by that name.
        """
        chosen = self._registry.get(pack)
        person = self._person(contact, chosen.languages) if contact else _sample(language)
        names = (variant or next(iter(chosen.variants), ""),)
        return simulate(chosen, None, [person], self._writer(writer), variants=names).pairs[0]

    def simulate(
        self,
        pack: str,
        version: str | None = None,
        *,
        writer: str = "baseline",
        segment: str | None = None,
        limit: int = 20,
        variants: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> Simulation:
        """Try a version on sample people beside the one that counts; nothing is kept or sent.

        Args:
            pack: its name, or ``NAME@VERSION``.
            version: which one; the highest if absent.
            writer: ``baseline`` merges the templates, ``model`` asks models.
            segment: whose people it is tried on; those that come with the workbench if absent.
            limit: most people of a segment.
            variants: only these.
            progress: told how many mails are written.

        Raises:
            NotFoundError: there is no such pack, version or segment.
            InputError: there is no such writer or variant, or nobody to try it on.
        """
        name, _, named = pack.partition("@")
        known = self._registry.versions(name)
        tried = self._registry.get(name, version or named or (known[-1] if known else None))
        current = self._registry.get(name)
        people = self._people(segment, limit, tried.languages) if segment else samples()
        other = None if current.content_hash == tried.content_hash else current
        return simulate(tried, other, people, self._writer(writer), variants=variants, progress=progress)

    def _writer(self, name: str) -> Writes:
        if name not in self._writers:
            raise InputError(f"Nothing is called '{name}' that writes. Use one of: {', '.join(self._writers)}.")
        return self._writers[name]()


def _sample(language: str) -> Sample:
    found = next((person for person in samples() if person.language == language), None)
    if found is None:
        raise InputError(f"No sample person speaks '{language}'. Use en or ru.")
    return found
