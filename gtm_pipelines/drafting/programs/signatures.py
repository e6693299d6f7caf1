"""What a model is asked at each stage, and the closed form of its answer. A pack's own parts take the place of the words here."""

from __future__ import annotations

from typing import Annotated, Any

import dspy
from pydantic import BaseModel, ConfigDict, Field

SUBJECT_CHARACTERS, BODY_CHARACTERS = 120, 1_600
MOST_CLAIMS, MOST_IDS = 5, 3


class at_most:  # noqa: N801  read as a word beside the type it bounds
    """Bounds that a grammar keeps and nobody checks afterwards; DSPy's fields drop any other way of saying them."""

    def __init__(self, **bounds: int) -> None:
        self.bounds = bounds

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        """Return the schema of the type with the bounds."""
        return {**handler(core), **self.bounds}


Id = Annotated[str, at_most(maxLength=64)]
Ids = Annotated[list[Id], at_most(maxItems=MOST_IDS)]
Line = Annotated[str, at_most(minLength=3, maxLength=SUBJECT_CHARACTERS)]
Words = Annotated[str, at_most(minLength=3, maxLength=160)]
Sentence = Annotated[str, at_most(minLength=3, maxLength=300)]
Body = Annotated[str, at_most(minLength=20, maxLength=BODY_CHARACTERS)]


class Stated(BaseModel):
    """A fact as the mail states it."""

    model_config = ConfigDict(extra="forbid")

    text: Words = Field(description="The words of the mail that state a fact, copied out of it.")
    evidence_ids: Ids = Field(description="Ids of the evidence those words rest on.")


Claims = Annotated[list[Stated], at_most(maxItems=MOST_CLAIMS)]


class Plan(dspy.Signature):  # type: ignore[misc]
    """Plan one short business mail to one person.

    Choose the one thing in `evidence` that makes this `offer` matter to this person now, and build the mail on it alone.
    Name the ids of the evidence to use, at most three; none where nothing fits, and then the mail says so little more.
    Ask for one small thing that can be answered in a line.
    """

    recipient: str = dspy.InputField(desc="the person and company written to")
    evidence: str = dspy.InputField(desc="what is known, each with an id: the only ground of any claim")
    offer: str = dspy.InputField(desc="what the sender offers and asks")
    language: str = dspy.InputField(desc="the language of the mail")
    occasion: str = dspy.InputField(desc="which kind of mail is written, and what for")
    previous: str = dspy.InputField(desc="earlier mails of the sender to this person")
    message: str = dspy.InputField(desc="what the other side wrote")
    voice: str = dspy.InputField(desc="how the sender writes")
    angle: Sentence = dspy.OutputField(desc="the one thought the mail is built on")
    evidence_ids: Ids = dspy.OutputField(desc="ids of the evidence to use, as they stand in brackets")
    call_to_action: Sentence = dspy.OutputField(desc="the one thing the reader is asked to do")


class Write(dspy.Signature):  # type: ignore[misc]
    """Write the mail of the plan, in the language asked for, within the limits.

    Only the text between greeting and signature: no greeting, no name, no address, no way to unsubscribe; they are added.
    Plain sentences a person would say. Every fact about the reader or their company stands in `evidence`; say nothing else
    of them. No link, number, name or promise that stands neither in `evidence` nor in `offer`. List every stated fact as a
    claim with the ids it rests on.
    """

    recipient: str = dspy.InputField(desc="the person and company written to")
    evidence: str = dspy.InputField(desc="what is known, each with an id: the only ground of any claim")
    offer: str = dspy.InputField(desc="what the sender offers and asks")
    plan: str = dspy.InputField(desc="what was planned")
    language: str = dspy.InputField(desc="the language of the mail")
    occasion: str = dspy.InputField(desc="which kind of mail is written, and what for")
    previous: str = dspy.InputField(desc="earlier mails of the sender to this person")
    message: str = dspy.InputField(desc="what the other side wrote")
    voice: str = dspy.InputField(desc="how the sender writes")
    limits: str = dspy.InputField(desc="the lengths allowed")
    subject: Line = dspy.OutputField(desc="the subject line")
    body: Body = dspy.OutputField(desc="the text between greeting and signature")
    claims: Claims = dspy.OutputField(desc="every stated fact of the mail with the ids it rests on")


class Refine(dspy.Signature):  # type: ignore[misc]
    """Mend the mail in `draft`: do what `findings` and `instruction` ask, and leave the rest as it is.

    What rests on no evidence goes out or is said less surely; nothing new is claimed that does not stand in `evidence` or
    `offer`. Only the text between greeting and signature: they are added. List every stated fact with the ids it rests on.
    """

    draft: str = dspy.InputField(desc="subject, body and claims as they are")
    evidence: str = dspy.InputField(desc="what is known, each with an id: the only ground of any claim")
    findings: str = dspy.InputField(desc="what rules found in the draft")
    language: str = dspy.InputField(desc="the language of the mail")
    instruction: str = dspy.InputField(desc="what a person asked to change")
    recipient: str = dspy.InputField(desc="the person and company written to")
    offer: str = dspy.InputField(desc="what the sender offers and asks")
    plan: str = dspy.InputField(desc="what was planned")
    occasion: str = dspy.InputField(desc="which kind of mail is written, and what for")
    previous: str = dspy.InputField(desc="earlier mails of the sender to this person")
    message: str = dspy.InputField(desc="what the other side wrote")
    voice: str = dspy.InputField(desc="how the sender writes")
    limits: str = dspy.InputField(desc="the lengths allowed")
    subject: Line = dspy.OutputField(desc="the subject line")
    body: Body = dspy.OutputField(desc="the text between greeting and signature")
    claims: Claims = dspy.OutputField(desc="every stated fact of the mail with the ids it rests on")
