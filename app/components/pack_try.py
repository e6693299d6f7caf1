"""Try a version on people, side by side with the one that counts. Merged only: what asks models runs from the command line."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.components.language import mark, t
from app.components.pack_codes import checks_told
from app.components.pack_preview import mail
from app.components.roles import only
from app.components.text import escaped
from app.state import bench
from gtm_pipelines.acting import Role
from gtm_pipelines.packs.model import Pack, Side, Simulation

_MADE_UP = mark("Ten made-up people, some of them awkward")


def trial(pack: Pack) -> None:
    """Let a person choose whom to try it on, and show both versions' mails and counts."""
    if pack.kind == "judge":
        st.info(t("A judge writes no mails. It is tried on drafts that people decided about: see the judge's calibration."))
        return
    segments = [segment.name for segment in bench().segments.list()]
    with st.form(f"pack_trial:{pack.name}", border=False):
        of_people, of_count, of_button = st.columns([3, 1, 1], vertical_alignment="bottom")
        segment = of_people.selectbox(
            t("On whom"),
            [_MADE_UP, *segments],
            format_func=lambda each: t(_MADE_UP) if each == _MADE_UP else each,
            key=f"pack_people:{pack.name}",
        )
        limit = of_count.number_input(t("At most"), 1, 200, 20, key=f"pack_limit:{pack.name}")
        pressed = of_button.form_submit_button(t("Try it"), type="primary", width="stretch", **only(Role.EDITOR))
    key = f"pack_tried:{pack.content_hash}"
    if pressed:
        people = None if segment == _MADE_UP else segment
        st.session_state[key] = bench().pack_versions.simulate(pack.name, pack.version, segment=people, limit=int(limit))
    st.caption(
        t(
            "Nothing is kept or sent. The templates are merged. Engineers can try it with a model too, which costs: "
            "`gtm pack simulate {name}@{version} --writer model`",
            name=pack.name,
            version=pack.version,
        )
    )
    if key in st.session_state:
        _show(st.session_state[key])


def _show(found: Simulation) -> None:
    sides = [side for side in (found.before, found.after) if side is not None]
    st.dataframe(_frame(sides), hide_index=True, width="stretch")
    _told(sides)
    if found.before is None:
        st.caption(t("This is the version that counts, so there is nothing to put beside it."))
    names = [f"{pair.variant}: {pair.sample.name}" for pair in found.pairs]
    index = st.selectbox(
        t("Mail"), range(len(names)), format_func=lambda number: names[number], key=f"pack_pair:{found.after.version}"
    )
    pair = found.pairs[index]
    columns = st.columns(len(sides))
    for column, side, written in zip(columns[::-1], sides[::-1], (pair.after, pair.before), strict=False):
        with column:
            st.markdown(f"**{escaped(side.version)}**")
            if written is None:
                st.caption(t("It has no such variant or language."))
            else:
                mail(written)


def _told(sides: list[Side]) -> None:
    """Say what was refused and what was flagged in each version, in sentences."""
    for side in sides:
        refused, flagged = t("Refused in {version}", version=side.version), t("Flagged in {version}", version=side.version)
        for title, found in ((refused, side.refusals), (flagged, side.warnings)):
            if found:
                st.markdown("\n".join([f"**{escaped(title)}**\n", *(f"- {escaped(line)}" for line in checks_told(found))]))


def _frame(sides: list[Side]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("Version"): [side.version for side in sides],
            t("Written"): [side.written for side in sides],
            t("Refused"): [sum(side.refusals.values()) for side in sides],
            t("Warnings"): [sum(side.warnings.values()) for side in sides],
            t("Words: least, middle, most"): ["{}, {}, {}".format(*side.words) for side in sides],
            t("Subject: characters"): ["{}, {}, {}".format(*side.subject_characters) for side in sides],
        }
    )
