"""Which data sources to use for what is wanted and a budget: ranked without a model, every place with its reason.

Sources are taken one after the other. Each time the one is taken that gives the most that is still missing for its
money: first what costs nothing, then by US dollars a month for each new attribute; among equals the one whose
figures are surer, then the one the workbench can ask itself, then by name. A price that nobody could source
cannot be set against a budget: such a source is only taken where nothing else gives an attribute, and counts as unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gtm_pipelines.errors import InputError
from gtm_pipelines.strategy.catalogue import DataSource

RECORDS = 1_000
"""Companies a month that costs are reckoned for, where nobody says otherwise."""
_SURE = {"verified": 0, "reported": 1, "unknown": 2}


@dataclass(frozen=True)
class Pick:
    """One source that is worth using.

    Attributes:
        covers: what it gives that those before it do not.
        monthly_usd: for the records asked; ``None`` where no price could be sourced.
        reasons: why it stands here, in words.
    """

    source: DataSource
    covers: tuple[str, ...]
    monthly_usd: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Advice:
    """What to use, what it costs, what stays missing, and why others were left out."""

    picks: tuple[Pick, ...]
    monthly_usd: float
    uncovered: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The sources taken whose price nobody could source."""
        return tuple(pick.source.name for pick in self.picks if pick.monthly_usd is None)


def recommend(
    catalogue: Sequence[DataSource], wanted: Iterable[str], *,
    budget_usd: float | None = None, records: int = RECORDS, countries: Iterable[str] = (),
) -> Advice:  # fmt: skip
    """Say which sources to use.

    Args:
        catalogue: what there is.
        wanted: attributes, as ``catalogue.Attribute`` names them.
        budget_usd: most US dollars a month; ``None`` for no bound.
        records: companies or people a month.
        countries: ISO codes; a source of other countries only is left out.

    Raises:
        InputError: nothing is wanted, or an attribute is unknown to every source.
    """
    missing = list(dict.fromkeys(wanted))
    known = {attribute for source in catalogue for attribute in source.gives}
    strange = [name for name in missing if name not in known]
    if strange or not missing:
        raise InputError(f"No source gives '{strange[0] if strange else 'nothing'}'. Name any of: {', '.join(sorted(known))}.")
    codes = {code.upper() for code in countries}
    picks: list[Pick] = []
    spent, left = 0.0, [source for source in catalogue if _is_there(source, codes)]
    while missing:
        chosen = _next(left, missing, records, None if budget_usd is None else budget_usd - spent)
        if chosen is None:
            break
        pick = _pick(chosen, missing, records)
        picks.append(pick)
        spent += pick.monthly_usd or 0.0
        missing = [name for name in missing if name not in pick.covers]
        left.remove(chosen)
    taken = {pick.source.name for pick in picks}
    others = [source for source in catalogue if source.name not in taken]
    reasons = tuple((source.name, _why_not(source, codes, records, budget_usd, spent)) for source in others)
    return Advice(tuple(picks), round(spent, 2), tuple(missing), reasons)


def _is_there(source: DataSource, codes: set[str]) -> bool:
    return not codes or "world" in source.regions or bool(codes & set(source.regions))


def _next(left: Sequence[DataSource], missing: Sequence[str], records: int, budget: float | None) -> DataSource | None:
    ranked = []
    for source in left:
        new = sum(1 for name in missing if name in source.gives)
        cost = source.cost.of(records)
        if new and (cost is None or budget is None or cost <= budget):
            price = (1, 0.0) if cost is None else (0, cost / new)
            ranked.append((price, -new, _SURE[source.cost.confidence], source.adapter is None, source.name, source))
    return min(ranked, key=lambda each: each[:-1])[-1] if ranked else None


def _pick(source: DataSource, missing: Sequence[str], records: int) -> Pick:
    covers = tuple(name for name in missing if name in source.gives)
    cost = source.cost.of(records)
    reasons = [f"gives {', '.join(name.replace('_', ' ') for name in covers)}"]
    if cost is None:
        reasons.append("its price could not be sourced: ask for it before counting on it")
    else:
        reasons.append("costs nothing" if cost == 0 else f"about {cost:,.2f} US dollars a month for {records:,} records")
    if source.cost.confidence == "reported":
        reasons.append("its price is told by others, not by the vendor's own page")
    if source.adapter:
        reasons.append("the workbench can ask it itself")
    return Pick(source, covers, cost, tuple(reasons))


def _why_not(source: DataSource, codes: set[str], records: int, budget: float | None, spent: float) -> str:
    if not _is_there(source, codes):
        return f"knows {', '.join(source.regions)} only"
    cost = source.cost.of(records)
    if cost is not None and budget is not None and cost > budget - spent:
        return f"about {cost:,.2f} US dollars a month is more than the budget leaves"
    return "what it gives, cheaper or surer sources give"
