"""The door of the app: open on this machine for one person, and to nobody who did not sign in as soon as others could knock."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.callers import by_a_name_of_ours
from app.door import COOKIE, Door, routes
from app.server import FRONT, create
from app.shield import Shield, policy
from gtm_pipelines.access.door import check_door, exposed
from gtm_pipelines.access.passwords import Passwords
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.launch.services import dagster_host
from gtm_pipelines.settings import LoginSettings, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench

WORDS = "correct horse battery"
Knock = Callable[..., TestClient]
HTML = {"accept": "text/html"}
HERE = "http://127.0.0.1:8501"
SOCKET = "ws://127.0.0.1:8501/_stcore/stream"


class QuickPasswords(Passwords):
    """Compares letters, where what is looked at is not how passwords are kept."""

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def fits(self, kept: str | None, password: str) -> bool:
        return kept == f"hash of {password}"


@pytest.fixture
def bare(home: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """An empty workbench."""
    home.mkdir(parents=True)
    shutil.copy(sqlite_template, home / "record.sqlite")
    monkeypatch.setenv("GTM_HOME", str(home))
    opened = open_workbench()
    opened.__dict__["passwords"] = QuickPasswords()
    yield opened
    opened.close()


@pytest.fixture
def house(bare: Workbench) -> Workbench:
    """A workbench with an owner."""
    bare.accounts.add("anna", "owner", password=WORDS, by="person:local")
    return bare


@pytest.fixture
def knock() -> Iterator[Knock]:
    """Stand before the door of a workbench, behind which lies one secret page and one socket."""
    open_ones: list[TestClient] = []

    def stand(bench: Workbench) -> TestClient:
        async def secret(_request: Request) -> PlainTextResponse:
            return PlainTextResponse("inside")

        async def socket(websocket: WebSocket) -> None:
            await websocket.accept()
            await websocket.send_text("inside")
            await websocket.close()

        behind = [Route("/{path:path}", secret, methods=["GET", "POST"]), WebSocketRoute("/_stcore/stream", socket)]
        before = [Middleware(Shield, policy=policy(FRONT)), Middleware(Door, bench=bench)]
        served = Starlette(routes=[*routes(bench), *behind], middleware=before)
        open_ones.append(TestClient(served, HERE, follow_redirects=False))
        return open_ones[-1]

    yield stand
    for one in open_ones:
        one.close()


def _sign_in(client: TestClient, password: str = WORDS, **more: str) -> int:
    return client.post("/sign-in", data={"name": "anna", "password": password, **more}).status_code


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "2001:db8::1", "workbench.example", ""])
def test_an_address_that_others_can_reach_is_exposed(host: str) -> None:
    assert exposed(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_this_machines_own_addresses_are_not(host: str) -> None:
    assert not exposed(host)


def test_on_this_machine_the_app_is_open_for_one_person(bare: Workbench, knock: Knock) -> None:
    check_door(bare.settings, bare.accounts)
    assert knock(bare).get("/").text == "inside"


@pytest.mark.parametrize(
    "name", ["localhost:8501", "gtm.localhost", "127.0.0.1", "[::1]:8501", "192.168.1.7:8501", "GTM.example"]
)
def test_where_nobody_signs_in_names_are_answered_that_only_lead_here(name: str) -> None:
    assert by_a_name_of_ours(name, ["gtm.Example"])


@pytest.mark.parametrize(
    "name", ["evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example@localhost", ""]
)
def test_a_name_that_its_owner_had_lead_here_opens_nothing(bare: Workbench, knock: Knock, name: str) -> None:
    """His page would be of the same origin as the app, and nobody has to sign in."""
    client = knock(bare)
    answer = client.get("/", headers={"host": name, "origin": f"http://{name}"})
    assert (answer.status_code, "login.names" in answer.text) == (421, True)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(SOCKET, headers={"host": name}):
        pytest.fail("was let in")


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:3000", "http://127.0.0.1:3000", "null"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_no_page_of_another_site_or_port_works_here_through_its_visitor(
    bare: Workbench, knock: Knock, origin: str, signed_in: bool
) -> None:
    if signed_in:
        bare.accounts.add("anna", "owner", password=WORDS, by="person:local")
    client = knock(bare)
    if signed_in:
        assert _sign_in(client) == 303
    told = {"origin": origin}
    for method in ("POST", "PUT", "DELETE"):
        assert client.request(method, "/_stcore/upload_file/x/y", headers=told).status_code == 403
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(SOCKET, headers=told):
        pytest.fail("was let in")
    with client.websocket_connect(SOCKET, headers={"origin": HERE}) as socket:
        assert socket.receive_text() == "inside"


def test_it_refuses_to_stand_open_to_others_and_says_what_to_do(bare: Workbench) -> None:
    wide = load_settings(home=bare.settings.home, host="0.0.0.0")
    with pytest.raises(SettingsError, match="gtm account add NAME --role owner"):
        check_door(wide, bare.accounts)
    with pytest.raises(SettingsError, match=r"host = 0\.0\.0\.0"):
        check_door(bare.settings, bare.accounts, host="0.0.0.0")
    bare.accounts.add("anna@example.com", "owner", password=None, by="person:local")
    with pytest.raises(SettingsError, match="gtm account add"):
        check_door(wide, bare.accounts)
    bare.accounts.set_password("anna@example.com", WORDS, by="person:local")
    check_door(wide, bare.accounts)


def test_with_an_identity_provider_somebody_must_be_known_to_it(bare: Workbench) -> None:
    login = LoginSettings(
        by="oidc", metadata_url="https://id.example/x", client_id="gtm", client_secret="env:SECRET", redirect_url="https://gtm.example/oauth2callback"
    )  # fmt: skip
    settings = load_settings(home=bare.settings.home, login=login)
    with pytest.raises(SettingsError, match="--no-password"):
        check_door(settings, bare.accounts)
    bare.accounts.add("anna@example.com", "owner", password=None, by="person:local")
    check_door(settings, bare.accounts)
    with pytest.raises(ValueError, match="metadata_url, client_id"):
        LoginSettings(by="oidc")


def test_what_stands_behind_a_door_of_its_own_may_be_open(bare: Workbench) -> None:
    settings = load_settings(home=bare.settings.home, host="0.0.0.0", login=LoginSettings(behind_a_door=True))
    check_door(settings, bare.accounts)


def test_dagster_has_no_sign_in_and_so_stays_on_this_machine(bare: Workbench) -> None:
    assert dagster_host(load_settings(home=bare.settings.home, host="0.0.0.0")) == "127.0.0.1"
    assert dagster_host(load_settings(home=bare.settings.home, host="127.0.0.2")) == "127.0.0.2"


PATHS = "/ /review /_stcore/host-config /_stcore/upload_file/x/y /media/x.csv /static/a.js /component/x /auth/login".split()


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_gets_nothing(house: Workbench, knock: Knock, path: str) -> None:
    client = knock(house)
    for answer in (client.get(path), client.post(path), client.get(path, headers={"cookie": f"{COOKIE}=made-up"})):
        assert (answer.status_code, "inside" in answer.text) == (401, False)
    page = client.get(path, headers=HTML)
    assert (page.status_code, page.headers["location"].split("?")[0]) == (303, "/sign-in")


def test_a_strangers_socket_is_closed(house: Workbench, knock: Knock) -> None:
    client = knock(house)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(SOCKET):
        pytest.fail("was let in")
    assert _sign_in(client) == 303
    with client.websocket_connect(SOCKET) as socket:
        assert socket.receive_text() == "inside"


def test_signing_in_leads_to_the_page_that_was_asked_for(house: Workbench, knock: Knock) -> None:
    client = knock(house)
    asked = client.get("/review?lang=ru", headers=HTML)
    form = client.get(asked.headers["location"])
    assert 'value="/review?lang=ru"' in form.text
    answer = client.post("/sign-in", data={"name": "anna", "password": WORDS, "to": "/review?lang=ru"})
    assert answer.headers["location"] == "/review?lang=ru"
    kept = answer.headers["set-cookie"]
    assert all(word in kept for word in ("HttpOnly", "SameSite=lax", "Path=/"))
    assert client.get("/review").text == "inside"


def test_over_https_the_cookie_never_leaves_it(house: Workbench, knock: Knock) -> None:
    answer = knock(house).post(
        "/sign-in", data={"name": "anna", "password": WORDS}, headers={"x-forwarded-proto": "https"}
    )  # fmt: skip
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "/a\nb", ""]
)
def test_signing_in_leads_nowhere_else(house: Workbench, knock: Knock, to: str) -> None:
    answer = knock(house).post("/sign-in", data={"name": "anna", "password": WORDS, "to": to})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_wrong_password_is_told_in_both_languages_and_not_repeated(house: Workbench, knock: Knock) -> None:
    client = knock(house)
    for language, word in (("en", "do not belong together"), ("ru-RU,ru", "не подходят")):
        answer = client.post(
            "/sign-in", data={"name": "anna", "password": "guess<script>"}, headers={"accept-language": language}
        )  # fmt: skip
        assert answer.status_code == 401
        assert word in answer.text
        assert "guess" not in answer.text
        assert "set-cookie" not in answer.headers


def test_guessing_is_answered_with_a_wait(house: Workbench, knock: Knock) -> None:
    client = knock(house)
    assert [_sign_in(client, "wrong password") for _ in range(6)] == [401] * 5 + [429]
    assert _sign_in(client) == 429


def test_another_sites_form_does_not_sign_anybody_in(house: Workbench, knock: Knock) -> None:
    client = knock(house)
    for origin in ("https://evil.example", "null"):
        answer = client.post("/sign-in", data={"name": "anna", "password": WORDS}, headers={"origin": origin})
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    here = client.post("/sign-in", data={"name": "anna", "password": WORDS}, headers={"origin": HERE})
    assert here.status_code == 303


def test_the_form_takes_a_name_and_a_password_and_no_flood(house: Workbench, knock: Knock) -> None:
    client = knock(house)
    assert _sign_in(client, "x" * 20_000) == 413
    assert client.post("/sign-in", content=b"\xff\xfe%zz").status_code == 401


def test_the_page_lets_nothing_in_from_elsewhere(house: Workbench, knock: Knock) -> None:
    page = knock(house).get("/sign-in?to=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


def test_a_sign_in_that_is_over_lets_nobody_in(house: Workbench, knock: Knock) -> None:
    client = knock(house)
    assert _sign_in(client) == 303
    house.sign_ins.sign_out(str(client.cookies[COOKIE]))
    assert client.get("/").status_code == 401


def test_the_whole_app_stands_behind_the_door(house: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_HOST", "0.0.0.0")
    wide = open_workbench()
    try:
        assert [one.cls for one in create(wide)._user_middleware][:2] == [Shield, Door]
    finally:
        wide.close()
