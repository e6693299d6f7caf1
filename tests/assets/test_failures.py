"""Which errors Dagster tries again, and what people are told."""

from __future__ import annotations

import dagster as dg
import pytest

from assets.failures import told_plainly
from gtm_pipelines.errors import InputError, PolicyError, SettingsError, TransientError


@pytest.mark.parametrize("error", [InputError("mend the file"), SettingsError("set it"), PolicyError("rule.x", "ask a person")])
def test_what_trying_again_cannot_mend_fails_at_once_with_its_own_words(error: Exception) -> None:
    with pytest.raises(dg.Failure) as failed, told_plainly():
        raise error
    assert not failed.value.allow_retries
    assert failed.value.description == str(error)


def test_a_passing_trouble_is_left_to_the_retry_policy() -> None:
    with pytest.raises(TransientError), told_plainly():
        raise TransientError("busy")


def test_a_fault_of_our_own_is_not_repeated() -> None:
    with pytest.raises(dg.Failure, match="KeyError") as failed, told_plainly():
        raise KeyError("nothing")
    assert not failed.value.allow_retries
