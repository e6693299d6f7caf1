"""``gtm search``: evidence out of everything that is known, and the index under it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.output import json_option, progress_bar, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.retrieval.model import Answer, Evidence

TYPES = ("company", "contact", "fact", "page", "insight", "message", "reply", "pack", "reference")
_STEPS = {"cut": "Cutting texts", "embed": "Making vectors"}


class _QuestionOrCommand(click.Group):
    """A group that takes what is none of its commands as a question."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Ask with the first argument where it names no command."""
        return super().resolve_command(ctx, args if args[0] in self.commands else ["ask", *args])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take options before the question as those of the question."""
        if args and args[0].startswith("-") and args[0] not in ("-h", "--help"):
            args = ["ask", *args]
        return super().parse_args(ctx, args)


@click.group("search", cls=_QuestionOrCommand)
def command() -> None:
    """Search everything that is known, by words and by meaning: gtm search "who ships to Canada".

    Facts, pages, insights, sent messages, replies and packs. Words are those of a question in
    English, Russian or both; --help of 'ask' lists what to narrow to.
    """


@command.command("ask")
@click.argument("question")
@click.option("--type", "types", multiple=True, type=click.Choice(TYPES), help="Only this kind of text; may be repeated.")
@click.option("--company", help="Only about this company: its id, domain or name.")
@click.option("--contact", help="Only about this contact: id or e-mail address.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Only what was recorded from then on (UTC)."
)
@click.option("--language", help="Only texts in this language, such as en or ru.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100))
@json_option
def ask(question: str, limit: int, as_json: bool, **narrowed: Any) -> None:
    """Find what speaks to QUESTION; the word ask may be left out."""
    from gtm_pipelines.retrieval.model import Filters

    with workbench() as bench:
        filters = Filters(
            narrowed["types"], narrowed["company"], narrowed["contact"], _utc(narrowed["since"]), narrowed["language"]
        )  # fmt: skip
        answer = bench.search.search(question, filters, limit=limit)
    show_json(answer) if as_json else _show(answer)


@command.command("index")
@click.option("--words-only", is_flag=True, help="Do not make vectors, which takes the time.")
@json_option
def index(words_only: bool, as_json: bool) -> None:
    """Bring the index up to date; stopped and run again, it goes on where it was."""
    with workbench() as bench, ExitStack() as stack:
        bars: dict[str, Any] = {}

        def told(step: str, done: int, total: int | None) -> None:
            if step not in bars:
                bars[step] = stack.enter_context(progress_bar(_STEPS[step], enabled=not as_json))
            bars[step](done, total)

        report = bench.search.index(embed=not words_only, progress=told)
        status = bench.search.status()
    if as_json:
        show_json(report)
        return
    cut = ", ".join(f"{count:,} {kind}" for kind, count in report.cut.items()) or "nothing"
    click.echo(
        f"Cut anew: {cut}. Removed: {report.removed:,}. {report.pieces:,} pieces can be searched ({report.seconds:.1f} s)."
    )
    if status.model is None:
        click.echo("By words only; for search by meaning: pip install 'gtm-workbench[search]'.")
    else:
        click.echo(f"{report.embedded:,} vectors made by {status.model}; {report.waiting:,} pieces wait for one.")


@command.command("status")
@json_option
def status(as_json: bool) -> None:
    """Show what can be searched now."""
    with workbench() as bench:
        found = bench.search.status()
    if as_json:
        show_json(found)
        return
    show_table(
        ({"of": kind, "pieces": f"{count:,}"} for kind, count in found.pieces.items()),
        ("of", "pieces"),
        empty="Nothing can be searched yet. 'gtm search index' cuts what there is.",
    )
    if found.model is None:
        click.echo("By words only; for search by meaning: pip install 'gtm-workbench[search]'.")
    else:
        click.echo(f"{found.vectors:,} vectors by {found.model}; {found.waiting:,} pieces wait for one.")


def _show(answer: Answer) -> None:
    for note in answer.notes:
        click.echo(note, err=True)
    if not answer.evidence:
        click.echo(f"Nothing found among {answer.searched:,} pieces. Ask otherwise, or narrow less.")
        return
    for number, found in enumerate(answer.evidence, 1):
        click.echo(f"{number:>2}. {_head(found)}")
        click.echo(f"    {' '.join(found.quote.split())}")
        click.echo(f"    {_judged(found)}")
    click.echo(f"{len(answer.evidence)} of {answer.searched:,} pieces, {answer.took_ms:.0f} ms")


def _head(found: Evidence) -> str:
    age = f"{found.age_days:.0f} days ago" if found.age_days >= 1 else "today"
    return " | ".join(part for part in (found.entity_type, found.title, age, found.url) if part)


def _judged(found: Evidence) -> str:
    words = f"words {found.words.score:.2f} (#{found.words.rank})" if found.words else "words none"
    meaning = f"meaning {found.meaning.score:.2f} (#{found.meaning.rank})" if found.meaning else "meaning none"
    return f"{found.score:.3f}: {words}, {meaning}; id {found.id}"


def _utc(moment: Any) -> Any:
    from datetime import UTC

    return moment.replace(tzinfo=UTC) if moment else None
