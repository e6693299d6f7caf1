"""From a request and what is known to the case a program writes from. What stands around the text is merged, never written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gtm_pipelines.drafting.evidence import Evidence
from gtm_pipelines.drafting.model import DraftRefusedError, DraftRequest, Packs
from gtm_pipelines.drafting.programs.context import Known, said
from gtm_pipelines.drafting.programs.model import Case
from gtm_pipelines.drafting.thread import AUTOMATIC, CHARACTERS, Letter, Thread
from gtm_pipelines.drafting.values import values_for
from gtm_pipelines.packs.model import Pack, RenderError

_MARK = "\ue000"
"""A character no text may hold, where the text of a model goes."""
TONES: Mapping[str, str] = {
    "pack": "",
    "formal": "Tone: formal and reserved; full sentences, the polite form of address, no jokes.",
    "neutral": "Tone: plain and friendly, as between people who work.",
    "casual": "Tone: casual, as to somebody one knows a little; contractions and short sentences are welcome.",
}
HEARD_CONFIDENCE = 0.5
"""Of what somebody wrote back: below the floor, so that a person sees it where an answer repeats their price or their promise."""
LENGTHS: Mapping[str, float] = {"short": 0.5, "medium": 0.8, "long": 1.0}
"""Share of the words a pack allows."""


def case_of(request: DraftRequest, known: Known, packs: Packs, voice: str = "") -> Case:
    """Return the case of one draft.

    Args:
        request: whom to write to, and how.
        known: what is known of them.
        packs: merges greeting, name and footer.
        voice: the card of the sender's voice.

    Raises:
        DraftRefusedError: greeting or footer cannot be merged.
    """
    target, pack = request.target, request.pack
    before, after = _around(request, packs)
    texts = _campaign_texts(request)
    tone = TONES[request.settings.tone]
    variant = pack.manifest.variants.get(request.variant)
    return Case(
        recipient=_recipient(target.snapshot),
        language=target.language,
        variant=request.variant,
        offer="\n".join(f"[campaign.{name}] {text}" for name, text in texts.items()),
        occasion=f"{variant.title}. {variant.description}".strip() if variant else "",
        evidence=(*known.evidence, *_heard(request.thread), *_own(request, texts)),
        names=tuple(_names(target.snapshot)),
        previous="\n\n".join(_previous(request.thread)),
        message="\n\n".join(_heard_as(one) for one in request.thread.theirs),
        voice="\n".join(part for part in (tone, voice) if part),
        limits=_limits(pack, request.settings.length),
        allowed=tuple(_allowed(request, before, after, texts.values())),
        before=before,
        after=after,
        subject=request.subject or "",
    )


def _around(request: DraftRequest, packs: Packs) -> tuple[str, str]:
    language = request.target.language
    try:
        values = values_for(request, language)
        mail = packs.dress(request.pack, language, values, subject="-", body=_MARK)
    except RenderError as error:
        raise DraftRefusedError(error.rule, str(error)) from error
    before, mark, after = mail.body.partition(_MARK)
    if not mark or _MARK in after:
        raise DraftRefusedError("pack.frame", "The pack's frame must show the text exactly once.")
    return before, after


def _campaign_texts(request: DraftRequest) -> dict[str, str]:
    """Return what the campaign says of its offer, in the language of the mail."""
    language, found = request.target.language, {}
    for name, variable in request.pack.manifest.variables.items():
        if variable.source.startswith("campaign."):
            own = request.settings.variables.get(variable.source.removeprefix("campaign."), {}).get(language)
            text = own or variable.default.get(language)  # type: ignore[call-overload]
            if text:
                found[name] = " ".join(text.split())
    return found


def _own(request: DraftRequest, texts: Mapping[str, str]) -> Iterable[Evidence]:
    for name, text in texts.items():
        yield Evidence(f"campaign.{name}", name, text, "campaign")
    if request.mailbox.display_name:
        yield Evidence("sender.name", "sender", request.mailbox.display_name, "sender")


def _previous(thread: Thread) -> Iterable[str]:
    """Yield the sender's own earlier mails as a model reads them."""
    yield from (f"{one.at:%Y-%m-%d}, subject: {one.subject}\n{one.words}" for one in thread.own)


def _heard(thread: Thread) -> Iterable[Evidence]:
    """Yield what the other side wrote: others' words, which bring in no link of theirs."""
    for one in thread.theirs:
        if text := said(one.text, CHARACTERS):
            yield Evidence(f"reply:{one.id}", "message", text, "reply", HEARD_CONFIDENCE, one.at)


def _heard_as(one: Letter) -> str:
    kind = "an automatic answer" if one.kind == AUTOMATIC else "their answer"
    return f"{one.at:%Y-%m-%d}, {kind}: {said(one.text, CHARACTERS)}"


def _recipient(snapshot: Mapping[str, Any]) -> str:
    person, firm = snapshot.get("contact") or {}, snapshot.get("company") or {}
    name = person.get("full_name") or " ".join(filter(None, (person.get("first_name"), person.get("last_name"))))
    company = firm.get("name") or person.get("company_name")
    parts = [name or "somebody unnamed", person.get("position"), company]
    return ", ".join(" ".join(str(part).split())[:120] for part in parts if part)


def _names(snapshot: Mapping[str, Any]) -> Iterable[str]:
    person, firm = snapshot.get("contact") or {}, snapshot.get("company") or {}
    known = [person.get(name) for name in ("full_name", "first_name", "last_name", "position", "company_name")]
    return dict.fromkeys(str(one) for one in (*known, firm.get("name"), firm.get("short_name")) if one)


def _limits(pack: Pack, length: str) -> str:
    limits = pack.manifest.limits
    words = max(20, round(limits.body_words * LENGTHS[length]))
    return (
        f"Subject: at most {limits.subject_characters} characters. Text: at most {words} words, sentences of at most "
        f"{limits.sentence_words} words."
    )


def _allowed(request: DraftRequest, before: str, after: str, texts: Iterable[str]) -> Iterable[str]:
    mailbox = request.mailbox
    earlier = (request.subject, *(text for one in request.thread.own for text in (one.subject, one.words)))
    own = (mailbox.display_name, mailbox.address, mailbox.postal_address, mailbox.public_url, *earlier)
    return dict.fromkeys(
        text.strip() for text in (*own, *request.pack.manifest.links, before, after, *texts) if text and text.strip()
    )
