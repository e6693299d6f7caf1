"""Signing in at an identity provider, over HTTP from end to end: who comes in, as whom, who does not, and what they are told."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gtm_pipelines.settings import environment
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.browser_parts import PATIENCE, free_port
from tests.identity_provider import PRESS, IdentityProvider, identity_provider
from tests.integration.browser.conftest import _until_up
from tests.parts import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ANNA, RITA, EVE, MARK = "anna@example.com", "rita@example.com", "eve@example.com", "mark@example.com"


@dataclass(frozen=True)
class House:
    """A workbench whose people sign in at a provider."""

    app: str
    bench: Workbench
    provider: IdentityProvider


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The app, with an owner and a viewer, and a provider that knows them, and others too."""
    home, port = tmp_path_factory.mktemp("house") / "local", free_port()
    address, bench = f"http://127.0.0.1:{port}", open_workbench(home=home)
    bench.accounts.add(ANNA, "owner", password=None, by="person:local")
    bench.accounts.add(RITA, "viewer", password=None, by="person:local")
    bench.accounts.add(MARK, "owner", password=None, by="person:local")
    with identity_provider() as provider:
        provider.register(f"{address}/oauth2callback")
        for known in (ANNA, RITA, EVE):
            provider.knows(known)
        provider.knows(MARK, verified=False)
        own = {
            "HOME": str(home), "APP_PORT": str(port), "LOGIN__BY": "oidc", "LOGIN__CLIENT_ID": provider.client_id,
            "LOGIN__METADATA_URL": f"{provider.url}/.well-known/openid-configuration",
            "LOGIN__CLIENT_SECRET": "env:OIDC_SECRET", "LOGIN__REDIRECT_URL": f"{address}/oauth2callback",
        }  # fmt: skip
        process = subprocess.Popen(
            (sys.executable, "-m", "app.server"),
            cwd=ROOT,
            env={**environment(), **{f"GTM_{name}": value for name, value in own.items()}, "OIDC_SECRET": provider.client_secret},
        )
        try:
            _until_up(f"{address}/_stcore/health")
            yield House(address, bench, provider)
        finally:
            bench.close()
            process.terminate()
            process.wait(timeout=60)


@pytest.fixture
def person(browser: Browser, house: House) -> Iterator[Page]:
    """Somebody before the app, whom it does not know yet; and a provider that says what is so."""
    house.provider.claims, house.provider.forges = {}, False
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def _signs_in(person: Page, house: House, address: str) -> None:
    person.goto(house.app)
    person.get_by_role("button", name="Sign in", exact=True).click()
    person.get_by_placeholder("sub").fill(address)
    person.get_by_role("button", name=PRESS).click()


def _is_in(person: Page, name: str, role: str) -> None:
    expect(person.get_by_test_id("stSidebar")).to_contain_text(re.compile(f"Signed in as {name}@.?example.com, {role}"))


def _sign_ins(house: House, address: str) -> int:
    return next(one.signed_in for one in house.bench.accounts.list() if one.name == address)


def _cookies(context: BrowserContext) -> dict[str, Any]:
    return {one["name"]: one for one in context.cookies() if one["name"].startswith("_streamlit_user")}


def test_a_stranger_sees_the_sign_in_page_and_nothing_else(person: Page, house: House) -> None:
    for path in ("", "/contacts", "/team"):
        person.goto(house.app + path)
        expect(person.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
        assert person.get_by_test_id("stSidebarNav").count() == 0
        assert person.get_by_test_id("stMain").inner_text().split("\n") == ["GTM workbench", "login", "", "Sign in"]


def test_whoever_has_an_account_comes_in_with_its_role_and_goes_out_for_good(person: Page, house: House) -> None:
    proven, before = house.provider.proven, _sign_ins(house, RITA)
    _signs_in(person, house, RITA)
    _is_in(person, "rita", "viewer")
    assert house.provider.proven == proven + 1, "the code was redeemed by whoever asked for it"
    kept = _cookies(person.context)
    assert {(one["httpOnly"], one["sameSite"], one["path"]) for one in kept.values()} == {(True, "Lax", "/")}
    assert _sign_ins(house, RITA) == before + 1
    person.get_by_role("button", name="Sign out").click()
    person.get_by_role("button", name="End session").click()
    expect(person.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert _cookies(person.context) == {}
    person.context.add_cookies(list(kept.values()))
    person.goto(house.app)
    expect(person.get_by_text("your sign-in has ended")).to_be_visible()


def test_an_owner_lets_in_by_address_and_roles_hold_from_the_next_click(person: Page, house: House) -> None:
    _signs_in(person, house, ANNA)
    _is_in(person, "anna", "owner")
    person.get_by_test_id("stSidebarNav").get_by_text("Team").click()
    person.get_by_label("Address that your identity provider").fill("Nina@example.com")
    person.get_by_role("button", name="Let in").click()
    expect(person.get_by_text("may sign in.")).to_be_visible()
    assert ("nina@example.com", False) in [(one.name, one.has_password) for one in house.bench.accounts.list()]
    house.bench.accounts.set_role(ANNA, "reviewer", by="person:local")
    person.reload()
    _is_in(person, "anna", "reviewer")
    house.bench.accounts.remove(ANNA, by="person:local")
    person.reload()
    expect(person.get_by_text("nobody is called so here")).to_be_visible()


def test_whom_the_provider_does_not_vouch_for_is_told_why(person: Page, house: House) -> None:
    told: dict[str, tuple[str, dict[str, Any]]] = {
        "and nobody is called so here. Ask an owner to let you in": (EVE, {}),
        "does not say that 'mark@.?example.com' is yours": (MARK, {}),
        "was meant for another application": (RITA, {"aud": "another", "azp": house.provider.client_id}),
        "did not sign you in": (RITA, {"aud": "another"}),
    }
    for words, (address, house.provider.claims) in told.items():
        _signs_in(person, house, address)
        expect(person.get_by_role("alert")).to_contain_text(re.compile(words))
        assert person.get_by_text("Signed in as").count() == 0
        person.context.clear_cookies()


def test_no_lie_about_a_token_gives_anybody_a_cookie(person: Page, house: House) -> None:
    person.goto(house.app)
    with person.expect_request("**/auth/login?**") as asked:
        person.get_by_role("button", name="Sign in", exact=True).click()

    def came_back(**lie: Any) -> tuple[str, bool]:
        house.provider.claims = lie
        with httpx.Client(follow_redirects=True) as client:
            form = client.get(asked.value.url)
            back = client.post(form.url, data={"sub": RITA}, follow_redirects=False).headers["location"]
            answer = client.get(back, follow_redirects=False)
            return answer.headers["location"], any(name.startswith("_streamlit_user") for name in client.cookies)

    assert came_back() == ("/", True)
    for lie in ({"iss": "https://elsewhere.example"}, {"nonce": "of another time"}, {"exp": 1}, {"sub": None}, {"aud": None}):
        assert came_back(**lie) == ("/?sign-in=refused", False), lie
    house.provider.forges = True
    assert came_back() == ("/?sign-in=refused", False)
