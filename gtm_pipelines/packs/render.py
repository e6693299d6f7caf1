"""Merge values into a pack's template. A missing value is an error, never a gap."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from gtm_pipelines.packs.environment import compiled
from gtm_pipelines.packs.lint import names_in
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
    safe = {name: _safe(pack, name, value) for name, value in values.items()}
    _check_missing(pack, safe)
    known = {name: value for name, value in safe.items() if value is not None}
    titles = frozenset(name for name, item in pack.manifest.variables.items() if item.source == _TITLE and language == "ru")
    phrases, fallbacks = _phrases(pack, language, known, titles)
    footer = pack.manifest.footer[language]  # type: ignore[index]
    end = _merge(f"{footer.text.strip()}\n{footer.opt_out.strip()}", known, titles)
    subject = " ".join(_merge(template.subject, known | phrases, titles).split())
    body = f"{_merge(template.body, known | phrases, titles).strip()}\n\n-- \n{end}\n"
    return Rendered(subject=subject, body=body, fallbacks=fallbacks)


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
