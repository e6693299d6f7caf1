"""The unsubscribe service (RFC 8058): a POST takes effect at once, a GET only shows a page. Vendors report here too.

Mail scanners follow links; so a GET never unsubscribes anybody. Run it with
``uvicorn gtm_pipelines.api.unsubscribe:create_app --factory``; ``gtm up`` does.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from gtm_pipelines.api import webhooks
from gtm_pipelines.api.webhooks import Takes
from gtm_pipelines.delivery.suppression import Unsubscribe
from gtm_pipelines.delivery.tokens import ForgedTokenError
from gtm_pipelines.errors import GtmError, NotFoundError

if TYPE_CHECKING:
    from gtm_pipelines.workbench import Workbench

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>{title}</title>
<body style="font-family:sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem"><h1>{title}</h1>{body}</body></html>"""
_ASK = """<p>Press the button and no more mail will come to this address.<br>
Нажмите кнопку, и писем на этот адрес больше не будет.</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">
<button style="font-size:1rem;padding:.6rem 1.2rem">Unsubscribe · Отписаться</button></form>"""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def create_app(unsubscribe: Unsubscribe | None = None, reports: Takes | None = None) -> Starlette:
    """Return the service.

    Args:
        unsubscribe: what a valid POST calls; the workbench in force if absent.
        reports: what vendors' reports are handed to; the workbench's if absent.
    """
    bench: list[Workbench] = []

    def workbench() -> Workbench:
        from gtm_pipelines.workbench import open_workbench

        if not bench:
            bench.append(open_workbench())
        return bench[0]

    act = unsubscribe or workbench().suppressions.unsubscribe

    async def show(_request: Request) -> Response:
        return _page("Unsubscribe", _ASK)

    async def post(request: Request) -> Response:
        try:
            await run_in_threadpool(act, request.path_params["token"])
        except ForgedTokenError as error:
            return _page("This link does not work", f"<p>{escape(str(error))}</p>", status=400)
        except NotFoundError as error:
            return _page("This link does not work", f"<p>{escape(str(error))}</p>", status=404)
        except GtmError:
            return _page("Not now", "<p>Please try again in a minute. Попробуйте ещё раз через минуту.</p>", status=503)
        return _page("Done", "<p>No more mail will come to this address.<br>Писем на этот адрес больше не будет.</p>")

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/unsubscribe/{token}", show, methods=["GET", "HEAD"]),
            Route("/unsubscribe/{token}", post, methods=["POST"]),
            *webhooks.routes(lambda: reports or workbench().reports),
        ]
    )


def _page(title: str, body: str, *, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=title, body=body), status_code=status, headers=_HEADERS)
