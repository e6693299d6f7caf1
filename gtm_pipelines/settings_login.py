"""The settings of signing in: by a password, or through an identity provider."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from gtm_pipelines.settings_model import SecretRef, Section


class LoginSettings(Section):
    """How people sign in to the app, once there are accounts or it listens beyond this machine."""

    by: Literal["password", "oidc"] = Field(
        "password", description="'password': accounts of our own; 'oidc': Google, Supabase or any other OpenID Connect provider."
    )
    behind_a_door: bool = Field(
        False,
        description="Let everybody in without signing in though it listens beyond this machine. Only where something in front "
        "keeps others out, such as a container whose port is published on loopback.",
    )
    names: tuple[str, ...] = Field(
        (),
        description="Names that the app answers to where nobody signs in, such as gtm.example, beside localhost and addresses in "
        "digits. Whoever owns any other name could have it lead here, and reach the app through your browser.",
    )
    metadata_url: str | None = Field(None, description="oidc: the provider's .well-known/openid-configuration.")
    client_id: str | None = Field(None, description="oidc: what the provider calls this workbench.")
    client_secret: SecretRef | None = Field(
        None, description="oidc: where the provider's secret is kept: env:NAME or keyring:service/user."
    )
    redirect_url: str | None = Field(
        None, description="oidc: where people come back to; the app's public address and /oauth2callback."
    )

    @model_validator(mode="after")
    def _whole(self) -> LoginSettings:
        wanted = ("metadata_url", "client_id", "client_secret", "redirect_url")
        missing = [name for name in wanted if getattr(self, name) is None]
        if self.by == "oidc" and missing:
            raise ValueError(f"signing in by oidc also takes {', '.join(missing)}")
        return self
