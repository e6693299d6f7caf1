"""Long lists a page at a time; only one page leaves the server."""

from __future__ import annotations

import streamlit as st

from app.components.language import t

PAGE = 50


def pager(total: int, key: str, *, size: int = PAGE) -> int:
    """Show page numbers where there is more than one page, and return the offset of the chosen one."""
    pages = max(1, -(-total // size))
    held = st.session_state.get(key, 1)
    if held > pages:
        st.session_state[key] = held = pages
    if pages == 1:
        return 0
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        chosen = st.pagination(pages, key=key)
        first = (chosen - 1) * size
        st.caption(
            t("{first:,}–{first2:,} of {total:,}", first=first + 1, first2=min(first + size, total), total=total), width="content"
        )
    return first
