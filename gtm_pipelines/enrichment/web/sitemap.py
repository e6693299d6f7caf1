"""Sitemaps to addresses: read as a stream, with no entities, no DTD and a cap on everything."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from gtm_pipelines.enrichment.web.model import FetchError, Limits
from gtm_pipelines.enrichment.web.unpack import unpacker

MOST_ADDRESSES = 2_000
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.I)


@dataclass(frozen=True)
class Sitemap:
    """What a sitemap lists: pages, and further sitemaps where it is an index."""

    pages: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()


def read_sitemap(body: bytes, limits: Limits) -> Sitemap:
    """Return the addresses of a sitemap in XML, packed or not, or in plain text; nothing where it is neither.

    A document type is never wanted in a sitemap, and is how entity bombs come: such a file gives nothing.
    """
    if body[:2] == b"\x1f\x8b":
        unpack = unpacker("gzip", limits)
        try:
            body = unpack.feed(body)
            unpack.check()
        except FetchError:
            return Sitemap()
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"<":
        lines = (line.strip() for line in body.decode("utf-8", "replace").splitlines())
        return Sitemap(tuple(line for line in lines if line.startswith(("http://", "https://")))[:MOST_ADDRESSES])
    return Sitemap() if _DOCTYPE.search(body) else _from_xml(body)


def _from_xml(body: bytes) -> Sitemap:
    from lxml import etree

    pages: list[str] = []
    indexes: list[str] = []
    options = {"resolve_entities": False, "load_dtd": False, "no_network": True, "huge_tree": False, "recover": True}
    try:
        for _event, element in etree.iterparse(io.BytesIO(body), events=("end",), **options):
            name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
            parent = element.getparent()
            if name == "loc" and parent is not None and isinstance(parent.tag, str):
                (indexes if parent.tag.endswith("sitemap") else pages).append((element.text or "").strip())
            if name in ("url", "sitemap"):
                element.clear()
            if len(pages) + len(indexes) >= MOST_ADDRESSES:
                break
    except (etree.XMLSyntaxError, ValueError, LookupError):
        pass  # what was read up to here still stands
    return Sitemap(tuple(filter(None, pages)), tuple(filter(None, indexes)))
