"""What whoever signed in may not do is shown, and cannot be pressed; a word says which role it takes."""

from __future__ import annotations

from typing import TypedDict

import streamlit as st

from app.components.language import t
from app.state import ROLES
from gtm_pipelines.acting import Role, actor


class Pressable(TypedDict):
    """Named arguments of a button or a field: whether it can be used, and a word about it."""

    disabled: bool
    help: str | None


def may(role: Role) -> bool:
    """Say whether whoever acts has this role or a higher one; where nobody signs in, the machine's owner acts."""
    who = actor()
    return who is None or who.role >= role


def only(role: Role, *, disabled: bool = False, help: str | None = None) -> Pressable:  # noqa: A002 - as Streamlit calls it
    """Return what a button of an act takes that needs ``role``: ``st.button(t("Save"), **only(Role.EDITOR))``.

    Args:
        role: the least role that the service behind it asks for.
        disabled: whether it cannot be pressed by anybody now.
        help: a word about it for those who may.
    """
    if may(role):
        return {"disabled": disabled, "help": help}
    return {"disabled": True, "help": t("This takes the role “{role}”. Ask an owner.", role=t(ROLES[role]))}


def say_who_may(role: Role, what: str) -> bool:
    """Say whether whoever acts may, and in a line that they may not: for what is no single button.

    Args:
        role: the least role.
        what: what it is that they may not do, in the person's language.
    """
    allowed = may(role)
    if not allowed:
        st.caption(
            t(":material/lock: {what} takes the role “{role}”. Ask an owner.", what=what, role=t(ROLES[role])),
        )
    return allowed
