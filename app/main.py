"""The router: pages in sections, in the order of the pipeline, and the name of the person who decides."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from app.components.language import choose_language, mark, t
from app.components.page import kept, legible, told
from app.state import ask_person, bench
from gtm_pipelines.launch.probes import local

PAGES = {
    mark("Today"): (("today", mark("Today"), ":material/today:"),),
    mark("Lists"): (
        ("imports", mark("Import"), ":material/upload_file:"),
        ("companies", mark("Companies"), ":material/domain:"),
        ("contacts", mark("Contacts"), ":material/group:"),
        ("duplicates", mark("Duplicates"), ":material/join_inner:"),
        ("segments", mark("Segments"), ":material/filter_alt:"),
        ("suppressions", mark("Suppressions"), ":material/block:"),
    ),
    mark("Research"): (
        ("strategy", mark("Strategy"), ":material/explore:"),
        ("enrichment", mark("Enrichment"), ":material/travel_explore:"),
        ("search", mark("Search"), ":material/search:"),
    ),
    mark("Campaigns"): (
        ("campaigns", mark("Campaigns"), ":material/campaign:"),
        ("packs", mark("Packs"), ":material/edit_note:"),
        ("review", mark("Review"), ":material/rate_review:"),
        ("inbox", mark("Inbox"), ":material/forum:"),
        ("replies", mark("Replies"), ":material/mail:"),
        ("poison", mark("Poison queue"), ":material/report:"),
    ),
    mark("Results"): (
        ("overview", mark("Overview"), ":material/traffic:"),
        ("campaign_results", mark("Campaign"), ":material/monitoring:"),
        ("segment_results", mark("By segment"), ":material/donut_small:"),
        ("pack_results", mark("By pack"), ":material/stacked_line_chart:"),
        ("experiments", mark("Experiments"), ":material/science:"),
        ("deliverability", mark("Deliverability"), ":material/monitor_heart:"),
        ("cost", mark("Cost"), ":material/payments:"),
        ("benchmarks", mark("Benchmarks"), ":material/leaderboard:"),
        ("lineage", mark("Lineage"), ":material/timeline:"),
        ("sql", "SQL", ":material/terminal:"),
    ),
    mark("Coach"): (("coach", mark("Coach"), ":material/school:"),),
    mark("Settings"): (
        ("connections", mark("Connections"), ":material/cable:"),
        ("ai_models", mark("AI models"), ":material/smart_toy:"),
        ("mailboxes", mark("Mailboxes"), ":material/alternate_email:"),
        ("team", mark("Team"), ":material/groups:"),
        ("data", mark("Data"), ":material/database:"),
    ),
}
FIRST = "today"
_VIEWS = Path(__file__).parent / "views"
ICON = Path(__file__).parent / "icon.svg"  # ours: a Material icon in its place would have every browser fetch it from Google


def path_of(title: str) -> str:
    """Return the address of a page, the same in every language."""
    return title.lower().replace(" ", "-")


def _pages() -> dict[str, list[StreamlitPage]]:
    found = {
        t(section): [
            st.Page(f"views/{name}.py", title=t(title), icon=icon, url_path=path_of(title), default=name == FIRST)
            for name, title, icon in pages
            if (_VIEWS / f"{name}.py").is_file()
        ]
        for section, pages in PAGES.items()
    }
    return {section: pages for section, pages in found.items() if pages}


def main() -> None:
    """Draw the frame and run the page that was asked for."""
    st.set_page_config(page_title=t("GTM workbench"), page_icon=ICON, layout="wide")
    with kept(), told():
        legible()
        settings = bench().settings
        page = st.navigation(_pages(), expanded=True)
        with st.sidebar:
            choose_language()
            ask_person()
            st.link_button(
                t("Pipeline"),
                f"http://{local(settings.host)}:{settings.dagster_port}/asset-groups",
                icon=":material/account_tree:",
            )
        page.run()


if __name__ == "__main__":
    main()
