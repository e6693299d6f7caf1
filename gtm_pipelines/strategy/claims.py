"""What documents are made of: statements that name the quotes they rest on, and criteria that code can apply."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

SENTENCE, QUOTE, MANY, FEW = 300, 300, 6, 3
"""How long what a grammar lets a model write may be: characters of a statement and of a quote, entries of a list.

Held by the servers that can; a stronger model that says more is not asked to say it again.
"""


def at_most(**bounds: int) -> Any:
    """Return bounds that stand in a schema and are not checked afterwards."""
    return Field(json_schema_extra=dict(bounds))


Text = Annotated[str, Field(min_length=1), at_most(maxLength=SENTENCE)]
Ids = Annotated[tuple[Annotated[str, at_most(maxLength=4)], ...], at_most(minItems=1, maxItems=FEW)]
Texts = Annotated[tuple[Text, ...], at_most(minItems=1, maxItems=MANY)]
Basis = Literal["stated", "inferred"]
Weight = Literal["must", "should", "may"]
Op = Literal["is", "is_not", "contains", "at_least", "at_most"]
CompanyField = Literal["industry", "country", "city", "employee_count", "revenue", "language", "technology", "keyword"]
PersonField = Literal["position", "seniority", "function"]
CriterionField = Literal[CompanyField, PersonField]
COMPANY_FIELDS: tuple[str, ...] = get_args(CompanyField)
PERSON_FIELDS: tuple[str, ...] = get_args(PersonField)
NUMBERS = ("employee_count", "revenue")
"""Fields compared by size."""


class Form(BaseModel):
    """A closed form: it names its fields and takes no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Claim(Form):
    """One statement and the quotes it rests on."""

    text: Text = Field(description="One statement, one sentence.")
    basis: Basis = Field(description="'stated' where a quote says it in other words, 'inferred' where it only follows from one.")
    evidence: Ids = Field(description="Ids of the quotes it rests on, such as e1; at least one.")


class Criterion(Claim):
    """A statement about whom to look for, with the comparison that code makes of it."""

    field: CriterionField = Field(description="What is compared.")
    op: Op = Field(description="How: 'is' any of the values, or a number 'at_least' or 'at_most' the only value.")
    values: Texts = Field(
        description="Countries and languages as ISO codes of two letters; numbers as digits; revenue in US dollars a year."
    )
    weight: Weight = Field(description="'must' where a company without it is none, else 'should' or 'may'.")


class Signal(Claim):
    """Something that can be seen from outside and says that now is a good moment."""

    seen_in: Text = Field(description="Where it can be seen, such as job advertisements.")


class ValueProposition(Claim):
    """What somebody with a pain gets."""

    pain: Text = Field(description="The pain it answers.")
    outcome: Text = Field(description="What is different afterwards.")


class Step(Claim):
    """One mail of a sequence; its statement is what the mail says."""

    day: int = Field(ge=0, le=90, description="Days after the first mail, which is day 0.")
    purpose: Literal["open", "follow_up", "proof", "close"] = Field(description="What the mail is for.")
    call_to_action: Text = Field(description="The one thing it asks for.")


class Personalisation(Claim):
    """What is put into a mail for one reader; its statement says how."""

    about: Literal["company", "person"] = Field(description="Whose detail it is.")
    detail: Text = Field(description="The detail that is needed, such as open positions.")


class Recommendation(Claim):
    """A source of data worth using; its statement says why."""

    source: Text
    fields: tuple[Text, ...]
    api: Text
    cost: Text
    monthly_usd: float | None
    connect: Text
    confidence: Literal["verified", "reported", "unknown"]


class WorkStep(Claim):
    """One step of how the sources are used; its statement says what is done."""

    order: int = Field(ge=1)
    sources: tuple[Text, ...]
