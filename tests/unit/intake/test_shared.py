"""A domain is a key only where its companies could be one."""

from __future__ import annotations

import pytest

from gtm_pipelines.intake.shared import UNRELATED_NAMES, unrelated


@pytest.mark.parametrize(
    ("names", "families"),
    [
        (("vanke", "china vanke", "vanke property"), 1),
        (("credit agricole nord", "credit agricole sud", "agricole alpes"), 1),
        (("ромашка", "romashka", "daisy brands"), 3),
        (("alder group", "birch group", "cedar holdings"), 3),
        (("a", "b", "a b"), 3),
        (("alpha beta", "gamma delta", "beta gamma"), 1),
    ],
)
def test_names_are_one_family_when_words_that_are_not_common_link_them(names: tuple[str, ...], families: int) -> None:
    assert unrelated(names) == families


def test_a_name_in_two_alphabets_with_a_brand_is_still_one_company() -> None:
    assert unrelated(("ромашка", "romashka", "daisy")) < UNRELATED_NAMES
