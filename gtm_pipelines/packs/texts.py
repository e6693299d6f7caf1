"""Every text of a pack that may reach a reader, with its language and what it may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gtm_pipelines.packs.model import Pack


@dataclass(frozen=True)
class Text:
    """One text: ``subject``, ``body``, ``phrase``, ``frame``, ``footer``, ``default`` (of a campaign) or ``example``."""

    where: str
    language: str
    text: str
    kind: str


def shown(pack: Pack) -> Iterator[Text]:
    """Yield the texts a mail of the pack is made of, and the examples a model copies."""
    for template in pack.templates.values():
        path = f"{template.variant}.{template.language}.md"
        yield Text(f"{path}: subject", template.language, template.subject, "subject")
        yield Text(path, template.language, template.body, "body")
    manifest = pack.manifest
    for name, texts in manifest.phrases.items():
        for language, phrase in texts.items():
            yield Text(f"phrases.{name}.{language}.text", language, phrase.text, "phrase")
            yield Text(f"phrases.{name}.{language}.fallback", language, phrase.fallback, "phrase")
    for code, frame in manifest.frame.items():
        yield Text(f"frame.{code}", code, frame, "frame")
    for code, footer in manifest.footer.items():
        yield Text(f"footer.{code}.text", code, footer.text, "footer")
        yield Text(f"footer.{code}.opt_out", code, footer.opt_out, "footer")
    for name, variable in manifest.variables.items():
        for code, default in variable.default.items():
            yield Text(f"variables.{name}.default.{code}", code, default, "default")
    for example in pack.examples:
        if example.head.verdict == "good":
            path = f"examples/{example.name}.{example.language}.md"
            yield Text(f"{path}: subject", example.language, example.head.subject, "subject")
            yield Text(path, example.language, example.body, "example")
