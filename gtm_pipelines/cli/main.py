"""``gtm``: the root of the command line. Loads a command's module when it is called.

Each module ``gtm_pipelines/cli/<name>.py`` (``import_`` where the name is a word of
Python's) defines ``command``, a click command or group. Starting ``gtm --help`` loads none of them.
"""

from __future__ import annotations

import importlib
import keyword
import os
import sys
from typing import Any

import click

from gtm_pipelines.cli.screen import guarded
from gtm_pipelines.errors import GtmError

COMMANDS = {
    "demo": "Run the whole pipeline on the sample data, then open the workbench.",
    "up": "Serve the app, Dagster and its daemon until Ctrl-C.",
    "doctor": "Say what is configured, reachable and missing, and what to do.",
    "profile": "List, show and delete how columns of files are read.",
    "import": "Look at past imports, take their rejected rows, undo one.",
    "company": "Import, list, inspect, tag and export companies.",
    "contact": "Import, list, inspect, tag and export contacts.",
    "duplicate": "Find probable duplicates; merge them, keep them apart, take a merge back.",
    "strategy": "Write, correct and confirm whom to write to and why; find data sources.",
    "verify": "Verify addresses, and say how many mails of a list would come back.",
    "enrich": "Look for facts about companies and people, and settle whom to believe.",
    "segment": "Build, preview, explain and compare segments.",
    "campaign": "Create, draft, approve, plan, send and follow campaigns.",
    "draft": "Show how drafts came to be, and rewrite chosen ones by an instruction.",
    "voice": "Add, show and list samples of how senders write.",
    "judge": "Check and score drafts, and see how far scores agree with people.",
    "mailbox": "List, test, check, pause and resume mailboxes.",
    "reply": "Collect and list replies, and put their classes right.",
    "inbox": "Work through conversations: read, answer, hand over, close.",
    "metrics": "Show funnels, rates with intervals, and lights.",
    "coach": "Say what the figures mean and what to do, remember, and answer questions.",
    "sql": "Ask the published figures in SQL; nothing can be changed.",
    "trace": "Follow a reply, message or draft back to the rows of files, or a row onward.",
    "experiment": "Read and plan experiments: variants and control arms, on positive replies.",
    "suppress": "Add, list, import and export people who are never written to.",
    "person": "Export or erase everything about one person.",
    "model": "List, test and account for language models.",
    "search": "Search everything that is known, by words and by meaning.",
    "pack": "Read, check, try, better and promote prompt packs.",
    "benchmark": "Score packs and models on held-out cases: quality, groundedness, cost, latency.",
    "learn": "Turn decisions, edits and replies into examples.",
    "connection": "Connect tools: keys, status, limits.",
    "account": "Let people in, and say what each may do.",
    "mcp": "Serve the workbench to AI tools: they read and propose, and never approve or send.",
    "db": "Upgrade, back up and restore the record.",
    "adopt": "Let this data folder send, after a copy or a restore.",
    "prove": "Prove promises by experiment, such as that no mail is sent twice.",
}


class LazyGroup(click.Group):
    """A group that imports a subcommand only when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the pipeline."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gtm_pipelines.cli.{cmd_name}{'_' * keyword.iskeyword(cmd_name)}")
        command: click.Command = module.command
        if isinstance(command, click.Group):
            _summarise(command, ctx)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from their one-line summaries, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _summarise(group: click.Group, ctx: click.Context) -> None:
    """List the commands of ``group`` with the whole first sentence, which click would cut to a line."""
    for command in filter(None, (group.get_command(ctx, name) for name in group.list_commands(ctx))):
        sentence = " ".join((command.help or "").split("\n\n")[0].split()).partition(". ")[0]
        command.short_help = command.short_help or sentence.removesuffix(".") + "."


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="gtm-workbench")
def gtm() -> None:
    """From a CSV to a reply and back: lists, campaigns, mail and what came of them."""


def main(argv: list[str] | None = None) -> Any:
    """Run the command line and exit with the code of the error's kind."""
    with guarded():
        return _run(argv)


def _run(argv: list[str] | None) -> Any:
    try:
        gtm.main(args=argv, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt) as stop:
        told = (
            "What was committed stays; run the command again to go on." if getattr(stop, "kept", True) else "Nothing was changed."
        )
        click.echo(f"Stopped. {told}", err=True)
        sys.exit(130)
    except GtmError as error:
        click.echo(f"{error.code}: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(141)
    except OSError as error:
        where = f" '{error.filename}'" if error.filename else ""
        click.echo(
            f"files: The place{where} cannot be used: {error.strerror or error}. Name another, or make room there.", err=True
        )
        sys.exit(os.EX_IOERR)
