"""How well answers are read, beside the libraries that are kept for it.

    uv run --with flufl.bounce --with mail-parser-reply --with email-reply-parser --with talon \\
        python -m tests.benchmarks.read_replies [--wrong]

Scores the real bounces (recipients as a whole set; hard or soft) and the real replies (text as
their gold standard wants it), and reads the odd mails. A library that is not installed is left out.
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Callable
from email import message_from_bytes

from gtm_pipelines.replies.bounces import find_bounce
from gtm_pipelines.replies.model import BounceKind
from gtm_pipelines.replies.parse import open_mail
from tests.parts import corpora
from tests.reply_parts import (
    BounceReader,
    QuoteReader,
    Score,
    our_bounce,
    our_reply,
    score_bounces,
    score_replies,
    score_torture,
)


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="name the cases that were read wrong by the workbench")
    named = parser.parse_args().wrong
    for name, read_bounce in _bounce_readers():
        recipients, kinds = score_bounces(corpora("bounces-flufl"), read_bounce)
        _show(f"bounces, recipients: {name}", recipients, named and read_bounce is our_bounce)
        _show(f"bounces, hard or soft: {name}", kinds, named and read_bounce is our_bounce)
    _show_soft()
    for name, read_reply in _reply_readers():
        _show(f"replies: {name}", score_replies(corpora("replies"), read_reply), named and read_reply is our_reply)
    _show("odd mails parsed: workbench", score_torture(corpora("mime-torture")), named)


def _show(name: str, score: Score, named: bool) -> None:
    slowest = f"  slowest {score.slowest:.3f} s" if score.slowest else ""
    print(f"{name:<46}{score.right:>4} of {score.of:<4}{score.share:>7.1%}{slowest}")
    for line in score.wrong if named else ():
        print(f"    {line}")


def _show_soft() -> None:
    """Count what the gold standard calls hard and the workbench soft: given up, but no fault of the address."""
    files = sorted((corpora("bounces-flufl") / "data").iterdir())
    kinds = [bounce.kind for file in files if (bounce := find_bounce(open_mail(file.read_bytes())))]
    print("    of them for the workbench: " + ", ".join(f"{kinds.count(kind)} {kind}" for kind in BounceKind))


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module.partition(".")[0]) is not None


def _bounce_readers() -> list[tuple[str, BounceReader]]:
    readers: list[tuple[str, BounceReader]] = [("workbench", our_bounce)]
    if _installed("flufl.bounce"):
        readers.append(("flufl.bounce", _flufl))
    return readers


def _reply_readers() -> list[tuple[str, QuoteReader]]:
    readers: list[tuple[str, QuoteReader]] = [("workbench", our_reply)]
    others: tuple[tuple[str, str, Callable[[], QuoteReader]], ...] = (
        ("mail-parser-reply", "mailparser_reply", _mail_parser_reply),
        ("email-reply-parser", "email_reply_parser", _email_reply_parser),
        ("talon", "talon", _talon),
    )
    return readers + [(name, make()) for name, module, make in others if _installed(module)]


def _flufl(raw: bytes) -> tuple[frozenset[str], str]:
    from flufl.bounce import all_failures

    temporary, permanent = all_failures(message_from_bytes(raw))
    found = frozenset(address.decode("ascii", "replace").lower() for address in {*temporary, *permanent})
    return found, "bounce_hard" if permanent else "bounce_soft" if temporary else "none"


def _mail_parser_reply() -> QuoteReader:
    from mailparser_reply import EmailReplyParser

    reader = EmailReplyParser(languages=["en", "de", "da", "sv", "pl", "nl", "fr", "es", "it"])
    return lambda body: reader.parse_reply(text=body) or ""


def _email_reply_parser() -> QuoteReader:
    from email_reply_parser import EmailReplyParser

    return lambda body: str(EmailReplyParser.parse_reply(body))


def _talon() -> QuoteReader:
    from talon import quotations
    from talon.signature.bruteforce import extract_signature

    return lambda body: str(extract_signature(quotations.extract_from_plain(body))[0])


if __name__ == "__main__":
    main()
