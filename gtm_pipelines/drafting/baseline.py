"""The baseline drafter: mail merge from the pack's own template. The control arm of every experiment."""

from __future__ import annotations

from dataclasses import replace

from gtm_pipelines.drafting.model import DraftRefusedError, DraftRequest, DraftText, DraftWarning, Packs
from gtm_pipelines.drafting.values import values_for
from gtm_pipelines.packs.model import Rendered, RenderError

MAX_SUBJECT = 200
"""Beyond this a subject is cut by every mail program; the draft fails instead."""


class BaselineDrafter:
    """Merges what is known; invents nothing."""

    name = "baseline"

    def __init__(self, packs: Packs) -> None:
        self._packs = packs

    def write(self, request: DraftRequest) -> DraftText:
        """Return the merged mail; a variant the pack does not have, as the control arm, is merged from its first template.

        Raises:
            DraftRefusedError: a value is missing or unsafe.
        """
        language = request.target.language
        variant = request.variant if request.variant in request.pack.variants else request.pack.variants[0]
        try:
            mail = self._packs.render(request.pack, variant, language, values_for(request, language))
        except RenderError as error:
            raise DraftRefusedError(error.rule, str(error)) from error
        mail = replace(mail, subject=request.subject or mail.subject)
        if len(mail.subject) > MAX_SUBJECT:
            raise DraftRefusedError(
                "subject.too_long", f"The subject would have {len(mail.subject)} characters. Shorten the value."
            )
        return DraftText(mail.subject, mail.body, language, tuple(_warnings(request, mail)))


def _warnings(request: DraftRequest, mail: Rendered) -> list[DraftWarning]:
    limits = request.pack.manifest.limits
    found = [DraftWarning("phrase.fallback", f"'{name}' says less: a value is missing") for name in mail.fallbacks]
    if request.subject is None and len(mail.subject) > limits.subject_characters:
        too_long = f"{len(mail.subject)} characters; the pack asks for {limits.subject_characters}"
        found.append(DraftWarning("subject.long", too_long))
    words = len(mail.body.split())
    if words > limits.body_words:
        found.append(DraftWarning("body.long", f"{words} words; the pack asks for {limits.body_words}"))
    return found
