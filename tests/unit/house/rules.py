"""Rules of the house that no linter knows, as checks over syntax trees. Each returns what it found, with lines."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.parts import ROOT

STAGES = (
    *("llm", "intake", "enrichment", "strategy", "retrieval", "segments", "campaigns", "packs", "drafting"),
    *("review", "delivery", "replies", "metrics", "coaching", "jobs"),
)
"""Stages of the pipeline. ``record`` and ``warehouse`` are the two stores, open to every stage above them."""

ROOMS = {
    "dagster": ("assets/",),
    "streamlit": ("app/",),
    "duckdb": ("gtm_pipelines/warehouse/", "gtm_pipelines/matching/"),
    "pandas": ("app/", "notebooks/"),
    "dspy": (
        *("gtm_pipelines/llm/", "gtm_pipelines/drafting/", "gtm_pipelines/replies/classify", "gtm_pipelines/strategy/"),
        *("gtm_pipelines/coaching/", "gtm_pipelines/agents/"),
    ),
    "litellm": (),
}

_REAL_CLOCK = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "sleep", "perf_counter"},
}
_SEEDED = {"Random", "SystemRandom"}


def sources(*folders: str) -> list[Path]:
    """Return the Python files of the named folders, without caches and data."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def tree(path: Path) -> ast.Module:
    """Parse a file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def place(path: Path) -> str:
    """Return a file's path as the project writes it."""
    return path.relative_to(ROOT).as_posix()


def imported(module: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield every module a file imports, at its top or inside a function, with ``from`` names joined."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def strangers(path: str, module: ast.AST) -> list[str]:
    """Find libraries outside the rooms that may hold them."""
    found = []
    for line, name in imported(module):
        rooms = ROOMS.get(name.partition(".")[0])
        if rooms is not None and not path.startswith(rooms):
            found.append(f"{path}:{line} imports {name}")
    return found


LENT = ("gtm_pipelines.llm.adapter", "gtm_pipelines.llm.metered")
"""What programs of DSPy run on, lent to the stages that have some: how they ask, and what counts their calls."""


def borrowed_services(path: str, module: ast.AST) -> list[str]:
    """Find imports of another stage that are not of its ``model``, nor lent."""
    parts = path.split("/")
    own = parts[1] if len(parts) > 2 and parts[0] == "gtm_pipelines" else ""
    if own not in STAGES:
        return []
    found = []
    for line, name in imported(module):
        steps = name.split(".")
        if len(steps) > 2 and steps[0] == "gtm_pipelines" and steps[1] in STAGES and steps[1] != own and steps[2] != "model":
            if name.startswith(LENT):
                continue
            found.append(f"{path}:{line} takes {name}")
    return found


def real_clock(path: str, module: ast.AST) -> list[str]:
    """Find readings of the machine's clock, however imported."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            owner = node.value
            owner_name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            if node.attr in _REAL_CLOCK.get(owner_name, ()):
                found.append(f"{path}:{node.lineno} reads {owner_name}.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [f"{path}:{node.lineno} takes time.{a.name}" for a in node.names if a.name in _REAL_CLOCK["time"]]
    return found


def environment(path: str, module: ast.AST) -> list[str]:
    """Find readings of environment variables."""
    names = {"environ", "environb", "getenv", "putenv"}
    found = [
        f"{path}:{node.lineno} reads os.{node.attr}"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in names and isinstance(node.value, ast.Name) and node.value.id == "os"
    ]
    return found + [f"{path}:{line} takes {name}" for line, name in imported(module) if name in {f"os.{n}" for n in names}]


def global_chance(path: str, module: ast.AST) -> list[str]:
    """Find the shared random generator, whose results depend on everybody who used it before."""
    return [
        f"{path}:{node.lineno} uses random.{node.attr}"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "random"
        and node.attr not in _SEEDED
    ]


def replaced_parts(path: str, module: ast.AST) -> list[str]:
    """Find mocks: a test hands in a part, it does not reach into one."""
    return [f"{path}:{line} imports {name}" for line, name in imported(module) if "mock" in name.lower().split(".")[:2]]


def long_functions(path: str, module: ast.AST, limit: int) -> list[str]:
    """Find functions of more than ``limit`` lines, decorators and docstring not counted."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno is not None:
            documented = ast.get_docstring(node) is not None
            first = node.body[0]
            text = first.end_lineno - first.lineno + 1 if documented and first.end_lineno else 0
            length = node.end_lineno - node.lineno + 1 - text
            if length > limit:
                found.append(f"{path}:{node.lineno} {node.name} has {length} lines")
    return found
