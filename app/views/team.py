"""Team: who may sign in, and what each may do."""

from __future__ import annotations

import streamlit as st

from app.components.language import mark, t
from app.components.page import header, notice, told
from app.components.roles import may
from app.components.text import escaped, moment
from app.state import ROLES, bench, person
from gtm_pipelines.access.model import LEAST_PASSWORD, Account
from gtm_pipelines.acting import Role, actor

MAY = {
    Role.OWNER: mark("Everything: keys, models, people, lifting of suppressions, erasure."),
    Role.EDITOR: mark("Imports, researches, segments, writes packs, makes and releases campaigns, sends."),
    Role.REVIEWER: mark("Edits, approves and rejects drafts; answers and sorts replies; suppresses."),
    Role.VIEWER: mark("Reads everything but keys, and changes nothing."),
}


def page() -> None:
    """Draw the page."""
    header(t("Team"), t("Who may sign in, and what each may do. A role holds from the next click."))
    with told():
        found, owner = bench().accounts.list(), may(Role.OWNER)
        if not found:
            st.info(
                t(
                    "Nobody has to sign in: the app is open to whoever sits at this machine, and to nobody else. "
                    "Let the first owner in, and everybody signs in from then on."
                ),
                icon=":material/lock_open:",
            )
        for one in found:
            _account(one, owner=owner)
        if owner:
            _add(len(found))
        _own_password()
        with st.expander(t("What each role may do")):
            for role in reversed(Role):
                st.markdown(f"**{t(ROLES[role]).capitalize()}**: {t(MAY[role])}")


def _account(one: Account, *, owner: bool) -> None:
    with st.container(border=True):
        of_name, of_role, of_out = st.columns([4, 2, 1], vertical_alignment="center")
        vouched = t("by password") if one.has_password else t("by identity provider")
        seen = t("last here {moment}", moment=moment(one.seen_at)) if one.seen_at else t("not here yet")
        of_name.markdown(f"**{escaped(one.name)}**")
        of_name.caption(f"{vouched} · {seen}")
        if not owner:
            of_role.markdown(t(ROLES[one.role]))
            return
        roles = list(reversed(Role))
        chosen = of_role.selectbox(
            t("Role of {name}", name=escaped(one.name)), roles, index=roles.index(one.role), format_func=_spoken,
            key=f"role:{one.name}:{one.role}", label_visibility="collapsed",
        )  # fmt: skip
        if chosen is not one.role:
            with told():
                bench().accounts.set_role(one.name, chosen.word, by=f"person:{person()}")
                notice(t("{name} is {role} now.", name=one.name, role=_spoken(chosen)))
                st.rerun()
        _more(one, of_out)


def _more(one: Account, place: st.delta_generator.DeltaGenerator) -> None:
    with place.popover(t("More"), icon=":material/more_horiz:"):
        if bench().settings.login.by == "password":
            _new_password(one)
        sure = st.checkbox(t("I want {name} out", name=escaped(one.name)), key=f"sure:{one.name}")
        if st.button(t("Take out"), key=f"out:{one.name}", disabled=not sure, icon=":material/person_remove:"):
            with told():
                bench().accounts.remove(one.name, by=f"person:{person()}")
                notice(t("{name} can no longer sign in.", name=one.name))
                st.rerun()


def _new_password(one: Account) -> None:
    with st.form(f"password:{one.name}", border=False, clear_on_submit=True):
        fresh = st.text_input(t("New password"), type="password", autocomplete="new-password", key=f"fresh:{one.name}")
        if st.form_submit_button(t("Set password")):
            with told():
                bench().accounts.set_password(one.name, fresh, by=f"person:{person()}")
                notice(t("{name} has a new password and is signed out everywhere.", name=one.name))
                st.rerun()


def _add(there: int) -> None:
    first = there == 0
    roles = [Role.OWNER] if first else list(reversed(Role))
    vouched = bench().settings.login.by == "oidc"
    with st.form("account_add", clear_on_submit=False, border=True):
        st.markdown(f"**{t('Let the first owner in') if first else t('Let somebody in')}**")
        of_name, of_role, *of_password = st.columns(2 if vouched else 3)
        name = of_name.text_input(
            t("Address that your identity provider vouches for") if vouched else t("Name or address"),
            key="account_name", autocomplete="off",
        )  # fmt: skip
        role = of_role.selectbox(t("Role"), roles, format_func=_spoken, key="account_role")
        password = None if vouched else of_password[0].text_input(
            t("Password"), type="password", autocomplete="new-password", key=f"account_password:{there}",
            help=t("At least {number} characters. A few words in a row are easy to keep in mind.", number=LEAST_PASSWORD),
        )  # fmt: skip
        if st.form_submit_button(t("Let in"), type="primary"):
            with told():
                bench().accounts.add(name, role.word, password=password, by=f"person:{person()}")
                notice(t("{name} may sign in.", name=name.strip()))
                st.rerun()


def _own_password() -> None:
    who = actor()
    if who is None or who.role is Role.OWNER or bench().settings.login.by == "oidc":
        return
    with st.form("own_password", clear_on_submit=True, border=True):
        fresh = st.text_input(t("New password of your own"), type="password", autocomplete="new-password", key="own_fresh")
        if st.form_submit_button(t("Set password")):
            with told():
                bench().accounts.set_password(who.name, fresh, by=who.signature)
                st.rerun()


def _spoken(role: Role) -> str:
    return t(ROLES[role])


if __name__ == "__main__":
    page()
