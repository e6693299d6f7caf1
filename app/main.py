"""The router: pages in sections, in the order of the pipeline, and the name of the person who decides."""

from __future__ import annotations

import streamlit as st

from app.components.language import choose_language
from app.components.page import kept, told
from app.state import ask_person, bench
from gtm_pipelines.launch.probes import local

PAGES = {
    "Today": (("overview", "Overview", ":material/traffic:"),),
    "Lists": (
        ("imports", "Import", ":material/upload_file:"),
        ("companies", "Companies", ":material/domain:"),
        ("contacts", "Contacts", ":material/group:"),
        ("duplicates", "Duplicates", ":material/join_inner:"),
        ("segments", "Segments", ":material/filter_alt:"),
    ),
    "Research": (
        ("strategy", "Strategy", ":material/explore:"),
        ("enrichment", "Enrichment", ":material/travel_explore:"),
        ("search", "Search", ":material/search:"),
    ),
    "Campaigns": (
        ("campaigns", "Campaigns", ":material/campaign:"),
        ("review", "Review", ":material/rate_review:"),
        ("inbox", "Inbox", ":material/forum:"),
        ("replies", "Replies", ":material/mail:"),
        ("packs", "Packs", ":material/edit_note:"),
    ),
    "Sending": (
        ("mailboxes", "Mailboxes", ":material/alternate_email:"),
        ("deliverability", "Deliverability", ":material/monitor_heart:"),
        ("poison", "Poison queue", ":material/report:"),
        ("suppressions", "Suppressions", ":material/block:"),
    ),
    "Results": (
        ("experiments", "Experiments", ":material/science:"),
        ("benchmarks", "Benchmarks", ":material/leaderboard:"),
        ("lineage", "Lineage", ":material/timeline:"),
        ("sql", "SQL", ":material/database:"),
    ),
    "Settings": (("privacy", "Privacy", ":material/shield_person:"),),
}


def _path(title: str) -> str:
    return title.lower().replace(" ", "-")


def main() -> None:
    """Draw the frame and run the page that was asked for."""
    st.set_page_config(page_title="GTM workbench", page_icon=":material/send:", layout="wide")
    page = st.navigation(
        {
            section: [
                st.Page(f"views/{name}.py", title=title, icon=icon, url_path=_path(title), default=name == "overview")
                for name, title, icon in pages
            ]
            for section, pages in PAGES.items()
        },
        expanded=True,
    )
    with kept(), told():
        settings = bench().settings
        with st.sidebar:
            choose_language()
            ask_person()
            st.link_button(
                "Pipeline", f"http://{local(settings.host)}:{settings.dagster_port}/asset-groups", icon=":material/account_tree:"
            )
        page.run()


if __name__ == "__main__":
    main()
