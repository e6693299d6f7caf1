"""Every page, in every look: nobody is shut out, nothing is cut off, no word of English is left in Russian, nobody listens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from app.main import FIRST, PAGES, path_of
from tests.browser_parts import Window
from tests.integration.browser.conftest import OpenWindow, Served
from tests.parts import ROOT
from tests.web_parts import LocalWeb, local_web

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(900)]

GRAVE = ("serious", "critical")
STREAMLITS_OWN = ("stSidebarNav", "e1o1t1hb", "stDataFrame", "stFileUploader")
"""Parts that no page can change: the list of pages in groups, the canvas of a table, the place to drop files."""
OPENED = [
    "" if name == FIRST else path_of(title)
    for pages in PAGES.values()
    for name, title, _ in pages
    if (ROOT / "app" / "views" / f"{name}.py").is_file()
]
NARROW = 400
"""Pixels; phones are 360 to 430 wide."""
_CUT_OFF = """() => {
    const main = document.querySelector('[data-testid="stMain"]'), wide = innerWidth;
    const rolls = node => node && node !== main && (getComputedStyle(node).overflowX !== 'visible' || rolls(node.parentElement));
    const beyond = [...main.querySelectorAll('button, input, textarea, a, p, h1, h2, h3')].filter(node => {
        const box = node.getBoundingClientRect();
        return box.width && box.height && (box.right > wide + 1 || box.left < -1) && !rolls(node.parentElement);
    });
    const said = beyond.map(node => (node.innerText || node.getAttribute('aria-label') || node.outerHTML).slice(0, 60));
    for (const part of [document.scrollingElement, main])
        if (part.scrollWidth > part.clientWidth + 1) said.push(`rolls sideways by ${part.scrollWidth - part.clientWidth} px`);
    return said;
}"""
_TEXTS = """() => {
    const found = [], hidden = '[data-testid="stDataFrame"], code, pre, textarea, svg, style, [data-testid="stIconMaterial"]';
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const node = walk.currentNode.parentElement;
        if (walk.currentNode.data.trim() && !node.closest(hidden) && node.checkVisibility()) found.push(walk.currentNode.data);
    }
    return found;
}"""
_PLANTED = """async foreign => {
    const refused = new Set(), told = event => refused.add(event.effectiveDirective);
    document.addEventListener('securitypolicyviolation', told);
    const put = (name, values) => planted.append(Object.assign(document.createElement(name), values));
    const planted = document.body.appendChild(document.createElement('div'));
    put('img', {src: `${foreign}/img`});
    put('iframe', {src: `${foreign}/frame`});
    put('script', {src: `${foreign}/script`});
    put('script', {textContent: 'window.__ran = 1'});
    put('link', {rel: 'stylesheet', href: `${foreign}/style`});
    put('object', {data: `${foreign}/object`});
    put('video', {src: `${foreign}/video`});
    await Promise.allSettled([fetch(`${foreign}/fetch`), fetch(`${foreign}/post`, {method: 'POST', mode: 'no-cors'})]);
    navigator.sendBeacon(`${foreign}/beacon`);
    try { new WebSocket(foreign.replace('http', 'ws')) } catch (error) {}
    setTimeout('window.__ran = 1');
    for (let round = 0; round < 40 && refused.size < 8; round++) await new Promise(done => setTimeout(done, 50));
    document.removeEventListener('securitypolicyviolation', told);
    planted.remove();
    return [...refused, ...(window.__ran ? ['a script ran'] : [])].sort();
}"""
REFUSED = [
    "connect-src", "frame-src", "img-src", "media-src", "object-src", "script-src", "script-src-elem", "style-src-elem",
]  # fmt: skip
_ENGLISH = re.compile(r"(?:\b[A-Za-z][a-z’']*\b[ ,]+){2,}\b[A-Za-z][a-z’']+\b")
"""Three words of Latin letters in a row: names of products have fewer."""
_CYRILLIC = re.compile("[А-Яа-яЁё]")
_OF_OTHERS = ("Skip to main content", "gtm search index")
"""Streamlit's own words, and a command."""
WRITTEN_IN_ENGLISH = ("packs", "sql")
"""Pages that show what is written in English itself: packs in either language, and what tables say of themselves."""


def test_every_page_can_be_used_in_the_light_by_those_who_see_badly_and_asks_nobody_else(
    open_window: OpenWindow, under_way: Served
) -> None:
    window = open_window(under_way)
    window.page.add_init_script(AXE_SCRIPT)
    with local_web() as foreign:
        assert [fault for path in _walk(window) for fault in (*_axe(window, path), *_let_out(window, path, foreign))] == []
        assert foreign.asked == []
    assert window.faults == []


def test_every_page_can_be_read_in_the_dark_and_speaks_russian_throughout(open_window: OpenWindow, under_way: Served) -> None:
    window = open_window(under_way, scheme="dark", language="ru")
    window.page.add_init_script(AXE_SCRIPT)
    contrast = {"runOnly": ["color-contrast"]}
    assert [fault for path in _walk(window) for fault in (*_axe(window, path, **contrast), *_english(window, path))] == []
    assert window.faults == []


def test_every_page_fits_a_telephone(open_window: OpenWindow, under_way: Served, pictures: Path) -> None:
    window = open_window(under_way, width=NARROW, language="ru")
    assert [f"{path}: {part}" for path in _walk(window) for part in window.page.evaluate(_CUT_OFF)] == []
    assert window.faults == []


def _walk(window: Window) -> Iterator[str]:
    window.enters()
    for path in OPENED:
        window.opens(path)
        yield path


def _let_out(window: Window, path: str, foreign: LocalWeb) -> Iterator[str]:
    """Put into a page what asks others and what runs, as if a stranger's text had come alive; tell what is not refused."""
    address = f"http://{foreign.address}:{foreign.port}"
    said = window.page.evaluate(_PLANTED, address)
    window.faults[:] = [fault for fault in window.faults if not _of_the_planted(fault, address)]
    if said != REFUSED:
        yield f"{path}: refused {said}, and not {REFUSED}"


def _of_the_planted(fault: str, address: str) -> bool:
    return address in fault or address.replace("http", "ws") in fault or "inline script" in fault or "JavaScript" in fault


def _axe(window: Window, path: str, **options: Any) -> Iterator[str]:
    found = window.page.evaluate("options => axe.run(options)", {"resultTypes": ["violations"], **options})
    for violation in found["violations"]:
        if violation["impact"] in GRAVE:
            yield from (_told(path, violation["id"], node) for node in violation["nodes"] if not _streamlits(node))


def _streamlits(node: dict[str, object]) -> bool:
    return any(part in f"{node['target']} {node['html']}" for part in STREAMLITS_OWN)


def _told(path: str, rule: str, node: dict[str, object]) -> str:
    return f"{path}: {rule} in {str(node['html'])[:120]}"


def _english(window: Window, path: str) -> Iterator[str]:
    texts = [] if path in WRITTEN_IN_ENGLISH else window.page.evaluate(_TEXTS)
    for text in texts:
        if text not in _OF_OTHERS and _ENGLISH.search(text) and not _CYRILLIC.search(text):
            yield f"{path}: {text}"
