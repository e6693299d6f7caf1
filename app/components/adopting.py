"""A data folder that was copied, moved or restored: what that means, and the owner's word that it may send."""

from __future__ import annotations

import streamlit as st

from app.components.language import t, tn
from app.components.page import notice, told
from app.components.roles import only
from app.state import bench, person
from gtm_pipelines.acting import Role


def adopting() -> None:
    """Say so where this folder may not send, and let an owner change it."""
    if bench().delivery.may_send():
        return
    with st.container(border=True):
        st.warning(
            t(
                "This data folder may not send: it was copied, moved or restored, and the other one may still be sending. "
                "If this one takes over, make sure first that the other has stopped for good."
            ),
            icon=":material/pause_circle:",
        )
        what = t("Then everything goes on as it was. Else what was due meanwhile waits until it is settled, and campaigns rest.")
        quiet = st.checkbox(
            t("The other one has sent nothing since this copy was taken"), key="adopt_quiet", **only(Role.OWNER, help=what)
        )
        if st.button(t("The other one has stopped: let this one send"), key="adopt", **only(Role.OWNER)):
            with told():
                adoption = bench().delivery.adopt(by=person(), nothing_left=quiet)
                said = [t("This folder may send now.")]
                if adoption.unknown:
                    said.append(
                        tn("{number} mail may have left meanwhile: settle it under its campaign.",
                           "{number} mails may have left meanwhile: settle them under their campaigns.", adoption.unknown)
                    )  # fmt: skip
                if adoption.paused:
                    said.append(t("Campaigns rest until you resume them: {names}.", names=", ".join(adoption.paused)))
                notice(" ".join(said))
                st.rerun()


def may_not_send() -> None:
    """Say on a page from which mail is sent that none leaves this folder, with the way to change it."""
    if not bench().delivery.may_send():
        st.warning(t("This data folder was copied, moved or restored, and sends nothing until an owner says that it may."))
        st.page_link("views/data.py", label=t("Look at it"), icon=":material/arrow_forward:")
