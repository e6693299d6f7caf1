from __future__ import annotations

import json
import random

import pytest

from gtm_pipelines.drafting.learning.compiled import anonymous, written
from gtm_pipelines.drafting.learning.proof import LEAST_COMPANIES, Pair, prove
from gtm_pipelines.drafting.learning.task import Gold
from gtm_pipelines.drafting.programs.model import Case


def pairs(differences: list[float], group: int = 1) -> list[Pair]:
    return [Pair(str(n), f"c{n // group}", 0.5, 0.5 + difference) for n, difference in enumerate(differences)]


class TestTheProof:
    def test_better_on_every_company_is_better(self) -> None:
        found = prove(pairs([0.1] * 12), seed=1)
        assert (found.verdict, found.better, found.worse) == ("better", 12, 0)
        assert found.low == pytest.approx(0.1)

    def test_ups_and_downs_prove_nothing(self) -> None:
        assert prove(pairs([0.3, -0.3] * 10), seed=1).verdict == "undecided"

    def test_worse_is_said(self) -> None:
        assert prove(pairs([-0.1] * 12), seed=1).verdict == "worse"

    def test_few_companies_prove_nothing_however_many_mails(self) -> None:
        found = prove(pairs([0.1] * 60, group=10), seed=1)
        assert (found.verdict, found.companies, found.needed) == ("not_enough_data", 6, LEAST_COMPANIES - 6)

    def test_no_case_at_all(self) -> None:
        assert prove([], seed=1).verdict == "not_enough_data"

    def test_the_same_seed_gives_the_same(self) -> None:
        differences = [random.Random(n).uniform(-0.2, 0.3) for n in range(30)]
        assert prove(pairs(differences), seed=3) == prove(pairs(differences), seed=3)

    def test_mails_to_one_company_are_not_counted_as_independent(self) -> None:
        chance = random.Random(5)
        of_company = [chance.gauss(0, 0.2) for _ in range(20)]
        alike = [of_company[n // 10] for n in range(200)]
        apart = [chance.gauss(0, 0.2) for _ in range(200)]
        clustered, free = prove(pairs(alike, group=10), seed=1), prove(pairs(apart), seed=1)
        assert clustered.high is not None
        assert clustered.low is not None
        assert free.high is not None
        assert free.low is not None
        assert clustered.high - clustered.low > 2 * (free.high - free.low)

    def test_without_any_difference_it_is_called_better_at_most_as_often_as_stated(self) -> None:
        chance = random.Random(11)
        called = sum(prove(pairs([chance.gauss(0, 0.2) for _ in range(24)]), seed=1).verdict == "better" for _ in range(400))
        assert called / 400 <= 0.05


def gold(recipient: str, language: str) -> Gold:
    return Gold("1", "g", "p", Case(recipient, language, "one"), "", "", True, 1.0, "")


class TestWhatIsKept:
    def test_names_addresses_and_numbers_of_people_are_gone_in_every_case(self) -> None:
        people = [gold("Anna Lee, CTO, Acme", "en"), gold("Марина Петрова, Директор, Ромашка", "ru")]
        text = (
            "Anna Lee asked; Anna's mail a.lee@acme.test, +44 20 7946 0018. Марине Петровой, с Мариной, linkedin.com/in/anna-lee"
        )
        kept = anonymous({"write": {"demos": [{"body": text}]}}, people)
        said = json.dumps(kept, ensure_ascii=False)
        for name in ("Anna", "Lee", "a.lee@", "7946", "Марин", "Петров", "linkedin"):
            assert name not in said, name
        assert "Alex" in said
        assert "Александра" in said

    def test_words_that_only_begin_like_a_name_stay(self) -> None:
        kept = anonymous({"write": {"signature": {"instructions": "Annas will leeward annals"}}}, [gold("Ann Lee", "en")])
        assert kept["write"]["signature"]["instructions"] == "Annas will leeward annals"

    def test_the_file_is_json_that_packs_read(self) -> None:
        assert json.loads(written({"draft.en": {}}, {"dspy": "3"})) == {
            "format": 1, "programs": {"draft.en": {}}, "provenance": {"dspy": "3"},
        }  # fmt: skip
