"""Every error says how to recover, in its type."""

from __future__ import annotations

import pytest

from gtm_pipelines import errors
from gtm_pipelines.errors import GtmError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, GtmError)]


def test_codes_are_stable_names_of_their_own() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes) == 8


def test_only_what_time_can_mend_is_retried() -> None:
    assert [kind.__name__ for kind in KINDS if kind.retriable] == ["TransientError"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_fails_with_a_code_that_is_not_success(kind: type[GtmError]) -> None:
    assert 0 < kind.exit_code < 126


def test_a_refusal_names_its_rule() -> None:
    error = errors.PolicyError("approval.missing", "Approve the draft first.")
    assert (error.rule, str(error)) == ("approval.missing", "Approve the draft first.")
