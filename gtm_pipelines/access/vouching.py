"""What an identity provider says of somebody, and whether it may be believed here. No I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gtm_pipelines.errors import PolicyError


@dataclass(frozen=True)
class Vouched:
    """A provider's word, given once, for one sign-in here.

    Attributes:
        address: whose account it is for; the provider has seen that they read mail there.
        token: what no other sign-in has.
        at: when the word was given.
    """

    address: str
    token: str
    at: datetime


def vouched(claims: Mapping[str, Any], client_id: str) -> Vouched:
    """Return what the claims of an ID token, whose signature and issuer were checked, vouch for.

    Args:
        claims: of the token.
        client_id: what the provider calls this workbench.

    Raises:
        PolicyError: the token is another application's, or the address may be anybody's.
    """
    meant = claims.get("aud")
    if client_id not in (meant if isinstance(meant, (list, tuple)) else [meant]):
        raise PolicyError(
            "account.elsewhere",
            "What your identity provider says was meant for another application, so it does not count here. Sign in again; "
            "if it happens again, whoever set the provider up compares login.client_id with what it calls this workbench.",
        )
    address = str(claims.get("email") or "").strip().lower()
    if not address:
        raise PolicyError(
            "account.nameless",
            "Your identity provider tells no address of yours. Give one there, confirm it, then sign in again.",
        )
    if claims.get("email_verified") not in (True, "true"):
        raise PolicyError(
            "account.unverified",
            f"Your identity provider does not say that '{address}' is yours. Confirm that address there, then sign in again.",
        )
    named = [str(claims.get(name) or "") for name in ("iss", "sub", "iat", "nonce")]
    told = hashlib.sha256("\0".join(named).encode()).hexdigest()
    return Vouched(address, told, datetime.fromtimestamp(float(claims.get("iat") or 0), UTC))
