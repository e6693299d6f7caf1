"""A real mailbox over IMAP (RFC 9051, and RFC 3501 servers), on the standard library.

Reads with ``BODY.PEEK[]``, so nothing is marked as seen, and opens folders read-only.
"""

from __future__ import annotations

import base64
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from gtm_pipelines.errors import SettingsError, TransientError
from gtm_pipelines.replies.model import Cursor, RawMail
from gtm_pipelines.settings import ImapSettings

BATCH_MAILS = 50
BATCH_BYTES = 8_000_000
"""Most mails, and about the most bytes, that one command asks for; a larger mail comes alone."""

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_MONTHS = {
    name: n for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_SAFE_ID = re.compile(r'^[^"\\\r\n\x00-\x1f]{1,900}$')


class ImapMailbox:
    """One account on an IMAP server. Each call opens and closes its own connection.

    Args:
        settings: where the server is.
        address: the sender identity's address; the account name unless one is set.
        password: looks the password up when it is needed; ``None`` for servers that ask for none.
        token: looks up an OAuth access token, shown by XOAUTH2 in the place of a password.
    """

    def __init__(
        self, settings: ImapSettings, address: str, password: Callable[[], str] | None, token: Callable[[], str] | None = None
    ) -> None:
        self._token = token
        self._settings = settings
        self._user = settings.username or address
        self._password = password

    def fetch(self, cursor: Cursor) -> Iterator[RawMail]:
        """Yield what is beyond ``cursor`` in every folder of the settings.

        Raises:
            SettingsError: the log-in, a certificate or a folder name is wrong.
            TransientError: the server did not answer; what was yielded stands.
        """
        with self._session() as imap:
            for folder in self._settings.folders:
                validity = self._select(imap, folder)
                at = cursor.get(folder)
                last = at.last_uid if at and at.uidvalidity == validity else 0
                for batch in self._batches(imap, last):
                    yield from self._read(imap, folder, validity, batch)

    def contains_message_id(self, folder: str, message_id: str) -> bool:
        """Tell whether ``folder`` holds a message with this Message-ID.

        Raises:
            SettingsError: the log-in or the folder name is wrong.
            TransientError: the server did not answer.
        """
        if not _SAFE_ID.match(message_id):
            return False
        with self._session() as imap:
            self._select(imap, folder)
            found = self._ask(imap, "SEARCH", None, "HEADER", "Message-ID", f'"{message_id}"')
            return bool(b" ".join(item for item in found if isinstance(item, bytes)).split())

    def mail_of(self, folder: str, message_id: str) -> bytes | None:
        """Return the mail of a folder with this Message-ID as it arrived, or ``None``; no folder: only log in.

        Raises:
            SettingsError: the log-in or the folder name is wrong.
            TransientError: the server did not answer.
        """
        with self._session() as imap:
            if not folder or not _SAFE_ID.match(message_id):
                return None
            validity = self._select(imap, folder)
            found = self._ask(imap, "SEARCH", None, "HEADER", "Message-ID", f'"{message_id}"')
            uids = [int(uid) for uid in b" ".join(item for item in found if isinstance(item, bytes)).split()]
            mails = list(self._read(imap, folder, validity, uids[-1:])) if uids else []
            return mails[0].raw if mails else None

    @contextmanager
    def _session(self) -> Iterator[imaplib.IMAP4]:
        where = f"{self._settings.host}:{self._settings.port}"
        try:
            imap = self._connect(where)
            try:
                self._log_in(imap, where)
                yield imap
            finally:
                with suppress(OSError, imaplib.IMAP4.error):
                    imap.logout()
        except ssl.SSLCertVerificationError as error:
            raise SettingsError(
                f"The certificate of the IMAP server {where} is not trusted ({error.verify_message}). "
                "Name the right host, or its certificate in imap.ca_file."
            ) from error
        except (OSError, imaplib.IMAP4.abort) as error:
            raise TransientError(f"The IMAP server {where} did not answer: {error}. Collect again later.") from error
        except imaplib.IMAP4.error as error:
            raise TransientError(f"The IMAP server {where} refused a command: {error}. Collect again later.") from error

    def _connect(self, where: str) -> imaplib.IMAP4:
        settings = self._settings
        context = ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
        if settings.security == "tls":
            return imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=context, timeout=settings.timeout_seconds)
        imap = imaplib.IMAP4(settings.host, settings.port, timeout=settings.timeout_seconds)
        if settings.security == "starttls":
            if "STARTTLS" not in imap.capabilities:
                with suppress(OSError, imaplib.IMAP4.error):
                    imap.logout()
                raise SettingsError(f"The IMAP server {where} offers no STARTTLS. Set imap.security to 'tls' and its port.")
            imap.starttls(context)
        return imap

    def _log_in(self, imap: imaplib.IMAP4, where: str) -> None:
        password = self._password() if self._password else ""
        try:
            if self._token:
                shown = f"user={self._user}\x01auth=Bearer {self._token()}\x01\x01".encode()
                imap.authenticate("XOAUTH2", lambda asked: shown if not asked else b"")
            else:
                imap.login(self._user, password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise SettingsError(
                f"The IMAP server {where} refused the log-in of {self._user}. Check imap.username and the secret "
                "that imap.password names; many providers want an app password."
            ) from error

    def _select(self, imap: imaplib.IMAP4, folder: str) -> int:
        status, answer = imap.select(quote_folder(folder), readonly=True)
        if status != "OK":
            raise SettingsError(
                f"The IMAP server has no folder '{folder}' for {self._user} ({_first(answer)}). "
                f"Correct imap.folders or imap.sent_folder; it has: {', '.join(self._folders(imap))}."
            )
        return int(_first(imap.response("UIDVALIDITY")[1]) or 0)

    def _folders(self, imap: imaplib.IMAP4) -> list[str]:
        _status, lines = imap.list()
        names = [re.search(rb'(?:"((?:[^"\\]|\\.)*)"|(\S+))\s*$', line) for line in lines if isinstance(line, bytes)]
        return [decode_folder((name[1] or name[2] or b"").decode("ascii", "replace")) for name in names if name]

    def _batches(self, imap: imaplib.IMAP4, last: int) -> Iterator[list[int]]:
        """Yield lists of uids beyond ``last`` that are small enough to ask for at once."""
        sizes: list[tuple[int, int]] = []
        for item in self._ask(imap, "FETCH", f"{last + 1}:*", "(UID RFC822.SIZE)"):
            head = item[0] if isinstance(item, tuple) else item
            uid, size = _UID.search(head or b""), _SIZE.search(head or b"")
            if uid and int(uid[1]) > last:  # "n:*" always names the last mail, even one below n
                sizes.append((int(uid[1]), int(size[1]) if size else 0))
        batch: list[int] = []
        total = 0
        for uid_number, size_number in sorted(set(sizes)):
            if batch and (len(batch) >= BATCH_MAILS or total + size_number > BATCH_BYTES):
                yield batch
                batch, total = [], 0
            batch.append(uid_number)
            total += size_number
        if batch:
            yield batch

    def _read(self, imap: imaplib.IMAP4, folder: str, validity: int, uids: list[int]) -> Iterator[RawMail]:
        """Yield the mails of ``uids`` in ascending order; one expunged meanwhile is not there any more."""
        items = self._ask(imap, "FETCH", ",".join(map(str, uids)), "(UID INTERNALDATE BODY.PEEK[])")
        found: dict[int, tuple[bytes, datetime]] = {}
        for at, item in enumerate(items):
            if not isinstance(item, tuple):
                continue
            after = items[at + 1] if at + 1 < len(items) and isinstance(items[at + 1], bytes) else b""
            head = item[0] + b" " + after
            uid = _UID.search(head)
            if uid:
                found[int(uid[1])] = (item[1], _internal_date(head))
        for uid_number in sorted(found.keys() & set(uids)):
            raw, received_at = found[uid_number]
            yield RawMail(folder, validity, uid_number, raw, received_at)

    def _ask(self, imap: imaplib.IMAP4, command: str, *arguments: Any) -> list[Any]:
        status, answer = imap.uid(command, *[a for a in arguments if a is not None])
        if status != "OK":
            raise imaplib.IMAP4.error(f"{command}: {_first(answer)}")
        return [item for item in answer if item is not None]


def _first(answer: Any) -> str:
    item = answer[0] if answer else None
    return item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item or "")


def _internal_date(head: bytes) -> datetime:
    """Return the moment the server took the mail in; the epoch if it names none."""
    match = _DATE.search(head)
    parts = re.match(
        r"\s*(\d{1,2})-(\w{3})-(\d{4}) (\d{2}:\d{2}:\d{2}) ([+-]\d{4})", match[1].decode("ascii", "replace") if match else ""
    )
    if not parts or parts[2].lower() not in _MONTHS:
        return datetime.fromtimestamp(0, UTC)
    stamp = f"{parts[3]}-{_MONTHS[parts[2].lower()]:02d}-{int(parts[1]):02d} {parts[4]} {parts[5]}"
    return datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)


def quote_folder(name: str) -> str:
    """Return a folder's name as the protocol wants it: modified UTF-7 (RFC 3501, 5.1.3), quoted."""
    encoded = re.sub(r"[^\x20-\x7e]+", lambda match: _utf7(match[0]), name.replace("&", "&-"))
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'


def decode_folder(name: str) -> str:
    """Return the readable form of a folder's name in modified UTF-7."""

    def plain(match: re.Match[str]) -> str:
        if not match[1]:
            return "&"
        data = match[1].replace(",", "/")
        return base64.b64decode(data + "=" * (-len(data) % 4)).decode("utf-16-be", "replace")

    return re.sub(r"&([A-Za-z0-9+,]*)-", plain, name)


def _utf7(text: str) -> str:
    return "&" + base64.b64encode(text.encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",") + "-"
