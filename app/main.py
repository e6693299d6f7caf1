"""The router: pages in the order of the pipeline, and the name of the person who decides."""

from __future__ import annotations

import streamlit as st

from app.components.page import kept, told
from app.state import ask_person, bench
from gtm_pipelines.launch.probes import local

PAGES = (
    ("overview", "Overview", ":material/traffic:"),
    ("imports", "Import", ":material/upload_file:"),
    ("companies", "Companies", ":material/domain:"),
    ("contacts", "Contacts", ":material/group:"),
    ("duplicates", "Duplicates", ":material/join_inner:"),
    ("enrichment", "Enrichment", ":material/travel_explore:"),
    ("strategy", "Strategy", ":material/explore:"),
    ("search", "Search", ":material/search:"),
    ("segments", "Segments", ":material/filter_alt:"),
    ("campaigns", "Campaigns", ":material/campaign:"),
    ("review", "Review", ":material/rate_review:"),
    ("replies", "Replies", ":material/forum:"),
    ("privacy", "Privacy", ":material/shield_person:"),
)


def main() -> None:
    """Draw the frame and run the page that was asked for."""
    st.set_page_config(page_title="GTM workbench", page_icon=":material/send:", layout="wide")
    page = st.navigation(
        [
            st.Page(f"views/{name}.py", title=title, icon=icon, url_path=title.lower(), default=name == "overview")
            for name, title, icon in PAGES
        ]
    )
    with kept(), told():
        settings = bench().settings
        with st.sidebar:
            ask_person()
            st.link_button(
                "Pipeline", f"http://{local(settings.host)}:{settings.dagster_port}/asset-groups", icon=":material/account_tree:"
            )
        page.run()


if __name__ == "__main__":
    main()
