"""Benchmarks: packs and models over the same held-out cases, and what attempts to better packs came to."""

from __future__ import annotations

import streamlit as st

from app.components import benchmarks, optimise
from app.components.language import t
from app.components.page import header, told
from app.state import bench


def page() -> None:
    """Draw the page."""
    header(t("Benchmarks"), t("Packs and models over the same held-out cases: how good, how grounded, how dear, how fast."))
    with told():
        runs = bench().benchmarks.runs()
        if runs:
            benchmarks.result(benchmarks.choose(runs))
        with st.expander(t("Measure packs and models"), icon=":material/speed:", expanded=not runs):
            benchmarks.begin()
    st.subheader(t("Attempts to better packs"), anchor=False)
    with told():
        optimise.attempts()
    st.caption(t("A case is held out when its company is: no version learned from it. Nobody's draft comes from the cache."))


if __name__ == "__main__":
    page()
