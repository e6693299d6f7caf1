"""Connections: which tools there are, which are connected, and whether they answer. A key goes in and never comes out."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from app.components.language import language, mark, t
from app.components.page import header, notice, told
from app.components.roles import may
from app.components.text import escaped, moment
from app.components.tools import key_help, purpose_of
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.connections.model import Category, Connection, Tool

STATES = {
    "working": (mark("Working"), ":material/check_circle:", "green"),
    "unchecked": (mark("Not tried"), ":material/help:", "gray"),
    "refused": (mark("Key refused"), ":material/error:", "red"),
    "unreachable": (mark("Did not answer"), ":material/cloud_off:", "orange"),
}
USED = {
    "enrichment": mark("Research asks it from now on, within your ceilings."),
    "mailbox": mark("Mail goes out through it from the mailboxes set up with it, on their page or in gtm.toml:"),
    None: mark("Nothing in the workbench asks it yet; the key is kept for you."),
}


def page() -> None:
    """Draw the page."""
    header(t("Connections"), t("Your tools. A key is tried when you enter it, kept outside the data, and never shown again."))
    with told():
        taxonomy, held = bench().connections.tools(), {one.tool.name: one for one in bench().connections.list()}
        if held:
            st.subheader(t("Connected"), anchor=False)
            for one in held.values():
                _connected(one)
        else:
            st.info(
                t("Nothing is connected, and nothing has to be: the workbench runs on its own parts. Connect what you have."),
                icon=":material/cable:",
            )
        st.subheader(t("Tools"), anchor=False)
        for name, category in taxonomy.categories.items():
            tools = [tool for tool in taxonomy.tools if tool.category == name and tool.name not in held]
            if tools:
                _category(category, tools)


def _connected(one: Connection) -> None:
    word, icon, colour = STATES[one.status]
    with st.container(border=True):
        of_name, of_state = st.columns([3, 1], vertical_alignment="center")
        of_name.markdown(f"**{escaped(one.tool.title)}** · {escaped(purpose_of(one.tool))}")
        of_state.badge(t(word), icon=icon, color=colour)  # type: ignore[arg-type]
        if one.status in ("refused", "unreachable"):
            st.error(escaped(translated(one.told)), icon=icon)
        elif one.status == "unchecked":
            st.caption(escaped(translated(one.told)))
        facts = [t("Last success: {moment}", moment=moment(one.succeeded_at))] if one.tool.check else []
        facts += [translated(limit.told) for limit in one.limits]
        if facts:
            st.caption(escaped(" · ".join(facts)))
        told_use = t(USED[one.tool.used_by])
        st.caption(f'{told_use} `api.key = "{one.key_ref}"`' if one.tool.used_by == "mailbox" else told_use)
        _buttons(one)


def _buttons(one: Connection) -> None:
    with st.container(horizontal=True):
        can_try = one.tool.check is not None and may(Role.EDITOR)
        if can_try and st.button(t("Try it"), key=f"try:{one.tool.name}", icon=":material/network_check:"):
            with told(), st.spinner(t("Asking {tool}", tool=escaped(one.tool.title))):
                bench().connections.test(one.tool.name)
                st.rerun()
        if not may(Role.OWNER):
            return
        with st.popover(t("New key"), icon=":material/key:"):
            _enter(one.tool, one.checked_at)
        with st.popover(t("Disconnect"), icon=":material/link_off:"):
            st.markdown(t("Its key is forgotten."))
            if st.button(t("Disconnect {tool}", tool=escaped(one.tool.title)), key=f"off:{one.tool.name}", type="primary"):
                with told():
                    bench().connections.remove(one.tool.name, by=f"person:{person()}")
                    notice(t("{tool} is disconnected and its key forgotten.", tool=one.tool.title))
                    st.rerun()


def _category(category: Category, tools: list[Tool]) -> None:
    russian = language() == "ru"
    title, purpose = (category.ru, category.ru_purpose) if russian else (category.title, category.purpose)
    st.markdown(f"**{escaped(title)}** · {escaped(purpose)}")
    for tool in tools:
        with st.expander(f"{escaped(tool.title)} · {escaped(purpose_of(tool))}"):
            st.markdown(t("**Can give:** {data}", data=escaped(", ".join(map(translated, tool.gives)))))
            if tool.how == "import":
                st.markdown(escaped(translated(tool.key.steps)))
                st.page_link("views/imports.py", label=t("Import"), icon=":material/upload_file:")
                continue
            key_help(tool)
            if may(Role.OWNER):
                _enter(tool)
                st.caption(_tried_by(tool))
            else:
                st.caption(t("Only an owner connects tools."))


def _tried_by(tool: Tool) -> str:
    if tool.check is None:
        return t("{tool} has no request that costs nothing, so the key is kept untried.", tool=escaped(tool.title))
    address = escaped(str(tool.check.url).removeprefix("https://"))
    if tool.check.read_on is None:
        return t("The key is tried by reading {address}, which changes nothing.", address=address)
    return t(
        "The key is tried by reading {address}, which costs and changes nothing, as {tool} described it on {date}.",
        address=address, tool=escaped(tool.title), date=str(tool.check.read_on),
    )  # fmt: skip


def _enter(tool: Tool, since: datetime | None = None) -> None:
    """Ask for a key; the field is another one after every success, so that what was typed is in no field again."""
    with st.form(f"connect:{tool.name}", clear_on_submit=True, border=False):
        key = st.text_input(
            t("Key of {tool}", tool=tool.title), type="password", autocomplete="off", key=f"key:{tool.name}:{since}"
        )
        if st.form_submit_button(t("Connect"), icon=":material/cable:"):
            with told(), st.spinner(t("Asking {tool}", tool=escaped(tool.title))):
                bench().connections.add(tool.name, key, by=f"person:{person()}")
                notice(t("{tool} is connected.", tool=tool.title))
                st.rerun()


if __name__ == "__main__":
    page()
