"""Where keys are kept: in the system's keyring, or where there is none in an encrypted file. Nothing here reads settings.

The file is one Fernet token over all entries, names included. Its key comes from a passphrase (scrypt), or from a file
beside it that only its owner can read: then the encryption keeps keys out of backups and searches of the data, and
whoever can read the owner's files can read them.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from gtm_pipelines.errors import SettingsError
from gtm_pipelines.log import learn_secret

SERVICE = "gtm-workbench"
LEAST_PRIORITY = 1.0
"""Of a keyring that counts as one; those that keep in plain text, or nothing at all, have less."""
_SCRYPT = {"n": 2**15, "r": 8, "p": 1}
"""OWASP's choice for scrypt with 32 MiB; the passphrase is stretched once a process."""


class Ring(Protocol):
    """What keeps secrets by service and user; keyring's backends are such."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return a secret."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""


def look_up(name: str, environment: Mapping[str, str]) -> str:
    """Return the secret kept as ``service/user``: ours where we keep them, others in the system's keyring.

    Raises:
        SettingsError: nothing is kept under that name, or it cannot be read.
    """
    import keyring

    service, _, user = name.partition("/")
    if service == SERVICE:
        if stored := ring(environment).get_password(service, user):
            return stored
        raise SettingsError(f"No key is kept for {user.rpartition('.')[2]}. Enter it again: Settings, or 'gtm connection add'.")
    if stored := keyring.get_password(service, user):
        return stored
    raise SettingsError(f"The keyring holds nothing for {service}/{user}. Store it with 'keyring set {service} {user}'.")


def keep(name: str, value: str, environment: Mapping[str, str]) -> str:
    """Keep a secret under our own service, and return how settings name it."""
    ring(environment).set_password(SERVICE, name, value)
    return f"keyring:{SERVICE}/{name}"


def forget(ref: str, environment: Mapping[str, str]) -> None:
    """Forget a secret that ``keep`` kept; others are left to whoever keeps them."""
    name = ref.removeprefix(f"keyring:{SERVICE}/")
    kept = ring(environment)
    if name != ref and kept.get_password(SERVICE, name) is not None:
        kept.delete_password(SERVICE, name)


def ring(environment: Mapping[str, str]) -> Ring:
    """Return what keeps our secrets: the file that GTM_KEYS names, else the system's keyring, else a file of this user's."""
    named = environment.get("GTM_KEYS")
    if not named and (found := system_ring()):
        return found
    shared = Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return FileRing(Path(named) if named else shared / SERVICE / "keys", _passphrase(environment))


def _passphrase(environment: Mapping[str, str]) -> str | None:
    """Return what the file of keys is encrypted by: a credential that systemd hands over, or a variable."""
    folder = environment.get("CREDENTIALS_DIRECTORY")
    credential = Path(folder) / "gtm-keys" if folder else None
    if credential and credential.is_file():
        found = credential.read_text("utf-8").strip()
    else:
        found = environment.get("GTM_KEYS_PASSPHRASE", "")
    learn_secret(found)
    return found or None


def system_ring() -> Ring | None:
    """Return the system's keyring, or ``None`` where there is none worth the name."""
    import keyring

    found = keyring.get_keyring()
    ring: Ring | None = found if float(found.priority) >= LEAST_PRIORITY else None
    return ring


class FileRing:
    """Secrets in an encrypted file.

    Args:
        path: the file; made at the first secret, readable by its owner only.
        passphrase: what it is encrypted by; a key file beside it is made and used where absent.
    """

    def __init__(self, path: Path, passphrase: str | None = None) -> None:
        self._path = path
        self._passphrase = passphrase

    def get_password(self, service: str, username: str) -> str | None:
        """Return a secret, or ``None``.

        Raises:
            SettingsError: the file was encrypted by something else, or is damaged.
        """
        return self._read()[1].get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret; see ``get_password`` for what is raised."""
        with self._changing() as held:
            held[f"{service}/{username}"] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret; nothing happens where there is none. See ``get_password`` for what is raised."""
        with self._changing() as held:
            held.pop(f"{service}/{username}", None)

    @contextmanager
    def _changing(self) -> Iterator[dict[str, str]]:
        from cryptography.fernet import Fernet

        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(self._path.with_name(f"{self._path.name}.lock")):
            salt, held = self._read()
            yield held
            token = Fernet(self._key(salt, make=True)).encrypt(json.dumps(held).encode()).decode()
            _write(self._path, json.dumps({"version": 1, "salt": salt, "token": token}).encode())

    def _read(self) -> tuple[str, dict[str, str]]:
        from cryptography.fernet import Fernet, InvalidToken

        if not self._path.exists():
            return base64.b64encode(secrets.token_bytes(16)).decode(), {}
        try:
            kept = json.loads(self._path.read_bytes())
            salt, token = str(kept["salt"]), str(kept["token"]).encode()
            return salt, json.loads(Fernet(self._key(salt)).decrypt(token))
        except (InvalidToken, ValueError, KeyError, TypeError, OSError) as error:
            raise SettingsError(
                f"The keys in {self._path} cannot be read: they were kept under another passphrase or key file, or the file "
                "is damaged. Set GTM_KEYS_PASSPHRASE as it was; or move the file away and enter the keys again."
            ) from error

    def _key(self, salt: str, *, make: bool = False) -> bytes:
        if self._passphrase is None:
            return _key_file(self._path.with_name(f"{self._path.name}.key"), make=make)
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

        stretched = Scrypt(salt=base64.b64decode(salt), length=32, **_SCRYPT).derive(self._passphrase.encode())
        return base64.urlsafe_b64encode(stretched)


def _key_file(path: Path, *, make: bool) -> bytes:
    if make and not path.exists():
        from cryptography.fernet import Fernet

        _write(path, Fernet.generate_key())
    key = path.read_bytes()
    learn_secret(key.decode("ascii", "replace").strip())
    return key


def _write(path: Path, content: bytes) -> None:
    """Replace a file at once by one that its owner alone can read."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process change the file at a time."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        try:
            import fcntl
        except ImportError:  # Windows has the system's keyring
            yield
            return
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
