"""Texts as visitors see them: where words stand in them, and which lines speak to machines instead. No I/O."""

from __future__ import annotations

import re
import unicodedata

LEAST_WORDS, LEAST_LETTERS = 3, 10
"""A shorter quote stands in nearly any text."""
_SIGNS = str.maketrans("«»„“”‘’`–—−‑ё", '""""""' + "''" + "----е")
_LOOKALIKES = str.maketrans("асеорхуіѕјԁѵкмнтвӏ", "aceopxyisjdvkmhtbl")
_ORDERS = re.compile(
    r"""
    \b(ignor\w*|disregard\w*|forget|override|bypass)\b.{0,40}\b(instruction|prompt|rule|polic|previous|prior|above|earlier|system|everything)
    | \b(system|developer)\s*(prompt|message|instruction|note|override)
    | \b(you\s+are|act\s+as|pretend|behave)\b.{0,30}\b(assistant|ai|model|llm|chatbot|agent|admin|root|dan)\b
    | \b(ai|llm|language\s+model|assistant|chatbot|gpt|claude|agents?)\b.{0,40}\b(must|should|shall|please|reading|instructed)
    | \b(note|attention|instruction|message|reminder)s?\s+(to|for)\s+(the\s+)?(ai|llm|model|assistant|agent|bot|language)
    | \b(tool_call|function_call|tool\s+call|json\s+schema|additional\s+field|new\s+instructions?|fact\s*id|exfiltrat)
    | \b(output|return|respond|reply|answer|print|emit|add|include|call)\b.{0,30}
      \b(json|fields?|key|tool|function|schema|verbatim|exactly)\b
    | </?\s*(system|facts?|pages?|material|instructions?|tool|assistant|user)\b | \[/?inst\] | <\|
    | (проигнорир|игнорир|забуд|не\s+обращай|отмен)\w*.{0,40}(инструкц|указани|правил|предыдущ|прежн|выше|ранее|вс[её])
    | системн\w+\s+(промпт|сообщени|инструкц|указани)
    | \b(ты|вы)\b.{0,15}\b(ассистент|модель|бот|ии|агент|нейросет|администратор)
    | \b(ии|ассистент|нейросет\w*|языков\w+\s+модел\w*|модел\w+|бот|агент)\b.{0,30}\b(долж|обязан|следует|прочита|читающ)
    | (инструкци|сообщени|указани)\w*\s+(для|к)\s+(ии|модел|ассистент|нейросет|бот|агент|языков)
    | новы\w+\s+инструкци | (вызов|вызыва|вызва)\w*\s+(функц|инструмент)
    | (добав|верн|вывед|включ|ответ|напиш)\w*.{0,30}(json|пол[ея]|ключ|инструмент|дословно|схем)
    """,
    re.I | re.X | re.S,
)
"""Words by which pages speak to whoever reads them for a machine, in English and Russian."""


def seen(text: str) -> str:
    """Return a text without signs that no eye sees: zero-width, direction marks, tags, controls."""
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cf", "Cc", "Co", "Cn", "Cs"))


def speaks_to_machines(text: str) -> bool:
    """Whether a text reads as an order to a model rather than as something said to visitors."""
    plain = unicodedata.normalize("NFKC", seen(text))
    return any(_ORDERS.search(form) for form in (plain, plain.lower().translate(_LOOKALIKES)))


def for_visitors(text: str) -> tuple[str, int]:
    """Return the lines of a text that speak to visitors, and how many others were left out.

    Lines are looked at with their neighbours too, so that an order broken over two of them is found.
    """
    lines = [line for line in seen(text).split("\n") if line.strip()]
    bad = {place for place, line in enumerate(lines) if speaks_to_machines(line)}
    for place in range(len(lines) - 1):
        if not {place, place + 1} & bad and speaks_to_machines(f"{lines[place]} {lines[place + 1]}"):
            bad |= {place, place + 1}
    return "\n".join(line for place, line in enumerate(lines) if place not in bad), len(bad)


def too_short(quote: str) -> bool:
    """Whether a quote is too short to stand for anything."""
    wanted = folded(quote)
    return len(wanted.split()) < LEAST_WORDS and sum(sign.isalnum() for sign in wanted) < LEAST_LETTERS


def span(quote: str, text: str) -> str | None:
    """Return the words of a quote as they stand in a text; ``None`` where they do not, or only as parts of other words.

    Case, kinds of dashes and quotation marks, and the width of gaps do not matter.
    """
    plain, places = _mapped(text)
    needle = folded(quote).strip(" .,;:!?\"'")
    at = plain.find(needle) if needle else -1
    while at >= 0:
        end = at + len(needle)
        if not (plain[at - 1 : at].isalnum() and needle[0].isalnum()) and not (
            plain[end : end + 1].isalnum() and needle[-1].isalnum()
        ):
            return text[places[at] : places[end - 1] + 1]
        at = plain.find(needle, at + 1)
    return None


def folded(text: str) -> str:
    """Return a text in the form in which quotes are compared."""
    return _mapped(text)[0].strip()


def _mapped(text: str) -> tuple[str, list[int]]:
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        if unicodedata.category(sign) == "Cf":
            continue
        for low in sign.lower().translate(_SIGNS):
            if low.isspace() and (not signs or signs[-1] == " "):
                continue
            signs.append(" " if low.isspace() else low)
            places.append(place)
    return "".join(signs), places
