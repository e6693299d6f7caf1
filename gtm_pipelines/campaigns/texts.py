"""A campaign's own texts, held against its packs before anybody is frozen: what no mail can take is refused here once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.campaigns.sequence import Packs
from gtm_pipelines.errors import InputError
from gtm_pipelines.packs.model import Pack, RenderError


def check_texts(packs: Packs, settings: CampaignSettings, every: Sequence[Pack]) -> None:
    """Refuse texts that would stop or spoil every mail they are put into.

    Args:
        packs: tells what a mail takes.
        settings: the campaign's, with its texts.
        every: the packs of all its mails; their limits hold where texts are merged as they are, not written from.

    Raises:
        InputError: a text is too long, says nothing, or holds what no mail may; the limit is named.
    """
    for name, texts in settings.variables.items():
        for language, text in texts.items():
            said = f"The campaign text '{name}' ({language})"
            try:
                plain = packs.campaign_text(name, text)
            except RenderError as error:
                raise InputError(f"{said} cannot be used: {error}") from error
            if text and plain is None:
                raise InputError(f"{said} says nothing: {text!r}. Write what the mail is to say, or leave it out.")
            if plain and settings.drafter == "baseline":
                for pack in every:
                    _check_room(pack, name, language, plain, said)


def _check_room(pack: Pack, name: str, language: str, text: str, said: str) -> None:
    limits, where = pack.manifest.limits, f"{pack.name}/{pack.version}"
    merged = [key for key, item in pack.manifest.variables.items() if item.source == f"campaign.{name}"]
    words = len(text.split())
    if merged and words > limits.body_words:
        raise InputError(
            f"{said} has {words:,} words; a whole mail of {where} has at most {limits.body_words} (limits.body_words). "
            "Shorten it."
        )
    shown = [one.subject for one in pack.templates.values() if one.language == language]
    in_subject = any(re.search(rf"{{{{\s*{key}\s*}}}}", subject) for key in merged for subject in shown)
    if in_subject and len(text) > limits.subject_characters:
        raise InputError(
            f"{said} has {len(text):,} characters and stands in the subject; a subject of {where} has at most "
            f"{limits.subject_characters} (limits.subject_characters). Shorten it."
        )
