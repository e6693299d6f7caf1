"""Twenty secrets through every door of the house, with vendors that repeat them in every form: none is found anywhere after."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import polars as pl
import pytest
import sqlalchemy as sa
import yaml
from click.testing import CliRunner

from gtm_pipelines.cli.main import gtm
from gtm_pipelines.connections.catalogue import FILE_NAME
from gtm_pipelines.enrichment.research import Order
from gtm_pipelines.errors import GtmError
from gtm_pipelines.log import configure_logging, get_logger
from gtm_pipelines.settings import (
    ApiSettings,
    EnrichmentSettings,
    ImapSettings,
    LlmSettings,
    MailboxSettings,
    ModelSettings,
    Settings,
    SmtpSettings,
    SourceSettings,
    bundle_root,
    load_settings,
)
from gtm_pipelines.settings_replies import ReplySettings, WebhookSettings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.delivery_parts import released
from tests.llm_parts import model_server
from tests.vendor_server import Asked, Said, VendorServer, vendor_server

pytestmark = [pytest.mark.slow]

ENVIRONMENT = (
    "resend", "sendgrid", "instantly", "smartlead", "smtp password", "imap password", "openai", "anthropic", "compatible",
    "hunter", "apollo", "firecrawl", "webhook",
)  # fmt: skip
"""Secrets that the settings name."""
TYPED = ("refused key", "kept key", "key of a tool that is not tried", "password", "wrong password", "new password", "job")
"""Secrets that people type, or that an error carries."""
COMMANDS = (
    "connection list --json", "connection show exa --json", "account list --json", "mailbox list --json", "model list --json",
    "model spend --json", "doctor",
)  # fmt: skip
CANARIES = {name: f"cnry{number:02d}/q+W7x=zP{number:02d}kV9mTr4sLb8" for number, name in enumerate((*ENVIRONMENT, *TYPED))}


@dataclass
class Scene:
    """What is left after everything went through: files, and every text that anybody was told."""

    home: Path
    told: list[str] = field(default_factory=list)

    def texts(self) -> Iterator[tuple[str, bytes]]:
        for number, text in enumerate(self.told):
            yield f"told {number}: {text[:60]}", text.encode()
        for path in sorted(one for one in self.home.rglob("*") if one.is_file()):
            yield str(path.relative_to(self.home)), path.read_bytes()
            yield from _inside(path)


def _inside(path: Path) -> Iterator[tuple[str, bytes]]:
    """What compression hides."""
    if path.suffix == ".parquet":
        yield path.name, str(pl.read_parquet(path).to_dicts()).encode()
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield f"{path.name}/{name}", archive.read(name)
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as opened:
            for schema, name in opened.execute("select table_schema, table_name from information_schema.tables").fetchall():
                yield f"{path.name}/{name}", str(opened.execute(f'select * from "{schema}"."{name}"').fetchall()).encode()


def _forms(secret: str) -> set[bytes]:
    """A secret as it may stand somewhere, whole or cut short."""
    coded = base64.b64encode(secret.encode()).decode()
    spelled = (secret, quote(secret, safe=""), secret.replace("/", "\\/"), json.dumps(secret)[1:-1], coded)
    return {one[:12].encode() for one in spelled}


def _echo(asked: Asked) -> Said:
    """A careless vendor: refuses, and repeats everything it was shown, also after much else, and decoded."""
    shown = [asked.headers.get(name, "") for name in ("authorization", "x-api-key", "x-api-token")]
    shown += list(asked.params.values())
    words = f"cannot serve {' '.join(shown)} ({' '.join(quote(one) for one in shown)}) {'.' * 150} {' '.join(shown)}"
    return Said(401, json.dumps({"message": words, "errors": [{"details": words}]}).encode())


@contextmanager
def _echoing_line_server(greeting: bytes) -> Iterator[int]:
    """A mail server that refuses whatever it is told by repeating it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    opened, _ = server.accept()
                    with opened, opened.makefile("rb") as lines, contextlib.suppress(OSError):
                        opened.sendall(greeting)
                        for line in lines:
                            opened.sendall(_mail_answer(greeting, line))

        threading.Thread(target=serve, daemon=True).start()
        yield int(server.getsockname()[1])


def _mail_answer(greeting: bytes, line: bytes) -> bytes:
    if greeting.startswith(b"*"):
        tag, _, rest = line.partition(b" ")
        if rest.upper().startswith(b"CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n"
        return tag + b" NO refused: " + rest.strip() + b"\r\n"
    if line.upper().startswith(b"EHLO"):
        return b"250-mail.example\r\n250 AUTH LOGIN\r\n"
    if line.upper().startswith(b"AUTH LOGIN"):
        return b"334 UGFzc3dvcmQ6\r\n"
    return b"535 5.7.8 refused: " + line.strip() + b"\r\n"


def _settings(home: Path, vendor: str, model: str, smtp: int, imap: int) -> Settings:
    def key(name: str) -> str:
        return "env:CANARY_" + name.replace(" ", "_").upper()

    first = load_settings(home=home).mailboxes[0]
    by_api = [
        first.model_copy(
            update={"name": name, "address": f"{name}@workbench.example", "sender": name, "collector": "none",
                    "api": ApiSettings(key=key(name), base_url=vendor, campaigns=("41", "42"))}
        )
        for name in ("resend", "sendgrid", "instantly", "smartlead")
    ]  # fmt: skip
    by_smtp = MailboxSettings(
        name="own", address="own@workbench.example", sender="smtp", collector="imap", postal_address="1 Street",
        smtp=SmtpSettings(host="127.0.0.1", port=smtp, security="none", username="own", password=key("smtp password")),
        imap=ImapSettings(host="127.0.0.1", port=imap, security="none", username="own", password=key("imap password")),
    )  # fmt: skip
    models = tuple(
        ModelSettings(name=name, provider=name, model="m", base_url=model, key=key(name), input_price=1, output_price=1)
        for name in ("openai", "anthropic", "compatible")
    )
    sources = {name: SourceSettings(enabled=True, key=key(name), base_url=vendor) for name in ("hunter", "apollo", "firecrawl")}
    return load_settings(
        home=home, mailboxes=(*by_api, by_smtp), models=models, llm=LlmSettings(retries=0),
        enrichment=EnrichmentSettings(sources=sources),
        replies=ReplySettings(webhooks=(WebhookSettings(vendor="resend", key=key("webhook")),)),
    )  # fmt: skip


def _own_tools(home: Path, vendor: str) -> None:
    shipped = yaml.safe_load((bundle_root() / "data" / "reference" / FILE_NAME).read_text("utf-8"))
    tools = [tool for tool in shipped["tools"] if tool["name"] in ("hunter", "smartlead")]
    for tool in tools:
        tool["check"]["url"] = f"{vendor}/account"
    (home / FILE_NAME).write_text(yaml.safe_dump({"tools": tools}), "utf-8")


def _told(scene: Scene, act: Any, *args: Any, **more: Any) -> None:
    """Do something, and keep whatever it answers or raises."""
    try:
        scene.told.append(repr(act(*args, **more)))
    except GtmError as error:
        scene.told.append(str(error))


def _through_every_door(scene: Scene, bench: Workbench, vendor: VendorServer) -> None:
    vendor.respond = _echo
    released(bench, people=5, mailboxes=[one.name for one in bench.settings.mailboxes])
    bench.delivery.queue("spring")
    _told(scene, bench.delivery.send, "spring")
    for mailbox in bench.settings.mailboxes:
        _told(scene, bench.mailboxes.test, mailbox.name)
    _told(scene, bench.replies.collect)
    for kind in ("company", "contact"):
        _told(scene, bench.research.run, Order(subject_type=kind, limit=2), by="person:anna")
    for model in bench.settings.models:
        _told(scene, bench.llm.probe, model.name)
    _connect(scene, bench, vendor)
    _sign_in(scene, bench)
    job = bench.jobs.request("collect", {}, by="person:anna")
    bench.jobs.start(job.id, "run")
    bench.jobs.fail(job.id, f"IMAP said api_key={CANARIES['job']}&x=1")
    get_logger("test").error("vendor failed", answer=_echoed(bench), api_key=CANARIES["job"])


def _echoed(bench: Workbench) -> str:
    return " ".join(CANARIES[name] for name in ENVIRONMENT if name != "webhook")


def _connect(scene: Scene, bench: Workbench, vendor: VendorServer) -> None:
    _told(scene, bench.connections.add, "hunter", CANARIES["refused key"], by="person:anna")
    vendor.respond = lambda _asked: {"data": {}}
    _told(scene, bench.connections.add, "smartlead", CANARIES["kept key"], by="person:anna")
    vendor.respond = _echo
    _told(scene, bench.connections.test, "smartlead")
    _told(scene, bench.connections.add, "exa", CANARIES["key of a tool that is not tried"], by="person:anna")


def _sign_in(scene: Scene, bench: Workbench) -> None:
    bench.accounts.add("anna", "owner", password=CANARIES["password"], by="person:local")
    _told(scene, bench.sign_ins.sign_in, "anna", CANARIES["wrong password"], "10.0.0.1")
    bench.sign_ins.sign_in("anna", CANARIES["password"], "10.0.0.1")
    bench.accounts.set_password("anna", CANARIES["new password"], by="person:local")
    _told(scene, bench.accounts.list)


def _out_again(scene: Scene, bench: Workbench) -> None:
    """Everything that leaves the house: figures, exports, commands, settings as they are shown."""
    bench.metrics.refresh()
    _told(scene, bench.privacy.export_person, "p0@firm0.example", scene.home / "person.zip", by="person:anna")
    with bench.record.read() as connection:
        for table in sa.inspect(bench.record.engine).get_table_names():
            scene.told.append(str(connection.execute(sa.text(f"select * from {table}")).fetchall()))
    scene.told.append(bench.settings.model_dump_json())
    for words in COMMANDS:
        scene.told.append(CliRunner().invoke(gtm, words.split()).output)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home, patch, log = tmp_path_factory.mktemp("canaries") / "local", pytest.MonkeyPatch(), io.StringIO()
    home.mkdir()
    patch.setenv("GTM_HOME", str(home))
    patch.setenv("GTM_KEYS", str(tmp_path_factory.mktemp("kept") / "keys"))
    for name in ENVIRONMENT:
        patch.setenv("CANARY_" + name.replace(" ", "_").upper(), CANARIES[name])
    with ExitStack() as stack:
        vendor, model = stack.enter_context(vendor_server()), stack.enter_context(model_server())
        ports = [stack.enter_context(_echoing_line_server(line)) for line in (b"220 mail.example\r\n", b"* OK ready\r\n")]
        model.does("401")
        _own_tools(home, vendor.url)
        made = Scene(home)
        stack.enter_context(contextlib.redirect_stderr(log))
        bench = open_workbench(_settings(home, vendor.url, model.url, *ports))
        configure_logging("debug", json=True)
        _through_every_door(made, bench, vendor)
        _out_again(made, bench)
        bench.close()
    made.told.append(log.getvalue())
    yield made
    patch.undo()


def test_there_are_twenty_and_each_was_really_shown_to_somebody(scene: Scene) -> None:
    assert len(set(CANARIES.values())) == 20
    everything = b"\n".join(text for _, text in scene.texts())
    assert everything.count(b"[redacted]") > 30, "vendors repeated what they were shown"
    assert b"refused" in everything
    assert len(list(scene.texts())) > 60


@pytest.mark.parametrize("name", CANARIES)
def test_a_secret_is_found_nowhere(scene: Scene, name: str) -> None:
    forms = _forms(CANARIES[name])
    found = [where for where, text in scene.texts() if any(form in text for form in forms)]
    assert found == []
