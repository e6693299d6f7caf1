"""Serves the app: Streamlit's pages, behind the door where people sign in. ``python -m app.server``; ``gtm up`` does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from app.door import Door, routes
from app.returning import Returning
from app.shield import Shield, policy
from gtm_pipelines.access.door import check_door
from gtm_pipelines.launch.probes import local
from gtm_pipelines.log import configure_logging, learn_secret
from gtm_pipelines.settings import Settings, load_settings, resolve_secret
from gtm_pipelines.workbench import Workbench, open_workbench

MAIN = Path(__file__).with_name("main.py")
FRONT = Path(st.__file__).parent / "static" / "index.html"
"""The first page of Streamlit's front end."""


def create(bench: Workbench) -> st.App:
    """Return the app over a workbench, refusing to stand open to strangers.

    Raises:
        SettingsError: others could walk in, or nobody could sign in.
    """
    from starlette.middleware import Middleware

    check_door(bench.settings, bench.accounts)
    before = [Middleware(Shield, policy=policy(FRONT)), Middleware(Door, bench=bench), Middleware(Returning)]
    return st.App(MAIN, middleware=before, routes=routes(bench), secrets=_provider(bench.settings))


def _provider(settings: Settings) -> dict[str, Any]:
    """Return what Streamlit's ``st.login`` has to know; the secret that signs its cookie is new at every start."""
    import secrets

    login = settings.login
    if login.by != "oidc" or login.client_secret is None:
        return {}
    signing = secrets.token_urlsafe(48)
    learn_secret(signing)
    return {
        "auth": {
            "redirect_uri": str(login.redirect_url),
            "cookie_secret": signing,
            "client_id": str(login.client_id),
            "client_secret": resolve_secret(login.client_secret),
            "server_metadata_url": str(login.metadata_url),
        }
    }


def main() -> None:
    """Serve until stopped."""
    settings = load_settings()
    configure_logging(settings.log_level, json=settings.log_json)
    create(open_workbench(settings)).run(
        config={
            "server.address": settings.host,
            "server.port": settings.app_port,
            "server.headless": True,
            "server.fileWatcherType": "none",
            "browser.gatherUsageStats": False,
            "runner.postScriptGC": False,  # it looks every loaded library through after each click: 0.2 s that the next one waits
            "browser.serverAddress": local(settings.host),
        }
    )


if __name__ == "__main__":
    main()
