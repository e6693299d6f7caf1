"""Websites to the domain that identifies a company, from the bundled list of public suffixes."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from gtm_pipelines.intake.model import FREE_MAIL

if TYPE_CHECKING:
    import tldextract

SHARED = frozenset(
    """
    facebook.com fb.com instagram.com linkedin.com twitter.com x.com youtube.com youtu.be t.me telegram.me vk.com vk.ru
    ok.ru tiktok.com pinterest.com google.com goo.gl bit.ly linktr.ee taplink.cc medium.com crunchbase.com bloomberg.com
    yelp.com 2gis.ru avito.ru hh.ru rusprofile.ru list-org.com wikipedia.org amazon.com ebay.com alibaba.com etsy.com
    wixsite.com wix.com tilda.ws ucoz.ru narod.ru business.site squarespace.com weebly.com wordpress.com blogspot.com
    godaddysites.com sec.gov
    """.split()
)
"""Sites that carry the pages of many companies."""
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/@\s]*@)?([^/:?#\s]+)", re.I)
_LABELS = re.compile(r"^(?!-)[\w-]{1,63}(?<!-)(?:\.(?!-)[\w-]{1,63}(?<!-))+$")


@lru_cache(maxsize=100_000)
def company_domain(website: str) -> str | None:
    """Return the registered domain of a website, or ``None`` where it names no single company.

    A free-mail or shared site gives ``None``, as do an IP address and what is no host.
    Subdomains of private suffixes (``shop.myshopify.com``) count as domains of their own.
    """
    match = _HOST.match(website.strip())
    if not match:
        return None
    return host_domain(match.group(1).lower().rstrip("."))


def host_domain(host: str) -> str | None:
    """Return what ``company_domain`` says of a bare host in small letters, such as the domain of an address."""
    bare = host.removeprefix("www.")
    return _of_host(bare if "." in bare else host)


@lru_cache(maxsize=100_000)
def _of_host(host: str) -> str | None:
    if not _LABELS.match(host) or _is_address(host):
        return None
    registered = host if _is_registered(host) else _by_library(host)
    if not registered or registered in FREE_MAIL or registered in SHARED:
        return None
    try:
        return registered if registered.isascii() else registered.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def _is_registered(host: str) -> bool:
    """Tell of a host whether it surely is a registered domain: one label before a public suffix, or before an unknown ending."""
    _, _, ending = host.partition(".")
    rules = _rules()
    if not host.isascii() or "xn--" in host or host in rules or f"*.{ending}" in rules:
        return False
    return ending in rules or "." not in ending


def _by_library(host: str) -> str:
    parts = _suffixes()(host)
    return parts.top_domain_under_public_suffix or (".".join(host.split(".")[-2:]) if not parts.suffix else "")


@lru_cache(maxsize=1)
def _rules() -> frozenset[str]:
    """Every rule of the list as it is written there."""
    return frozenset(_suffixes().tlds)


@lru_cache(maxsize=1)
def _suffixes() -> tldextract.TLDExtract:
    """The list bundled with tldextract: no download, no cache on disk."""
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def _is_address(host: str) -> bool:
    if not host[-1].isdigit():
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
