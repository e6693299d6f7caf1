"""A mail of a pack as a person would get it, beside the template it is merged from."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from app.components.language import t
from app.components.pack_codes import checks_told
from app.components.text import escaped
from app.components.translated import translated
from app.state import bench
from gtm_pipelines.packs.model import Pack, Simulated


def preview(pack: Pack) -> None:
    """Let a person choose variant and language, and show the mail to somebody made up."""
    left, right = st.columns(2)
    titles = pack.manifest.variants
    variant = left.selectbox(
        t("Variant"), pack.variants, format_func=lambda key: titles[key].title, key=f"pack_variant:{pack.name}"
    )
    spoken = {"en": t("English"), "ru": t("Russian")}
    language = right.segmented_control(
        t('Language'), pack.languages, default=pack.languages[0], format_func=lambda key: spoken[key],
        key=f"pack_language:{pack.name}", required=True,
    )  # fmt: skip
    pair = bench().pack_versions.render(f"{pack.name}@{pack.version}", variant, language=language or pack.languages[0])
    template = pack.templates[variant, language or pack.languages[0]]
    st.caption(
        t(
            "{description} Here to {name}, who is made up.",
            description=escaped(titles[variant].description),
            name=escaped(pair.sample.name),
        )
    )
    of_mail, of_template = st.columns(2)
    with of_mail:
        mail(pair.after)
    with of_template, st.container(border=True):
        st.markdown(f"**{escaped(template.subject)}**")
        st.text(template.body)
        st.caption(t("The template. What stands in braces is merged for each person."))


def mail(written: Simulated) -> None:
    """Show one mail, or why there is none."""
    with st.container(border=True):
        if written.refusal is not None:
            st.markdown(f":red[:material/block:] {escaped(translated(written.refusal[1]))}")
            return
        st.markdown(f"**{escaped(written.subject)}**")
        st.text(written.body)
        st.caption(t("{words} words", words=written.words))
        for line in checks_told(Counter(written.warnings)):
            st.caption(f":material/flag: {escaped(line)}")
