"""One verdict of everything that is said of an address, and how many mails of a list come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gtm_pipelines.enrichment.verification.bounces import PRIORS, project
from gtm_pipelines.enrichment.verification.model import VERDICTS, assess
from gtm_pipelines.record.settled import Statement

NOW = datetime(2026, 3, 4, tzinfo=UTC)
ANNA = "anna@harbour.example"


def said(source: str, value: str | None, field: str = "email_verification", **more: object) -> Statement:
    values = {"confidence": 0.9, "retrieved_at": NOW - timedelta(days=1), "evidence": f"{source}: {ANNA} is {value}"}
    return Statement(f"{source}-{value}", field, value, source, **{**values, **more})  # type: ignore[arg-type]


def test_an_address_nobody_looked_at_is_unchecked() -> None:
    assert assess(ANNA, [], NOW).verdict == "unchecked"
    assert assess(ANNA, [said("offline_check", "valid", confidence=0.6)], NOW).verdict == "unchecked"


def test_a_mail_server_is_more_than_nothing_and_less_than_a_vendors_word() -> None:
    server = said("dns_check", "mx", "email_server")
    assert assess(ANNA, [server], NOW).verdict == "server"
    assert assess(ANNA, [server, said("hunter_verifier", "valid")], NOW).verdict == "valid"


@pytest.mark.parametrize("value", ["null_mx", "no_server", "no_domain"])
def test_a_domain_that_takes_no_mail_beats_a_vendors_old_word(value: str) -> None:
    found = assess(ANNA, [said("hunter_verifier", "valid"), said("dns_check", value, "email_server")], NOW)
    assert found.verdict == "invalid"
    assert found.evidence[0].source == "dns_check"


def test_two_vendors_are_settled_by_their_confidence() -> None:
    unsure, sure = said("hunter_verifier", "catch_all", confidence=0.8), said("leadmagic_verifier", "valid", confidence=0.95)
    assert assess(ANNA, [unsure, sure], NOW).verdict == "valid"


def test_a_persons_word_beats_everybody() -> None:
    assert (
        assess(ANNA, [said("hunter_verifier", "invalid"), said("person", "valid", evidence="called her")], NOW).verdict == "valid"
    )


def test_what_has_expired_is_not_known() -> None:
    old = said("hunter_verifier", "valid", expires_at=NOW)
    assert assess(ANNA, [old], NOW).verdict == "unchecked"


@pytest.mark.parametrize("other", ["anna@harbour.example.org", "joanna@harbour.example", "anna@harbour.examples"])
def test_what_was_said_of_another_address_does_not_count(other: str) -> None:
    assert assess(other, [said("hunter_verifier", "valid")], NOW).verdict == "unchecked"


def test_a_role_mailbox_and_a_free_provider_are_told_beside_the_verdict() -> None:
    role, free = assess(ANNA, [said("offline_check", "role")], NOW), assess(ANNA, [said("hunter_verifier", "freemail")], NOW)
    assert (role.verdict, role.role, role.free_mail) == ("unchecked", True, False)
    assert (free.verdict, free.role, free.free_mail) == ("unchecked", False, True)


def test_every_verdict_has_a_prior_with_its_source() -> None:
    assert set(PRIORS) == set(VERDICTS)
    assert all(prior.source and 0 < prior.rate < 1 for prior in PRIORS.values())


def test_a_list_nobody_checked_may_be_released_with_a_warning() -> None:
    found = project({"unchecked": 1_000}, {})
    assert found.rate == pytest.approx(0.033)
    assert found.low < 0.033 < 0.05 < found.high < 0.1
    assert found.gate == "warn"


def test_a_verified_list_is_open() -> None:
    assert project({"valid": 1_000}, {}).gate == "open"


def test_dead_addresses_block() -> None:
    found = project({"valid": 950, "invalid": 50}, {})
    assert found.rate == pytest.approx((950 * 0.01 + 50 * 0.95) / 1000)
    assert found.gate == "blocked"


def test_own_bounces_move_the_rate_and_narrow_the_interval() -> None:
    before, after = project({"unchecked": 1_000}, {}), project({"unchecked": 1_000}, {"unchecked": (2_000, 20)})
    assert after.rate == pytest.approx((0.033 * 70 + 20) / 2_070)
    assert after.high - after.low < (before.high - before.low) / 2
    assert after.gate == "open"
    assert project({"unchecked": 1_000}, {"unchecked": (500, 40)}).gate == "blocked"


def test_the_interval_holds_what_happens() -> None:
    """Of worlds drawn from the priors, about 95 in 100 have their rate inside."""
    import numpy as np

    random, inside = np.random.default_rng(7), 0
    found = project({"unchecked": 300, "catch_all": 100}, {})
    for _ in range(2_000):
        bounced = sum(
            random.binomial(count, random.beta(PRIORS[one].rate * PRIORS[one].worth, (1 - PRIORS[one].rate) * PRIORS[one].worth))  # type: ignore[index]
            for one, count in (("unchecked", 300), ("catch_all", 100))
        )
        inside += found.low <= bounced / 400 <= found.high
    assert 0.93 <= inside / 2_000 <= 0.97


def test_nobody_to_write_to_blocks_nothing() -> None:
    assert project({}, {}).gate == "open"
