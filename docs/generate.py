"""Write the pages that are made from the code: settings, commands, pipeline, and the example file.

``python docs/generate.py`` writes them; ``--check`` says whether they differ from the code.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any, get_args, get_origin

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from gtm_pipelines.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
MADE = "<!-- Made from the code by docs/generate.py; changes here are lost. -->\n"
LISTED = ("mailboxes", "models")

SETTINGS_HEAD = """
# Settings

The workbench needs none. To change something, write `gtm.toml` in the folder you start from, in the checkout, or anywhere
that the environment variable `GTM_CONFIG` names; `gtm.example.toml` is one to copy from. Each setting can be given as an
environment variable too: `GTM_` and its name in capitals, with two underscores where the name has a dot, such as
`GTM_DELIVERY__ATTEMPTS=3`; lists are JSON. Arguments win over variables, variables over the file, the file over the defaults.
An empty variable counts as absent. A wrong or unknown name is refused, with the name.

Secrets are never written in a setting. They are named: `env:NAME` is the environment variable `NAME`;
`keyring:service/user` is an entry of the system's keyring, stored with `keyring set service user`.
"""

COMMANDS_HEAD = """
# Commands

`gtm COMMAND --help` says the same. Wherever something is listed, `--json` prints it for programs. A command that fails says
why and what to do, and exits with 2 (the command line: an unknown option, a file that is not there), 65 (input), 66 (not
found in the record), 69 (refused outside), 74 (files), 75 (try again), 77 (a rule forbids it), 78 (settings) or 130 (stopped).
"""

PIPELINE_HEAD = """
# The pipeline

Dagster's assets, by group, as `gtm up` shows them. Each runs a service of the library on the record where there is work to
do, then refreshes its copy in the warehouse. Between `drafts` and `messages` stands a person.
"""

EXAMPLE_HEAD = """# Settings of the GTM workbench. Copy to gtm.toml, and keep only what you change: these are the defaults.
# docs/settings.md says what may stand in each place. Made from the code by docs/generate.py.
"""

EXAMPLE_MAILBOX = """
# A real mailbox. With any [[mailboxes]] table, the two of the sandbox are gone.
# [[mailboxes]]
# name = "anna"
# address = "anna@yourcompany.example"
# display_name = "Anna Petrova"
# postal_address = "Your Company Ltd, 1 Main Street, Yourtown"
# sender = "smtp"
# collector = "imap"
# [mailboxes.smtp]
# host = "smtp.yourcompany.example"
# port = 587
# security = "starttls"
# username = "anna@yourcompany.example"
# password = "keyring:gtm/anna"
# [mailboxes.imap]
# host = "imap.yourcompany.example"
# username = "anna@yourcompany.example"
# password = "keyring:gtm/anna"
# [mailboxes.window]
# time_zone = "Europe/Berlin"
"""

EXAMPLE_MODEL = """
## Two language models. Asked in this order unless [llm.roles] gives another: the second where the first is down.
# [[models]]
# name = "hosted"
# provider = "openai"
# model = "gpt-5-mini"
# key = "env:OPENAI_API_KEY"
# [[models]]
# name = "own"
# provider = "ollama"
# model = "qwen2.5:7b"
# timeout_seconds = 120
"""


def section_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model of a setting that is a table or a list of tables."""
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and get_origin(kind) is None and issubclass(kind, BaseModel):
            return kind
    return None


def walk(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield every setting with its dotted name, tables before what is in them."""
    for name, field in model.model_fields.items():
        yield prefix + name, field
        inner = section_of(field)
        if inner:
            yield from walk(inner, f"{prefix}{name}{'[]' if name in LISTED else ''}.")


def plain(value: Any) -> Any:
    """Turn a default into what JSON and TOML can write."""
    if isinstance(value, time):
        return value.isoformat("minutes" if value.second == 0 else "seconds")
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value.as_posix() if isinstance(value, Path) else value


def default_of(field: FieldInfo) -> str:
    """Return a default as a reader wants to see it."""
    if field.is_required():
        return "required"
    if section_of(field) or field.default is PydanticUndefined:
        return ""
    return "none" if field.default is None else f"`{json.dumps(plain(field.default), ensure_ascii=False)}`"


def allowed(field: FieldInfo) -> str:
    """Return the words a setting may take, where they are few."""
    words = get_args(field.annotation)
    return " One of " + ", ".join(f"`{word}`" for word in words) + "." if words and all(isinstance(w, str) for w in words) else ""


def settings_page() -> str:
    """Describe every setting."""
    rows = [f"| `{name}` | {default_of(field)} | {field.description}{allowed(field)} |" for name, field in walk(Settings)]
    return MADE + SETTINGS_HEAD + "\n| setting | default | what it is |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def example_file() -> str:
    """Write every default as TOML, commented out."""
    lines, tables = [EXAMPLE_HEAD], []
    for name, field in Settings.model_fields.items():
        inner = section_of(field)
        if inner and name not in LISTED:
            tables.append(f"\n# [{name}]\n" + "".join(_example_line(n, f) for n, f in inner.model_fields.items()))
        elif not inner:
            lines.append(_example_line(name, field))
    return "".join([*lines, *tables, EXAMPLE_MAILBOX, EXAMPLE_MODEL])


def _example_line(name: str, field: FieldInfo) -> str:
    if field.default is None:
        return f"# {name} is unset. {field.description}\n"
    return f"# {name} = {json.dumps(plain(field.default), ensure_ascii=False)}  # {field.description}\n"


def commands_page() -> str:
    """Describe every command with its help."""
    from gtm_pipelines.cli.main import gtm

    parts = [MADE + COMMANDS_HEAD]
    for name, command, context in _commands(gtm, click.Context(gtm, info_name="gtm", **gtm.context_settings)):
        help_text = command.get_help(context)
        parts.append(f"\n## {name}\n\n```text\n{help_text.rstrip()}\n```\n")
    return "".join(parts)


def _commands(group: click.Group, context: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context, terminal_width=100)
        yield inner.command_path, command, inner
        if isinstance(command, click.Group):
            yield from _commands(command, inner)


def pipeline_page() -> str:
    """List every asset with its group, what it needs and what it does."""
    from assets.definitions import defs

    definitions = defs() if callable(defs) else defs
    specs = sorted(definitions.resolve_all_asset_specs(), key=lambda spec: (spec.group_name or "", spec.key.to_user_string()))
    lines, group = [MADE + PIPELINE_HEAD], None
    for spec in specs:
        if spec.group_name != group:
            group = spec.group_name
            lines.append(f"\n## {group}\n\n| asset | made from | what it is |\n|---|---|---|\n")
        needs = ", ".join(sorted(f"`{dep.asset_key.to_user_string()}`" for dep in spec.deps))
        told = " ".join((spec.description or "").split("\n\n")[0].split()).replace("|", "\\|")
        lines.append(f"| `{spec.key.to_user_string()}` | {needs} | {told} |\n")
    return "".join(lines)


PAGES = {
    "docs/settings.md": settings_page,
    "docs/commands.md": commands_page,
    "docs/pipeline.md": pipeline_page,
    "gtm.example.toml": example_file,
}


def stale() -> list[str]:
    """Return the pages that differ from the code."""
    return [name for name, page in PAGES.items() if (ROOT / name).read_text("utf-8") != page()]


def main() -> str | None:
    """Write every page; with ``--check`` only say which are out of date."""
    if "--check" in sys.argv[1:]:
        old = stale()
        return f"Out of date: {', '.join(old)}. Run 'python docs/generate.py'." if old else None
    for name, page in PAGES.items():
        (ROOT / name).write_text(page(), "utf-8")
    return None


if __name__ == "__main__":
    sys.exit(main())
