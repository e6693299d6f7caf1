"""What models are told by a pack: parts, examples, compiled state; and the rubric of a judge."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.components.language import t
from app.components.text import escaped, spoken
from gtm_pipelines.packs.model import Pack

_ORDER = {name: number for number, name in enumerate(("plan", "write", "refine", "judge"))}


def parts(pack: Pack) -> None:
    """Show every part with its front matter, every example, and what was compiled."""
    if not pack.writes:
        st.info(t("This version has templates only. Drafts are merged from them, without any model."), icon=":material/info:")
        return
    for name, text in sorted(pack.parts.items(), key=lambda item: _ORDER.get(item[0].partition(".")[0], len(_ORDER))):
        head = pack.heads[name]
        with st.expander(f"{name} – {escaped(head.purpose)}"):
            told = [t("models: {role}", role=head.role)] if head.outputs else []
            if head.limits.answer_tokens:
                told.append(t("at most {answer_tokens} tokens of answer", answer_tokens=head.limits.answer_tokens))
            if head.inputs:
                told.append(
                    t("given {inputs}; answers {outputs}", inputs=", ".join(head.inputs), outputs=", ".join(head.outputs))
                )
            st.caption(escaped(" · ".join(told)) or t("A note, added to what the stages say."))
            st.code(text, language=None, wrap_lines=True)
    if pack.examples:
        st.subheader(t("Examples"), anchor=False)
    for example in pack.examples:
        mark = ":green[:material/thumb_up:]" if example.head.verdict == "good" else ":red[:material/thumb_down:]"
        with st.expander(f"{mark} {escaped(example.head.shows)}"):
            st.markdown(f"**{escaped(example.head.subject)}**")
            st.text(example.body)
            for claim in example.head.claims:
                st.caption(
                    t("“{text_}” rests on {evidence}", text_=escaped(claim.text), evidence=escaped(", ".join(claim.evidence)))
                )
    if pack.compiled:
        with st.expander(t("Compiled state, as the optimiser wrote it")):
            st.json(dict(pack.compiled), expanded=1)


def rubric(pack: Pack) -> None:
    """Show the points a judge scores."""
    frame = pd.DataFrame(
        {
            t("Point"): [spoken(name) for name in pack.rubric],
            t("Measures"): [item.measures for item in pack.rubric.values()],
            t("Weight"): [item.weight for item in pack.rubric.values()],
            t("Question"): [item.question for item in pack.rubric.values()],
            t("0 looks like"): [item.anchors.get(0, "") for item in pack.rubric.values()],
            t("10 looks like"): [item.anchors.get(10, "") for item in pack.rubric.values()],
        }
    )
    st.dataframe(frame, hide_index=True, width="stretch", height=38 + 35 * len(frame))
    st.caption(t("Quality is the weighted mean of its points. Risk is as high as its worst point, weight times score."))
