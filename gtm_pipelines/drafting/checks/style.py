"""What makes a draft read badly or look like spam: lengths, ease of reading, and the signs filters look for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gtm_pipelines.drafting.checks import lexicon
from gtm_pipelines.drafting.checks.addresses import addresses
from gtm_pipelines.drafting.checks.guard import own_text
from gtm_pipelines.drafting.checks.reading import measure
from gtm_pipelines.drafting.checks.rules import Rules
from gtm_pipelines.drafting.evidence import Finding, Material

_SHOUT = re.compile(r"\b[A-ZА-ЯЁ]{4,}\b")
_MARKS = re.compile(r"[!?]{2,}|!(?:[^!\n]*!){3,}")
_FAKE = re.compile(r"^\s*(?:re|fwd?|fw|ответ|пересл\w*)\s*:", re.I)
_MONEY = re.compile(r"[$€£₽]{2,}|💰|🔥|🚀|‼️|❗")
MOST_LINKS = 2
"""More links than these filters take for advertising; a first mail does best with none."""


def styled(material: Material, rules: Rules) -> Iterator[Finding]:
    """Yield what a person should look at in the form of a draft."""
    yield from _lengths(material, rules)
    yield from _spam(material, rules)


def _lengths(material: Material, rules: Rules) -> Iterator[Finding]:
    if not material.subject.strip():
        yield Finding("length.subject", "block", "The mail has no subject", "Write one.", place="subject")
    if len(material.subject) > rules.subject:
        said = f"The subject has {len(material.subject)} characters; more than {rules.subject} are cut off"
        yield Finding("length.subject", "flag", said, "Shorten it.", place="subject")
    body = own_text(material.body)
    read = measure(body, material.language)
    if len(material.body.split()) > rules.words:
        said = f"The mail has {len(material.body.split())} words; more than {rules.words} are seldom read"
        yield Finding("length.words", "flag", said, "Shorten it to one thought and one question.")
    if read.words < rules.least_words:
        yield Finding("length.words", "flag", f"The mail has only {read.words} words", "Say why you write and what you ask for.")
    if read.longest > rules.sentence:
        yield Finding("length.sentence", "flag", f"One sentence has {read.longest} words", "Make two of it.")
    least = dict(rules.ease).get(material.language)
    if read.ease is not None and least is not None and read.ease < least:
        said = f"It reads hard: {read.ease:.0f} on Flesch's scale, at least {least:.0f} is asked for"
        yield Finding("reading.hard", "flag", said, "Shorter sentences and shorter words.")


def _spam(material: Material, rules: Rules) -> Iterator[Finding]:
    text = own_text(material.body)
    if rules.phrases:
        for name, said in (("spam", "reads like spam"), ("cliches", "is worn out")):
            for phrase in dict.fromkeys(rules.phrases(name, material.language, f"{material.subject}\n{text}")):
                told = f"'{phrase}' {said}"
                yield Finding(f"{name}.phrase", "flag", told, "Say it in your own words.", *_at(phrase, text))
    if _FAKE.match(material.subject) and material.subject not in material.allowed:
        said = "The subject claims to answer a mail"
        yield Finding("spam.fake_reply", "flag", said, "Leave 're:' out unless the mail is in a thread.", place="subject")
    known = " ".join((*material.allowed, *material.recipient, *(one.text for one in material.evidence)))
    loud = [m for m in _SHOUT.finditer(text) if m[0].lower() not in lexicon.ORDINARY_CAPITALS and m[0] not in known]
    if len(loud) > 1 or (loud and loud[0][0].lower() in lexicon.words()):
        yield Finding("spam.shouting", "flag", "Words in capitals shout", "Write them small.", *loud[0].span())
    if match := _MARKS.search(text):
        yield Finding("spam.exclaiming", "flag", "Too many exclamation marks", "One is plenty.", *match.span())
    if match := _MONEY.search(text):
        yield Finding("spam.signs", "flag", f"'{match[0]}' looks like advertising", "Leave it out.", *match.span())
    links = [one for one in addresses(text) if one.kind == "link"]
    if len(links) > MOST_LINKS:
        said = f"{len(links)} links in one mail look like advertising"
        yield Finding("spam.links", "flag", said, f"Keep {MOST_LINKS} at most.", links[MOST_LINKS].start, links[MOST_LINKS].end)


def _at(phrase: str, text: str) -> tuple[int, int] | tuple[None, None]:
    start = text.lower().find(phrase.lower())
    return (start, start + len(phrase)) if start >= 0 else (None, None)
