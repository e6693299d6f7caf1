"""What the checks of a tried pack are called, each with a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from app.components.language import mark, t
from app.components.text import spoken

CHECKS = {
    "phrase.fallback": mark("A phrase says less than it could, since a value that it takes is missing for this person."),
    "subject.long": mark("The subject has more characters than the pack asks for; phones cut it off."),
    "body.long": mark("The text has more words than the pack asks for."),
    "subject.too_long": mark("The subject is too long to be sent, so no mail was written."),
    "value.missing": mark("A value that the mail cannot do without is empty, so no mail was written."),
    "value.undeclared": mark("A template names a value that the pack does not declare."),
    "value.control": mark("A value of the list holds invisible characters, so it was not put into a mail."),
    "value.encoded_word": mark("A value of the list holds a coded word that mail programs would read, so it was not used."),
    "value.placeholder": mark("A value of the list holds a placeholder such as [name], so it was not put into a mail."),
    "value.link": mark("A value of the list holds a link or markup, so it was not put into a mail."),
    "value.too_long": mark("A value of the list is too long for a mail."),
    "pack.template": mark("The pack has no such variant in the person's language."),
    "pack.frame": mark("The pack has no greeting and ending in the person's language."),
    "stopped": mark("The trial ended before this mail was written."),
}


def checks_told(found: Mapping[str, int]) -> list[str]:
    """Return a line for each check that spoke, the most frequent first: how often, and what that means."""
    ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return [
        t("{count:,} × {rule}: {meaning}", count=count, rule=rule, meaning=t(CHECKS[rule]) if rule in CHECKS else spoken(rule))
        for rule, count in ordered
    ]
