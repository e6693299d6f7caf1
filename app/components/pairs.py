"""Two rows that may be one: side by side, what speaks for and against, and the decision."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.components.language import t, tn
from app.components.page import notice, told
from app.components.roles import only
from app.components.text import escaped, spoken
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.matching.model import Pair, Reason
from gtm_pipelines.matching.settle import GROUPS, better, same

_NAMES = {"company": "name", "contact": "full_name"}
_SHOWN = {
    "company": ("name", "domain", "website", "tin", "registration_number", "linkedin_url", "country", "state", "city", "address",
                "phone", "industry", "employee_count", "revenue", "status", "description"),
    "contact": ("full_name", "email", "phone", "linkedin_url", "company_name", "position", "country", "city", "language",
                "client_status", "do_not_contact", "campaign_status", "last_outreach_at", "source"),
}  # fmt: skip
_DIFFERS, _FILLS = "background-color: rgba(250, 173, 20, 0.22)", "background-color: rgba(82, 196, 26, 0.16)"
_LONG = 160
_SURE = 0.95
_ALMOST = 0.995


def called(pair: Pair, side: str) -> str:
    """Return what people call one of the two."""
    row = pair.left if side == "left" else pair.right
    return str(row.get(_NAMES[pair.kind]) or row.get("email") or row.get("domain") or row.get("id") or "gone")


def told_apart(pair: Pair, side: str) -> str:
    """Return what people call one of the two, with its address where both are called the same."""
    row = pair.left if side == "left" else pair.right
    same = called(pair, "left") == called(pair, "right")
    beside = row.get("email") or row.get("domain") if same else None
    return f"{called(pair, side)} ({beside})" if beside else called(pair, side)


def pair_card(pair: Pair) -> None:
    """Draw one pair with its decision."""
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(
                t("**{pair}** and **{pair2}**", pair=escaped(called(pair, "left")), pair2=escaped(called(pair, "right"))),
                width="content",
            )
            st.badge(t("{score} likely one", score=_likely(pair.score)), color="green" if pair.score >= _SURE else "orange")
        st.markdown(_argument(pair.reasons))
        st.dataframe(_side_by_side(pair), hide_index=True, width="stretch", key=f"sides:{pair.id}")
        _decide(pair)


def _likely(score: float) -> str:
    """Never say certain: that is for a person."""
    return f"{score:.0%}" if score < _ALMOST else t("over 99%")


def _argument(reasons: tuple[Reason, ...]) -> str:
    told_for = [spoken(r.field).lower() + ("" if r.verdict == "same" else " " + t("alike")) for r in reasons if r.weight > 0]
    against = [spoken(r.field).lower() for r in reasons if r.weight < 0]
    parts = []
    if told_for:
        parts.append(f":green[:material/add:] {escaped(', '.join(told_for))}")
    if against:
        parts.append(
            tn(
                ":orange[:material/remove:] {against} differs",
                ":orange[:material/remove:] {against} differ",
                len(against),
                against=escaped(", ".join(against)),
            )
        )
    return "  ".join(parts) or t("Put together by a person.")


def _side_by_side(pair: Pair) -> Any:
    names = [n for n in _SHOWN[pair.kind] if pair.left.get(n) not in (None, "") or pair.right.get(n) not in (None, "")]
    frame = pd.DataFrame(
        {
            "": [spoken(name) for name in names],
            t("Older"): [_cell(pair.left.get(name)) for name in names],
            t("Newer"): [_cell(pair.right.get(name)) for name in names],
        }
    )
    return frame.style.apply(_highlight, axis=1)


def _highlight(row: pd.Series[Any]) -> list[str]:
    older, newer = row[t("Older")], row[t("Newer")]
    if same(older, newer):
        return ["", "", ""]
    if older and newer:
        return ["", _DIFFERS, _DIFFERS]
    return ["", _FILLS if older else "", _FILLS if newer else ""]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = (t("yes") if value else t("no")) if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONG else text[:_LONG] + "…"


def _decide(pair: Pair) -> None:
    if not pair.left or not pair.right:
        st.caption(t("One of the two is gone. The next search takes this pair off the list."))
        return
    ids = {"left": pair.left_id, "right": pair.right_id}
    likely = "left" if better(pair.kind, pair.left, pair.right) == pair.left_id else "right"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kept = st.radio(
            t("The row that stays"),
            ("left", "right"),
            index=("left", "right").index(likely),
            format_func=lambda side: f"{(t('Older') if side == 'left' else t('Newer'))}: {escaped(told_apart(pair, side))}",
            horizontal=True,
            key=f"winner:{pair.id}",
            help=t("It keeps its values; empty ones are filled from the other, and everything that differs is kept as a fact."),
        )
        merge = st.button(t("Merge"), type="primary", icon=":material/join_inner:", key=f"merge:{pair.id}", **only(Role.EDITOR))
        apart = st.button(t("Keep apart"), icon=":material/call_split:", key=f"apart:{pair.id}", **only(Role.EDITOR))
    choices = _choices(pair, str(kept))
    if merge:
        _merge(pair, ids[str(kept)], choices)
    if apart:
        with told():
            bench().matching.apart(pair.id, by=person())
            notice(t("{pair} and {pair2} stay two.", pair=called(pair, "left"), pair2=called(pair, "right")))
            st.rerun()


def _choices(pair: Pair, kept: str) -> dict[str, str]:
    """Let a person choose field by field where both say something; return the choices against the row that stays."""
    winner, loser = (pair.left, pair.right) if kept == "left" else (pair.right, pair.left)
    leads = [group[0] for group in GROUPS[pair.kind] if winner.get(group[0]) is not None and loser.get(group[0]) is not None]
    differing = [name for name in leads if not same(winner[name], loser[name])]
    if not differing:
        return {}
    choices = {}
    with st.expander(t("Choose field by field ({differing} differ)", differing=len(differing))):
        for name in differing:
            side = st.radio(
                spoken(name),
                ("winner", "loser"),
                format_func={"winner": escaped(_cell(winner[name])), "loser": escaped(_cell(loser[name]))}.__getitem__,
                horizontal=True,
                key=f"choice:{pair.id}:{kept}:{name}",
            )
            if side == "loser":
                choices[name] = "loser"
    return choices


def _merge(pair: Pair, winner: str, choices: dict[str, str]) -> None:
    with told():
        done = bench().matching.merge(pair.id, winner=winner, choices=choices, by=person())
        notice(
            t(
                "{loser_name} is now {winner_name}. It can be taken back under Merged.",
                loser_name=done.loser_name,
                winner_name=done.winner_name,
            )
        )
        st.rerun()
