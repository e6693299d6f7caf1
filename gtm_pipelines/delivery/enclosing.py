"""The body of a mail: plain text alone, or beside an invitation as calendar programs expect it.

An invitation stands twice in its mail, as Google, Microsoft and Apple send theirs: as another form of the text
(``text/calendar`` with its ``method``, RFC 6047, 2.4), which makes clients offer an answer, and as a file for those that do not.
"""

from __future__ import annotations

from base64 import encodebytes
from email import quoprimime

from gtm_pipelines.ids import digest
from gtm_pipelines.meetings.ics import FILE_NAME
from gtm_pipelines.meetings.model import Invitation

LINE_END = "\r\n"
WIDTH = 76
"""Most characters in a line of a header or a body, as RFC 2045 sets it for quoted-printable."""
_TEXT = 'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n'
_VERSION = "MIME-Version: 1.0\r\n"


def enclosed(body: str, invitation: Invitation | None, key: str) -> tuple[str, set[str]]:
    """Return the MIME headers and the body of a mail as they are written, and the names of those headers.

    Args:
        body: the approved text, which stays as it is.
        invitation: what calendars are to read, if anything.
        key: names the mail, for the lines between its parts.
    """
    if invitation is None:
        text = f"{_TEXT}{_VERSION}{LINE_END}{_quoted(body)}"
        return text, {"Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
    # "=_" stands in no quoted-printable or base64 text (RFC 2045, 6.7), so no part can hold a line like these
    outer, inner = (f"=_{digest(key, kind)[:24]}" for kind in ("mixed", "alternative"))
    told = f'Content-Type: text/calendar; charset="utf-8"; method={invitation.method}{LINE_END}'
    filed = (
        f'Content-Type: application/ics; name="{FILE_NAME}"{LINE_END}'
        f'Content-Disposition: attachment; filename="{FILE_NAME}"{LINE_END}'
    )
    data = _base64(invitation.content)
    forms = _multipart("alternative", inner, (f"{_TEXT}{LINE_END}{_quoted(body)}", f"{told}{data}"))
    whole = _multipart("mixed", outer, (forms, f"{filed}{data}"))
    return f"{_VERSION}{whole}", {"Content-Type", "MIME-Version"}


def _multipart(kind: str, boundary: str, parts: tuple[str, ...]) -> str:
    inside = "".join(f"--{boundary}{LINE_END}{part}{LINE_END}" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"{LINE_END}{LINE_END}{inside}--{boundary}--{LINE_END}'


def _base64(content: bytes) -> str:
    text = encodebytes(content).decode("ascii").replace("\n", LINE_END)
    return f"Content-Transfer-Encoding: base64{LINE_END}{LINE_END}{text}"


def _quoted(body: str) -> str:
    """Return the approved body as it is, in quoted-printable UTF-8, with one kind of line end and one at its end."""
    text = body.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    return quoprimime.body_encode(text.encode("utf-8").decode("latin-1"), WIDTH, LINE_END)
