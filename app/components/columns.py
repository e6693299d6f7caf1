"""Columns of a file as they would be read: shown with samples, corrected by a person, remembered."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.components.language import mark, t
from app.components.text import escaped, spoken
from app.state import bench
from gtm_pipelines.intake.model import MappingProposal

KEEP = mark("– keep as an extra –")
ATTRIBUTE = "attribute"


def mapping(path: Path, proposal: MappingProposal, sheet: str | None) -> tuple[dict[str, str], bool]:
    """Show each column with samples and its field; return what the person changed, and whether that is enough to import."""
    changed: dict[str, str] = {}
    with st.container(border=True, gap="xsmall"):
        st.markdown(t("**Which column is what?**"))
        if proposal.profile:
            st.caption(t("Read as it was before, by the profile {profile}.", profile=escaped(proposal.profile)))
        if proposal.left_out:
            st.caption(
                t("Left out, as inner columns of an export of ours: {left_out}.", left_out=escaped(", ".join(proposal.left_out)))
            )
        options = [KEEP, *proposal.fields]
        for place, column in enumerate(proposal.columns):
            of_name, of_samples, of_field = st.columns([3, 5, 3], vertical_alignment="center")
            of_name.text(column.column)
            of_samples.caption(escaped(" · ".join(column.samples[:3])) or "(empty)")
            proposed = column.field or KEEP
            chosen = of_field.selectbox(
                t("Field of {column}", column=escaped(column.column)),
                options,
                index=options.index(proposed) if proposed in options else 0,
                format_func=lambda name: t(KEEP) if name == KEEP else spoken(name),
                key=f"map:{proposal.kind}:{proposal.file_name}:{place}",
                label_visibility="collapsed",
            )
            if chosen != proposed:
                changed[column.column] = ATTRIBUTE if chosen == KEEP else chosen
    missing = bench().intake.propose(path, proposal.kind, overrides=changed, sheet=sheet).missing if changed else proposal.missing
    if missing:
        st.warning(t("Still needed: {m}. Point a column to it.", m=escaped("; ".join(spoken(m).lower() for m in missing))))
    return changed, not missing


def remember(proposal: MappingProposal) -> str | None:
    """Ask whether files with these columns are to be read so from now on; return the profile's name."""
    place = f"{proposal.kind}:{proposal.file_name}"
    wanted, named = st.columns([2, 3], vertical_alignment="bottom")
    if not wanted.checkbox(t("Remember for files like this"), key=f"remember:{place}"):
        return None
    default = proposal.profile or Path(proposal.file_name).stem
    name = named.text_input(t("Name of the profile"), value=default, max_chars=100, key=f"profile:{place}")
    return name.strip() or default
