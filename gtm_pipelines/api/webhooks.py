"""Where vendors report what became of mail: one route a vendor, signature first, a cap on the body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gtm_pipelines.errors import GtmError, InputError, NotFoundError
from gtm_pipelines.replies.reporting import Taken
from gtm_pipelines.replies.reports import MOST_BYTES, ForgedReportError


class Takes(Protocol):
    """What takes a report in."""

    def take(self, vendor: str, headers: Mapping[str, str], body: bytes) -> Taken:
        """Check a report and take its events in."""
        ...


def routes(reports: Callable[[], Takes]) -> list[Route]:
    """Return the route of every vendor; ``reports`` is called at the first report."""

    async def post(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return JSONResponse({"error": f"A report has at most {MOST_BYTES} bytes."}, 413)
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            taken = await run_in_threadpool(lambda: reports().take(request.path_params["vendor"], headers, body))
        except ForgedReportError as error:
            return JSONResponse({"error": str(error)}, 401)
        except NotFoundError as error:
            return JSONResponse({"error": str(error)}, 404)
        except InputError as error:
            return JSONResponse({"error": str(error)}, 400)
        except GtmError:
            return JSONResponse({"error": "Not now; report again later."}, 503)
        return JSONResponse(asdict(taken))

    return [Route("/webhooks/{vendor}", post, methods=["POST"])]


async def _body(request: Request) -> bytes | None:
    """Return the body, or ``None`` as soon as it is too long."""
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > MOST_BYTES:
            return None
    return bytes(found)
