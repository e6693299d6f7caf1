"""Tools a page shows that it is made or measured with, by the addresses of its scripts and its generator."""

from __future__ import annotations

import re

_BY_ADDRESS = {
    "Google Analytics": r"google-analytics\.com/|googletagmanager\.com/gtag",
    "Google Tag Manager": r"googletagmanager\.com/(?:gtm|ns)",
    "Yandex Metrica": r"mc\.yandex\.(?:ru|com)/(?:metrika|watch)|cdn\.jsdelivr\.net/npm/yandex-metrica",
    "HubSpot": r"js(?:-eu1)?\.(?:hs-scripts|hsforms|hs-analytics)\.(?:com|net)",
    "Intercom": r"widget\.intercom\.io|js\.intercomcdn\.com",
    "Zendesk": r"static\.zdassets\.com",
    "Drift": r"js\.driftt\.com",
    "Segment": r"cdn\.segment\.com",
    "Hotjar": r"static\.hotjar\.com",
    "Meta Pixel": r"connect\.facebook\.net/.{1,40}fbevents",
    "LinkedIn Insight": r"snap\.licdn\.com",
    "Stripe": r"js\.stripe\.com",
    "Calendly": r"assets\.calendly\.com",
    "Salesforce": r"\.(?:force|salesforceliveagent|pardot)\.com/",
    "Marketo": r"munchkin\.marketo\.net",
    "Shopify": r"cdn\.shopify\.com",
    "WordPress": r"/wp-(?:content|includes)/",
    "Tilda": r"static\.tildacdn\.(?:com|info|net|one)|tilda\.ws/",
    "1C-Bitrix": r"/bitrix/(?:js|templates|cache)/",
    "Bitrix24": r"bitrix24\.(?:ru|com|by|kz)/|cdn-ru\.bitrix24",
    "JivoChat": r"code\.jivo(?:site)?\.(?:com|ru)|code-ya\.jivosite",
    "amoCRM": r"amocrm\.(?:ru|com)/|forms\.amocrm",
    "Calltouch": r"mod\.calltouch\.ru",
    "Roistat": r"cloud\.roistat\.com",
    "Wix": r"static\.(?:wixstatic|parastorage)\.com",
    "Webflow": r"assets(?:-global)?\.website-files\.com",
    "Squarespace": r"static1?\.squarespace\.com",
}
_SEEN = {name: re.compile(pattern, re.I) for name, pattern in _BY_ADDRESS.items()}
_MADE_BY = (
    "WordPress",
    "Joomla",
    "Drupal",
    "Tilda",
    "Wix",
    "Webflow",
    "Shopify",
    "Squarespace",
    "Ghost",
    "Hugo",
    "MODX",
    "HubSpot",
)
_MOST = 200


def tools(addresses: list[str], generator: str | None) -> dict[str, str]:
    """Return tool → where it shows: the address of a script, or the generator as the page names it."""
    found: dict[str, str] = {}
    for address in addresses[:_MOST]:
        for name, seen in _SEEN.items():
            if name not in found and seen.search(address[:500]):
                found[name] = address[:500]
    for name in _MADE_BY:
        if generator and name.lower() in generator.lower():
            found.setdefault(name, generator)
    return found
