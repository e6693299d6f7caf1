"""Every fact about one company or person: what counts, whence, how sure, how old, and what others say."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from app.components.language import mark, t
from app.components.page import empty, notice, told
from app.components.roles import only
from app.components.text import escaped, spoken
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.enrichment.source import SubjectType
from gtm_pipelines.record import facts
from gtm_pipelines.record.settled import ACT_ON, PERSON, Settled, Statement, by_field, settle

OWN = mark("Another value …")
BECAUSE = {
    PERSON: mark("a person chose it"),
    "only": mark("nobody says otherwise"),
    "confidence": mark("it is the surest"),
    "rank": mark("its source is believed more"),
    "newest": mark("it is the newest"),
}
_LONG = 300


def fact_sheet(kind: SubjectType, subject_id: str) -> None:
    """Show what is known of one subject, field by field."""
    now, record = bench().clock.now(), bench().record
    with record.read() as connection:
        said = facts.statements(connection, record.workspace_id, kind, [subject_id])[subject_id]
    if not said:
        empty(t("No fact is on record yet. An import leaves them at its next run of the pipeline, sources when they are asked."))
        return
    groups = by_field(said)
    counted = {name: settle(group, now) for name, group in groups.items()}
    st.dataframe(_overview(counted, now), hide_index=True, width="stretch", key=f"facts:{subject_id}", column_config=_COLUMNS)
    for name, settled in sorted(counted.items()):
        if settled is not None and (settled.others or settled.fact.source == PERSON):
            with st.expander(
                t("{name}: {others} values", name=escaped(spoken(name)), others=len(settled.others) + 1),
                expanded=settled.contested,
            ):
                decide(kind, subject_id, name, settled)
    with st.expander(t("All {said:,} facts, those that count no more too", said=len(said))):
        st.dataframe(_all(said, now), hide_index=True, width="stretch", key=f"all:{subject_id}", column_config=_COLUMNS)


def decide(kind: SubjectType, subject_id: str, field: str, settled: Settled) -> None:
    """Show what counts of a field and what the others say, and let a person choose."""
    for place, one in enumerate((settled.fact, *settled.others)):
        mark = ":green[:material/check_circle:]" if place == 0 else ":gray[:material/radio_button_unchecked:]"
        st.markdown(f"{mark} **{escaped(one.value)}** · {escaped(one.source)} · {one.confidence:.0%}")
        if one.evidence:
            st.caption(escaped(one.evidence[:_LONG]))
    st.caption(t("It counts because {because}.", because=t(BECAUSE[settled.because])))
    key = f"{subject_id}:{field}"
    if settled.fact.source == PERSON:
        if st.button(t("Withdraw the choice"), icon=":material/undo:", key=f"withdraw:{key}", **only(Role.EDITOR)):
            _withdraw(kind, subject_id, field)
        return
    options = [str(one.value) for one in (settled.fact, *settled.others)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(t("What is right"), [*dict.fromkeys(options), OWN], format_func=t, key=f"choice:{key}")
        own = st.text_input(t("Your value"), key=f"own:{key}") if chosen == OWN else ""
        if st.button(t("Let it count"), type="primary", icon=":material/gavel:", key=f"choose:{key}", **only(Role.EDITOR)):
            _choose(kind, subject_id, field, own if chosen == OWN else str(chosen))


def _choose(kind: SubjectType, subject_id: str, field: str, value: str) -> None:
    with told():
        bench().research.choose(kind, subject_id, field, value, by=person())
        notice(t("{field} is {value} now, whatever the sources say.", field=spoken(field), value=value))
        st.rerun()


def _withdraw(kind: SubjectType, subject_id: str, field: str) -> None:
    with told():
        bench().research.withdraw(kind, subject_id, field, by=person())
        notice(t("The rule decides about {field} again.", field=spoken(field).lower()))
        st.rerun()


_COLUMNS = {
    "Sure": st.column_config.ProgressColumn("Sure", format="percent", min_value=0, max_value=1, width="small"),
    "Page": st.column_config.LinkColumn("Page", display_text="open", width="small"),
    "Value": st.column_config.TextColumn("Value", width="medium"),
}


def _overview(counted: dict[str, Settled | None], now: datetime) -> pd.DataFrame:
    rows = [
        {**_line(settled.fact, now), t("Stands"): _stands(settled)}
        for _name, settled in sorted(counted.items())
        if settled is not None
    ]
    return _table(rows, t("Field"), t("Value"), t("Source"), t("Sure"), t("Age"), t("Stands"), t("Evidence"), t("Page"))


def _stands(settled: Settled) -> str:
    if settled.contested:
        return t("sources disagree")
    return t("not sure enough to act on") if settled.confidence < ACT_ON else t(BECAUSE[settled.because])


def _all(said: list[Statement], now: datetime) -> pd.DataFrame:
    rows = [{**_line(one, now), t("Had"): one.retrieved_at, t("Until"): one.expires_at} for one in reversed(said)]
    return _table(rows, t("Field"), t("Value"), t("Source"), t("Sure"), t("Age"), t("Had"), t("Until"), t("Evidence"), t("Page"))


def _table(rows: list[dict[str, object]], *columns: str) -> pd.DataFrame:
    """Lay rows out; columns that nothing is known of are left away."""
    return pd.DataFrame(rows, columns=list(columns)).dropna(axis="columns", how="all")


def _line(one: Statement, now: datetime) -> dict[str, object]:
    page = one.url if (one.url or "").startswith(("http://", "https://")) else None
    return {
        t("Field"): spoken(one.field),
        t("Value"): one.value if one.value is not None else t("(withdrawn)"),
        t("Source"): one.source,
        t("Sure"): one.confidence,
        t("Age"): _age(now, one.retrieved_at),
        t("Evidence"): (one.evidence or "")[:_LONG],
        t("Page"): page,
    }


def _age(now: datetime, then: datetime) -> str:
    days = (now - then).days
    return t("today") if days < 1 else t("{days} d", days=days)
