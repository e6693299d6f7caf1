"""Unsubscribe tokens: an opaque id under a signature that only this workbench can make."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from itsdangerous import BadSignature, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from gtm_pipelines.errors import InputError
from gtm_pipelines.log import learn_secret

KEY_FILE = "unsubscribe.key"
_SALT = "gtm.unsubscribe"


class ForgedTokenError(InputError):
    """The token was not made here, or was changed on its way. Use the link of the mail as it is."""

    code = "forged_token"


class Tokens:
    """Makes and reads tokens with the keys kept in the data folder.

    A token never expires: a link in an old mail must go on working. To change the key,
    put a new line below the old one: the last line signs, all of them are accepted.

    Args:
        home: the data folder; the key file is made in it on first use, readable by its owner only.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / KEY_FILE
        self._serializer: URLSafeSerializer | None = None

    def make(self, message_id: str) -> str:
        """Return the token of a message."""
        return str(self._ready().dumps(message_id))

    def read(self, token: str) -> str:
        """Return the message id inside a token.

        Raises:
            ForgedTokenError: the signature is not ours.
        """
        try:
            value = self._ready().loads(token)
            if not _is_canonical(token):
                raise BadSignature("another spelling of a signature")
        except BadSignature as error:
            raise ForgedTokenError("This unsubscribe link is not one of ours. Use the link of the mail as it is.") from error
        if not isinstance(value, str):
            raise ForgedTokenError("This unsubscribe link names no message. Use the link of the mail as it is.")
        return value

    def _ready(self) -> URLSafeSerializer:
        if self._serializer is None:
            self._serializer = URLSafeSerializer(_keys(self._path), salt=_SALT)
        return self._serializer


def _is_canonical(token: str) -> bool:
    """Tell whether a token's signature is spelt as we spell it; base64 has spare bits, so there are others."""
    signature = token.rpartition(".")[2]
    return base64_encode(base64_decode(signature)).decode("ascii") == signature


def _keys(path: Path) -> list[str]:
    if not path.exists():
        _make(path)
    keys = path.read_text("ascii").split()
    if not keys:
        raise InputError(f"{path} is empty. Restore it from a backup, so that links in old mails go on working.")
    for key in keys:
        learn_secret(key)
    return keys


def _make(path: Path) -> None:
    """Write a whole key file under a name of its own, then give it the name, unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    file = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(file, f"{secrets.token_urlsafe(48)}\n".encode())
        os.fsync(file)
    finally:
        os.close(file)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
