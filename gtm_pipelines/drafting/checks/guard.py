"""Guardrails: what must not go out whatever it rests on. Open fields, model talk, a wrong language, forbidden words, the law."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from gtm_pipelines.drafting.checks.forms import forms
from gtm_pipelines.drafting.checks.grounds import Place
from gtm_pipelines.drafting.checks.known import flat
from gtm_pipelines.drafting.checks.phrases import OPEN, OPT_OUT, TALK
from gtm_pipelines.drafting.checks.rules import Rules
from gtm_pipelines.drafting.evidence import Finding, Material

_CYRILLIC, _LETTER = re.compile("[а-яё]", re.I), re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_MIXED = re.compile(r"\b(?=[^\W\d_]*[a-z])(?=[^\W\d_]*[а-яё])[^\W\d_]{2,}\b", re.I)
_JOINER = "\u200d"
"""Holds the parts of one picture together."""
RUSSIAN_LEAST, ENGLISH_MOST = 0.5, 0.2
"""Share of Cyrillic letters that a Russian text has at least, and an English one at most: names may stand in either."""
PARAGRAPH_WORDS = 8
FOOTER = "\n-- \n"
FRAME_WORDS = 6
"""A first or last paragraph of so few words is a greeting or a signature."""


def guarded(material: Material, rules: Rules) -> Iterator[Finding]:
    """Yield what a draft must not go out with."""
    parts: tuple[tuple[Place, str], ...] = (("subject", material.subject), ("body", material.body))
    for place, text in parts:
        for match in OPEN.finditer(text):
            if not any(match[0] in allowed and "{{" not in match[0] for allowed in material.allowed):
                said = f"The field '{match[0][:60]}' was left open"
                yield Finding("merge.open", "block", said, "Put the text itself in its place.", *match.span(), place)
        for match in TALK.finditer(text):
            said = f"'{match[0].strip()[:60]}' is a model talking to whoever asked it, not to the reader"
            yield Finding("model.talk", "block", said, "Take it out; the mail begins with the greeting.", *match.span(), place)
        yield from _hidden(place, text)
        yield from _forbidden(place, text, rules)
    yield from _language(material, rules)
    yield from _law(material)


def _hidden(place: Place, text: str) -> Iterator[Finding]:
    """Yield what no reader sees: it hides words from people, or from the rules."""
    for at, sign in enumerate(text):
        if not sign.isascii() and unicodedata.category(sign) in ("Cf", "Co", "Cn", "Cs") and sign != _JOINER:
            hint = "Type the words anew."
            yield Finding(
                "hidden.sign", "block", f"An invisible sign (U+{ord(sign):04X}) stands in the text", hint, at, at + 1, place
            )
    for match in _MIXED.finditer(text):
        said = f"'{match[0]}' mixes Latin and Cyrillic letters that look alike"
        yield Finding("hidden.letters", "block", said, "Type the word anew in one alphabet.", *match.span(), place)


def _forbidden(place: Place, text: str, rules: Rules) -> Iterator[Finding]:
    if not rules.forbidden:
        return
    words = [(forms(match[0]), *match.span()) for match in _WORD.finditer(text)]
    for phrase in rules.forbidden:
        wanted = [forms(one) for one in _WORD.findall(phrase)]
        for at in range(len(words) - len(wanted) + 1 if wanted else 0):
            if all(words[at + number][0] & one for number, one in enumerate(wanted)):
                start, end = words[at][1], words[at + len(wanted) - 1][2]
                said = f"'{text[start:end]}' is on the list of words you do not want"
                yield Finding("forbidden.word", "block", said, "Say it in other words.", start, end, place)


def own_text(body: str) -> str:
    """Return a body without its footer."""
    return body.partition(FOOTER)[0]


def written(body: str) -> str:
    """Return a body without greeting, name and footer: its paragraphs but the first line and the last."""
    parts = [part for part in own_text(body).split("\n\n") if part.strip()]
    inner = [part for place, part in enumerate(parts) if len(part.split()) > (FRAME_WORDS if place in (0, len(parts) - 1) else 0)]
    return "\n\n".join(inner)


def _language(material: Material, rules: Rules) -> Iterator[Finding]:
    body, wanted = own_text(material.body), material.language
    letters = len(_LETTER.findall(body))
    share = len(_CYRILLIC.findall(body)) / letters if letters else 0.0
    hint = "Write it in the language of the recipient, or change theirs."
    if letters and ((wanted == "ru" and share < RUSSIAN_LEAST) or (wanted == "en" and share > ENGLISH_MOST)):
        yield Finding("language.wrong", "block", f"The text is not in the language asked for ({wanted})", hint)
        return
    told = rules.guess(body) if rules.guess else None
    if told is not None and told != wanted:
        yield Finding("language.wrong", "block", f"The text reads as '{told}', asked for was '{wanted}'", hint)
        return
    start = 0
    for part in body.split("\n\n"):
        russian = 2 * len(_CYRILLIC.findall(part)) >= len(_LETTER.findall(part))
        if wanted in ("en", "ru") and len(part.split()) >= PARAGRAPH_WORDS and russian != (wanted == "ru"):
            yield Finding("language.mixed", "flag", "A paragraph is in another language", hint, start, start + len(part))
        start += len(part) + 2


def _law(material: Material) -> Iterator[Finding]:
    """Yield what commercial mail must show (CAN-SPAM, 15 U.S.C. 7704(a): who writes, a postal address, a way out)."""
    own = {one.id: one.text for one in material.evidence if one.id.startswith("sender.")}
    if not own:
        return
    said = flat(material.body)
    if not any(flat(own[name]) in said for name in ("sender.name", "sender.address") if own.get(name)):
        yield Finding("compliance.identity", "block", "The mail does not say who writes", "Put the sender's name under it.")
    if (address := own.get("sender.postal_address")) and flat(address) not in said:
        hint = "Put the sender's postal address back at the end."
        yield Finding("compliance.postal_address", "block", "The mail does not show the sender's postal address", hint)
    if not OPT_OUT.search(material.body):
        hint = "Put the pack's line back that says how to stop these mails."
        yield Finding("compliance.opt_out", "block", "The mail does not say how to stop such mails", hint)
