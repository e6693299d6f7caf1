"""Read a pack from its files. Strict: everything wrong is found and named by its rule.

A pack is ``pack.md`` (front matter and notes) and one file a variant and language,
``VARIANT.LANGUAGE.md``, with the subject in its front matter and the body below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from gtm_pipelines.ids import digest
from gtm_pipelines.packs.lint import lint
from gtm_pipelines.packs.model import PACK_NAME, PACK_VERSION, Manifest, Pack, PackError, Problem, Template

PACK_FILE = "pack.md"
_FENCE = "---\n"


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML in which a key may stand only once."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is not a text", key_node.start_mark)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key '{key}' stands twice", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parse_pack(files: Mapping[str, str], *, where: str) -> Pack:
    """Build a pack from its files.

    Args:
        files: text by path inside the pack's folder.
        where: what to call the pack in errors, such as ``cold-email/1.0.0``.

    Raises:
        PackError: anything is wrong; ``problems`` lists all of it, templates once the files are right.
    """
    if PACK_FILE not in files:
        raise PackError(where, (Problem("pack.file.missing", PACK_FILE, "add this file with the pack's front matter"),))
    manifest, notes = _manifest(files[PACK_FILE], where)
    templates, problems = _templates(files, manifest)
    problems = problems or lint(manifest, templates)
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
    )


def content_hash(files: Mapping[str, str]) -> str:
    """Return the hash over every file's path and text, in the order of their paths."""
    return digest(*(part for path in sorted(files) for part in (path, files[path])))


def front_matter(text: str, path: str) -> tuple[Mapping[str, Any], str]:
    """Split a file into its front matter and what follows.

    Raises:
        PackError: there is no front matter, or it is no strict YAML mapping.
    """
    text = text.replace("\r\n", "\n")
    head, fence, rest = text.removeprefix(_FENCE).partition("\n" + _FENCE)
    if not text.startswith(_FENCE) or not fence:
        raise PackError(path, (Problem("pack.front_matter", path, "begin with front matter between two lines of '---'"),))
    try:
        data = yaml.load(head, Loader=_StrictLoader)  # noqa: S506 - derived from the safe loader
    except yaml.YAMLError as error:
        raise PackError(path, (Problem("pack.front_matter", path, f"not valid YAML: {_flat(error)}"),)) from error
    if not isinstance(data, dict):
        raise PackError(path, (Problem("pack.front_matter", path, "the front matter is not a mapping of keys"),))
    return data, rest


def _manifest(text: str, where: str) -> tuple[Manifest, str]:
    data, notes = front_matter(text, PACK_FILE)
    try:
        manifest = Manifest.model_validate(data, strict=False)
    except ValidationError as error:
        raise PackError(where, tuple(_problem(dict(item)) for item in error.errors())) from error
    problems = []
    if not PACK_NAME.match(manifest.pack):
        problems.append(Problem("pack.name", "pack", "a name has lower-case letters, digits and hyphens"))
    if not PACK_VERSION.match(manifest.version):
        problems.append(Problem("pack.version", "version", "a version has three numbers, such as 1.0.0"))
    if problems:
        raise PackError(where, tuple(problems))
    return manifest, notes.strip()


def _problem(item: Mapping[str, Any]) -> Problem:
    where = ".".join(str(part) for part in item["loc"] if part != "[key]")
    rule = {"extra_forbidden": "pack.key.unknown", "missing": "pack.key.missing"}.get(item["type"], "pack.value")
    text = {"pack.key.unknown": "no such key; remove it or correct its spelling", "pack.key.missing": "add this key"}
    return Problem(rule, where, text.get(rule, str(item["msg"]).removeprefix("Value error, ")))


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
    for path in sorted(set(files) - set(wanted) - {PACK_FILE}):
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


def _flat(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    line = f" (line {mark.line + 2})" if mark else ""
    return f"{getattr(error, 'problem', None) or 'unreadable'}{line}"
