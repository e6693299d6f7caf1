"""Settings: one ``gtm.toml`` plus environment variables, typed and described.

The only module that reads environment variables. A secret is never written in a
setting: it is named, as ``env:NAME`` or ``keyring:service/user``, and looked up
when it is needed.

Order, strongest first: arguments, environment (``GTM_...``, nested with ``__``),
``gtm.toml``, what the app set (``settings.json`` in the data folder), defaults.
"""

from __future__ import annotations

import getpass
import os
import re
import tomllib
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableVariable

from gtm_pipelines import vault
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.log import learn_secret
from gtm_pipelines.settings_login import LoginSettings as LoginSettings
from gtm_pipelines.settings_model import ApiSettings as ApiSettings
from gtm_pipelines.settings_model import DeliverySettings as DeliverySettings
from gtm_pipelines.settings_model import DraftingSettings as DraftingSettings
from gtm_pipelines.settings_model import ImapSettings as ImapSettings
from gtm_pipelines.settings_model import LightSettings as LightSettings
from gtm_pipelines.settings_model import LlmSettings as LlmSettings
from gtm_pipelines.settings_model import MailboxSettings as MailboxSettings
from gtm_pipelines.settings_model import ModelSettings as ModelSettings
from gtm_pipelines.settings_model import Port, SecretRef, WarehouseSettings, default_mailboxes
from gtm_pipelines.settings_model import SandboxSettings as SandboxSettings
from gtm_pipelines.settings_model import SearchSettings as SearchSettings
from gtm_pipelines.settings_model import SmtpSettings as SmtpSettings
from gtm_pipelines.settings_model import WindowSettings as WindowSettings
from gtm_pipelines.settings_own import over, read_own
from gtm_pipelines.settings_replies import ReplySettings
from gtm_pipelines.settings_research import EnrichmentSettings as EnrichmentSettings
from gtm_pipelines.settings_research import FieldSettings as FieldSettings
from gtm_pipelines.settings_research import SourceSettings as SourceSettings
from gtm_pipelines.settings_research import VerificationSettings as VerificationSettings
from gtm_pipelines.settings_research import WebSettings as WebSettings

_file_values: ContextVar[dict[str, Any]] = ContextVar("file_values", default={})  # noqa: B039  never changed in place
"""What the file in force says, while ``load_settings`` reads it."""


class Settings(BaseSettings):
    """Every setting of the workbench."""

    model_config = SettingsConfigDict(
        env_prefix="GTM_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    home: Path = Field(Path("data/local"), description="Folder for everything made at run time.")
    workspace: str = Field("default", description="Workspace that rows belong to.")
    person: str | None = Field(None, description="Who acts from here, where a command names nobody; your login name if absent.")
    record_url: str | None = Field(
        None, description="SQLAlchemy URL of the record; empty for SQLite in the home folder. A password is named, not written."
    )
    record_password: SecretRef | None = Field(
        None, description="Password of the record's database: env:NAME or keyring:service/user."
    )
    language: Literal["en", "ru"] | None = Field(None, description="Language of the app; the browser's own if absent.")
    host: str = Field("127.0.0.1", description="Address the app and Dagster listen on.")
    app_port: Port = Field(8501, description="Port of the app.")
    dagster_port: Port = Field(3000, description="Port of Dagster's pages.")
    api_port: Port = Field(8502, description="Port of the unsubscribe service.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_json: bool = Field(False, description="One JSON object a log line.")
    mailboxes: tuple[MailboxSettings, ...] = Field(default_factory=default_mailboxes, description="Sender identities.")
    delivery: DeliverySettings = Field(default_factory=DeliverySettings, description="Rules over all mailboxes.")
    warehouse: WarehouseSettings = Field(default_factory=WarehouseSettings, description="Memory and threads of the figures.")
    lights: LightSettings = Field(default_factory=LightSettings, description="Thresholds of the traffic lights.")
    models: tuple[ModelSettings, ...] = Field((), description="Language models that may be asked.")
    llm: LlmSettings = Field(default_factory=LlmSettings, description="Order, caps and cache of language models.")
    drafting: DraftingSettings = Field(default_factory=DraftingSettings, description="How models write drafts.")
    enrichment: EnrichmentSettings = Field(
        default_factory=EnrichmentSettings, description="Sources of facts, their order and ceilings."
    )
    web: WebSettings = Field(default_factory=WebSettings, description="How websites of companies are read.")
    verification: VerificationSettings = Field(
        default_factory=VerificationSettings, description="How addresses are verified, and the limit of bounces."
    )
    search: SearchSettings = Field(default_factory=SearchSettings, description="The model for search by meaning.")
    replies: ReplySettings = Field(default_factory=ReplySettings, description="How answers are read and answered.")
    login: LoginSettings = Field(default_factory=LoginSettings, description="How people sign in to the app.")
    sandbox: SandboxSettings = Field(default_factory=SandboxSettings, description="The simulated recipients.")

    @field_validator("record_url")
    @classmethod
    def _no_password_in_url(cls, url: str | None) -> str | None:
        if url and urlsplit(url).password:
            raise ValueError("take the password out of the URL and name it in record_password, as 'env:NAME'")
        return url

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, init_kwargs=_file_values.get())

    @cached_property
    def home_path(self) -> Path:
        """The home folder, absolute."""
        return self.home.expanduser().resolve()

    @property
    def acting(self) -> str:
        """Who acts from here, where nobody is named."""
        return (self.person or "").strip() or _login_name()

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file."""
        return self.home_path / "warehouse.duckdb"

    @property
    def marts_path(self) -> Path:
        """Folder of the published Parquet marts."""
        return self.home_path / "marts"

    @property
    def inbox_path(self) -> Path:
        """Folder in which new CSV files are found by the pipeline."""
        return self.home_path / "inbox"

    @property
    def sandbox_path(self) -> Path:
        """Folder of the sandbox's own mail world."""
        return self.home_path / "sandbox"

    @property
    def dagster_home(self) -> Path:
        """Folder of Dagster's instance."""
        return self.home_path / "dagster"

    @property
    def database_url(self) -> str:
        """URL of the record, without its password."""
        return self.record_url or f"sqlite:///{self.home_path / 'record.sqlite'}"

    def mailbox(self, name: str) -> MailboxSettings:
        """Return the mailbox called ``name``.

        Raises:
            SettingsError: there is none.
        """
        for mailbox in self.mailboxes:
            if mailbox.name == name:
                return mailbox
        known = ", ".join(m.name for m in self.mailboxes) or "none"
        raise SettingsError(f"No mailbox is called '{name}' (known: {known}). Add a [[mailboxes]] table to gtm.toml.")


def _login_name() -> str:
    """Return the name under which somebody is logged in, fit to be written beside a decision; ``local`` without any."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):
        name = ""
    return re.sub(r"[^\w.@-]+", "-", name).strip("-") or "local"


def bundle_root() -> Path:
    """Folder that holds ``assets/``, ``app/``, ``prompt_packs/`` and ``data/sample``.

    The checkout when there is one, else the copy bundled inside the wheel.
    """
    package = Path(__file__).resolve().parent
    checkout = package.parent
    return checkout if (checkout / "prompt_packs").is_dir() else package / "_bundle"


def find_settings_file() -> Path | None:
    """Return the ``gtm.toml`` in force: ``GTM_CONFIG``, the current folder, then the checkout."""
    named = os.environ.get("GTM_CONFIG")
    if named:
        if not Path(named).is_file():
            raise SettingsError(f"GTM_CONFIG names {named}, which is not a file. Correct or unset it.")
        return Path(named)
    candidates = (Path.cwd() / "gtm.toml", bundle_root() / "gtm.toml")
    return next((path for path in candidates if path.is_file()), None)


def load_settings(**overrides: Any) -> Settings:
    """Read the settings in force.

    Args:
        overrides: values that win over file and environment, such as ``home=...``.

    Raises:
        SettingsError: a value is wrong; the text names each setting and the mend.
    """
    path = find_settings_file()
    values = _read(path)
    if path and isinstance(values.get("home"), str):
        values["home"] = path.parent / Path(values["home"]).expanduser()
    elif "home" not in values:
        values["home"] = _default_home()
    home = Path(overrides.get("home") or os.environ.get("GTM_HOME") or values["home"]).expanduser()
    token = _file_values.set(over(read_own(home), values))
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError(_explain(error, path)) from error
    except UnreadableVariable as error:
        raise SettingsError(
            f"A GTM_ environment variable cannot be read: {error}. Lists and tables are written as JSON."
        ) from error
    finally:
        _file_values.reset(token)


def _read(path: Path | None) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8")) if path else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}. Correct the line and try again.") from error


def _default_home() -> Path:
    root = bundle_root()
    return (
        root / "data" / "local"
        if (root / "pyproject.toml").is_file() and root.name != "_bundle"
        else Path.cwd() / "data" / "local"
    )


def _explain(error: ValidationError, path: Path | None) -> str:
    lines = []
    for item in error.errors():
        name = ".".join(str(part) for part in item["loc"]) or "settings"
        variable = "GTM_" + "__".join(str(part).upper() for part in item["loc"])
        lines.append(f"  {name} ({variable}): {item['msg']}")
    where = f"{path} or the environment" if path else "the environment"
    return f"Settings in {where} cannot be used:\n" + "\n".join(lines) + "\nSee 'gtm doctor' and docs/settings.md."


def resolve_secret(ref: str) -> str:
    """Look up a named secret.

    Args:
        ref: ``env:NAME`` or ``keyring:service/user``.

    Raises:
        SettingsError: nothing is kept under that name.
    """
    kind, _, name = ref.partition(":")
    found = os.environ.get(name) if kind == "env" else vault.look_up(name, os.environ)
    if not found:
        raise SettingsError(f"The environment variable {name} is empty. Set it and try again.")
    learn_secret(found)
    return found


def keep_secret(name: str, value: str) -> str:
    """Keep a secret in the system's keyring, or in an encrypted file where there is none; return how settings name it.

    Args:
        name: what it is kept under, such as ``default.apollo``; what was there before is replaced.
        value: the secret.
    """
    learn_secret(value)
    return vault.keep(name, value, os.environ)


def forget_secret(ref: str) -> None:
    """Forget a secret that ``keep_secret`` kept; others are left to whoever keeps them."""
    vault.forget(ref, os.environ)


def environment() -> dict[str, str]:
    """Return a copy of this process's environment, for starting children."""
    return dict(os.environ)
