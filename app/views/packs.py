"""Packs: what mails are written by, which version counts, and what another one would write."""

from __future__ import annotations

import streamlit as st

from app.components.choose import follow_link, keep_link
from app.components.language import joined, mark, t, tn
from app.components.optimise import optimise
from app.components.pack_diff import changes
from app.components.pack_parts import parts, rubric
from app.components.pack_preview import preview
from app.components.pack_release import copy, deciding, history
from app.components.pack_rules import rules
from app.components.pack_try import trial
from app.components.page import empty, header, told
from app.components.text import escaped
from app.state import bench
from gtm_pipelines.packs.model import Pack, PackError, PackInfo

KINDS = {"mail": mark("writes mails"), "reply": mark("answers people who wrote"), "judge": mark("judges drafts")}


def page() -> None:
    """Draw the page."""
    header(t("Packs"), t("Everything that decides how a mail is written. New campaigns take the version that you promoted."))
    infos = bench().packs.list()
    if not infos:
        empty(t("There is no pack. Put one into the prompt_packs folder of the data folder, as NAME/VERSION/pack.md."))
        return
    info = _choose(infos)
    if info.problems:
        st.error(
            tn(
                "This version cannot be used: {number} thing to mend.",
                "This version cannot be used: {number} things to mend.",
                len(info.problems),
            ),
            icon=":material/error:",
        )
        rules(list(info.problems))
        return
    with told():
        _detail(info, [one for one in infos if one.name == info.name])


def _choose(infos: list[PackInfo]) -> PackInfo:
    left, right = st.columns([2, 1])
    titles = {one.name: one.title for one in infos if one.current or one.title}
    follow_link("pack_name", "pack", {one.name for one in infos})
    name = left.selectbox(
        t("Pack"),
        list(dict.fromkeys(one.name for one in infos)),
        format_func=lambda key: f"{titles[key]} ({key})" if titles.get(key) else key,
        key="pack_name",
        persist_state="session",
    )
    keep_link("pack_name", "pack", name)
    versions = {one.version: one for one in reversed(infos) if one.name == name}
    current = next((version for version, one in versions.items() if one.current), next(iter(versions)))
    wanted = st.session_state.pop("pack_to_open", None)
    key = f"pack_version:{name}"
    if wanted in versions:
        st.session_state[key] = wanted
    elif st.session_state.get(key) not in versions:
        st.session_state[key] = current
    version = right.selectbox(t("Version"), list(versions), format_func=lambda each: _version(versions[each]), key=key)
    return versions[version]


def _version(info: PackInfo) -> str:
    told = (
        t("cannot be used")
        if info.problems
        else t("counts")
        if info.current
        else t("waits for a promotion")
        if info.waits
        else ""
    )
    return " – ".join(filter(None, (info.version, told, t("by the optimiser") if info.optimised else "")))


def _detail(info: PackInfo, versions: list[PackInfo]) -> None:
    try:
        pack = bench().packs.get(info.name, info.version)
    except PackError as error:
        rules(list(error.problems))
        return
    _head(info, pack)
    found = bench().pack_versions.lint(info.name, info.version)
    first = t("Rubric") if pack.kind == "judge" else t("Mails")
    names = [
        first,
        t("Instructions"),
        t("Rules ({found})", found=len(found)),
        t("What changed"),
        t("Try it"),
        t("Better it"),
        t("Which version counts"),
    ]
    of_mails, of_parts, of_rules, of_changes, of_trial, of_better, of_release = st.tabs(names)
    with of_mails:
        if pack.kind == "judge":
            rubric(pack)
        else:
            preview(pack)
    with of_parts:
        parts(pack)
    with of_rules:
        rules(found)
    with of_changes:
        changes(info, versions)
    with of_trial:
        trial(pack)
    with of_better:
        _better(pack)
    with of_release:
        deciding(info, found)
        copy(info)
        history(info.name)


def _head(info: PackInfo, pack: Pack) -> None:
    st.markdown(escaped(pack.manifest.purpose or pack.manifest.description))
    facts = [
        t(KINDS[pack.kind]),
        t("in {value}", value=joined(t("English") if one == "en" else t("Russian") for one in pack.languages)),
    ]
    if pack.variants:
        facts.append(
            tn("{number} variant", "{number} variants", len(pack.variants))
            + (t(", one for each occasion") if info.choose == "occasion" else "")
        )
    facts.append(t("with instructions for models") if pack.writes else t("templates only, no model can write by it"))
    if pack.compiled:
        facts.append(t("with a compiled state"))
    st.caption(t("{facts} · content {content_hash}", facts=" · ".join(facts), content_hash=pack.content_hash[:12]))
    if info.changed:
        st.warning(
            t(
                "The folder of this version was changed after it was promoted. Campaigns go on with the files that were "
                "promoted; what you see here are those in the folder. Make a new version of them to promote."
            ),
            icon=":material/difference:",
        )


def _better(pack: Pack) -> None:
    st.markdown(t("What people did with drafts of this pack can teach the next version of it: edits and single decisions most."))
    st.caption(t("It is tried on companies it has not learned from, and counts only once you promote it."))
    optimise(pack.name, pack.languages if pack.writes else ())


if __name__ == "__main__":
    page()
