"""One HTML document to what stands in it. A pure function of bytes, so that other processes can run it; it never raises."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from gtm_pipelines.enrichment.web import contacts, structured
from gtm_pipelines.enrichment.web.charset import to_text
from gtm_pipelines.enrichment.web.kinds import choose, kind_of
from gtm_pipelines.enrichment.web.language import language_of
from gtm_pipelines.enrichment.web.main_text import content_lines
from gtm_pipelines.enrichment.web.model import Reading
from gtm_pipelines.enrichment.web.tools import tools
from gtm_pipelines.enrichment.web.visible import cut_hidden, lines, plain

_MOST_LINKS = 1_500
_MOST_CHOSEN = 12
_LONGEST_TITLE = 300


def read_html(body: bytes, content_type: str, url: str, most_text: int, *, judged: bool = True) -> Reading | None:
    """Return what stands in a document, or ``None`` where there is no element in it.

    Args:
        body: as it was sent, unpacked.
        content_type: its header, which may name a charset.
        url: where it stood, after redirects.
        most_text: characters of visible text that are kept.
        judged: tell the content of the page from its menus, and choose what to read next: what a home page needs. A
            page read after it is judged by it.
    """
    root = _tree(to_text(body, content_type), judged=judged)
    if root is None:
        return None
    title = _title(root)
    data: dict[str, Any] = dict(structured.meta(root))
    organisation = structured.organisation(root)
    addresses = [e.get("src") or e.get("href") or "" for e in root.iter("script", "link", "iframe")]
    declared, base = root.get("lang"), _base(root, url)
    used = tools([one for one in addresses if one], data.get("generator"))
    hidden = cut_hidden(root)
    found = lines(root, most_text)
    links = _links(root, base)
    content = content_lines(root, found) if judged else [True] * len(found)
    text, content_size = _arranged(found, content, most_text)
    seen = text.split("\n") if text else []
    data |= {
        "content_chars": content_size,
        "emails": contacts.emails(seen),
        "linked_emails": contacts.linked_emails([(href, e) for href, _, e in links]),
        "phones": contacts.phones(seen),
        "linked_phones": contacts.linked_phones([href for href, _, _ in links]),
        "profiles": contacts.profiles([href for href, _, _ in links]),
        "organisation": organisation,
        "tools": used,
    }
    data = {name: value for name, value in data.items() if value} | ({"hidden_chars": hidden} if hidden else {})
    chosen = choose(_of_site(links, url), _MOST_CHOSEN) if judged else []
    return Reading(title or data.get("og_title", ""), text, language_of(text, declared), kind_of(url, title), data, tuple(chosen))


def _tree(text: str, *, judged: bool) -> Any:
    """Return a document as a tree, of the elements trafilatura needs where it is to judge; they are slower."""
    from lxml import etree, html

    clean = text.replace("\x00", "").encode("utf-8", "replace")
    if not clean.strip():
        return None
    kind = html.HTMLParser if judged else etree.HTMLParser
    try:
        root = etree.fromstring(clean, kind(encoding="utf-8", remove_pis=True, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root is not None and isinstance(root.tag, str) else None


def _title(root: Any) -> str:
    element = next(root.iter("title"), None)
    return plain(element.text or "")[:_LONGEST_TITLE] if element is not None else ""


def _base(root: Any, url: str) -> str:
    element = next(root.iter("base"), None)
    try:
        return urljoin(url, element.get("href") or "") if element is not None else url
    except ValueError:
        return url


def _arranged(found: list[str], content: list[bool], most: int) -> tuple[str, int]:
    """Return the lines as one text, those of the content first, and how long the content is."""
    first = "\n".join(line for line, is_content in zip(found, content, strict=True) if is_content)
    rest = "\n".join(line for line, is_content in zip(found, content, strict=True) if not is_content)
    return "\n".join(part for part in (first, rest) if part)[:most], min(len(first), most)


def _links(root: Any, base: str) -> list[tuple[str, str, Any]]:
    """Return (address, words, element) of the visible links."""
    found = []
    for _, element in zip(range(_MOST_LINKS), root.iter("a", "area"), strict=False):
        href = (element.get("href") or "").strip()
        try:
            whole = href if href[:7].lower() == "mailto:" or href[:4].lower() == "tel:" else urljoin(base, href)
        except ValueError:
            continue
        found.append((whole, plain("".join(element.itertext()))[:200], element))
    return found


def _of_site(links: list[tuple[str, str, Any]], url: str) -> list[tuple[str, str]]:
    """Return the links that stay on the site: the same host, with or without ``www``."""
    own = _host(url)
    return [(href.partition("#")[0], words) for href, words, _ in links if own and _host(href) == own]


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        return parts.netloc.lower().removeprefix("www.") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""
