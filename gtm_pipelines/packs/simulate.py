"""Try a pack on sample people, side by side with the version that counts. Nothing is kept or sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib.resources import files

from gtm_pipelines.errors import InputError
from gtm_pipelines.packs.model import Pack, Pair, Sample, Simulated, Simulation, Writes, side

Progress = Callable[[int, int | None], None]
PAGE = 20
"""Mails asked for at once, between two reports of progress."""


def samples() -> list[Sample]:
    """Return the people that come with the workbench: in both languages, some with little known of them, some with odd values."""
    text = files("gtm_pipelines.packs").joinpath("lists", "samples.json").read_text("utf-8")
    return [Sample(item["name"], item["language"], item["snapshot"]) for item in json.loads(text)]


def simulate(
    pack: Pack,
    current: Pack | None,
    people: Sequence[Sample],
    writer: Writes,
    *,
    variants: Sequence[str] = (),
    progress: Progress | None = None,
) -> Simulation:
    """Write every variant to every person with both versions.

    Args:
        pack: the version that is tried.
        current: the one it is compared with; only its variants of the same name are written.
        people: those who speak no language of the pack are left out.
        writer: what writes.
        variants: only these; all of the pack's if empty.
        progress: told how many mails are written.

    Raises:
        InputError: the pack writes no mails, has no such variant, or nobody speaks its languages.
    """
    jobs = _jobs(pack, people, variants)
    old = [job for job in jobs if current is not None and (job[0], job[1].language) in current.templates]
    total, done = len(jobs) + len(old), 0

    def written(by: Pack, wanted: Sequence[tuple[str, Sample]]) -> list[Simulated]:
        nonlocal done
        mails: list[Simulated] = []
        for start in range(0, len(wanted), PAGE):
            mails += writer.write(by, wanted[start : start + PAGE])
            if progress:
                progress(done + len(mails), total)
        done += len(mails)
        return mails

    after = written(pack, jobs)
    before = written(current, old) if current is not None else []
    matched = {(variant, id(sample)): mail for (variant, sample), mail in zip(old, before, strict=True)}
    pairs = tuple(
        Pair(variant, sample, matched.get((variant, id(sample))), mail)
        for (variant, sample), mail in zip(jobs, after, strict=True)
    )
    told = side(f"{current.name}@{current.version}", before) if current is not None else None
    return Simulation(writer.name, told, side(f"{pack.name}@{pack.version}", after), pairs)


def _jobs(pack: Pack, people: Sequence[Sample], variants: Sequence[str]) -> list[tuple[str, Sample]]:
    unknown = sorted(set(variants) - set(pack.variants))
    if pack.kind == "judge" or unknown:
        known = ", ".join(pack.variants) or "none, for it judges drafts and writes no mails"
        raise InputError(f"Pack {pack.name}/{pack.version} has these variants to try: {known}.")
    spoken = [sample for sample in people if sample.language in pack.languages]
    if not spoken:
        raise InputError(f"There is nobody to try the pack on in its languages: {', '.join(pack.languages)}.")
    return [(variant, sample) for variant in (variants or pack.variants) for sample in spoken]
