"""What a strategy means for the rest of the workbench: criteria for segments, a profile for scoring, sources to use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gtm_pipelines.enrichment.model import Icp, IcpCriterion
from gtm_pipelines.strategy.catalogue import DataSource
from gtm_pipelines.strategy.claims import Claim, Criterion, Recommendation, WorkStep
from gtm_pipelines.strategy.documents import DataSources, Positioning, ProductOverview, TargetCompany, TargetPersona
from gtm_pipelines.strategy.model import Criteria, Document, Evidence, Kind, Strategy, describe
from gtm_pipelines.strategy.recommend import Advice, Pick, recommend

ALWAYS = ("company_search", "people_search", "page_text", "email", "email_verification")
"""What any outreach by e-mail needs beside the criteria."""
FOR_SIGNALS = ("hiring", "news", "funding")
"""What shows most buying signals; asked for where a strategy names any."""
_TOLD = {
    "en": {
        "cost": "Costs about {usd:,.2f} US dollars a month for {records:,} companies, as far as prices are known.",
        "unpriced": "Nobody could source a price for {names}.",
        "gap": "No source within the budget gives {names}.",
        "none": "Everything the strategy needs is given by one of these sources.",
        "free": "costs nothing",
        "paid": "about {usd:,.2f} US dollars a month for {records:,} records",
        "asked": "its price could not be sourced: ask for it before counting on it",
        "gives": "gives",
        "read": "Find and read",
        "check": "Check addresses",
    },
    "ru": {
        "cost": "Стоит около {usd:,.2f} долларов США в месяц за {records:,} компаний, насколько цены известны.",
        "unpriced": "Цену не удалось подтвердить: {names}.",
        "gap": "В рамках бюджета ничто не даёт: {names}.",
        "none": "Всё, что нужно стратегии, даёт хотя бы один из этих источников.",
        "free": "ничего не стоит",
        "paid": "около {usd:,.2f} долларов США в месяц за {records:,} записей",
        "asked": "цену подтвердить не удалось: спросите её, прежде чем рассчитывать",
        "gives": "даёт",
        "read": "Найти и прочитать",
        "check": "Проверить адреса",
    },
}
_RUSSIAN = {
    "industry": "отрасль",
    "country": "страна",
    "city": "город",
    "employee_count": "число сотрудников",
    "revenue": "выручка",
    "language": "язык",
    "technology": "технологии",
    "keyword": "описание",
    "position": "должность",
    "seniority": "уровень",
    "function": "функция",
    "email": "адрес почты",
    "phone": "телефон",
    "linkedin_url": "профиль LinkedIn",
    "registration": "регистрация",
    "funding": "инвестиции",
    "hiring": "вакансии",
    "news": "новости",
    "traffic": "посещаемость",
    "page_text": "текст сайта",
    "company_search": "поиск компаний",
    "people_search": "поиск людей",
    "email_verification": "проверка адресов",
    "lookalikes": "похожие компании",
}
"""Attributes in Russian."""


def criteria(documents: Mapping[Kind, Document]) -> Criteria:
    """Return what the documents say about whom to look for."""
    company, persona = (documents.get(kind) for kind in ("target_company", "target_persona"))
    wanted = company.content.firmographics if company and isinstance(company.content, TargetCompany) else ()
    unwanted = company.content.disqualifiers if company and isinstance(company.content, TargetCompany) else ()
    people = persona.content.criteria if persona and isinstance(persona.content, TargetPersona) else ()
    return Criteria(wanted, unwanted, people)


def profile(strategy: Strategy, number: int) -> Icp:
    """Return the ideal customer profile of a strategy; ``number`` counts its confirmations."""
    found = criteria(strategy.documents)
    company, persona = strategy.documents.get("target_company"), strategy.documents.get("target_persona")
    overview, position = strategy.documents.get("product_overview"), strategy.documents.get("positioning")
    pains = persona.content.pains if persona and isinstance(persona.content, TargetPersona) else ()
    signals = company.content.buying_signals if company and isinstance(company.content, TargetCompany) else ()
    offer = overview.content.offer if overview and isinstance(overview.content, ProductOverview) else None
    insight = position.content.insight if position and isinstance(position.content, Positioning) else None
    quotes = {each.id: each.quote for each in company.evidence} if company else {}
    quoted = {each.id: each.quote for each in persona.evidence} if persona else {}
    return Icp(
        strategy.name, strategy.id, number,
        (*(_weighed(each, quotes) for each in found.wanted), *(_weighed(each, quoted) for each in found.people)),
        tuple(_weighed(each, quotes) for each in found.unwanted),
        tuple(claim.text for claim in pains), tuple(claim.text for claim in signals),
        " ".join(claim.text for claim in (offer, insight) if claim),
    )  # fmt: skip


def _weighed(criterion: Criterion, quotes: Mapping[str, str]) -> IcpCriterion:
    told = tuple(quotes[one] for one in criterion.evidence if one in quotes)
    return IcpCriterion(criterion.field, criterion.op, criterion.values, criterion.weight, criterion.text, told)


def wanted_attributes(documents: Mapping[Kind, Document]) -> tuple[str, ...]:
    """Return what data the criteria and mails of a strategy need."""
    found = criteria(documents)
    company = documents.get("target_company")
    names: list[str] = [each.field for each in (*found.wanted, *found.unwanted, *found.people)]
    if company and isinstance(company.content, TargetCompany) and company.content.buying_signals:
        names += FOR_SIGNALS
    return tuple(dict.fromkeys((*names, *ALWAYS)))


def data_sources(
    strategy: Strategy, catalogue: Sequence[DataSource], *, budget_usd: float | None, records: int
) -> tuple[DataSources, tuple[Evidence, ...]]:
    """Write the sixth document, by rules alone: every figure is the catalogue's, every need a criterion's."""
    found = criteria(strategy.documents)
    needs = (*found.wanted, *found.unwanted, *found.people)
    countries = [value for each in found.wanted if each.field == "country" and each.op == "is" for value in each.values]
    wanted = wanted_attributes(strategy.documents)
    advice = recommend(catalogue, wanted, budget_usd=budget_usd, records=records, countries=countries)
    cited = [_cited(f"c{place}", pick.source) for place, pick in enumerate(advice.picks, 1)]
    asked = {f"n{place}": need for place, need in enumerate(needs, 1)}
    written = DataSources(
        recommendations=tuple(
            _row(each.id, pick, asked, strategy.language, records) for each, pick in zip(cited, advice.picks, strict=True)
        ),
        workflow=_workflow(strategy.language, advice),
        costs=_costs(_TOLD[strategy.language], advice, records),
        gaps=_gaps(strategy.language, advice, tuple(asked)),
    )
    return written, (*cited, *(Evidence(name, "document", need.field, describe(need)) for name, need in asked.items()))


def _cited(name: str, source: DataSource) -> Evidence:
    at = source.cost.read_on.isoformat() if source.cost.read_on else None
    return Evidence(
        name, "catalogue", str(source.cost.source or source.home or source.title), source.cost.text, at=at, title=source.title
    )


def _named(language: str, names: Sequence[str]) -> str:
    return ", ".join(_RUSSIAN[name] if language == "ru" else name.replace("_", " ") for name in names)


def _row(name: str, pick: Pick, asked: Mapping[str, Criterion], language: str, records: int) -> Recommendation:
    because = tuple(one for one, need in asked.items() if need.field in pick.covers)
    words, usd = _TOLD[language], pick.monthly_usd
    price = words["asked"] if usd is None else words["paid"].format(usd=usd, records=records) if usd else words["free"]
    told = f"{pick.source.title}: {words['gives']} {_named(language, pick.covers)}; {price}."
    source = pick.source
    return Recommendation(
        text=told, basis="stated", evidence=(name, *because), source=source.name, fields=pick.covers,
        api=str(source.home or source.title), cost=source.cost.text, monthly_usd=pick.monthly_usd, connect=source.connect,
        confidence=source.cost.confidence,
    )  # fmt: skip


def _workflow(language: str, advice: Advice) -> tuple[WorkStep, ...]:
    steps: list[WorkStep] = []
    for order, pick in enumerate(advice.picks, 1):
        verb = _TOLD[language]["check" if pick.covers == ("email_verification",) else "read"]
        told, names = f"{verb}: {_named(language, pick.covers)} ({pick.source.title})", (pick.source.name,)
        steps.append(WorkStep(text=told, basis="inferred", evidence=(f"c{order}",), order=order, sources=names))
    return tuple(steps)


def _costs(words: Mapping[str, str], advice: Advice, records: int) -> tuple[Claim, ...]:
    ids = tuple(f"c{place}" for place, _ in enumerate(advice.picks, 1))
    told = [words["cost"].format(usd=advice.monthly_usd, records=records)]
    told += [words["unpriced"].format(names=", ".join(advice.unpriced))] if advice.unpriced else []
    return tuple(Claim(text=text, basis="inferred", evidence=ids) for text in told) if ids else ()


def _gaps(language: str, advice: Advice, ids: tuple[str, ...]) -> tuple[Claim, ...]:
    told = _TOLD[language]["gap" if advice.uncovered else "none"].format(names=_named(language, advice.uncovered))
    return (Claim(text=told, basis="inferred", evidence=ids or ("c1",)),)
