"""What the project says of itself is true: the lock, the pages, the containers, the hooks."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import click
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from gtm_pipelines.cli.main import gtm
from gtm_pipelines.settings import Settings
from tests.parts import ROOT, script

pytestmark = pytest.mark.house

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
BIN = Path(sys.executable).parent
HOSTS = [
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("crates", "io"))
]
PLACES = ["/" + name + "/" for name in ("work", "root", "Users", "opt/wheels", "opt/py" + "pi")]


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def locked() -> dict[str, tuple[Version, str]]:
    """Return each locked package with its version and the text of its entry."""
    entries = re.split(r"\n(?=\S)", LOCK)
    heads = [(re.match(r"([A-Za-z0-9._-]+)==(\S+)", entry), entry) for entry in entries]
    assert all(head for head, _ in heads)
    return {canonicalize_name(head[1]): (Version(head[2]), entry) for head, entry in heads if head}


def test_every_locked_package_carries_hashes_and_no_address() -> None:
    assert len(locked()) > 100
    assert [name for name, (_, entry) in locked().items() if "--hash=sha256:" not in entry] == []
    assert re.findall(r"://| @ |--(?:index|extra|find)\S*", LOCK) == []


def test_the_lock_satisfies_every_declared_dependency() -> None:
    entries, declared = (
        locked(),
        [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"], *PROJECT["build-system"]["requires"]],
    )
    for text in declared:
        wanted = Requirement(text)
        version, _ = entries[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(version), f"{text}: the lock has {version}; run 'just lock'"


def test_litellm_is_not_installed() -> None:
    assert "litellm" not in locked()


def test_the_project_names_no_registry_and_no_place_of_one_machine() -> None:
    found = []
    for path in committed():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in (*HOSTS, *PLACES) if word in text]
    assert found == []


def generator() -> ModuleType:
    return script("generate")


def test_the_pages_made_from_the_code_are_up_to_date() -> None:
    checked = subprocess.run([sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


def test_every_setting_is_described() -> None:
    bare = [name for name, field in generator().walk(Settings) if not (field.description or "").endswith(".")]
    assert bare == []


def test_the_example_file_is_the_defaults() -> None:
    lines = (ROOT / "gtm.example.toml").read_text("utf-8").partition("# A real mailbox")[0].splitlines()
    bare = [line.removeprefix("# ") for line in lines if re.match(r"# (\[|\w+ = )", line)]
    values = tomllib.loads("\n".join(bare))
    assert len(values) > 8
    home = Settings(**values)
    assert home.delivery == Settings().delivery
    assert home.sandbox == Settings().sandbox


def test_the_examples_mailbox_is_a_mailbox() -> None:
    text = (ROOT / "gtm.example.toml").read_text("utf-8").partition("are gone.\n")[2]
    values = tomllib.loads("\n".join(line.removeprefix("# ") for line in text.splitlines()))
    mailbox = Settings(**values).mailboxes[0]
    assert (mailbox.sender, mailbox.collector, mailbox.imap.port) == ("smtp", "imap", 993)


PAGES = ["README.md", "CONTRIBUTING.md", "docs/architecture.md"]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    links = [link for link in re.findall(r"\]\(([^)#]+)", path.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_are_told_exist(page: str) -> None:
    told = re.findall(r"(?:^|`|py )gtm ((?:[a-z]+(?:-[a-z]+)* ?)+)", (ROOT / page).read_text("utf-8"), re.M)
    for words in told:
        command: click.Command = gtm
        for word in words.split():
            if not isinstance(command, click.Group):
                break
            inner = command.get_command(click.Context(command), word)
            assert inner is not None, f"{page}: gtm {words}"
            command = inner


def test_settings_told_in_the_readme_are_settings() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    told = [Settings(**tomllib.loads("\n".join(line.strip() for line in block.splitlines()))) for block in blocks]
    sources, mailbox = told
    assert sources.enrichment.sources["hunter"].key == "keyring:gtm/hunter"
    assert mailbox.mailbox("anna").daily_cap == 30


def compose() -> dict[str, dict[str, object]]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]


def test_containers_start_programs_that_exist() -> None:
    for name, service in compose().items():
        command = service.get("command")
        if not isinstance(command, list):
            continue
        if command[:2] == ["python", "-m"]:
            assert importlib.util.find_spec(command[2]), f"{name}: {command[2]}"
        elif command[0] == "sh":
            assert command[2].startswith("gtm db upgrade && python -c ")
        else:
            assert (BIN / str(command[0])).exists() or shutil.which(str(command[0])), name
        for part in map(str, command):
            assert not part.endswith(".py") or (ROOT / part).is_file(), f"{name}: {part}"
            if ":create_app" in part or part == "assets.definitions":
                assert importlib.util.find_spec(part.partition(":")[0]), f"{name}: {part}"


def test_the_preparing_container_does_its_work(tmp_path: Path) -> None:
    command = compose()["prepare"]["command"]
    assert isinstance(command, list)
    env = {"PATH": f"{BIN}:/usr/bin:/bin", "GTM_HOME": str(tmp_path), "GTM_RECORD_URL": "", "GTM_RECORD_PASSWORD": ""}
    subprocess.run(command, env=env, cwd=ROOT, check=True, capture_output=True)
    assert (tmp_path / "record.sqlite").is_file()
    assert (tmp_path / "dagster" / "dagster.yaml").is_file()


def test_containers_are_published_on_loopback_only() -> None:
    ports = [str(port) for service in compose().values() for port in service.get("ports", [])]  # type: ignore[attr-defined]
    assert len(ports) >= 3
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_the_image_installs_by_hash_and_runs_as_nobody_special() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert "--require-hashes -r requirements.lock" in text
    assert text.index("USER gtm") < text.index("CMD")


def test_hooks_fetch_nothing() -> None:
    repos = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert {repo["repo"] for repo in repos} == {"local"}
    assert {hook["language"] for repo in repos for hook in repo["hooks"]} == {"system"}


def test_recipes_call_what_exists() -> None:
    text = (ROOT / "justfile").read_text("utf-8")
    assert [name for name in re.findall(r"python (\S+\.py)", text) if not (ROOT / name).is_file()] == []
    programs = set(re.findall(r"{{run}} (\w+)", text))
    assert {"gtm", "pytest", "ruff", "uv"} <= programs
    assert [name for name in programs if not (BIN / name).exists() and not shutil.which(name)] == []


def test_ci_is_a_program_that_parses() -> None:
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


COUNTS = json.loads(
    '{"companies": 9, "contacts": 9, "rejected": 1, "segment_members": 5, "targets": 5, "drafts": 9, "approved": 5, "sent": 5,'
    ' "delivered": 4, "bounced": 1, "replied": 2, "positive": 1, "auto_replies": 1, "unsubscribed": 1, "lights": {"a": "grey"},'
    ' "duplicates_sent": 0, "unknown": 0, "seconds": 3.5}'
)


@pytest.mark.parametrize(
    ("change", "accepted"),
    [({}, True), ({"sent": 10}, True), ({"duplicates_sent": 1}, False), ({"unknown": 2}, False), ({"replied": 0}, False)],
)
def test_ci_tells_a_good_demo_from_a_bad_one(tmp_path: Path, change: dict[str, int], accepted: bool) -> None:
    printed = tmp_path / "demo.json"
    printed.write_text(json.dumps(COUNTS | change), "utf-8")
    command = [sys.executable, str(ROOT / ".ci" / "check_demo.py"), str(printed)]
    assert (subprocess.run(command, capture_output=True, check=False).returncode == 0) == accepted
