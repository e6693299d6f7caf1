"""A workbench in which one person is everywhere a person can be, among others."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import tables
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.backup import back_up
from gtm_pipelines.settings import SandboxSettings
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import make_campaign
from tests.integration.intake.parts import write

ADDRESS = "Zina.Perokhvost@firm.test"
NAME = "Зинаида Перохвостова"
NEEDLES = tuple(
    form.lower()
    for text in (
        ADDRESS.lower(),
        "zina.perokhvost",
        NAME,
        NAME.split()[0],
        NAME.encode("unicode_escape").decode(),
        "linkedin.com/in/zina-p",
    )
    for form in (text.encode(),)
)
PEOPLE = (
    {"email": ADDRESS, "name": NAME, "title": "Директор", "linkedin": "linkedin.com/in/zina-p", "language": "ru", "shoe": "37"},
    {"email": ADDRESS.upper(), "name": "", "title": "CEO", "linkedin": "", "language": "", "shoe": ""},
    {"email": "olga@firm.test", "name": "Ольга Иная", "title": "CTO", "linkedin": "", "language": "ru", "shoe": ""},
    {"email": "john@firm.test", "name": "John Other", "title": "CTO", "linkedin": "", "language": "en", "shoe": ""},
    {"email": "broken", "name": NAME, "title": "", "linkedin": "", "language": "", "shoe": ""},
)


def talkative(workbench: Workbench) -> Workbench:
    """The same workbench in a world where everybody answers."""
    sandbox = SandboxSettings(
        positive=1, negative=0, information_request=0, unsubscribe=0, auto_reply=0, bounce_hard=0, bounce_soft=0
    )
    settings = workbench.settings.model_copy(update={"sandbox": sandbox})
    settings.__dict__.pop("home_path", None)
    return Workbench(settings=settings, record=workbench.record, clock=workbench.clock)


def lists(workbench: Workbench, folder: Path) -> None:
    """Import people and their firm, from files outside the data folder."""
    folder.mkdir(exist_ok=True)
    firm = {"name": "Firm", "domain": "firm.test", "contact address": f"write to {ADDRESS}"}
    workbench.intake.import_file(write(folder / "firms.csv", firm), "company")
    workbench.intake.import_file(write(folder / "people.csv", *PEOPLE), "contact", source="fair")
    short = folder / "short.csv"
    short.write_text(f"email,name\n{ADDRESS}\nx@other.test,Somebody Else\n", encoding="utf-8")
    workbench.intake.import_file(short, "contact")


def answered(workbench: Workbench, folder: Path) -> Workbench:
    """Import, write, send and collect."""
    bench = talkative(workbench)
    lists(bench, folder)
    make_campaign(bench)
    bench.drafting.draft("spring")
    bench.review.approve_recommended("spring", by="person:anna")
    bench.campaigns.release("spring", by="person:anna")
    bench.delivery.queue("spring")
    bench.delivery.send("spring")
    bench.replies.collect()
    return bench


def everywhere(workbench: Workbench, folder: Path) -> Workbench:
    """Import, write, send, collect, publish, log and back up."""
    bench = answered(workbench, folder)
    traces(bench)
    bench.warehouse.sync()
    bench.warehouse.publish_all()
    return bench


def traces(bench: Workbench) -> None:
    """Leave the person in an audit event, a tag, a job, a segment, logs, another program's database and a backup."""
    home, now = bench.settings.home_path, bench.clock.now()
    zina = person_row(bench)
    with bench.record.write() as connection:
        add_audit(
            connection, bench.record.workspace_id, actor="person:anna", action="contact.note", subject_type="contact",
            subject_id=zina.id, at=now, detail={"note": f"{NAME} called"},
        )  # fmt: skip
        tag = {"id": "t" * 32, "workspace_id": bench.record.workspace_id, "subject_type": "contact", "subject_id": zina.id}
        connection.execute(sa.insert(tables.tag).values(**tag, name="vip", created_by="anna", created_at=now))
        asked = {
            "workspace_id": bench.record.workspace_id,
            "contact_id": zina.id,
            "provider": "a",
            "model": "m",
            "created_at": now,
        }
        call = {
            "call_id": "c",
            "attempt": 1,
            "trace_id": "t",
            "run_id": "r",
            "purpose": "draft",
            "role": "draft",
            "prompt_hash": "h",
        }
        said = {"inputs": {"to": ADDRESS}, "outputs": {"text": NAME}, "latency_ms": 1, "cached": False, "cost_usd": 0.5}
        connection.execute(sa.insert(tables.interaction).values(id="i" * 32, provider_kind="openai", **asked, **call, **said))
        kept = {"key": "k", "answer": {"text": NAME}, "expires_at": now}
        connection.execute(sa.insert(tables.llm_answer).values(id="l" * 32, **asked, **kept))
    bench.jobs.request("import_file", {"path": f"/lists/{ADDRESS}.csv", "kind": "contact"}, by="anna")
    bench.segments.save("her", {"all": [{"field": "contact.email", "op": "eq", "value": ADDRESS.lower()}]}, by="anna")
    (home / "logs").mkdir(exist_ok=True)
    (home / "logs" / "app.log").write_text(f"sent to {ADDRESS} ({NAME})\nnothing else\n", encoding="utf-8")
    (home / "dagster").mkdir(exist_ok=True)
    with closing(sqlite3.connect(home / "dagster" / "events.db")) as database:
        database.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, body TEXT)")
        database.executemany("INSERT INTO event (body) VALUES (?)", [(f'{{"to": "{ADDRESS}"}}',), ("other",)])
        database.commit()
    if bench.record.is_sqlite:
        back_up(bench.record, home / "backups" / "before.sqlite")
    (home / "inbox").mkdir(exist_ok=True)
    (home / "inbox" / "contacts.csv").write_text(f"email\n{ADDRESS}\n", encoding="utf-8")


def person_row(bench: Workbench) -> Any:
    """Return the contact."""
    with bench.record.read() as connection:
        return connection.execute(sa.select(tables.contact).where(tables.contact.c.email_key == ADDRESS.lower())).one()


def found_in(folder: Path) -> set[str]:
    """Return the files of a folder whose bytes hold the person."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and any(needle in path.read_bytes().lower() for needle in NEEDLES)
    }


def found_in_record(bench: Workbench) -> set[str]:
    """Return the tables any of whose rows hold the person."""
    found = set()
    with bench.record.read() as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                text = " ".join(v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in row).lower()
                if any(needle.decode() in text for needle in NEEDLES) or NAME.split()[0].lower() in text:
                    found.add(table.name)
    return found


def found_in_marts(bench: Workbench) -> set[str]:
    """Return the published marts any of whose rows hold the person."""
    texts = {name: str(bench.marts.polars(name).to_dicts()).lower() for name in bench.marts.names()}
    return {name for name, text in texts.items() if ADDRESS.lower() in text or NAME.split()[0].lower() in text}


def funnel(bench: Workbench) -> dict[str, Any]:
    """Return the campaign's figures as published anew."""
    bench.warehouse.sync()
    bench.warehouse.publish_all()
    (row,) = bench.marts.polars("campaign_funnel").to_dicts()
    return row
