"""The six documents of a strategy as closed forms. Every field is a section; every section is made of claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field

from gtm_pipelines.strategy.claims import (
    MANY,
    QUOTE,
    Claim,
    Criterion,
    Form,
    Personalisation,
    Recommendation,
    Signal,
    Step,
    ValueProposition,
    WorkStep,
    at_most,
)

Kind = Literal["product_overview", "target_company", "target_persona", "positioning", "email_strategy", "data_sources"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""The documents, each after those it may rest on."""
Claims = Annotated[tuple[Claim, ...], at_most(maxItems=MANY)]


class ProductOverview(Form):
    """What is offered, to whom until now, and beside what."""

    offer: Claim | None = Field(description="What the company sells, to whom and what for.")
    category: Claim | None = Field(description="What kind of product or service it is.")
    features: Claims = Field(description="What it does.")
    benefits: Claims = Field(description="What customers get from it.")
    customers: Claims = Field(description="Who uses it: named customers, kinds of customers.")
    proof: Claims = Field(description="Figures, references and certificates that speak for it.")
    pricing: Claims = Field(description="What it costs and how it is paid.")
    competition: Claims = Field(description="What customers would use otherwise, and how this differs.")


class TargetCompany(Form):
    """Which companies to look for, when, and which to leave alone."""

    firmographics: Annotated[tuple[Criterion, ...], at_most(maxItems=MANY)] = Field(description="What a fitting company is like.")
    buying_signals: Annotated[tuple[Signal, ...], at_most(maxItems=MANY)] = Field(
        description="What says that now is a good moment."
    )
    disqualifiers: Annotated[tuple[Criterion, ...], at_most(maxItems=MANY)] = Field(description="What rules a company out.")


class TargetPersona(Form):
    """Who decides there, and what moves them."""

    decision_maker: Claim | None = Field(description="Who decides to buy and what they answer for.")
    criteria: Annotated[tuple[Criterion, ...], at_most(maxItems=MANY)] = Field(
        description="How to find them: position, seniority (founder, c_level, vp, director, head, manager) or function."
    )
    goals: Claims = Field(description="What they want to reach.")
    behaviours: Claims = Field(description="How they work, learn and buy.")
    pains: Claims = Field(description="What troubles them that the offer answers.")
    objections: Claims = Field(description="What they would say against it.")


class Positioning(Form):
    """Why this offer and no other."""

    insight: Claim | None = Field(description="What is true about the reader's world that the competition does not say.")
    value_propositions: Annotated[tuple[ValueProposition, ...], at_most(maxItems=MANY)] = Field(
        description="What the offer gives, pain by pain."
    )
    differences: Claims = Field(description="What nobody else can say of itself.")
    voice: Claims = Field(description="How the company speaks about itself.")


class EmailStrategy(Form):
    """What to write, in which order, and what to put in for each reader."""

    angle: Claim | None = Field(description="The one thought that all mails carry.")
    subject_lines: Claims = Field(description="Subject lines as they would be sent, under 60 characters, without tricks.")
    sequence: Annotated[tuple[Step, ...], at_most(maxItems=MANY)] = Field(description="Two to five mails.")
    personalisation: Annotated[tuple[Personalisation, ...], at_most(maxItems=MANY)] = Field(
        description="What to put in for each reader."
    )


class DataSources(Form):
    """Where to find such companies and people, what it costs, and in which order to ask."""

    recommendations: tuple[Recommendation, ...]
    workflow: tuple[WorkStep, ...]
    costs: Claims
    gaps: Claims


Content = ProductOverview | TargetCompany | TargetPersona | Positioning | EmailStrategy | DataSources
FORMS: Mapping[Kind, type[Content]] = {
    "product_overview": ProductOverview,
    "target_company": TargetCompany,
    "target_persona": TargetPersona,
    "positioning": Positioning,
    "email_strategy": EmailStrategy,
    "data_sources": DataSources,
}


class Quote(Form):
    """Words out of the material, copied letter by letter."""

    id: Annotated[str, at_most(maxLength=4)] = Field(description="e1, e2 and so on.")
    source: Annotated[str, at_most(maxLength=60)] = Field(
        description="Id of the page or statement it stands in, as the material gives it."
    )
    quote: Annotated[str, at_most(maxLength=QUOTE)] = Field(
        description="The words as they stand there: at least three words, at most forty."
    )


def sections(content: Form) -> dict[str, tuple[Claim, ...]]:
    """Return the claims of each section; a section of one statement has one or none."""
    found: dict[str, tuple[Claim, ...]] = {}
    for name in type(content).model_fields:
        value = getattr(content, name)
        found[name] = value if isinstance(value, tuple) else () if value is None else (value,)
    return found


def coverage(content: Form) -> float:
    """Return the share of a document's sections that hold something, 0 to 1."""
    found = sections(content)
    return sum(1 for claims in found.values() if claims) / len(found)


def paths(content: Form) -> dict[str, Claim]:
    """Return every claim by its path: ``offer``, ``features.0``."""
    found: dict[str, Claim] = {}
    for name, claims in sections(content).items():
        single = not isinstance(getattr(content, name), tuple)
        found |= {name if single else f"{name}.{place}": claim for place, claim in enumerate(claims)}
    return found
