"""Pages that only show what is there load nothing heavy to draw it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gtm_pipelines.workbench import Workbench
from tests.parts import ROOT

OPENED = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app/main.py", default_timeout=120).run()
for page in sys.argv[1:]:
    app.switch_page(f"views/{page}.py").run()
    assert not app.exception, app.exception
    print(page, "dspy" in sys.modules)
"""
PAGES = ("today", "campaigns", "review", "segments", "inbox", "packs", "benchmarks", "ai_models", "experiments", "coach")


@pytest.mark.slow
def test_no_page_loads_dspy_to_be_drawn(answered: Workbench) -> None:
    command = [sys.executable, "-c", OPENED, *PAGES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == [f"{page} False" for page in PAGES]
