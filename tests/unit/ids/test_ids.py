"""Identifiers are unique, sort by creation and are version 7."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.ids import digest, first_id_of, new_id, new_ids


def test_identifiers_ascend_and_never_repeat_over_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [i for batch in pool.map(lambda _: list(new_ids(2000)), range(16)) for i in batch]
    assert len(set(made)) == 32_000
    alone = [new_id() for _ in range(1000)]
    assert alone == sorted(alone)
    assert min(alone) > max(made)


def test_an_identifier_is_a_uuid_of_version_seven() -> None:
    assert all(UUID(i).version == 7 and UUID(i).variant == "specified in RFC 4122" for i in new_ids(1000))


def test_what_was_made_from_a_moment_on_is_told_from_what_was_made_before() -> None:
    before = new_id()
    time.sleep(0.002)
    moment = datetime.now(UTC)
    time.sleep(0.002)
    assert before < first_id_of(moment) < new_id()


@given(st.lists(st.text()), st.lists(st.text()))
def test_a_digest_tells_different_parts_apart(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)
