"""Whether a sender's domain is fit to send: MX, SPF, DKIM, DMARC and one-click unsubscribing, each with what to do.

The rules are those of Gmail, Yahoo and Outlook for senders (support.google.com/a/answer/81126, senders.yahooinc.com,
Outlook's of May 2025), over RFC 7208 (SPF), 6376 (DKIM), 7489 (DMARC) and 8058 (one-click). Only the name system is asked.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from gtm_pipelines.settings import MailboxSettings

if TYPE_CHECKING:
    from dns.resolver import Resolver

State = Literal["ok", "warn", "fail", "unknown"]
_SECONDS = 5.0
_SHORT_KEY_BYTES = 256
"""A DER public key of 1024 bits has about 160 bytes, one of 2048 bits about 290."""
_ASK_LATER = "The name server did not answer. Check again in a while."


@dataclass(frozen=True)
class Check:
    """What one look found.

    Attributes:
        name: what was looked at, such as ``spf``.
        state: ``unknown`` where nobody answered.
        told: what was found, for people.
        fix: what to do, empty where nothing is to be done.
    """

    name: str
    state: State
    told: str
    fix: str = ""


def resolver(nameservers: Sequence[str], seconds: float = _SECONDS) -> Resolver:
    """Return what asks the name system: these servers (``9.9.9.9``, ``127.0.0.1:5353``), or the machine's."""
    import dns.nameserver
    import dns.resolver

    made = dns.resolver.Resolver(configure=not nameservers)
    if nameservers:
        pairs = [one.rpartition(":") if one.count(":") == 1 else (one, "", "53") for one in nameservers]
        made.nameservers = [dns.nameserver.Do53Nameserver(host, int(port)) for host, _, port in pairs]
    made.lifetime = made.timeout = seconds
    return made


def check_domain(mailbox: MailboxSettings, ask: Resolver) -> list[Check]:
    """Look at the domain of a mailbox."""
    from checkdmarc.utils import DNS_CACHE

    DNS_CACHE.clear()  # it would show a record that was just mended as it was before, for half an hour
    domain = mailbox.address.rpartition("@")[2]
    looks: tuple[Callable[[], Check], ...] = (
        lambda: _mx(domain, ask),
        lambda: _spf(domain, ask),
        lambda: _dkim(domain, mailbox.dkim_selectors, ask),
        lambda: _dmarc(domain, ask),
        lambda: _one_click(mailbox),
    )
    return [look() for look in looks]


def _mx(domain: str, ask: Resolver) -> Check:
    found, answered = _records(ask, domain, "MX")
    if not answered:
        return Check("mx", "unknown", f"Nobody said which servers take mail for {domain}.", _ASK_LATER)
    hosts = [str(one.exchange).rstrip(".") for one in found]
    if not hosts or hosts == [""]:
        return Check(
            "mx", "fail", f"{domain} takes no mail: bounces and answers are lost.",
            f"Publish an MX record for {domain} that names the server of your mailbox.",
        )  # fmt: skip
    return Check("mx", "ok", f"Mail for {domain} goes to {', '.join(sorted(hosts)[:3])}.")


def _spf(domain: str, ask: Resolver) -> Check:
    from checkdmarc.spf import check_spf

    found = check_spf(domain, resolver=ask, timeout=_SECONDS)
    record, error = str(found.get("record") or ""), str(found.get("error") or "")
    if not found.get("valid"):
        if _silent(ask, domain):
            return Check("spf", "unknown", f"Nobody said which servers may send for {domain}.", _ASK_LATER)
        fix = f"Publish one TXT record at {domain} that begins with v=spf1, names your provider, and ends with ~all or -all."
        return Check("spf", "fail", f"SPF is missing or wrong: {error or 'no record'}.", fix)
    lookups = int(found.get("dns_lookups") or 0)
    if record.rstrip().endswith(("+all", "?all")) or "all" not in record:
        return Check("spf", "warn", f"{record} lets anybody send for {domain}.", "End the record with ~all or -all.")
    return Check("spf", "ok", f"{record} ({lookups} of 10 look-ups).")


def _dkim(domain: str, selectors: Sequence[str], ask: Resolver) -> Check:
    answered = False
    for selector in selectors:
        name = f"{selector}._domainkey.{domain}"
        found, said = _records(ask, name, "TXT")
        answered = answered or said
        text = next((t for t in map(_text, found) if "p=" in t), None)
        if text is not None:
            return _key(name, text)
    if not answered:
        return Check("dkim", "unknown", f"Nobody said with which key {domain} signs.", _ASK_LATER)
    return Check(
        "dkim", "warn", f"No DKIM key was found under {', '.join(selectors)}.",
        "Turn DKIM on at your provider and publish its key; name its selector in dkim_selectors if it is another.",
    )  # fmt: skip


def _key(name: str, text: str) -> Check:
    tags = dict(part.strip().partition("=")[::2] for part in text.split(";") if "=" in part)
    key = "".join(tags.get("p", "").split())
    if not key:
        return Check("dkim", "fail", f"The key at {name} is revoked.", "Publish the key of your provider anew.")
    try:
        size = len(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        return Check("dkim", "fail", f"The key at {name} cannot be read.", "Copy the record from your provider again, whole.")
    if tags.get("k", "rsa") == "rsa" and size < _SHORT_KEY_BYTES:
        return Check("dkim", "warn", f"The key at {name} is short.", "Let your provider make one of 2048 bits.")
    return Check("dkim", "ok", f"A key is published at {name}.")


def _dmarc(domain: str, ask: Resolver) -> Check:
    from checkdmarc.dmarc import check_dmarc

    found: Any = check_dmarc(domain, resolver=ask, timeout=_SECONDS)
    if not found.get("valid"):
        if _silent(ask, f"_dmarc.{domain}"):
            return Check("dmarc", "unknown", f"Nobody said what {domain} asks for by DMARC.", _ASK_LATER)
        fix = f"Publish a TXT record at _dmarc.{domain}, to begin with: v=DMARC1; p=none; rua=mailto:you@{domain}"
        return Check("dmarc", "fail", f"DMARC is missing or wrong: {found.get('error') or 'no record'}.", fix)
    policy = str(found["tags"]["p"]["value"])
    if policy == "none":
        told = f"{found['record']} asks for nothing yet. Gmail, Yahoo and Outlook are content with it."
        return Check("dmarc", "ok", told, "Once the reports are clean, move to p=quarantine.")
    return Check("dmarc", "ok", f"{found['record']}")


def _one_click(mailbox: MailboxSettings) -> Check:
    if not mailbox.public_url:
        return Check(
            "one_click", "warn", "Mails can be unsubscribed from by mail only.",
            "Set public_url to where 'gtm up' serves the unsubscribe page; large senders must offer one click.",
        )  # fmt: skip
    if not mailbox.public_url.startswith("https://"):
        return Check("one_click", "fail", f"{mailbox.public_url} is not HTTPS, which RFC 8058 asks for.", "Serve it over HTTPS.")
    return Check("one_click", "ok", f"One click at {mailbox.public_url}, and by mail.")


def _records(ask: Resolver, name: str, kind: str) -> tuple[list[Any], bool]:
    """Return the records of a name, and whether anybody answered; a name that does not exist is an answer."""
    import dns.exception
    import dns.resolver

    try:
        return list(ask.resolve(name, kind)), True
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return [], True
    except dns.exception.DNSException:
        return [], False


def _silent(ask: Resolver, name: str) -> bool:
    return not _records(ask, name, "TXT")[1]


def _text(record: Any) -> str:
    return b"".join(record.strings).decode("utf-8", "replace")
