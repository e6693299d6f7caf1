"""Read a pack from its files. Strict: everything wrong is found and named by its rule.

A pack is ``pack.md`` (front matter and notes) and one file a variant and language,
``VARIANT.LANGUAGE.md``, with the subject in its front matter and the body below. Since
format 2 it may also hold what models are instructed by (``parts``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from gtm_pipelines.ids import digest
from gtm_pipelines.packs.front import front_matter, read_head
from gtm_pipelines.packs.lint import lint
from gtm_pipelines.packs.model import PACK_NAME, PACK_VERSION, Manifest, Pack, PackError, Problem, Template
from gtm_pipelines.packs.parts import is_part, read_parts

PACK_FILE = "pack.md"


def parse_pack(files: Mapping[str, str], *, where: str) -> Pack:
    """Build a pack from its files.

    Args:
        files: text by path inside the pack's folder.
        where: what to call the pack in errors, such as ``cold-email/1.0.0``.

    Raises:
        PackError: anything is wrong; ``problems`` lists all of it, templates once the files are right.
    """
    return _parsed(where, tuple(sorted(files.items())))


@lru_cache(maxsize=64)
def _parsed(where: str, items: tuple[tuple[str, str], ...]) -> Pack:
    """The same texts are parsed once: YAML takes some fifty milliseconds a pack, and every page asks for all of them."""
    files = dict(items)
    if PACK_FILE not in files:
        raise PackError(where, (Problem("pack.file.missing", PACK_FILE, "add this file with the pack's front matter"),))
    manifest, notes = _manifest(files[PACK_FILE], where)
    templates, problems = _templates(files, manifest)
    parts = read_parts(files, manifest)
    problems = [*problems, *parts.problems] or lint(manifest, templates)
    if problems:
        raise PackError(where, tuple(problems))
    return Pack(
        name=manifest.pack,
        version=manifest.version,
        content_hash=content_hash(files),
        manifest=manifest,
        templates={(template.variant, template.language): template for template in templates},
        files=dict(files),
        notes=notes,
        parts=parts.texts,
        heads=parts.heads,
        examples=parts.examples,
        compiled=parts.compiled,
    )


def content_hash(files: Mapping[str, str]) -> str:
    """Return the hash over every file's path and text, in the order of their paths."""
    return digest(*(part for path in sorted(files) for part in (path, files[path])))


def _manifest(text: str, where: str) -> tuple[Manifest, str]:
    try:
        manifest, notes = read_head(Manifest, text, PACK_FILE)
    except PackError as error:
        raise PackError(where, error.problems) from error
    problems = []
    if not PACK_NAME.match(manifest.pack):
        problems.append(Problem("pack.name", "pack", "a name has lower-case letters, digits and hyphens"))
    if not PACK_VERSION.match(manifest.version):
        problems.append(Problem("pack.version", "version", "a version has three numbers, such as 1.0.0"))
    if manifest.based_on and not PACK_VERSION.match(manifest.based_on):
        problems.append(Problem("pack.version", "based_on", "a version has three numbers, such as 1.0.0"))
    if problems:
        raise PackError(where, tuple(problems))
    return manifest, notes.strip()


def _templates(files: Mapping[str, str], manifest: Manifest) -> tuple[list[Template], list[Problem]]:
    templates, problems = [], []
    wanted = {f"{variant}.{language}.md": (variant, language) for variant in manifest.variants for language in manifest.languages}
    for path, (variant, language) in wanted.items():
        if path not in files:
            problems.append(Problem("pack.template.missing", path, f"add variant '{variant}' in language '{language}'"))
            continue
        try:
            templates.append(_template(files[path], path, variant, language))
        except PackError as error:
            problems.extend(error.problems)
    for path in sorted(path for path in set(files) - set(wanted) - {PACK_FILE} if not is_part(path)):
        problems.append(Problem("pack.file.unknown", path, "no variant and language of the front matter; remove or declare it"))
    return templates, problems


def _template(text: str, path: str, variant: str, language: str) -> Template:
    data, body = front_matter(text, path)
    problems = [
        Problem("pack.key.unknown", f"{path}: {key}", "a template has only the key 'subject'") for key in set(data) - {"subject"}
    ]
    subject = data.get("subject")
    if not isinstance(subject, str) or not subject.strip() or "\n" in subject.strip():
        problems.append(Problem("pack.key.missing", f"{path}: subject", "give the subject as one line of text"))
    if not body.strip():
        problems.append(Problem("pack.template.empty", path, "write the mail below the front matter"))
    if problems:
        raise PackError(path, tuple(problems))
    return Template(variant, language, str(subject).strip(), body.strip())
