"""Bytes of a page to text: what is declared, checked against the bytes; nothing here raises."""

from __future__ import annotations

import codecs
import re

_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.I)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.I)
_HEAD_BYTES = 4_096
_KNOWN = re.compile(
    r"^(?:utf-?(?:8|16|16le|16be|16-le|16-be)|us-ascii|ascii|latin-?1|iso-?8859-?\d{1,2}|windows-?125\d|cp-?125\d|koi8-?[ru]|cp-?866"
    r"|ibm-?866|mac-?(?:cyrillic|roman)|x-mac-cyrillic|gb2312|gbk|gb18030|big5(?:-?hkscs)?|shift[-_]jis|x-sjis|sjis|euc-?(?:jp|kr)"
    r"|iso-2022-jp|ks_c_5601-1987|windows-874|tis-620)$"
)
"""Charsets of the web (WHATWG Encoding); UTF-7 and Python's own codecs, some of them slow, are none."""
_WIDE = re.compile(r"^(?:gb|big5|shift|x-sjis|sjis|euc|iso-2022|ks_c|utf-?16)")
"""Charsets whose text can happen to be valid UTF-8, or holds zero bytes."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_RUN = re.compile(rb"[\x80-\xff]{3,}")
_BROKEN_SHARE = 0.02
"""Most broken signs, over all beyond ASCII, in a page that still counts as UTF-8."""


def to_text(body: bytes, content_type: str = "") -> str:
    """Return a page as text: by its byte order mark, its header, its meta element, or the likeliest charset."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    declared = _declared(content_type, body[:_HEAD_BYTES])
    if declared and _WIDE.match(declared):
        return body.decode(_python_name(declared), "replace")
    whole = body.decode("utf-8", "replace")
    broken = whole.count("\ufffd")
    beyond = len(whole) if not broken else sum(1 for sign in whole if sign > "\x7f")
    if broken <= 2 + beyond * _BROKEN_SHARE and (broken == 0 or declared in (None, "utf-8", "utf8")):
        return whole
    if declared and not declared.startswith(("utf", "us-", "ascii", "latin", "iso-8859-1", "iso8859-1")):
        return body.decode(_python_name(declared), "replace")
    return _guessed(body)


def _declared(content_type: str, head: bytes) -> str | None:
    in_header, in_page = _HEADER.search(content_type), _META.search(head)
    for name in (in_header.group(1) if in_header else None, in_page.group(1).decode("ascii") if in_page else None):
        if name and _KNOWN.match(name.lower()):
            return name.lower()
    return None


def _python_name(charset: str) -> str:
    known = {"x-sjis": "shift_jis", "sjis": "shift_jis", "ks_c_5601-1987": "cp949", "windows-874": "cp874", "gb2312": "gb18030",
             "x-mac-cyrillic": "mac_cyrillic", "gbk": "gb18030", "utf-16": "utf-16-le", "utf16": "utf-16-le"}  # fmt: skip
    try:
        return codecs.lookup(known.get(charset, charset)).name
    except LookupError:
        return "cp1252"


def _guessed(body: bytes) -> str:
    """Read as Cyrillic where high bytes come in runs, else as Western.

    The two Cyrillic charsets swap the case of each other's letters, and people write more small letters than capitals.
    """
    if not _RUN.search(body):
        return body.decode("cp1252", "replace")
    readings = [body.decode(charset, "replace") for charset in ("cp1251", "koi8-r")]
    return max(readings, key=lambda text: sum(("а" <= sign <= "я") - ("А" <= sign <= "Я") for sign in text[:100_000]))
