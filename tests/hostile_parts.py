"""A workspace in which every text that anybody could have written means harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import tables
from gtm_pipelines.record.engine import Record
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import make_campaign
from tests.figures_parts import Rows
from tests.hostile_texts import ADDRESSES, EVERY_SYNTAX, PAYLOADS
from tests.integration.privacy.scene import answered
from tests.integration.strategy.parts import room

OURS: dict[str, str] = {
    "account": "role password_hash",
    "audit_event": "action subject_type subject_id",
    "belief": "subject source",
    "benchmark_run": "cases_hash status",
    "benchmark_score": "pack pack_version language outcome trace_id",
    "campaign": "status",
    "chunk": "entity_type source_stamp text_hash language",
    "chunk_source": "entity_type stamp",
    "chunk_vector": "text_hash model",
    "coach_message": "role language way trace_id",
    "company": "name_key country_code phone_e164 industry_code time_zone language session_key",
    "connection": "tool key_ref status",
    "contact": "email_key country_code phone_e164 time_zone language last_reply_class function seniority session_key",
    "context_entry": "url_hash kind",
    "conversation": "state last_class",
    "conversation_event": "from_state to_state",
    "decision": "kind content_hash",
    "draft": "variant language drafter status content_hash",
    "draft_failure": "reason_code variant",
    "draft_stage": "stage trace_id",
    "duplicate_pair": "kind status",
    "enrolment": "status reason",
    "entity_merge": "kind",
    "erasure": "value_hash",
    "fact": "subject_type session_key",
    "grounding": "content_hash verdict checker",
    "import_batch": "kind session_key file_sha256 status encoding delimiter",
    "import_row": "outcome reason_code row_hash",
    "inbound_message": "mailbox folder content_key rfc_message_id in_reply_to language class attribution",
    "insight": "subject_type inputs_hash trace_id",
    "installation": "fingerprint",
    "interaction": "call_id trace_id run_id role provider_kind prompt_hash session_key",
    "job": "kind request_key status run_id",
    "judgement": "content_hash trace_id",
    "llm_answer": "key",
    "llm_spend": "scope",
    "lookup": "subject_type request_key status error_code",
    "mailbox_cursor": "mailbox folder",
    "mailbox_state": "mailbox status code",
    "mapping_profile": "kind header_hash",
    "message": "content_hash mailbox rfc_message_id in_reply_to reference_ids state claimed_by outcome",
    "message_event": "kind source_key",
    "optimisation": "pack base_version base_hash program optimiser status result_hash trace_id",
    "overruling": "finding_key rule",
    "pack_release": "pack version content_hash action",
    "pack_version": "pack version content_hash",
    "page": "kind outcome language sha256",
    "personal_benchmark": "metric",
    "research_run": "subject_type status",
    "research_spend": "scope",
    "revision": "content_hash author",
    "rewrite": "status",
    "rewrite_item": "status trace_id",
    "segment_version": "filter_hash",
    "sign_in": "token_hash",
    "sign_in_guard": "subject",
    "strategy": "language status",
    "strategy_correction": "kind scope path",
    "strategy_document": "kind trace_id",
    "suppression": "kind value_hash",
    "suppression_salt": "salt",
    "tag": "subject_type",
    "target": "mailbox variant stratum snapshot_hash status",
    "training_example": "kind source_key split split_key pack pack_version variant language",
    "voice_sample": "language text_hash",
}
"""Table → columns that hold words of our own, hashes and keys. Whatever stands nowhere here anybody could have written."""
ADDRESS_COLUMNS = ("url", "final_url", "website", "linkedin_url")
STRANGERS_KEYS = {("contact", "attributes"), ("company", "attributes"), ("mapping_profile", "columns")}
"""JSON whose names, too, come from files."""
OUR_JSON = {
    ("campaign", "variants"), ("campaign", "settings"), ("campaign", "mailboxes"), ("campaign_step", "variants"),
    ("pack_version", "manifest"), ("research_run", "plan"), ("research_run", "scope"), ("job", "payload"),
    ("optimisation", "settings"), ("optimisation", "state"), ("import_batch", "reasons"), ("job", "result"),
    ("entity_merge", "chosen"), ("strategy_document", "confidences"), ("llm_answer", "answer"), ("erasure", "counts"),
}  # fmt: skip
"""JSON without a text of others: settings, figures, and a cache that no face shows."""
MADE_OF_OTHERS = {"chunk"}
"""Tables that are made anew of others, harmful texts and all."""
_OURS_INSIDE = re.compile(r"[a-z0-9_.:+-]*\Z|[A-Z]{3,6}\Z|\d{4}-\d\d-\d\d[T \d:.+Z]*\Z|[0-9a-fA-F-]{16,}\Z")
"""Words of our own, moments and ids inside JSON."""


def texts() -> Iterator[str]:
    """Yield harmful texts without end, each unlike all before."""
    number = 0
    while True:
        for payload in PAYLOADS:
            number += 1
            yield f"{payload} {EVERY_SYNTAX} {number}"


def free_columns() -> set[tuple[str, str]]:
    """Return the columns that hold what anybody could have written, as the schema has them."""
    found = set()
    for table in tables.metadata.sorted_tables:
        ours = set(OURS.get(table.name, "").split())
        for column in table.c:
            if isinstance(column.type, sa.Text) and column.name not in ours:
                found.add((table.name, column.name))
            if isinstance(column.type, sa.JSON) and (table.name, column.name) not in OUR_JSON:
                found.add((table.name, column.name))
    return found


def filled(bench: Workbench, folder: Path) -> Workbench:
    """Have everything happen once: import, write, send, collect, strategise, coach; and put the rest in straight."""
    living = answered(bench, folder)
    waiting = make_campaign(living, "autumn")
    living.drafting.draft(waiting.id)
    assert isinstance(bench.clock, VirtualClock)
    desk = room(bench.record, bench.clock, "harbourline")
    desk.service.new("Spring", "https://harbourline.test", by="anna")
    desk.service.run("Spring", by="anna")
    desk.llm.close()
    living.metrics.refresh()
    living.coach.ask("How are we doing?", by="person:anna")
    living.analyses.analyse("spring", by="person:anna")
    living.segments.save("Named", {"all": [{"field": "contact.full_name", "op": "contains", "value": "An Na"}]}, by="anna")
    living.memory.set("note", "They sell pumps", by="person:anna")
    living.suppressions.add("domain", "stop.test", reason="asked", source="phone")
    job = living.jobs.request("collect", {}, by="person:anna")
    living.jobs.start(job.id, "run")
    living.jobs.fail(job.id, "it broke")
    _rest(bench.record, bench)
    return living


def _rest(record: Record, bench: Workbench) -> None:
    rows = Rows(record, bench.clock)
    now, pack = bench.clock.now(), bench.packs.get("cold-email")
    with record.read() as connection:
        first = {
            table.name: dict(row._mapping)
            for table in tables.metadata.sorted_tables
            if (row := connection.execute(sa.select(table).order_by(table.c.id).limit(1)).first()) is not None
        }
    firm, person, draft = first["company"]["id"], first["contact"]["id"], first["draft"]["id"]
    claim = {"text": "They grow", "facts": [], "quote": "we grow", "url": "https://firm.test", "page": None}
    point = {
        "field": "industry", "op": "eq", "values": ["x"], "weight": "must", "text": "In Trade", "verdict": "met", "points": 1.0,
        "of": 1.0, "known": "Trade", "rules_out": False, "facts": [],
    }  # fmt: skip
    for kind, subject in (("company", firm), ("contact", person)):
        rows.add(
            "insight", subject_type=kind, subject_id=subject, summary="S", fit=80, points=[point], summary_claims=[claim],
            pains=[claim], triggers=[claim], angles=[claim], inputs_hash="h", model="M", confidence=0.5,
            dropped=[{"section": "pains", "text": "T", "reason": "R"}],
        )  # fmt: skip
        rows.add("tag", subject_type=kind, subject_id=subject, name="vip", created_by="anna")
        for value in "AB":
            rows.add(
                "fact", subject_type=kind, subject_id=subject, field="industry", value=value, source=f"S{value}", url="https://x",
                evidence="E", confidence=0.9, retrieved_at=now,
            )  # fmt: skip
    others = [
        rows.add(kind, attributes={}, **{name: "Twin"} | more)
        for kind, name, more in (("company", "name", {}), ("contact", "full_name", {"email_key": "twin@x.test"})) for _ in "a"
    ]  # fmt: skip
    for kind, one, other in (("company", firm, others[0]), ("contact", person, others[1])):
        for status in ("open", "merged"):
            sides = (one, other) if status == "open" else (other, one)
            rows.add(
                "duplicate_pair", kind=kind, left_id=sides[0], right_id=sides[1], score=0.9, status=status,
                reasons=[{"field": "name", "left": "A", "right": "B", "weight": 9.0, "verdict": "equal"}], decided_by="anna",
            )  # fmt: skip
    run = rows.add("research_run", subject_type="company", plan={}, scope={}, status="stopped", actor="anna", started_at=now)
    rows.add(
        "lookup", run_id=run, subject_type="company", subject_id=firm, source="hunter", request_key="k", fields=["Name"],
        status="failed", error_code="vendor", error_text="E", answer={"said": "No"}, started_at=now,
    )  # fmt: skip
    rows.add("page", company_id=firm, url="https://x", final_url="https://x", outcome="read", title="T", text="T",
             data={"h": "A B"}, fetched_at=now)  # fmt: skip
    rows.add("mailbox_state", mailbox="anna", status="paused", reason="R", code="bounces", since=now, checked_at=now,
             checks={"spf": {"state": "fail", "told": "No SPF", "fix": "Add It"}})  # fmt: skip
    rows.add("mapping_profile", name="Fair", kind="contact", header_hash="h", columns={"Mail": "email"}, created_by="anna")
    rows.add("voice_sample", voice="anna", language="en", text="Hello there", text_hash="h", added_by="anna")
    rows.add("connection", tool="hunter", status="refused", told="No", limits=[{"name": "Calls", "used": 1.0}], created_by="anna")
    rows.add("account", name="mallory", role="viewer", created_by="anna")
    rows.add("pack_release", pack="cold-email", version=pack.version, content_hash=pack.content_hash, action="promote",
             previous_version="1.0.0", reason="R", decided_by="anna")  # fmt: skip
    rows.add(
        "optimisation", pack="cold-email", base_version="1.0.0", base_hash="h", program="write", optimiser="gepa", trace_id="t",
        status="failed", settings={"language": "en"}, state={"phase": "base"}, report={"failed": "It Broke"}, requested_by="anna",
    )  # fmt: skip
    held = {
        "cases": 3,
        "companies": 2,
        "old": 0.1,
        "new": 0.2,
        "better": 1,
        "worse": 1,
        "difference": 0.1,
        "low": 0.0,
        "high": 0.2,
    }
    change = {"demos": 1, "instruction_before": "Before It", "instruction_after": "After It"}
    rows.add(
        "optimisation", pack="cold-email", base_version="1.0.0", base_hash="h", program="write", optimiser="gepa", trace_id="t",
        status="finished", settings={"language": "en"}, state={}, result_version="1.2.0", requested_by="anna",
        report={"held_out": held, "offered": False, "verdict": "undecided", "metric": "M Of It", "rule": "R Of It",
                "changes": {"write": change}, "cases": {}},
    )  # fmt: skip
    benchmark = rows.add(
        "benchmark_run", name="B", cases_hash="h", settings={"stopped": "It Stopped"}, status="stopped", requested_by="anna"
    )
    rows.add("benchmark_score", run_id=benchmark, pack="cold-email", pack_version="1.0.0", variant="direct", model="m",
             case_id="c", language="en", outcome="written", details={"Said": "It Is"})  # fmt: skip
    rows.add("training_example", kind="draft", source_key="k", split="train", split_key="k", pack="cold-email", language="en",
             inputs={"Brief": "The Brief"}, output={"subject": "The S"}, labels={"why": "The Why"})  # fmt: skip
    rows.add("campaign_step", campaign_id=first["campaign"]["id"], step=2, pack_version_id=first["pack_version"]["id"],
             variants=["direct"], wait_days=3)  # fmt: skip
    rows.add("draft_stage", draft_id=draft, revision_number=1, position=1, stage="plan", output={"plan": "A Plan"})
    rows.add("judgement", draft_id=draft, revision_number=1, content_hash=first["draft"]["content_hash"], judge="J", quality=0.5,
             risk=0.5, reasons={"clarity": "It Is Clear"})  # fmt: skip
    rows.add("overruling", draft_id=draft, revision_number=1, rule="recipient.unverified", finding_key="k", words="W", reason="R",
             decided_by="anna")  # fmt: skip
    rows.add("revision", draft_id=draft, number=2, subject="S", body="B", content_hash="h2", author="person:anna", reason="R")
    rewrite = rows.add("rewrite", campaign_id=first["campaign"]["id"], instruction="Shorter", status="previewed",
                       requested_by="person:anna")  # fmt: skip
    rows.add("rewrite_item", rewrite_id=rewrite, draft_id=draft, base_revision=1, status="written", subject="S", body="B",
             claims=[{"text": "A Claim", "evidence": []}], reason="R")  # fmt: skip
    kept = {"name": "Kept As It Was"}
    rows.add("entity_merge", kind="company", winner_id=firm, loser_id=others[0], before={"winner": kept, "loser": kept},
             chosen={}, actor="anna", undone_at=now, undone_by="anna")  # fmt: skip
    rows.add("erasure", value_hash="h", counts={"contact": 1}, actor="anna")
    edit = {"path": "decision_maker.text", "before": "It Was", "after": "It Is"}
    rows.add(
        "strategy_correction", strategy_id=first["strategy"]["id"], kind="target_persona", scope="field", guidance="G",
        path=edit["path"], before={edit["path"]: "It Was"}, after={edit["path"]: "It Is"}, actor="anna",
        changes={"changes": [edit], "notes": ["A Note"]},
    )  # fmt: skip
    rows.insert()
    with record.write() as connection:
        connection.execute(sa.update(tables.draft).values(warnings=[{"code": "c", "text": "A Warning"}]))
        for place, row in enumerate(connection.execute(sa.select(tables.message.c.id)).scalars().all()):
            state = ("sent", "unknown", "failed")[place % 3]
            connection.execute(sa.update(tables.message).where(tables.message.c.id == row).values(state=state, last_error="E"))


def plant(record: Record) -> set[tuple[str, str]]:
    """Write a harmful text wherever anybody could have written one; return the columns where one stands."""
    more, addresses, planted = texts(), iter(ADDRESSES * 10_000), set()
    with record.write() as connection:
        for table in tables.metadata.sorted_tables:
            free = [column for column in table.c if (table.name, column.name) in free_columns()]
            for row in connection.execute(sa.select(table)).mappings().all() if free else ():
                values = {}
                for column in free:
                    address = column.name in ADDRESS_COLUMNS
                    told = f"{next(addresses)}#{new_id()}" if address else next(more)
                    held = row[column.name]
                    values[column.name] = _inside(table, column, held, more) if isinstance(column.type, sa.JSON) else told
                    if values[column.name] != held:
                        planted.add((table.name, column.name))
                if "raw" in table.c and table.name == "inbound_message":
                    values["raw"] = _mail(more)
                connection.execute(sa.update(table).where(table.c.id == row["id"]).values(**values))
    return planted


def _inside(table: sa.Table, column: sa.Column[Any], value: Any, more: Iterator[str]) -> Any:
    if (table.name, column.name) in STRANGERS_KEYS:
        return {next(more): next(more) if table.name != "mapping_profile" else "email" for _ in range(2)}
    return _leaves(value, more)


def _leaves(value: Any, more: Iterator[str]) -> Any:
    if isinstance(value, dict):
        return {name: _leaves(one, more) for name, one in value.items()}
    if isinstance(value, list):
        return [_leaves(one, more) for one in value]
    return next(more) if isinstance(value, str) and not _OURS_INSIDE.match(value) else value


def _mail(more: Iterator[str]) -> bytes:
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "x@x.test", "anna@workbench.example", " ".join(next(more).split())[:200]
    mail.set_content(next(more))
    mail.add_alternative(f"<html><body>{next(more)}<script>window.__ran(1)</script></body></html>", subtype="html")
    mail.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="=cmd|'calc'!A0<img src=x>.html")
    return mail.as_bytes().replace(b"\n", b"\r\n")
