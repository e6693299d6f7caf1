"""An identity provider on this machine: a real one for tests, that asks for PKCE, and may be made to say what is not so."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import flask
import httpx
import oidc_provider_mock
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

PRESS = "Authorize"
"""What its form's button says."""


@dataclass
class IdentityProvider:
    """The provider.

    Attributes:
        url: where it is.
        client_id: what it calls the application that was registered.
        client_secret: the secret of that.
        claims: what its tokens say beside or instead of the truth.
        forges: whether it signs by a key that it never published.
        proven: how many codes were redeemed by who can prove (PKCE, S256) that they asked for them.
    """

    url: str = ""
    client_id: str = ""
    client_secret: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    forges: bool = False
    proven: int = 0

    def knows(self, address: str, *, verified: bool = True) -> None:
        """Make somebody known, who signs in by their address."""
        said = {"email": address, "email_verified": verified, "name": address.partition("@")[0]}
        httpx.put(f"{self.url}/users/{quote(address)}", json=said).raise_for_status()

    def register(self, address: str) -> None:
        """Register an application by where people come back to."""
        told = httpx.post(f"{self.url}/oauth2/clients", json={"redirect_uris": [address]}).raise_for_status().json()
        self.client_id, self.client_secret = told["client_id"], told["client_secret"]

    def tells(self, response: flask.Response, storage: Any) -> None:
        """Sign the ID token of an answer anew, with the claims that were asked for."""
        told = json.loads(response.get_data())
        if "id_token" not in told:
            return
        own = RSAKey.import_key(storage.jwk.as_dict(is_private=True))
        token = jwt.decode(told["id_token"], own, algorithms=["RS256"])
        by = RSAKey.generate_key(2048) if self.forges else own
        told["id_token"] = jwt.encode(token.header, {**token.claims, **self.claims}, by, algorithms=["RS256"])
        response.set_data(json.dumps(told))


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """Run a provider."""
    played = IdentityProvider()
    app: flask.Flask = oidc_provider_mock.app(require_client_registration=True, require_nonce=True)
    _ask_for_proof(app, played)

    @app.after_request
    def tell(response: flask.Response) -> flask.Response:
        if flask.request.path == "/oauth2/token" and (played.claims or played.forges):
            played.tells(response, flask.g.oidc_provider_mock_storage)
        return response

    server = make_server("localhost", 0, app, threaded=True)
    played.url = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield played
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _ask_for_proof(app: flask.Flask, played: IdentityProvider) -> None:
    """Teach the provider PKCE (RFC 7636), which it does not know by itself."""
    challenges: dict[str, str] = {}

    @app.after_request
    def note(response: flask.Response) -> flask.Response:
        if flask.request.path.endswith("/openid-configuration"):
            said = {**json.loads(response.get_data()), "code_challenge_methods_supported": ["S256"]}
            response.set_data(json.dumps(said))
        code = parse_qs(urlsplit(response.headers.get("Location", "")).query).get("code")
        if flask.request.path == "/oauth2/authorize" and code:
            challenges[code[0]] = flask.request.args["code_challenge"]
        return response

    @app.before_request
    def demand() -> tuple[str, int] | None:
        form = flask.request.form
        if flask.request.path != "/oauth2/token":
            return None
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != challenges.pop(form.get("code", ""), None):
            return "the code was asked for by somebody else", 400
        played.proven += 1
        return None
