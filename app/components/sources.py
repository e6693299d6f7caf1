"""Sources of facts: which are in use, what they ask for, and a switch for those that need no key."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.components.language import mark, t
from app.components.page import notice, told
from app.components.roles import only
from app.components.text import escaped, spoken
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.enrichment.registry import Offered
from gtm_pipelines.enrichment.source import SubjectType

_KEYS = {"present": mark("there"), "missing": mark("missing"), "not needed": mark("not needed")}
_WHAT = {
    "registry": mark("Fills gaps of a company from its other rows in your lists. Nothing leaves this machine."),
    "website": mark("Reads companies' own websites, politely and one page at a time."),
    "web_search": mark("Asks a search engine for a company whose website is not known."),
}


def sources(kind: SubjectType) -> None:
    """Show the sources of a kind of subject, those in use first, and let people switch them."""
    offered = [one for one in bench().research.sources() if kind in one.source.subjects]
    offered.sort(key=lambda one: not one.enabled)
    for section in dict.fromkeys(one.section for one in offered if one.key == "not needed"):
        _switch(next(one for one in offered if one.section == section))
    if any(one.key == "missing" for one in offered):
        st.page_link("views/connections.py", label=t("Connect a source that takes a key"), icon=":material/cable:")
    st.dataframe(pd.DataFrame([_row(one) for one in offered]), hide_index=True, width="stretch", key=f"sources:{kind}")
    with st.expander(t("In gtm.toml instead")):
        st.caption(t("What stands in this file wins over what is switched here:"))
        st.code('[enrichment.sources.hunter]\nenabled = true\nkey = "env:HUNTER_API_KEY"', language="toml")
    plan = bench().research.plan(kind)
    if plan.fields:
        with st.expander(t("Who is asked for what, in which order")):
            lines = [
                {t("Field"): spoken(n), t("Order"): " → ".join(p.sources), t("Enough at"): p.good_enough}
                for n, p in plan.fields.items()
            ]
            st.dataframe(pd.DataFrame(lines), hide_index=True, width="stretch", key=f"plan:{kind}")


def _switch(one: Offered) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        what = t(_WHAT[one.section]) if one.section in _WHAT else ", ".join(spoken(name) for name in sorted(one.source.fields))
        st.markdown(f"**{escaped(spoken(one.section))}** · {escaped(what)}")
        label = t("Use it no more") if one.enabled else t("Use it")
        if st.button(label, key=f"switch:{one.section}", icon=":material/toggle_on:", **only(Role.EDITOR)):
            with told():
                bench().source_desk.switch(one.section, on=not one.enabled, by=f"person:{person()}")
                notice(
                    t("{name} is not asked any more.", name=one.section)
                    if one.enabled
                    else t("{name} may be asked from now on.", name=one.section)
                )
                st.rerun()


def _row(one: Offered) -> dict[str, object]:
    return {
        t("Source"): one.source.name,
        t("In use"): one.enabled,
        t("Key"): t(_KEYS[one.key]),
        t("Price"): _price(one.source.price),
        t("Fields"): ", ".join(spoken(name) for name in sorted(one.source.fields)),
        t("Rank"): one.rank,
        t("From"): t("built in") if one.origin == "built in" else one.origin,
    }


def _price(price: Any) -> str:
    parts = [t("${per_ask:.4f} to ask", per_ask=price.per_ask)] * bool(price.per_ask) + [
        t("${per_hit:.4f} for a find", per_hit=price.per_hit)
    ] * bool(price.per_hit)
    return ", ".join(parts) or t("free")
