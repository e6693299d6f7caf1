"""The one Jinja environment: sandboxed, strict, and without anything to call."""

from __future__ import annotations

from functools import cache

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """Return the environment templates are parsed and merged in."""
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,  # mail is plain text; escaping would change what the person approved
        keep_trailing_newline=True,
    )
    made.globals.clear()
    made.filters.clear()
    made.tests.clear()
    return made


@cache
def compiled(text: str) -> Template:
    """Return a text ready to be merged; the same text is compiled once."""
    return environment().from_string(text)
