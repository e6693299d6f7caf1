"""The rules a pack's templates, phrases and footers keep, checked before anything is written.

Templates merge plain names only: no attributes, calls, filters or blocks. So what a
mail can contain is known from reading the pack, and a value can run nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

from gtm_pipelines.packs.environment import environment
from gtm_pipelines.packs.manifest import Manifest, PhraseText
from gtm_pipelines.packs.model import Problem, Template

POSTAL_SOURCE = "sender.postal_address"
BODY = "body"
"""What a model wrote, in a frame."""


def lint(manifest: Manifest, templates: Iterable[Template]) -> list[Problem]:
    """Return everything wrong with a pack beyond the form of its front matter."""
    problems: list[Problem] = []
    used: set[str] = set()
    for where, text, allowed in _texts(manifest, templates):
        names, found = names_in(text, where)
        problems += found
        used |= names
        problems += [_forbidden(manifest, name, where) for name in sorted(names - allowed)]
    for name in sorted(set(manifest.variables) - used):
        problems.append(Problem("pack.variable.unused", f"variables.{name}", "no text uses it; remove it"))
    for name in sorted(set(manifest.phrases) - used):
        problems.append(Problem("pack.phrase.unused", f"phrases.{name}", "no template uses it; remove it"))
    for rule in (_languages, _frames, _footers, _names):
        problems += rule(manifest)
    return problems


def names_in(text: str, where: str) -> tuple[set[str], list[Problem]]:
    """Return the names a text merges, and what else stands in its placeholders."""
    try:
        tree = environment().parse(text)
    except TemplateSyntaxError as error:
        return set(), [Problem("pack.template.syntax", where, f"{error.message} (line {error.lineno})")]
    allowed = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name)
    if any(not isinstance(node, allowed) for node in tree.find_all(nodes.Node)):
        return set(), [Problem("pack.template.expression", where, "a placeholder holds one plain name, such as {{ company }}")]
    return {node.name for node in tree.find_all(nodes.Name)}, []


def _texts(manifest: Manifest, templates: Iterable[Template]) -> Iterator[tuple[str, str, set[str]]]:
    """Yield every text with the names that may stand in it."""
    every = set(manifest.variables)
    sure = {name for name, variable in manifest.variables.items() if variable.required}
    for template in templates:
        path = f"{template.variant}.{template.language}.md"
        yield f"{path}: subject", template.subject, sure | set(manifest.phrases)
        yield path, template.body, sure | set(manifest.phrases)
    for name, texts in manifest.phrases.items():
        for language, phrase in texts.items():
            yield f"phrases.{name}.{language}.text", phrase.text, every
            yield f"phrases.{name}.{language}.fallback", phrase.fallback, sure
    for code, frame in manifest.frame.items():
        yield f"frame.{code}", frame, sure | set(manifest.phrases) | {BODY}
    for code, footer in manifest.footer.items():
        yield f"footer.{code}.text", footer.text, sure
        yield f"footer.{code}.opt_out", footer.opt_out, sure


def _forbidden(manifest: Manifest, name: str, where: str) -> Problem:
    if name in manifest.variables:
        return Problem("pack.variable.optional", where, f"'{name}' is optional: put it in a phrase with a fallback")
    if name in manifest.phrases:
        return Problem("pack.phrase.nested", where, f"'{name}' is a phrase; phrases stand in templates only")
    return Problem("pack.variable.undeclared", where, f"'{name}' is neither a variable nor a phrase of the front matter")


def _languages(manifest: Manifest) -> Iterator[Problem]:
    spoken: set[str] = set(manifest.languages)
    groups: list[tuple[str, set[str]]] = [("footer", set(manifest.footer))] if manifest.kind != "judge" else []
    groups += [("frame", set(manifest.frame))] if manifest.frame else []
    groups += [(f"phrases.{name}", set(texts)) for name, texts in manifest.phrases.items()]
    groups += [(f"variables.{name}.default", set(item.default)) for name, item in manifest.variables.items() if item.default]
    for where, given in groups:
        for language in sorted(spoken - given):
            yield Problem("pack.language.missing", f"{where}.{language}", "write it in every language of the pack")
        for other in sorted(given - spoken):
            yield Problem("pack.language.unknown", f"{where}.{other}", "add the language to 'languages' or remove it")


def _frames(manifest: Manifest) -> Iterator[Problem]:
    for language, frame in manifest.frame.items():
        names, found = names_in(frame, "")
        if not found and BODY not in names:
            yield Problem("pack.frame.body", f"frame.{language}", "say where the text stands: {{ body }}")


def _footers(manifest: Manifest) -> Iterator[Problem]:
    postal = {name for name, variable in manifest.variables.items() if variable.source == POSTAL_SOURCE}
    for language, footer in manifest.footer.items():
        if not names_in(footer.text, "")[0] & postal:
            yield Problem("pack.footer.postal_address", f"footer.{language}", f"show a variable whose source is {POSTAL_SOURCE}")


def _names(manifest: Manifest) -> Iterator[Problem]:
    for name in sorted(set(manifest.variables) & set(manifest.phrases)):
        yield Problem("pack.name.twice", f"phrases.{name}", "a variable has this name; rename one of them")
    for name, texts in manifest.phrases.items():
        for language, phrase in texts.items():
            if not _optional_in(manifest, phrase):
                yield Problem(
                    "pack.phrase.needless", f"phrases.{name}.{language}", "it has no optional variable; write it in the template"
                )


def _optional_in(manifest: Manifest, phrase: PhraseText) -> bool:
    names, problems = names_in(phrase.text, "")
    optional = {name for name, variable in manifest.variables.items() if not variable.required}
    return bool(problems) or bool(names & optional)
