"""The door: nobody gets at a page, a file or the socket without having signed in, where people sign in at all."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from app.callers import by_a_name_of_ours, from_a_page_of_ours, over_https
from gtm_pipelines.access.door import must_sign_in
from gtm_pipelines.access.model import LONGEST
from gtm_pipelines.acting import Actor
from gtm_pipelines.errors import GtmError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from gtm_pipelines.workbench import Workbench

COOKIE = "gtm_sign_in"
SIGN_IN = "/sign-in"
OPEN = (SIGN_IN, "/_stcore/health")
MOST_BYTES = 8_192
"""Of a sign-in's form; a name and a password need far less."""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_UNKNOWN_NAME = (
    "Nobody signs in here, so the workbench answers to localhost and to addresses in digits alone. To reach it by another name "
    "list that in login.names of gtm.toml, or make an account: 'gtm account add NAME --role owner'."
)
_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>{title} · GTM workbench</title><style>
:root{{color-scheme:light dark;--ink:#16211f;--page:#f3f6f6;--card:#fff;--line:#b8c6c3;--go:#0f766e;--on:#fff;--bad:#a3162f}}
@media(prefers-color-scheme:dark){{:root{{--ink:#e6eeec;--page:#11181a;--card:#1a2426;--line:#48595c;--go:#2dd4bf;--on:#08201d;
--bad:#ff9aa8}}}}
body{{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--page);color:var(--ink);
font:16px/1.5 "Source Sans","Segoe UI",sans-serif}}
main{{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:2rem;margin:1rem;width:min(22rem,85vw)}}
h1{{font-size:1.45rem;margin:0 0 1rem}}label{{display:block;margin:.8rem 0 .25rem;font-weight:600}}
input{{width:100%;box-sizing:border-box;font:inherit;padding:.55rem;border:1px solid var(--line);border-radius:.4rem;
background:var(--page);color:var(--ink)}}
button{{width:100%;margin-top:1.3rem;padding:.65rem;font:inherit;font-weight:650;border:0;border-radius:.4rem;
background:var(--go);color:var(--on);cursor:pointer}}
input:focus-visible,button:focus-visible{{outline:3px solid var(--go);outline-offset:2px}}
p[role=alert]{{color:var(--bad);margin:0}}
</style><main><h1>{title}</h1>{told}<form method="post"><input type="hidden" name="to" value="{to}">
<label for="name">{name}</label><input id="name" name="name" autocomplete="username" autocapitalize="none" required autofocus>
<label for="password">{password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>{title}</button></form></main>"""
_WORDS = {
    "en": {"title": "Sign in", "name": "Name", "password": "Password"},
    "ru": {"title": "Вход", "name": "Имя", "password": "Пароль"},
}
_TOLD = {
    "sign_in.refused": "Имя и пароль не подходят друг к другу. Попробуйте ещё раз или попросите владельца о новом пароле.",
    "sign_in.wait": "Слишком много неверных паролей. Попробуйте ещё раз через несколько минут.",
}


def bearer(bench: Workbench, token: str | None, host: str | None = None) -> tuple[bool, Actor | None]:
    """Return whether people have to sign in, and who bears ``token``."""
    needed = must_sign_in(bench.settings, bench.accounts, host)
    return needed, bench.sign_ins.who(token) if needed else None


class Door:
    """Lets a request through whose sender signed in; with an identity provider the pages themselves ask.

    Where nobody signs in, a call must at least come by a name that only this machine can have; and nowhere from another's page.

    Args:
        app: what answers it.
        bench: the workbench.
    """

    def __init__(self, app: ASGIApp, bench: Workbench) -> None:
        self._app, self._bench, self._login = app, bench, bench.settings.login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send strangers to the sign-in page, and refuse whatever is no page."""
        open_to_all = scope["type"] not in ("http", "websocket") or scope["path"] in OPEN
        refusal = None if open_to_all else await self._refusal(HTTPConnection(scope))
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "sign in first, on the app's own page"})
        else:
            await refusal(scope, receive, send)

    async def _refusal(self, call: HTTPConnection) -> Response | None:
        if not from_a_page_of_ours(call):
            return PlainTextResponse("Another site asks this of you. Use the workbench's own pages.", 403, _HEADERS)
        if self._login.by == "oidc":
            return None
        needed, who = await run_in_threadpool(bearer, self._bench, call.cookies.get(COOKIE))
        if needed:
            return None if who is not None else _turned_away(call)
        if not by_a_name_of_ours(call.headers.get("host"), self._login.names):
            return PlainTextResponse(_UNKNOWN_NAME, 421, _HEADERS)
        return None


def routes(bench: Workbench) -> list[Route]:
    """Return the sign-in page and what its form posts to."""

    async def show(request: Request) -> Response:
        return _page(request, to=_within(request.query_params.get("to", "/")))

    async def post(request: Request) -> Response:
        if not from_a_page_of_ours(request):
            return PlainTextResponse("Sign in on the workbench's own page.", 403, _HEADERS)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return PlainTextResponse("That is more than a name and a password.", 413, _HEADERS)
        given = {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True).items()}
        to, address = _within(given.get("to", "/")), request.client.host if request.client else ""
        try:
            token = await run_in_threadpool(bench.sign_ins.sign_in, given.get("name", ""), given.get("password", ""), address)
        except GtmError as error:
            return _page(request, to=to, error=error)
        answer = RedirectResponse(to, 303, {"Cache-Control": "no-store"})
        answer.set_cookie(
            COOKIE, token, max_age=int(LONGEST.total_seconds()), httponly=True, samesite="lax", secure=over_https(request)
        )
        return answer

    return [Route(SIGN_IN, show, methods=["GET"]), Route(SIGN_IN, post, methods=["POST"])]


def _turned_away(call: HTTPConnection) -> Response:
    if call.scope.get("method") == "GET" and "text/html" in call.headers.get("accept", ""):
        to = call.url.path + (f"?{call.url.query}" if call.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?{urlencode({'to': to})}", 303, _HEADERS)
    return PlainTextResponse("Sign in first.", 401, _HEADERS)


def _page(request: Request, *, to: str, error: GtmError | None = None) -> HTMLResponse:
    language = "ru" if request.headers.get("accept-language", "").lower().startswith("ru") else "en"
    said = "" if error is None else (_TOLD.get(error.code) if language == "ru" else None) or str(error)
    told = f'<p role="alert">{escape(said)}</p>' if said else ""
    html = _PAGE.format(language=language, told=told, to=escape(to), **_WORDS[language])
    status = 200 if error is None else 429 if error.retriable else 401
    return HTMLResponse(html, status, _HEADERS)


def _within(to: str) -> str:
    """Return where to go next: a path of this app, and of nobody else's."""
    parts = urlsplit(to)
    inside = to.startswith("/") and not to.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return to if inside and to.isprintable() and "\\" not in to else "/"
