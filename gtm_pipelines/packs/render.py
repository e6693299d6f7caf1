"""Merge values into a pack's template. A missing value is an error, never a gap."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from gtm_pipelines.packs.environment import compiled
from gtm_pipelines.packs.lint import BODY, names_in
from gtm_pipelines.packs.model import Pack, Rendered, RenderError
from gtm_pipelines.packs.names import given_name, short_name
from gtm_pipelines.packs.sentence import fitted, job_title
from gtm_pipelines.packs.values import plain_value

_TITLE = "contact.position"
_FORMS = {"contact.first_name": given_name, "company.short_name": short_name, _TITLE: job_title}


def render(pack: Pack, variant: str, language: str, values: Mapping[str, str | None]) -> Rendered:
    """Merge one mail, footer included.

    Args:
        pack: a valid pack.
        variant: one of its variants.
        language: one of its languages.
        values: the pack's variables as the record keeps them; ``None`` for one that is missing.

    Raises:
        RenderError: a value is unsafe, a required one is missing, or one is given that
            the pack does not declare.
    """
    template = pack.templates.get((variant, language))
    if template is None:
        raise RenderError("pack.template", f"Pack {pack.name}/{pack.version} has no variant '{variant}' in '{language}'.")
    merged = _Values(pack, language, values)
    subject = " ".join(merged.merge(template.subject).split())
    return merged.closed(subject, merged.merge(template.body))


def dress(pack: Pack, language: str, values: Mapping[str, str | None], *, subject: str, body: str) -> Rendered:
    """Put the pack's frame and footer around a text a model or a person wrote.

    Greeting, name and footer are never a model's: they are merged, the text itself is not.

    Args:
        pack: a valid pack with a frame.
        language: one of its languages.
        values: as for ``render``.
        subject: the subject as it stands.
        body: what goes between greeting and signature, as it stands.

    Raises:
        RenderError: as ``render``, or the pack has no frame.
    """
    frame = pack.manifest.frame.get(language)  # type: ignore[call-overload]
    if frame is None:
        raise RenderError("pack.frame", f"Pack {pack.name}/{pack.version} has no frame in '{language}'. Add it to pack.md.")
    merged = _Values(pack, language, values)
    return merged.closed(" ".join(subject.split()), merged.merge(frame, {BODY: body.strip()}))


class _Values:
    """One person's values, checked and put into the pack's phrases."""

    def __init__(self, pack: Pack, language: str, values: Mapping[str, str | None]) -> None:
        safe = {name: _safe(pack, name, value) for name, value in values.items()}
        _check_missing(pack, safe)
        self._pack, self._language = pack, language
        self._known = {name: value for name, value in safe.items() if value is not None}
        variables = pack.manifest.variables.items()
        self._titles = frozenset(name for name, item in variables if item.source == _TITLE and language == "ru")
        self._phrases, self.fallbacks = _phrases(pack, language, self._known, self._titles)

    def merge(self, text: str, more: Mapping[str, str] | None = None) -> str:
        """Merge values and phrases into a text."""
        return _merge(text, self._known | self._phrases | dict(more or {}), self._titles)

    def closed(self, subject: str, body: str) -> Rendered:
        """Return the mail with the pack's footer below it."""
        footer = self._pack.manifest.footer[self._language]  # type: ignore[index]
        end = _merge(f"{footer.text.strip()}\n{footer.opt_out.strip()}", self._known, self._titles)
        return Rendered(subject=subject, body=f"{body.strip()}\n\n-- \n{end}\n", fallbacks=self.fallbacks)


def _safe(pack: Pack, name: str, value: str | None) -> str | None:
    """Return one value as it may stand in a mail, in the form its source calls for."""
    variable = pack.manifest.variables.get(name)
    if variable is None:
        raise RenderError("value.undeclared", f"The pack declares no variable called '{name}'.")
    plain = plain_value(name, value, trusted=variable.source.startswith(("sender.", "campaign.")))
    form = _FORMS.get(variable.source)
    return form(plain) if form else plain


def _check_missing(pack: Pack, values: Mapping[str, str | None]) -> None:
    missing = sorted(name for name, item in pack.manifest.variables.items() if item.required and values.get(name) is None)
    if missing:
        sources = ", ".join(f"{name} ({pack.manifest.variables[name].source})" for name in missing)
        raise RenderError("value.missing", f"The mail needs {sources}, which is empty. Fill it in and draft again.")


def _phrases(
    pack: Pack, language: str, known: Mapping[str, str], titles: frozenset[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    merged, fallbacks = {}, []
    for name, texts in pack.manifest.phrases.items():
        phrase = texts[language]  # type: ignore[index]
        whole = _names(phrase.text) <= set(known)
        merged[name] = _merge(phrase.text if whole else phrase.fallback, known, titles)
        if not whole:
            fallbacks.append(name)
    return merged, tuple(fallbacks)


@cache
def _names(text: str) -> frozenset[str]:
    return frozenset(names_in(text, "")[0])


def _merge(text: str, values: Mapping[str, str], titles: frozenset[str]) -> str:
    placed, shown = fitted(text, values, titles)
    return compiled(placed).render(shown)
