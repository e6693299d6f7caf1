"""How a draft may be, beyond what it states: the choices of the user, with their defaults. Values only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Phrases = Callable[[str, str, str], Iterable[str]]
"""From the name of a list of phrases (``spam``, ``cliches``, ``opt-out``), a language and a text to those that stand in it."""
Guess = Callable[[str], str | None]
"""From a text to its language; ``None`` where it does not show."""


@dataclass(frozen=True)
class Rules:
    """What a draft is held to.

    Attributes:
        forbidden: words and phrases that no draft may have, in any case and, in Russian, any form.
        words: most words of a body, footer included.
        least_words: fewest of them.
        subject: most characters of a subject.
        sentence: most words of a sentence.
        ease: least ease of reading, by language.
        phrases: finds phrases of kept lists.
        guess: tells the language of a text.
    """

    forbidden: tuple[str, ...] = ()
    words: int = 220
    least_words: int = 15
    subject: int = 90
    sentence: int = 45
    ease: tuple[tuple[str, float], ...] = (("en", 30.0), ("ru", 15.0))
    phrases: Phrases | None = None
    guess: Guess | None = None
