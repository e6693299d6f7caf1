"""The judge that counts: what a mail says of its reader gives points, and every reason says what cost some."""

from __future__ import annotations

from datetime import UTC, datetime

from gtm_pipelines.drafting.checks.checker import RuleChecker
from gtm_pipelines.drafting.evidence import Evidence, Finding, Grounding, Judgement, Material
from gtm_pipelines.drafting.judging.rules import judged, risk_of

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
KNOWN = (
    Evidence("company.name", "name", "Oakwater", "import"),
    Evidence("contact.company_name", "company_name", "Oakwater", "import"),
    Evidence("company.domain", "domain", "oakwater.example", "import"),
    Evidence("company.description", "description", "Oakwater pays wages, said its Operations Director in Leeds", "import"),
    Evidence("contact.position", "position", "Operations Director", "import"),
    Evidence("contact.seniority", "seniority", "director", "import"),
    Evidence("fact:1", "city", "Leeds", "website"),
    Evidence("sender.name", "name", "Ben Carter", "sender"),
)


def judgement(words: str) -> Judgement:
    body = f"Hi Anna,\n\n{words}, and planning by hand takes time.\n\nMay I show you how?\n\nBest regards,\nBen Carter"
    made = Material("The plan", body, "en", (), KNOWN, ("Ben Carter",), ("Anna",))
    return judged(made, RuleChecker().check(made, now=NOW))


def relevance(words: str) -> float:
    return float(judgement(words).reasons["relevance"].split("/")[0])


def test_a_name_alone_is_worth_less_than_a_position_and_that_less_than_a_fact_besides() -> None:
    nothing, name = relevance("a plan is made by hand"), relevance("at Oakwater a plan is made by hand")
    position = relevance("you are Operations Director at Oakwater")
    more = relevance("you are Operations Director at Oakwater in Leeds")
    assert nothing < name < position < more < 10


def test_what_is_known_twice_counts_once_and_the_facts_are_named() -> None:
    said = judgement("you are Operations Director at Oakwater").reasons["relevance"]
    assert "it uses 1 fact about the reader (position) and a name" in said
    assert "it uses 0 facts about the reader and a name" in judgement("at Oakwater a plan is made").reasons["relevance"]


def test_every_point_that_is_not_given_is_accounted_for() -> None:
    clean = judgement("at Oakwater a plan is made by hand").reasons
    assert clean["tone"] == "7/10 by counting: nothing was found that costs points; counting gives 7 at most"
    assert clean["call_to_action"].startswith("8/10 by counting: 1 question; nothing was found")
    material = Material("Plan", "Buy now", "en", (), (), (), ())
    findings = (
        Finding("spam.phrase", "flag", "'Buy now' is spam"),
        Finding("ungrounded.number", "block", "'40' stands in nothing"),
    )
    told = judged(material, Grounding("block", (), findings)).reasons
    assert told["tone"] == "5/10 by counting: 1 stock phrase or the like: 2 points less; counting gives 7 at most"
    assert told["grounding"] == "6/10 by counting: 1 statement that nothing bears out: 4 points less"
    assert told["call_to_action"].startswith("3/10 by counting: 0 questions; one is best: 5 points less")


def test_risk_says_that_nothing_is_good_and_what_was_found_is_never_nothing() -> None:
    unverified = Finding("recipient.unverified", "flag", "Nobody has verified the recipient's address")
    risk, told = risk_of([unverified])
    assert risk == 0.1
    assert told["legal"] == "1/10 by counting: 0 is best; Nobody has verified the recipient's address"
    assert told["brand"] == "0/10 by counting: no risk, nothing was found"
    assert risk_of([])[0] == 0
