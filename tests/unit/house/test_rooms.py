"""The rules of the house hold, and each check notices when they do not."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from tests.unit.house import rules

pytestmark = pytest.mark.house

LIBRARY = ("gtm_pipelines",)
PRODUCT = ("gtm_pipelines", "assets", "app")
LONG_FILES: dict[str, int] = {}
"""Files over 300 lines, with the size they may not exceed. The list may only get shorter."""

Rule = Callable[[str, ast.AST], list[str]]


def found(rule: Rule, folders: tuple[str, ...], exempt: tuple[str, ...] = ()) -> list[str]:
    paths = [path for path in rules.sources(*folders) if rules.place(path) not in exempt]
    return [fault for path in paths for fault in rule(rules.place(path), rules.tree(path))]


def test_each_library_stays_in_its_room() -> None:
    assert found(rules.strangers, PRODUCT) == []


def test_a_stage_takes_only_models_from_other_stages() -> None:
    assert found(rules.borrowed_services, LIBRARY) == []


def test_only_the_clock_reads_the_machines_clock() -> None:
    assert found(rules.real_clock, PRODUCT, exempt=("gtm_pipelines/clock.py", "gtm_pipelines/ids.py")) == []


def test_only_the_settings_read_the_environment() -> None:
    assert found(rules.environment, PRODUCT, exempt=("gtm_pipelines/settings.py",)) == []


def test_chance_is_seeded_and_handed_in() -> None:
    assert found(rules.global_chance, PRODUCT) == []


def test_no_test_replaces_a_part_behind_its_back() -> None:
    assert found(rules.replaced_parts, ("tests",)) == []


def test_files_stay_small_rooms() -> None:
    sizes = {rules.place(path): len(path.read_text("utf-8").splitlines()) for path in rules.sources(*PRODUCT)}
    grown = {path: size for path, size in sizes.items() if "/migrations/" not in path and size > LONG_FILES.get(path, 300)}
    assert grown == {}
    mended = [path for path in LONG_FILES if sizes.get(path, 0) <= 300]
    assert mended == [], "these are small enough now: take them off the list"


def test_functions_stay_short() -> None:
    faults = found(lambda path, tree: rules.long_functions(path, tree, 40), PRODUCT)
    assert [fault for fault in faults if "/migrations/" not in fault] == []


CASES = [
    (rules.strangers, "gtm_pipelines/intake/service.py", "def f():\n    import duckdb\n"),
    (rules.strangers, "gtm_pipelines/cli/up.py", "from dagster import asset\n"),
    (rules.strangers, "app/main.py", "import litellm\n"),
    (rules.borrowed_services, "gtm_pipelines/review/service.py", "from gtm_pipelines.drafting.service import DraftingService\n"),
    (rules.borrowed_services, "gtm_pipelines/review/service.py", "from gtm_pipelines.delivery import policy\n"),
    (rules.real_clock, "gtm_pipelines/x.py", "import datetime\nat = datetime.datetime.now()\n"),
    (rules.real_clock, "gtm_pipelines/x.py", "from time import sleep\n"),
    (rules.real_clock, "gtm_pipelines/x.py", "import time\ndef f(clock=time.monotonic): ...\n"),
    (rules.environment, "gtm_pipelines/x.py", "import os\nos.environ['X']\n"),
    (rules.environment, "gtm_pipelines/x.py", "from os import getenv\n"),
    (rules.global_chance, "gtm_pipelines/x.py", "import random\nrandom.shuffle([])\n"),
    (rules.replaced_parts, "tests/test_x.py", "from unittest.mock import patch\n"),
    (rules.replaced_parts, "tests/test_x.py", "from unittest import mock\n"),
]


@pytest.mark.parametrize(("rule", "path", "code"), CASES)
def test_the_check_notices(rule: Rule, path: str, code: str) -> None:
    assert len(rule(path, ast.parse(code))) >= 1


ALLOWED = [
    (rules.strangers, "gtm_pipelines/matching/pool.py", "import duckdb\n"),
    (rules.borrowed_services, "gtm_pipelines/review/service.py", "from gtm_pipelines.campaigns.model import Campaign\n"),
    (rules.borrowed_services, "gtm_pipelines/review/service.py", "from gtm_pipelines.review.editing import edit\n"),
    (rules.real_clock, "gtm_pipelines/x.py", "def f(clock):\n    return clock.now()\n"),
    (rules.global_chance, "gtm_pipelines/x.py", "import random\nrandom.Random(7).shuffle([])\n"),
]


@pytest.mark.parametrize(("rule", "path", "code"), ALLOWED)
def test_the_check_lets_the_rightful_pass(rule: Rule, path: str, code: str) -> None:
    assert rule(path, ast.parse(code)) == []


def test_the_check_measures_functions() -> None:
    body = "def f():\n" + "    x = 1\n" * 41
    assert len(rules.long_functions("x.py", ast.parse(body), 40)) == 1
