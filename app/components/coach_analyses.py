"""'Analyse this campaign': one click, kept, and set beside the analysis before."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.components.coach_figures import act, spoken_language
from app.components.coach_findings import BADGES
from app.components.language import t
from app.components.lights import light_card
from app.components.page import empty, notice
from app.components.roles import only
from app.components.text import escaped, moment, percent, spoken
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.coaching.model import Action, Analysis
from gtm_pipelines.metrics.model import Light

_MOST_ACTIONS = 3
"""Ways on from an analysis: those of its most pressing findings."""


def analyses() -> None:
    """Let a person analyse a campaign, and look at what was kept."""
    campaigns = {one.campaign_id: one.campaign for one in bench().looks.campaigns()}
    if not campaigns:
        empty(t("There are no figures to analyse yet."), page="views/campaigns.py", label=t("Open the campaigns"))
        return
    analyses_of(st.selectbox(t("Campaign"), list(campaigns), format_func=campaigns.__getitem__, key="analyse_campaign"))


def analyses_of(chosen: str) -> None:
    """Let a person analyse one campaign, and look at what was kept of it."""
    if st.button(t("Analyse this campaign"), type="primary", icon=":material/query_stats:", key="analyse", **only(Role.EDITOR)):
        made = bench().analyses.analyse(chosen, by=f"person:{person()}")
        notice(t("Analysis {number:,} is kept.", number=made.number))
        st.rerun()
    kept = bench().analyses.kept(chosen)
    if not kept:
        st.caption(t("Each analysis is kept, so that the next one says what changed."))
        return
    numbered = {one.id: one for one in kept}
    shown = st.selectbox(
        t("Analysis"), list(numbered), format_func=lambda key: f"{numbered[key].number} – {moment(numbered[key].created_at)}"
    )
    _show(numbered[shown])
    earlier = [one for one in kept if one.number < numbered[shown].number]
    if earlier:
        _compare(earlier[0], numbered[shown])
    if st.button(t("Delete this analysis"), type="tertiary", icon=":material/delete:", **only(Role.EDITOR)):
        bench().analyses.forget(shown, by=f"person:{person()}")
        notice(t("Deleted."))
        st.rerun()


def _show(one: Analysis) -> None:
    light, language = one.content["light"], spoken_language()
    light_card(Light(light["colour"], light["headline"], light["advice"], tuple(light["reasons"]), light["needed"], ()))
    actions: dict[str, Action] = {}
    for finding in one.content["findings"]:
        _, colour, icon = BADGES[finding["severity"]]
        sign = f":{colour}[{icon}]" if finding["seen"] else ":material/hourglass_empty:"
        st.markdown(f"{sign} {escaped(finding['title'][language])} {escaped(finding['advice'][language])}")
        action = bench().coach.action(finding["action"], finding["campaign_id"]) if finding["seen"] else None
        if action:
            actions.setdefault(action.key, action)
    act(list(actions.values())[:_MOST_ACTIONS], language, f"analysis:{one.id}")
    st.caption(t("Figures of {when}; rules version {version}.", when=moment(one.figures_at), version=one.content["rules"]))


def _compare(before: Analysis, after: Analysis) -> None:
    st.subheader(t("Since analysis {number:,}", number=before.number), anchor=False)
    rows = []
    for change in bench().analyses.changes(before, after):
        came = change.after[0] - change.before[0], change.after[1] - change.before[1]
        if came[1]:
            rows.append({
                t("Rate"): spoken(change.name),
                t("Before"): t("{numerator:,} of {denominator:,}", numerator=change.before[0], denominator=change.before[1]),
                t("Since then"): t("{numerator:,} of {denominator:,}", numerator=came[0], denominator=came[1]),
                t("Difference, 95 % interval"): t("{low} to {high}", low=percent(change.low), high=percent(change.high)),
                t("What can be told"): t("differs") if change.told else t("no difference can be told"),
            })  # fmt: skip
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    else:
        st.caption(t("Nothing was sent or answered in between."))
