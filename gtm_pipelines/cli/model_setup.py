"""``gtm model add|offered|order|budget|remove``: set models up without writing a file of settings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench
from gtm_pipelines.llm.addresses import KEY_NEEDED, PROVIDERS

if TYPE_CHECKING:
    from gtm_pipelines.workbench import Workbench

base_url = click.option("--base-url", help="Where its server is; the provider's own address where absent.")


@click.command("add")
@click.argument("name")
@click.option("--provider", type=click.Choice(PROVIDERS), required=True, help="Whose model it is, or whose language it speaks.")
@click.option("--model", "model", required=True, help="What the provider calls it; 'gtm model offered' lists them.")
@base_url
@by_option("Who sets it up.")
@json_option
def add(name: str, provider: str, model: str, base_url: str | None, by: str, as_json: bool) -> None:
    """Set up a model and call it NAME. Its key is asked for, or read from a pipe; it is never an argument."""
    with workbench() as opened:
        key = _key(provider)
        made = opened.model_desk.save(name, provider, model, by=by, base_url=base_url, key=key)
    if as_json:
        show_json({"name": made.name, "provider": made.provider, "model": made.model, "base_url": made.base_url, "key": made.key})
        return
    click.echo(f"{made.name} is set up. 'gtm model test {made.name}' asks it a small question.")


@click.command("offered")
@click.argument("provider", type=click.Choice(PROVIDERS))
@base_url
@json_option
def offered(provider: str, base_url: str | None, as_json: bool) -> None:
    """List the models that PROVIDER offers to the holder of a key. Nothing is generated and nothing kept."""
    with workbench() as opened:
        names = opened.model_desk.offered(provider, base_url=base_url, key=_key(provider))
    if as_json:
        show_json(names)
        return
    show_table([{"model": name} for name in names], ("model",), empty=f"{provider} offers no model to this key.")


@click.command("order")
@click.argument("names", nargs=-1, required=True)
@by_option("Who orders them.")
def order(names: tuple[str, ...], by: str) -> None:
    """Say in which order models are asked: the next of NAMES answers where the one before does not."""
    with workbench() as opened:
        opened.model_desk.order(names, by=by)
    click.echo(f"Asked in this order: {', '.join(names)}.")


@click.command("budget")
@click.argument("usd", type=float, required=False)
@click.option("--none", "uncapped", is_flag=True, help="No cap.")
@by_option("Who sets it.")
@json_option
def budget(usd: float | None, uncapped: bool, by: str, as_json: bool) -> None:
    """Show what a calendar month may cost in US dollars, or let it cost USD at most."""
    if usd is not None and uncapped:
        raise click.UsageError("Give an amount or --none, not both.")
    with workbench() as opened:
        if usd is not None or uncapped:
            opened.model_desk.budget(usd, by=by)
        cap = usd if usd is not None or uncapped else opened.settings.llm.monthly_budget_usd
    if as_json:
        show_json({"budget_usd": cap})
        return
    click.echo("No cap." if cap is None else f"At most ${cap:,.2f} a month.")


@click.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@by_option("Who takes it out.")
def remove(name: str, yes: bool, by: str) -> None:
    """Take out the model NAME that was set up here or in the app, and forget its key."""
    with workbench() as opened:
        _known(opened, name)
        if not yes:
            click.confirm(f"Take {name} out and forget its key?", abort=True)
        opened.model_desk.remove(name, by=by)
    click.echo(f"{name} is taken out.")


def _known(opened: Workbench, name: str) -> None:
    from gtm_pipelines.errors import NotFoundError

    if name not in opened.model_desk.own():
        raise NotFoundError(f"No model called '{name}' was set up here. One that stands in gtm.toml is taken out there.")


def _key(provider: str) -> str | None:
    """Read a key from a pipe, or ask a person for it; a server of one's own may do without."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip() or None
    if provider not in KEY_NEEDED:
        return str(click.prompt("Key, if it wants one", hide_input=True, default="", show_default=False)) or None
    return str(click.prompt("Key", hide_input=True))
