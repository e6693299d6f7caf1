"""``gtm coach``: findings, analyses that are kept, and a coach that answers with the record's own figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gtm_pipelines.cli.coach_memory import command as memory
from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gtm_pipelines.coaching.model import Analysis, Answer, Change, Finding, Language, Words

_MARKS = {"stop": "STOP", "act": "DO", "watch": "WATCH", "info": "NOTE", "good": "GOOD"}
language_option = click.option(
    "--language", type=click.Choice(["en", "ru"]), help="Of what is said; English, or the question's own."
)


@click.group()
def command() -> None:
    """Say what the figures mean and what to do, remember, and answer questions; works without any model."""


command.add_command(memory, "memory")


@command.command()
@click.argument("campaign", required=False)
@language_option
@json_option
def findings(campaign: str | None, language: Language | None, as_json: bool) -> None:
    """List what rules see in the figures, most pressing first, with evidence, benchmark and advice.

    CAMPAIGN is a name or an id; without it everything is looked at. The rules stand in findings.yaml, and a file of that
    name in the data folder adds to them or replaces them.
    """
    with workbench() as bench:
        found = bench.findings.list(campaign)
        names = bench.findings.book.names
    if as_json:
        show_json({"findings": found})
        return
    if not found:
        click.echo("Nothing to say yet. Send a campaign, collect the replies, then run 'gtm metrics refresh'.")
    for one in found:
        _show(one, names, language or "en")


@command.command()
@click.argument("question")
@click.option("--chat", "chat_id", help="Id of the talk to go on with; 'gtm coach chats' lists them.")
@click.option("--no-model", is_flag=True, help="Answer by rules, even where a model could word it.")
@language_option
@by_option("Who asks.")
@json_option
def ask(question: str, chat_id: str | None, no_model: bool, language: Language | None, by: str, as_json: bool) -> None:
    """Ask about your figures, in English or Russian; the answer is kept as a talk.

    Every number is the record's own: what a model says of any other is taken out.
    """
    with workbench() as bench:
        answer, chat = None, chat_id
        for step in bench.coach.steps(question, by=by, chat_id=chat_id, language=language, model=not no_model):
            if step.kind == "sentence" and not as_json:
                click.echo(step.text)
            answer, chat = step.answer or answer, step.chat_id or chat
        names = bench.findings.book.names
    if answer is None:
        return
    if as_json:
        show_json({"chat_id": chat, "answer": answer})
        return
    _below(answer, names, chat)


@command.command()
@click.argument("campaign")
@by_option("Who analyses.")
@language_option
@json_option
def analyse(campaign: str, by: str, language: Language | None, as_json: bool) -> None:
    """Analyse CAMPAIGN and keep what is seen, set beside the analysis before."""
    with workbench() as bench:
        earlier = bench.analyses.kept(campaign)
        made = bench.analyses.analyse(campaign, by=by)
        changes = bench.analyses.changes(earlier[0], made) if earlier else []
    if as_json:
        show_json({"analysis": made, "before": earlier[0].id if earlier else None, "changes": changes})
        return
    _analysed(made, changes, language or "en")


@command.command()
@click.argument("campaign", required=False)
@json_option
def analyses(campaign: str | None, as_json: bool) -> None:
    """List kept analyses, newest first."""
    with workbench() as bench:
        found = bench.analyses.kept(campaign)
    if as_json:
        show_json({"analyses": found})
        return
    rows = [
        {"id": one.id, "campaign": one.campaign, "number": one.number, "light": one.content["light"]["colour"],
         "made": one.created_at, "by": one.created_by}
        for one in found
    ]  # fmt: skip
    empty = "No analysis is kept yet. Make one with 'gtm coach analyse CAMPAIGN'."
    show_table(rows, ("id", "campaign", "number", "light", "made", "by"), empty=empty)


@command.command()
@json_option
def chats(as_json: bool) -> None:
    """List talks with the coach, newest first."""
    with workbench() as bench:
        found = bench.memory.chats()
    if as_json:
        show_json({"chats": found})
        return
    rows = [{"id": one.id, "began_with": one.title, "last": one.updated_at} for one in found]
    show_table(rows, ("id", "began_with", "last"), empty="No talk yet. Begin one with 'gtm coach ask \"How are we doing?\"'.")


def _show(one: Finding, names: Mapping[str, Words], language: Language) -> None:
    from gtm_pipelines.coaching.words import made_of

    russian = language == "ru"
    click.secho(f"{_MARKS[one.severity] if one.seen else 'WAIT':5} {one.title.said(language)}", bold=True)
    click.echo(f"      {one.advice.said(language)}")
    if one.benchmark:
        click.echo(f"      {'У других' if russian else 'Elsewhere'}: {one.benchmark.text.said(language)}")
    if one.seen:
        source = "" if one.effect_source == "unknown" else f" ({one.effect_source})"
        click.echo(f"      {'Чего ждать' if russian else 'Effect'}: {one.effect.said(language)}{source}")
    for figure in one.evidence:
        click.echo(f"      {made_of(figure, names, language)}")


def _below(answer: Answer, names: Mapping[str, Words], chat: str | None) -> None:
    from gtm_pipelines.coaching.words import made_of

    for note in answer.notes:
        click.secho(note, italic=True)
    if answer.figures:
        click.echo("")
    for figure in answer.figures:
        click.echo(f"  {made_of(figure, names, answer.language)}")
    for action in answer.actions:
        click.echo(f"  > {action.label.said(answer.language)}: {action.command}")
    if chat:
        click.echo(f"  --chat {chat}")


def _analysed(made: Analysis, changes: list[Change], language: Language) -> None:
    from gtm_pipelines.coaching.words import number, share

    light = made.content["light"]
    click.secho(f"{made.campaign}, {made.number}: {light['colour']}. {light['headline']} {light['advice']}", bold=True)
    for one in made.content["findings"]:
        click.echo(f"  {_MARKS[one['severity']] if one['seen'] else 'WAIT':5} {one['title'][language]}")
    for change in changes:
        came = change.after[0] - change.before[0], change.after[1] - change.before[1]
        if came[1]:
            told = "differs" if change.told else "no difference can be told"
            counts = f"{number(came[0])} of {number(came[1])} since, {change.before[0]} of {change.before[1]} before"
            click.echo(f"  {change.name.replace('_', ' ')}: {counts} ({share(change.low)} to {share(change.high)}): {told}")
