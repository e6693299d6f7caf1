"""What a draft states, held against what it was given: what carries it, and what nothing does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gtm_pipelines.drafting.checks import lexicon
from gtm_pipelines.drafting.checks.find import stated
from gtm_pipelines.drafting.checks.found import NAMES, TRUSTED_ONLY, Found, sentence_at
from gtm_pipelines.drafting.checks.known import ALLOWED, RECIPIENT, Carrier, carriers
from gtm_pipelines.drafting.evidence import Finding, Material

Place = Literal["subject", "body"]
_SAID: Mapping[str, tuple[str, str]] = {
    "person": ("The person '{}' stands in no evidence", "Take the name out, or write to whom it belongs."),
    "company": ("The name '{}' stands in no evidence", "Name only companies that a fact or your own texts name."),
    "product": ("The product '{}' stands in no evidence", "Name only products that a fact or your own texts name."),
    "place": ("The place '{}' stands in no evidence", "Check it, or leave it out."),
    "number": ("The number '{}' stands in no evidence", "Take it out, or use the number of a fact."),
    "money": ("The sum '{}' stands in no evidence", "Prices come from the campaign's own texts; sums from facts."),
    "percent": ("The share '{}' stands in no evidence", "Take it out, or use the figure of a fact."),
    "date": ("The date '{}' stands in no evidence", "Take it out, or use the date of a fact."),
    "link": ("The link '{}' is not one of yours", "Links come from the campaign, the pack or the sender only."),
    "email": ("The address '{}' is not one of yours", "Addresses come from the campaign, the pack or the sender only."),
    "phone": ("The number to call '{}' is not one of yours", "Numbers to call come from the campaign or the sender only."),
    "quote": ("The quotation '{}' stands in no evidence", "Quote word for word what a fact holds, or do not quote."),
}


@dataclass(frozen=True)
class Carried:
    """Words of a draft and the ids of what carries them: empty where nothing does."""

    found: Found
    place: Place
    by: tuple[str, ...]
    free: bool

    @property
    def stands(self) -> bool:
        """Whether something carries it, or it needs nothing to."""
        return bool(self.by) or self.free


def weigh(material: Material) -> list[Carried]:
    """Return everything subject and body state, with what carries it."""
    known = carriers(material)
    parts: tuple[tuple[Place, str], ...] = (("subject", material.subject), ("body", material.body))
    start = material.body.find(material.meeting) if material.meeting else -1
    own = range(start, start + len(material.meeting)) if start >= 0 else range(0)
    return [
        carried
        for place, text in parts
        for one in stated(text)
        if place == "subject" or one.start not in own
        for carried in _weighed(one, place, text, known)
    ]


def _weighed(one: Found, place: Place, text: str, known: Sequence[Carrier]) -> Iterator[Carried]:
    whole = _carried(one, place, text, known)
    if whole.stands or one.kind not in NAMES or len(one.words) < 2 or one.kind == "person" or one.words[-1].isdigit():
        yield whole
        return
    yield from _in_parts(one, place, text, known)


def _in_parts(one: Found, place: Place, text: str, known: Sequence[Carrier]) -> Iterator[Carried]:
    """Take a name of many words apart where some stand somewhere: what is left over is what nothing carries."""
    left: list[Found] = []
    at, cursor = 0, one.start
    while at < len(one.words):
        stands, taken = None, 1
        for after in range(len(one.words), at, -1):
            tried = _piece(one, text, cursor, one.words[at:after])
            if (found := _carried(tried, place, text, known)).stands:
                stands, taken = found, after - at
                break
        if stands is None:
            left.append(_piece(one, text, cursor, one.words[at : at + 1]))
            cursor = left[-1].end
        else:
            yield stands
            cursor = stands.found.end
        at += taken
    if any(word.lower() not in lexicon.TITLES | lexicon.ORDINARY_CAPITALS for piece in left for word in piece.words):
        rest = replace(one, text=text[left[0].start : left[-1].end], start=left[0].start, end=left[-1].end)
        yield Carried(replace(rest, words=tuple(word for each in left for word in each.words)), place, (), free=False)


def _piece(one: Found, text: str, cursor: int, words: tuple[str, ...]) -> Found:
    start = text.find(words[0], cursor)
    end = start
    for word in words:
        end = text.find(word, end) + len(word)
    return replace(one, text=text[start:end], start=start, end=end, words=words)


def _carried(one: Found, place: Place, text: str, known: Sequence[Carrier]) -> Carried:
    told = [carrier for carrier in known if carrier.carries(one)]
    by = [carrier.id for carrier in told if one.kind != "number" or carrier.speaks_of(one, sentence_at(text, one.start))]
    if told and not by:
        return Carried(replace(one, soft=True), place, (), free=False)
    free = any(name in (ALLOWED, RECIPIENT) for name in by)
    return Carried(one, place, tuple(dict.fromkeys(name for name in by if name not in (ALLOWED, RECIPIENT))), free)


def ungrounded(weighed: Sequence[Carried]) -> Iterator[Finding]:
    """Yield a finding for everything that nothing carries."""
    for one in weighed:
        if not one.stands:
            said, hint = _SAID[one.found.kind]
            soft = one.found.soft and one.found.kind not in TRUSTED_ONLY
            yield Finding(
                f"ungrounded.{one.found.kind}", "flag" if soft else "block", said.format(one.found.text[:80]), hint,
                one.found.start, one.found.end, one.place,
            )  # fmt: skip
