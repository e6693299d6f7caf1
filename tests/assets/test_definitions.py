"""The pipeline as a person would draw it, loaded without touching anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from gtm_pipelines.settings import environment
from tests.parts import ROOT

pytestmark = pytest.mark.slow

GRAPH = {
    "intake": {
        "raw_imports": set(),
        "companies": {"raw_imports"},
        "contacts": {"raw_imports", "companies"},
        "suppressions": {"contacts"},
        "duplicate_candidates": {"companies", "contacts"},
    },
    "enrichment": {
        "company_pages": {"companies"},
        "company_facts": {"companies", "company_pages"},
        "contact_facts": {"contacts"},
        "email_verifications": {"contacts"},
        "insights": {"company_facts", "contact_facts", "company_pages"},
    },
    "segments": {"segment_members": {"companies", "contacts", "company_facts", "contact_facts", "email_verifications"}},
    "campaigns": {
        "campaign_targets": {"segment_members", "suppressions"},
        "drafts": {"campaign_targets"},
        "draft_scores": {"drafts"},
        "reviews": {"drafts"},
        "campaign_release": {"reviews"},
    },
    "delivery": {"messages": {"reviews", "campaign_release", "suppressions"}, "message_events": {"messages"}},
    "replies": {"inbound_messages": {"message_events"}, "conversations": {"inbound_messages"}},
    "marts": {
        "record_copy": {"message_events", "conversations"},
        "campaign_funnel": {"record_copy"},
        "segment_performance": {"record_copy"},
        "pack_performance": {"record_copy"},
        "deliverability": {"record_copy"},
        "experiments": {"record_copy"},
        "experiment_days": {"record_copy"},
        **{name: {"record_copy"} for name in ("campaign_days", "campaign_steps", "campaign_answers")},
        **{name: {"record_copy"} for name in ("segment_overlap", "pack_drafts")},
        **{name: {"record_copy"} for name in ("cost", "spend", "costly_calls", "draft_cost")},
        "lineage": {"record_copy"},
        "traffic_lights": {"campaign_funnel"},
    },
    "strategy": {"strategy_documents": set()},
    "search": {"search_index": {"companies", "contacts", "insights", "inbound_messages"}},
    "learning": {
        "training_examples": {"record_copy"},
        "compiled_packs": {"training_examples"},
        "benchmarks": {"record_copy"},
        "uplift": {"experiments"},
    },
}
BY_CAMPAIGN = {"campaign_targets", "drafts", "draft_scores", "reviews", "campaign_release", "messages", "message_events"}

LOADS = """
import sys
touched = []
def hook(event, arguments):
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        touched.append(arguments[0])
    elif event in ("socket.connect", "socket.bind", "sqlite3.connect", "os.mkdir", "subprocess.Popen"):
        touched.append((event, arguments))
{before}
sys.addaudithook(hook)
{action}
kept = [what for what in touched if "__pycache__" not in str(what)]
assert not kept, kept
"""


def run_fresh(home: Path, before: str, action: str) -> subprocess.CompletedProcess[str]:
    """Run Python anew from the checkout, with no home to write to."""
    return subprocess.run(
        [sys.executable, "-c", LOADS.format(before=before, action=action)],
        cwd=ROOT,
        env={**environment(), "GTM_HOME": str(home), "PYTHONPATH": str(ROOT), "DAGSTER_DISABLE_TELEMETRY": "yes"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_importing_the_pipeline_touches_nothing(tmp_path: Path) -> None:
    modules = [
        ".".join(p.relative_to(ROOT).with_suffix("").parts) for p in (ROOT / "assets").rglob("*.py") if p.stem != "__init__"
    ]
    action = "\n".join(f"import {name}" for name in sorted(modules))
    before = "import dagster, dagster.components, sqlalchemy, structlog, httpx"
    done = run_fresh(tmp_path / "home", before, action)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "home").exists()


def test_the_pipeline_loads_in_a_fresh_interpreter_without_a_home(tmp_path: Path) -> None:
    done = run_fresh(tmp_path / "home", "", "import assets.definitions as m\nm.defs().get_repository_def()\ntouched.clear()")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "home").exists()


def test_the_graph_is_the_pipeline_in_order(definitions: dg.Definitions) -> None:
    drawn: dict[str, dict[str, set[str]]] = {}
    for spec in definitions.resolve_all_asset_specs():
        needed = {dep.asset_key.to_user_string() for dep in spec.deps}
        drawn.setdefault(spec.group_name or "", {})[spec.key.to_user_string()] = needed
    assert drawn == GRAPH


def test_campaign_shaped_assets_have_one_partition_a_campaign(definitions: dg.Definitions) -> None:
    partitioned = {s.key.to_user_string() for s in definitions.resolve_all_asset_specs() if s.partitions_def is not None}
    assert partitioned == BY_CAMPAIGN


def test_every_asset_says_what_it_is(definitions: dg.Definitions) -> None:
    assert [spec.key for spec in definitions.resolve_all_asset_specs() if not (spec.description or "").endswith(".")] == []


def test_every_check_stops_the_flow(definitions: dg.Definitions) -> None:
    checks = [spec for asset in definitions.resolve_asset_graph().assets_defs for spec in asset.check_specs]
    assert {spec.name for spec in checks} >= {
        "no_duplicates",
        "references_hold",
        "rows_add_up",
        "approved",
        "sent_once",
        "copy_complete",
    }
    assert all(spec.blocking for spec in checks)


def test_only_the_release_is_made_by_a_person_outside(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert [key.to_user_string() for key in graph.external_asset_keys] == ["campaign_release"]


@pytest.mark.parametrize("room", sorted((ROOT / "assets").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_bindings_stay_small(room: Path) -> None:
    assert len(room.read_text("utf-8").splitlines()) < 200
