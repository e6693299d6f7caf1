"""A real small model, held to the forms of claims by its server, answers in form; a hundred calls are a benchmark."""

from __future__ import annotations

import argparse

import pytest

from tests.benchmarks.ask_strategies import SMALL, ask, first_try, over
from tests.local_model import local_model

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_claims_of_each_kind_come_in_form_and_only_one_that_ran_on_is_asked_again(tmp_path) -> None:
    wanted = argparse.Namespace(size="small", max_tokens=500)
    with local_model() as url:
        bench = over(url, str(tmp_path), 500, "grammar")
        asked = [ask(bench, "harbourline", *SMALL[place], wanted, place) for place in (1, 4)]
        wrong = [first_try(bench, context) for _, context in asked]
        assert None in wrong
        assert set(wrong) <= {None, "truncated"}, "so small a model now and then writes on until it is cut off"
        assert all(found is not None for found, _ in asked)
        bench.close()
