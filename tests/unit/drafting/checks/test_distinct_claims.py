"""What a draft claims is told once, and rests on what says it best."""

from __future__ import annotations

from datetime import UTC, datetime

from gtm_pipelines.drafting.checks.checker import RuleChecker
from gtm_pipelines.drafting.evidence import Claim, Evidence, Material

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
BODY = (
    "Hi Anna,\n\nyou are {} at Oakwater Payments, and planning by hand takes time.\n\nBest regards,\nBen Carter\n\n-- \n"
    "Acme Ltd, 1 Sample Street"
)
POSITION = Evidence("contact.position", "position", "Operations Director", "import")
NAME = Evidence("company.name", "name", "Oakwater Payments", "import")
ABOUT = Evidence(
    "company.description", "description", "Oakwater Payments is a payments company in Leeds with 40 people.", "import"
)
LEVEL = Evidence("contact.seniority", "seniority", "director", "import")
TEAM = Evidence("contact.function", "function", "operations", "import")


def claims(*evidence: Evidence, said: str = "Operations Director", own: tuple[Claim, ...] = ()) -> dict[str, tuple[str, ...]]:
    made = Material("The plan", BODY.format(said), "en", own, evidence, ("Ben Carter",), ("Anna",))
    found = RuleChecker().check(made, now=NOW).claims
    assert len({one.text for one in found}) == len(found), "no words twice"
    return {one.text: one.evidence_ids for one in found}


def test_words_inside_a_longer_claim_are_no_claim_of_their_own() -> None:
    assert claims(POSITION, LEVEL, TEAM) == {"Operations Director": ("contact.position",)}


def test_words_that_stand_elsewhere_too_remain_a_claim() -> None:
    found = claims(POSITION, LEVEL, said="Operations Director, and a director has little time,")
    assert found == {"Operations Director": ("contact.position",), "Director": ("contact.seniority",)}


def test_a_name_rests_on_the_name_and_not_on_a_text_that_mentions_it() -> None:
    assert claims(ABOUT, NAME)["Oakwater Payments"] == ("company.name",)
    legal = Evidence("company.legal_name", "legal_name", "Oakwater Payments Ltd", "register")
    assert claims(ABOUT, legal, NAME)["Oakwater Payments"] == ("company.name", "company.legal_name")
    assert claims(ABOUT)["Oakwater Payments"] == ("company.description",), "where nothing shorter says it"


def test_a_passage_that_a_short_value_was_read_from_does_not_carry_the_names_in_it() -> None:
    size = Evidence("fact:1", "employee_count", "140", "website", span="Oakwater Payments grew to 140 people")
    assert claims(size, NAME)["Oakwater Payments"] == ("company.name",)


def test_what_a_writer_claims_stays_whole_and_what_lies_in_it_is_left_out() -> None:
    own = Claim("you are Operations Director at Oakwater Payments", ("contact.position", "company.name"))
    assert claims(POSITION, LEVEL, NAME, own=(own,)) == {own.text: own.evidence_ids}
