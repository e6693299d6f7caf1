"""Which value stands when two rows become one. Values only; nothing is read or written here.

* An empty field is filled from the other row; a filled one stands, unless a person chose otherwise.
* Columns that say one thing together (a telephone number as it stood and as E.164) go together.
* A key that only the loser has moves to the winner, so that the winner is found by it and no
  later import can want the same key for it; of two keys each row keeps its own.
* Protection only rises: do-not-contact of either holds, an unsubscription outlives a reply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gtm_pipelines.errors import InputError
from gtm_pipelines.matching.model import Kind

Side = Literal["winner", "loser"]
Row = Mapping[str, Any]
GROUPS: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "company": (
        ("name", "name_key", "legal_form"), ("domain",), ("website",), ("tin",), ("registration_number",), ("linkedin_url",),
        ("country", "country_code"), ("state",), ("city",), ("time_zone",), ("address",), ("phone", "phone_e164"),
        ("industry", "industry_code"), ("employee_count",), ("revenue",), ("segment",), ("sme_registry",), ("status",),
        ("description",), ("language",),
    ),
    "contact": (
        ("full_name", "first_name", "middle_name", "last_name"), ("email", "email_key", "email_domain"), ("linkedin_url",),
        ("company_id", "company_name"), ("position", "function", "seniority"), ("phone", "phone_e164"),
        ("country", "country_code"), ("city",), ("time_zone",), ("language",), ("client_status",), ("source",),
        ("lawful_basis",),
    ),
}  # fmt: skip
"""Columns that go together, the one that people see first."""
KEYS: dict[Kind, tuple[str, ...]] = {
    "company": ("tin", "registration_number", "domain"),
    "contact": ("email_key", "linkedin_url"),
}
"""Columns in which no two rows may hold the same."""
_RANK = {"unsubscribed": 3, "replied": 2, "bounced": 1}
_STANDS, _EMPTY = "it stood in the row that was kept", "the other was empty"


@dataclass
class Settled:
    """What a merge changes.

    Attributes:
        winner: new values of columns of the row that stays.
        loser: new values of columns of the other.
        chosen: field → what stands, whose it was, the other value, and why.
        kept: values that are to be kept as facts of the winner: field, value, whose row said it.
    """

    winner: dict[str, Any] = field(default_factory=dict)
    loser: dict[str, Any] = field(default_factory=dict)
    chosen: dict[str, dict[str, Any]] = field(default_factory=dict)
    kept: list[tuple[str, str, Side]] = field(default_factory=list)


def settle(kind: Kind, winner: Row, loser: Row, choices: Mapping[str, str], by: str, *, stopped: str | None) -> Settled:
    """Decide every field of two rows.

    Args:
        kind: company or contact.
        winner: the row that stays, whole.
        loser: the other.
        choices: field → ``winner`` or ``loser``, as a person chose.
        by: who chose.
        stopped: why the merged person may not be written to, where only one address of theirs says so.

    Raises:
        InputError: a choice names no field, or neither row.
    """
    check_choices(kind, choices)
    done = Settled()
    for group in GROUPS[kind]:
        _decide(done, kind, group, winner, loser, choices.get(group[0]), by)
    _attributes(done, winner, loser)
    if kind == "contact":
        _protect(done, winner, loser, stopped)
    return done


def check_choices(kind: Kind, choices: Mapping[str, str]) -> None:
    """Raise ``InputError`` unless every choice names a field of ``kind`` and one of the two rows."""
    known = [group[0] for group in GROUPS[kind]]
    for name, side in choices.items():
        if name not in known:
            raise InputError(f"'{name}' cannot be chosen. Choose among: {', '.join(known)}.")
        if side not in ("winner", "loser"):
            raise InputError(f"For '{name}' choose 'winner' or 'loser', not '{side}'.")


def better(kind: Kind, one: Row, other: Row) -> str:
    """Return the id of the row to keep if nobody says: the one written to, then the fuller, then the older."""

    def worth(row: Mapping[str, Any]) -> tuple[bool, int]:
        return row.get("last_outreach_at") is not None, sum(row[group[0]] is not None for group in GROUPS[kind])

    older, newer = (one, other) if one["id"] <= other["id"] else (other, one)
    return str(newer["id"] if worth(newer) > worth(older) else older["id"])


def _decide(
    done: Settled,
    kind: Kind,
    group: tuple[str, ...],
    winner: Mapping[str, Any],
    loser: Mapping[str, Any],
    choice: str | None,
    by: str,
) -> None:
    lead = group[0]
    if loser[lead] is None or same(winner[lead], loser[lead]):
        if same(winner[lead], loser[lead]):
            done.winner |= {
                name: loser[name] for name in group if name not in KEYS[kind] and winner[name] is None is not loser[name]
            }
        return
    if _vacant(group, winner, loser) or choice == "loser":
        _take(done, kind, group, winner, loser)
        why = _EMPTY if winner[lead] is None else f"chosen by {by}"
        _note(done, lead, "loser", loser[lead], winner[lead], why)
    else:
        _note(done, lead, "winner", winner[lead], loser[lead], f"chosen by {by}" if choice else _STANDS)


def _vacant(group: Iterable[str], winner: Row, loser: Row) -> bool:
    """Whether the winner says nothing in a group that the loser does not say too."""
    lead, *others = group
    return winner[lead] is None and all(winner[name] is None or same(winner[name], loser[name]) for name in others)


def _take(done: Settled, kind: Kind, group: Iterable[str], winner: Row, loser: Row) -> None:
    """Give the winner the loser's values; of keys the two rows swap theirs."""
    for name in group:
        done.winner[name] = loser[name]
        if name in KEYS[kind]:
            done.loser[name] = winner[name]


def _note(done: Settled, field_name: str, side: Side, value: Any, other: Any, why: str) -> None:
    done.chosen[field_name] = {"of": side, "value": plain(value), "other": plain(other), "why": why}
    if side == "loser":
        done.kept.append((field_name, str(value), "loser"))
        if other is not None:
            done.kept.append((field_name, str(other), "winner"))
    else:
        done.kept.append((field_name, str(other), "loser"))


def _attributes(done: Settled, winner: Row, loser: Row) -> None:
    held, given = dict(winner["attributes"] or {}), dict(loser["attributes"] or {})
    for name, value in given.items():
        if name in held and held[name] != value:
            _note(done, f"attributes.{name}", "winner", held[name], value, _STANDS)
    if missing := {name: value for name, value in given.items() if name not in held}:
        done.winner["attributes"] = held | missing


def _protect(done: Settled, winner: Row, loser: Row, stopped: str | None) -> None:
    if not winner["do_not_contact"] and (loser["do_not_contact"] or stopped):
        why = stopped or "the other is marked 'do not contact'"
        done.winner["do_not_contact"] = True
        done.chosen["do_not_contact"] = {"of": "loser", "value": True, "other": False, "why": why}
        done.kept.append(("do_not_contact", why, "loser"))
    if _RANK.get(loser["campaign_status"], 0) > _RANK.get(winner["campaign_status"], 0):
        done.winner["campaign_status"] = loser["campaign_status"]
    last, other = winner["last_outreach_at"], loser["last_outreach_at"]
    if other is not None and (last is None or other > last):
        done.winner["last_outreach_at"] = other
    if loser["last_reply_class"] and (winner["last_reply_class"] is None or done.winner.get("last_outreach_at")):
        done.winner["last_reply_class"] = loser["last_reply_class"]


def same(left: object, right: object) -> bool:
    """Whether two values differ at most in the case of letters."""
    return left == right or (isinstance(left, str) and isinstance(right, str) and left.casefold() == right.casefold())


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: moments as ISO texts."""
    return value.isoformat() if isinstance(value, datetime) else value


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON can hold it."""
    return {name: plain(value) for name, value in row.items()}
