"""``gtm model``: which language models may be asked, whether they answer, and what they have cost."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.model_setup import add, budget, offered, order, remove
from gtm_pipelines.cli.output import json_option, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.workbench import Workbench

NO_MODEL = "No language model is set up, and none has to be. 'gtm model add' sets one up; so does a [[models]] table in gtm.toml."
GROUPS = ("provider", "purpose", "model", "role", "campaign_id", "error_code")


@click.group("model")
def command() -> None:
    """Set up, list, test and account for language models."""


for other in (add, offered, order, budget, remove):
    command.add_command(other)


@command.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """List the models, the roles they answer in, and what a million tokens cost."""
    with workbench() as opened:
        rows = list(_listed(opened))
    if as_json:
        show_json(rows)
        return
    shown = [row | {"roles": ", ".join(row["roles"]), "price": _price(row)} for row in rows]
    show_table(shown, ("name", "provider", "model", "address", "key", "price", "roles"), empty=NO_MODEL)


@command.command("test")
@click.argument("name", required=False)
@json_option
def test(name: str | None, as_json: bool) -> None:
    """Ask one model, or all, a small question of a fixed form. Costs a few tokens each; every call is on record.

    Exits with 1 if a model does not answer as asked.
    """
    with workbench() as opened:
        rows = [opened.llm.probe(each) for each in ([name] if name else [model.name for model in opened.settings.models])]
    if as_json:
        show_json(rows)
    else:
        shown = [vars(row) | {"cost": _dollars(row.cost_usd), "answers": "yes" if row.answers else "NO"} for row in rows]
        show_table(shown, ("name", "answers", "latency_ms", "cost", "told"), empty=NO_MODEL)
    if not all(row.answers for row in rows):
        sys.exit(1)


@command.command("spend")
@click.option("--by", type=click.Choice(GROUPS), default="provider", show_default=True, help="What to group by.")
@click.option("--month", help="Calendar month in UTC, as 2026-03; the present one where absent.")
@json_option
def spend(by: str, month: str | None, as_json: bool) -> None:
    """Show calls, failures, tokens and cost of a month, and how much of the budget is left.

    Where a price is unknown the calls are counted as unpriced: their cost is not nought.
    """
    with workbench() as opened:
        first = _month(month, opened.clock.now())
        rows = [dict(row._mapping) for row in opened.llm.spend(first, (first + timedelta(days=32)).replace(day=1), by)]
        cap = opened.settings.llm.monthly_budget_usd
    total = sum(row["cost_usd"] for row in rows)
    unpriced = sum(row["unpriced"] for row in rows)
    if as_json:
        show_json({"month": f"{first:%Y-%m}", "by": by, "rows": rows, "cost_usd": total, "unpriced": unpriced, "budget_usd": cap})
        return
    shown = [row | {by: row["name"] or "–", "cost": _dollars(row["cost_usd"])} for row in rows]
    columns = (by, "attempts", "failed", "cached", "input_tokens", "output_tokens", "cost", "unpriced")
    show_table(shown, columns, empty=f"No language model was asked in {first:%Y-%m}.")
    left = f", {_dollars(max(0.0, cap - total))} of {_dollars(cap)} left" if cap is not None else ""
    more = f"; {unpriced} calls have no known price: set input_price and output_price of their models" if unpriced else ""
    click.echo(f"{_dollars(total)} in {first:%Y-%m}{left}{more}.")


def _listed(opened: Workbench) -> Iterator[dict[str, Any]]:
    from gtm_pipelines.llm.prices import of_a_million

    roles = opened.settings.llm.roles
    for model in opened.settings.models:
        read, written = of_a_million(model, opened.clock.now())
        yield {
            "name": model.name, "provider": model.provider, "model": model.model,
            "address": opened.llm.address(model.name), "key": model.key,
            "input_price": read, "output_price": written,
            "roles": [role for role, names in roles.items() if model.name in names] or ([] if roles else ["default"]),
        }  # fmt: skip


def _price(row: dict[str, Any]) -> str:
    if row["input_price"] is None:
        return "unknown"
    return f"${row['input_price']:g} in, ${row['output_price']:g} out"


def _dollars(cost: float | None) -> str:
    return "unknown" if cost is None else f"${cost:.4f}"


def _month(text: str | None, now: datetime) -> datetime:
    try:
        moment = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC) if text else now.astimezone(UTC)
    except ValueError:
        raise click.BadParameter(f"'{text}' is no month; write it as 2026-03.", param_hint="--month") from None
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
