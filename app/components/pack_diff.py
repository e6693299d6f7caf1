"""What changed between two versions of a pack."""

from __future__ import annotations

import streamlit as st

from app.components.language import t, tn
from app.components.text import escaped, spoken
from app.state import bench
from gtm_pipelines.packs.model import PackInfo

_SORTS = {"added": ":green[:material/add:]", "removed": ":red[:material/remove:]", "changed": ":orange[:material/edit:]"}


def changes(info: PackInfo, versions: list[PackInfo]) -> None:
    """Let a person choose the version to compare with, and show every difference line by line."""
    others = [one.version for one in versions if one.version != info.version and not one.problems]
    if not others:
        st.info(t("This is the only version that can be read. A new one can be begun under “Which version counts”."))
        return
    lower = [version for version in others if _numbers(version) < _numbers(info.version)]
    start = others.index(lower[-1]) if lower else 0
    before = st.selectbox(t("Compared with"), others, start, key=f"pack_diff:{info.name}:{info.version}")
    found = bench().pack_versions.diff(info.name, before, info.version)
    if found.step is None:
        st.markdown(t("They say the same."))
        return
    st.caption(
        tn(
            "{number} change from {before} to {after}: a {step} step.",
            "{number} changes from {before} to {after}: a {step} step.",
            len(found.changes),
            before=found.before,
            after=found.after,
            step=found.step,
        )
    )
    for change in found.changes:
        with st.expander(f"{_SORTS[change.sort]} {spoken(change.what)} {escaped(change.name)}"):
            shown = [line for line in change.lines if not line.startswith("  ")] if change.sort == "changed" else change.lines
            st.code("\n".join(shown), language="diff", wrap_lines=True)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
