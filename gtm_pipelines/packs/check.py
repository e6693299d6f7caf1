"""Everything ``gtm pack lint`` looks for in a pack that can be read."""

from __future__ import annotations

from collections.abc import Iterator

from gtm_pipelines.packs.content import words_of
from gtm_pipelines.packs.content_parts import parts_of
from gtm_pipelines.packs.diff import needed_step, step_between
from gtm_pipelines.packs.environment import compiled
from gtm_pipelines.packs.lint import names_in
from gtm_pipelines.packs.model import Pack, Problem, Template, version_numbers
from gtm_pipelines.packs.wording import found

_SIZES = ("patch", "minor", "major")


def check(pack: Pack, before: Pack | None = None) -> list[Problem]:
    """Return what is wrong with a pack, errors first.

    Args:
        pack: one that could be read.
        before: the version it is based on, if it is there.
    """
    problems = [*_frame(pack), *_lengths(pack), *_footers(pack), *words_of(pack), *parts_of(pack), *_version(pack, before)]
    return sorted(dict.fromkeys(problems), key=lambda problem: problem.severity != "error")


def _frame(pack: Pack) -> Iterator[Problem]:
    if pack.manifest.format == 2 and pack.kind != "judge" and not pack.manifest.frame:
        yield Problem("frame.missing", "frame", "nothing says what stands around a text that a model wrote")


def _footers(pack: Pack) -> Iterator[Problem]:
    manifest = pack.manifest
    for language, footer in manifest.footer.items():
        if not list(found("opt-out", language, footer.opt_out)):
            yield Problem("footer.opt_out", f"footer.{language}.opt_out", "it does not say how to stop the mails")
    names = {name for name, variable in manifest.variables.items() if variable.source == "sender.name"}
    ends: dict[str, str] = {language: footer.text for language, footer in manifest.footer.items()}
    for template in pack.templates.values():
        if not names & names_in(template.body + ends[template.language], "")[0]:
            yield Problem("footer.identity", f"{template.variant}.{template.language}.md", "the sender is not named")
    for language, frame in manifest.frame.items():
        if not names & names_in(frame + ends[language], "")[0]:
            yield Problem("footer.identity", f"frame.{language}", "the sender is not named")


def _lengths(pack: Pack) -> Iterator[Problem]:
    if pack.manifest.format == 2 and pack.kind != "judge":
        for name in ("subject_characters", "body_words"):
            if name not in pack.manifest.limits.model_fields_set:
                yield Problem("limits.missing", f"limits.{name}", "not set")
    for template in pack.templates.values():
        yield from _template_lengths(pack, template)


def _template_lengths(pack: Pack, template: Template) -> Iterator[Problem]:
    """Hold a template and its footer to the limits, with the pack's own texts in it and one word for every other value."""
    manifest, language = pack.manifest, template.language
    known = {name: item.default.get(language, "Word") for name, item in manifest.variables.items()}  # type: ignore[call-overload]
    known |= {name: compiled(texts[language].text).render(known) for name, texts in manifest.phrases.items()}  # type: ignore[index]
    where, limits = f"{template.variant}.{language}.md", manifest.limits
    subject = len(compiled(template.subject).render(known))
    footer = manifest.footer[language]  # type: ignore[index]
    whole = "\n".join((template.body, footer.text, footer.opt_out))
    words = len(compiled(whole).render(known).split())
    if subject > limits.subject_characters:
        yield Problem("limits.template", f"{where}: subject", f"{subject} characters, the limit is {limits.subject_characters}")
    if not limits.least_words <= words <= limits.body_words:
        yield Problem("limits.template", where, f"{words} words, the limits are {limits.least_words} to {limits.body_words}")


def _version(pack: Pack, before: Pack | None) -> Iterator[Problem]:
    base = pack.manifest.based_on
    if base and version_numbers(base) >= version_numbers(pack.version):
        yield Problem("version.order", "version", f"{pack.version} is not higher than {base}")
    elif before is not None and version_numbers(before.version) < version_numbers(pack.version):
        needed, made = needed_step(before, pack), step_between(before.version, pack.version)
        if needed is None:
            yield Problem("version.same", "version", f"it says the same as {before.version}")
        elif _SIZES.index(made) < _SIZES.index(needed):
            yield Problem("version.step", "version", f"what changed since {before.version} calls for a {needed} step")
