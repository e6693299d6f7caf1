"""An example as a program meets it: what it is given, and what a person made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from gtm_pipelines.drafting.evidence import Evidence
from gtm_pipelines.drafting.programs.model import Case

_GREETING = re.compile(r"^\W*(hi|hello|hey|dear|good (morning|afternoon|day)|здравствуй|привет|добр|уважаем)[^\n]{0,80}$", re.I)
_CLOSING = re.compile(
    r"^\W*(--|—|(kind |best )?regards|best|thanks|cheers|yours|sincerely|с уважением|всего доброго|спасибо|удачи)\W*$", re.I
)
_SHOWN = ("position", "industry", "city", "country", "employee_count")


@dataclass(frozen=True)
class Gold:
    """What a person made of one case.

    Attributes:
        key: the example's id.
        case: what a program is called with: a ``Case``, or of a judge the draft it reads.
        group: whose case it is; cases of one company are never counted as independent.
        subject: of the text that was right, or that was rejected.
        body: without greeting, name and footer, as far as they can be told.
        approved: whether a person let it go.
        worth: from 0 to 1; see ``model.worth``.
        lesson: what the person changed and why, in words.
    """

    key: str
    group: str
    contact_id: str | None
    case: Any
    subject: str
    body: str
    approved: bool
    worth: float
    lesson: str


def gold_of(row: Mapping[str, Any]) -> Gold:
    """Return the case of an example's row of kind ``draft``."""
    case = case_of(row["inputs"], row["language"], row["variant"] or "")
    labels = row["labels"]
    return Gold(
        key=row["id"],
        group=row["split_key"],
        contact_id=row["contact_id"],
        case=case,
        subject=row["output"]["subject"],
        body=core(row["output"]["body"], case),
        approved=labels["decision"] == "approve",
        worth=float(labels["worth"]),
        lesson="\n".join(_lesson(labels, case)),
    )


def case_of(inputs: Mapping[str, Any], language: str, variant: str) -> Case:
    """Return what a program is given: as it was given then, else out of the frozen snapshot of whom it was for."""
    known = inputs.get("context") or {}
    if "recipient" in known:
        names = {field.name for field in fields(Case)}
        return Case.load({name: value for name, value in known.items() if name in names})
    person, firm = inputs.get("contact") or {}, inputs.get("company") or {}
    company = firm.get("name") or person.get("company_name")
    named = [person.get("full_name") or person.get("first_name") or "somebody unnamed", person.get("position"), company]
    evidence = [
        Evidence(f"{owner}.{name}", name, str(values[name]), "import")
        for owner, values in (("contact", person), ("company", firm))
        for name in _SHOWN
        if values.get(name)
    ]
    texts = {name: said.get(language, "") for name, said in (inputs.get("campaign") or {}).items()}
    spoken = (person.get("full_name"), person.get("first_name"), person.get("last_name"), company)
    return Case(
        recipient=", ".join(str(one) for one in named if one),
        language=language,
        variant=variant,
        offer="\n".join(f"{name}: {text}" for name, text in texts.items() if text),
        evidence=tuple(evidence),
        names=tuple(dict.fromkeys(str(one) for one in spoken if one)),
        allowed=tuple(text for text in texts.values() if text),
    )


def core(body: str, case: Case) -> str:
    """Return a mail's own text, without the greeting, name and footer that every mail of its pack has.

    Where the frame is known and stands there, it is taken off as it is; else greeting and closing are told by their words.
    """
    opened = bool(case.before) and body.startswith(case.before)
    closed = bool(case.after) and body.endswith(case.after)
    lines = body[len(case.before) if opened else 0 : len(body) - len(case.after) if closed else None].strip().splitlines()
    if lines and not opened and _GREETING.match(lines[0]):
        lines = lines[1:]
    ends = (number for number, line in enumerate(lines) if number and _CLOSING.match(line))
    return "\n".join(lines[: len(lines) if closed else next(ends, len(lines))]).strip()


def _lesson(labels: Mapping[str, Any], case: Case) -> Iterator[str]:
    """Say what a person taught: the decision and its reason, the edit before and after, the reply."""
    reason = (labels.get("reason") or "").strip()
    if labels["decision"] != "approve":
        yield f"A person rejected a draft for this case{f': {reason}' if reason else ''}."
    edit = labels.get("edit")
    if edit:
        yield f"A person changed the draft for this case ({', '.join(edit['kinds']).replace('_', ' ')})."
        if edit.get("reason"):
            yield f"They said: {edit['reason']}"
        yield f"Before:\n{core(edit['before']['body'], case)}"
        yield f"After, which is what was wanted:\n{core(edit['after']['body'], case)}"
    elif labels["decision"] == "approve":
        yield "A person approved a draft for this case as it was written."
    outcome = labels.get("outcome") or {}
    if outcome.get("real") and outcome.get("positive"):
        yield "The reader answered with interest."
    if outcome.get("real") and outcome.get("harm"):
        yield "The reader complained or wanted no more mail."
