"""Pages run in a headless browser that has no network of its own: whatever it asks for, the guarded fetcher gets or refuses.

Off unless the settings say so, and only with the extra ``browser``. What the browser would connect to by itself
(prefetches, sockets, calls) finds a resolver that knows no name and a proxy where nobody listens.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from gtm_pipelines.enrichment.web.fetch import Session
from gtm_pipelines.enrichment.web.manners import Manners
from gtm_pipelines.enrichment.web.model import Answer, FetchError
from gtm_pipelines.errors import SettingsError

_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
    "--disable-quic", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--disable-background-networking",
    "--disable-sync", "--no-first-run", "--dns-prefetch-disable", "--no-sandbox", "--disable-dev-shm-usage",
)  # fmt: skip
_WANTED = frozenset({"document", "script", "stylesheet", "xhr", "fetch"})
_MOST_REQUESTS = 60
_QUIET_MS = 2_000
_MARK_HIDDEN = """() => {
  for (const e of document.body ? document.body.querySelectorAll('*') : []) {
    const s = getComputedStyle(e), r = e.getBoundingClientRect();
    if (s.display === 'none' || s.visibility !== 'visible' || +s.opacity < 0.1 || parseFloat(s.fontSize) < 3
        || r.right < -100 || r.bottom + window.scrollY < -100 || r.left > 5000
        || (s.overflow !== 'visible' && (r.width < 2 || r.height < 2) && e.textContent.trim()))
      e.setAttribute('hidden', '');
    else if (e.style && e.style.color === '') e.style.color = s.color;
    if (s.backgroundColor !== 'rgba(0, 0, 0, 0)') e.style.backgroundColor = s.backgroundColor;
    if (s.backgroundImage !== 'none') e.style.backgroundImage = 'url(x)';
  }
}"""
"""What styles in other files hide is marked in the document itself, where the reading looks; colours are written out too."""


@dataclass
class Renderer:
    """One browser for one visit.

    Args:
        session: fetches what pages ask for.
        manners: whether a host's rules allow it.
        seconds: how long one page may take.
    """

    session: Session
    manners: Manners
    seconds: float
    browser: Any
    _requests: int = field(default=0)

    async def rendered(self, answer: Answer) -> Answer:
        """Return an answer whose body is the document as it stands once its scripts have run; as it was where that fails."""
        from playwright.async_api import Error

        context = await self.browser.new_context(service_workers="block", java_script_enabled=True, accept_downloads=False)
        self._requests = 0
        try:
            await context.route_web_socket("**/*", lambda socket: socket.close())
            await context.route("**/*", lambda route: self._answered(route, answer))
            page = await context.new_page()
            await page.goto(answer.final_url, wait_until="load", timeout=self.seconds * 1000)
            await self._quiet(page)
            await page.evaluate(_MARK_HIDDEN)
            html = await page.content()
            if page.url.partition("#")[0] != answer.final_url.partition("#")[0]:
                return answer
        except Error:
            return answer
        finally:
            await context.close()
        headers = {**answer.headers, "content-type": "text/html; charset=utf-8"}
        return replace(answer, body=html.encode("utf-8", "replace")[: self.session.limits.body_bytes], headers=headers)

    async def _quiet(self, page: Any) -> None:
        from playwright.async_api import TimeoutError as TooLongError

        try:
            await page.wait_for_load_state("networkidle", timeout=_QUIET_MS)
        except TooLongError:
            return  # some pages never are; what stands there by now counts

    async def _answered(self, route: Any, document: Answer) -> None:
        """Answer one request of the browser, or refuse it."""
        request = route.request
        self._requests += 1
        is_document = request.url.partition("#")[0] == document.final_url.partition("#")[0]
        if request.is_navigation_request() and not is_document:
            await route.fulfill(status=204)  # a page that leaves itself stays where it is
            return
        if request.method != "GET" or request.resource_type not in _WANTED or self._requests > _MOST_REQUESTS:
            await route.abort()
            return
        try:
            got = document if is_document else await self.session.fetch(request.url, admit=self.manners.allowed, accept="*/*")
        except FetchError:
            await route.abort()
            return
        kept = {name: got.headers[name] for name in ("content-type", "access-control-allow-origin") if name in got.headers}
        await route.fulfill(status=got.status, headers=kept, body=got.body)


@asynccontextmanager
async def rendering(session: Session, manners: Manners, seconds: float, path: str | None) -> AsyncIterator[Renderer]:
    """Run a browser until the block ends.

    Raises:
        SettingsError: the extra or the browser is not installed.
    """
    try:
        from playwright.async_api import Error, async_playwright
    except ImportError as error:
        raise SettingsError("Pages are to be rendered, but Playwright is missing. Install the extra 'browser'.") from error
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS), timeout=30_000)
        except Error as error:
            raise SettingsError(f"No browser could be started: {str(error).splitlines()[0]} Set web.browser_path.") from error
        try:
            yield Renderer(session, manners, seconds, browser)
        finally:
            await asyncio.shield(browser.close())
