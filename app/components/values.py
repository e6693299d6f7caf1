"""What a condition compares with: a text, a number, yes or no, a day, or values picked from the data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import streamlit as st

from app.components.language import t
from app.components.text import escaped
from gtm_pipelines.segments.fields import FilterField
from gtm_pipelines.segments.operators import DAYS, EMPTY, LISTS, NUMERIC

Suggest = Callable[[str], list[tuple[str, int]]]
_PICKED = ("eq", "ne", "has", "has_not")
_HIDDEN: dict[str, Any] = {"label_visibility": "collapsed"}


def ask(field: FilterField, op: str, start: Any, key: str, suggest: Suggest) -> Any:
    """Draw what the operator compares with, and return it; ``None`` or empty until there is something.

    Args:
        field: what is compared.
        op: one of the field's operators.
        start: where a fresh widget starts.
        key: of the widget.
        suggest: the most frequent values of a field.
    """
    kind = "number" if field.type == "mixed" and op in NUMERIC else field.type
    if op in EMPTY:
        return None
    if op in LISTS:
        return _several(field, kind, start if isinstance(start, list) else [], key, suggest)
    if op in DAYS:
        return _number(t("days"), start, key, step=1, low=0)
    if op == "between":
        return _two(kind, start, key)
    if kind == "number":
        return _number(t("a number"), start, key)
    if kind == "flag":
        _start(key, start is not False)
        return st.selectbox(t("Value"), [True, False], format_func=lambda flag: t("yes") if flag else t("no"), key=key, **_HIDDEN)
    if kind == "moment":
        return _day(start, key)
    if op in _PICKED:
        return _one(field, start, key, suggest)
    _start(key, start if isinstance(start, str) else "")
    return st.text_input(t("Value"), placeholder=t("a word or a phrase"), key=key, **_HIDDEN).strip()


def _start(key: str, value: Any) -> None:
    st.session_state.setdefault(key, value)


def _one(field: FilterField, start: Any, key: str, suggest: Suggest) -> str | None:
    counts = _known(field, suggest)
    _start(key, start if isinstance(start, str) else None)
    held = st.session_state[key]
    options = [*counts] if held is None or held in counts else [held, *counts]
    chosen = st.selectbox(
        t("Value"),
        options,
        format_func=lambda value: _counted(value, counts),
        accept_new_options=True,
        placeholder=t("choose or type"),
        key=key,
        **_HIDDEN,
    )
    return chosen.strip() if isinstance(chosen, str) else None


def _several(field: FilterField, kind: str, start: list[Any], key: str, suggest: Suggest) -> list[Any]:
    counts = _known(field, suggest)
    _start(key, [str(item) for item in start])
    chosen = st.multiselect(
        t("Values"),
        list(dict.fromkeys((*st.session_state[key], *counts))),
        format_func=lambda value: _counted(value, counts),
        accept_new_options=True,
        placeholder=t("choose, or type and press Enter"),
        key=key,
        **_HIDDEN,
    )
    if kind != "number":
        return list(chosen)
    wrong = [word for word in chosen if not word.lstrip("-").isdigit()]
    if wrong:
        st.caption(t(":material/error: {wrong} is no whole number", wrong=escaped(", ".join(wrong))))
    return [int(word) for word in chosen if word not in wrong]


def _known(field: FilterField, suggest: Suggest) -> dict[str, int]:
    if field.type not in ("text", "mixed", "words"):
        return {}
    counts = {value: number for value, number in suggest(field.name) if value.strip()}
    return counts | {choice: 0 for choice in field.choices if choice not in counts}


def _counted(value: str, counts: dict[str, int]) -> str:
    return f"{value} ({counts[value]:,})" if counts.get(value) else value


def _two(kind: str, start: Any, key: str) -> list[Any] | None:
    low, high = start if isinstance(start, list) and len(start) == 2 else (None, None)
    left, right = st.columns(2, gap="xsmall")
    draw = _day if kind == "moment" else lambda first, name: _number(t("a number"), first, name)
    with left:
        lower = draw(low, f"{key}:from")
    with right:
        upper = draw(high, f"{key}:to")
    return None if lower is None or upper is None else [lower, upper]


def _number(placeholder: str, start: Any, key: str, *, step: float | None = None, low: int | None = None) -> Any:
    number = start if isinstance(start, (int, float)) and not isinstance(start, bool) else None
    _start(key, int(number) if step == 1 and number is not None else None if number is None else float(number))
    if step == 1:
        return st.number_input(t("Value"), step=1, min_value=low, placeholder=placeholder, key=key, **_HIDDEN)
    value = st.number_input(t("Value"), step=1.0, format="%g", placeholder=placeholder, key=key, **_HIDDEN)
    return int(value) if value is not None and value == int(value) else value


def _day(start: Any, key: str) -> str | None:
    held = datetime.fromisoformat(start).date() if isinstance(start, str) and start[:4].isdigit() else None
    _start(key, held)
    chosen = st.date_input(t("Value"), key=key, **_HIDDEN)
    return chosen.isoformat() if isinstance(chosen, date) else None
