"""Importing does nothing, and costs only what it must: each asked of a fresh interpreter."""

from __future__ import annotations

import json
import keyword
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts import ROOT

pytestmark = [pytest.mark.house, pytest.mark.slow]

IMPORT_EVERYTHING = """
import json, pkgutil, sys
import gtm_pipelines
done, deeds = [], []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        deeds.append(f"opens {arguments[0]} for writing")
    elif event == "socket.bind" and arguments[1] == ("::1", 0):
        pass  # urllib3, which comes with DSPy, looks whether this machine has IPv6
    elif event in ("socket.connect", "socket.bind", "subprocess.Popen", "sqlite3.connect", "os.mkdir", "os.remove"):
        deeds.append(f"{event} {arguments[:2]}")
sys.addaudithook(watch)
sys.dont_write_bytecode = True
for module in pkgutil.walk_packages(gtm_pipelines.__path__, "gtm_pipelines."):
    if ".migrations." in module.name or "._bundle" in module.name or module.name.endswith("__main__"):
        continue
    before = len(deeds)
    __import__(module.name)
    done.append(module.name)
    deeds[before:] = [f"{module.name}: {deed}" for deed in deeds[before:]]
print(json.dumps({"done": done, "deeds": deeds, "loaded": sorted(m for m in sys.modules if "." not in m)}))
"""


def ask(code: str, cwd: Path) -> str:
    """Run code in a fresh interpreter, in a folder that holds nothing."""
    command = [sys.executable, "-B", "-c", code]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_any_module_touches_nothing(tmp_path: Path) -> None:
    told = json.loads(ask(IMPORT_EVERYTHING, tmp_path))
    assert "gtm_pipelines.record.engine" in told["done"]
    assert told["deeds"] == []
    assert list(tmp_path.iterdir()) == []


def test_the_library_loads_no_orchestrator_no_page_and_no_litellm(tmp_path: Path) -> None:
    loaded = json.loads(ask(IMPORT_EVERYTHING, tmp_path))["loaded"]
    assert {"dagster", "streamlit", "litellm"} & set(loaded) == set()


def test_dspy_does_its_work_without_litellm(tmp_path: Path) -> None:
    code = (
        "import sys, dspy, gtm_pipelines; dspy.LM('openai/any', engine='lm15', api_key='none'); print('litellm' in sys.modules)"
    )
    assert ask(code, tmp_path).strip() == "False"


def test_help_loads_none_of_the_heavy_parts(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom gtm_pipelines.cli.main import main\n"
        "sys.argv = ['gtm', '--help']\nmain()\n"
        "heavy = {'dspy', 'dagster', 'streamlit', 'duckdb', 'polars', 'pandas', 'sqlalchemy'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    assert ask(code, tmp_path).strip().endswith("[]")


def test_every_listed_command_has_its_module() -> None:
    from gtm_pipelines.cli.main import COMMANDS

    files = {name: f"{name}_.py" if keyword.iskeyword(name) else f"{name}.py" for name in COMMANDS}
    missing = [name for name, file in files.items() if not (ROOT / "gtm_pipelines" / "cli" / file).is_file()]
    assert missing == []
