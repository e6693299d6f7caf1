"""AI models: which answer, in which order, whether they do, and what they may cost."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from app.components.language import mark, t
from app.components.page import header, notice, told
from app.components.roles import may, only
from app.components.text import escaped
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.llm.addresses import ADDRESSES, KEY_NEEDED, PROVIDERS
from gtm_pipelines.settings import ModelSettings

TITLES = {
    "openai": "OpenAI", "anthropic": "Anthropic", "openrouter": "OpenRouter", "ollama": mark("Ollama, on this machine"),
    "compatible": mark("Any server that speaks as OpenAI does"),
}  # fmt: skip


def page() -> None:
    """Draw the page."""
    header(t("AI models"), t("Your own models by your own keys. Without any, drafts come from the pack's template."))
    with told():
        models, owner = _ordered(), may(Role.OWNER)
        if not models:
            st.info(
                t("No model is set up, and none has to be: the baseline drafter, the rules and the coach need no key."),
                icon=":material/smart_toy:",
            )
        for place, model in enumerate(models):
            _model(model, place, [one.name for one in models], owner=owner)
        _money(owner=owner)
        if owner:
            _found_ollama(models)
            _add(models)


def _ordered() -> list[ModelSettings]:
    settings = bench().settings
    order = settings.llm.roles.get("default", ())
    places = {name: place for place, name in enumerate(order)}
    return sorted(settings.models, key=lambda model: places.get(model.name, len(places)))


def _model(model: ModelSettings, place: int, names: list[str], *, owner: bool) -> None:
    own = model.name in bench().model_desk.own()
    with st.container(border=True):
        st.markdown(f"**{place + 1}. {escaped(model.name)}** · {escaped(t(TITLES.get(model.provider, model.provider)))}")
        where = t("set here") if own else t("set in gtm.toml or the environment")
        st.caption(escaped(f"{model.model} · {bench().llm.address(model.name) or '–'} · {where}"))
        if not owner:
            return
        with st.container(horizontal=True):
            if st.button(t("Ask it"), key=f"ask:{model.name}", icon=":material/network_check:", **only(Role.OWNER)):
                with told(), st.spinner(t("Asking {tool}", tool=escaped(model.name))):
                    st.session_state[f"said:{model.name}"] = bench().llm.probe(model.name)
            if place and st.button(t("Earlier"), key=f"up:{model.name}", icon=":material/arrow_upward:", **only(Role.OWNER)):
                names[place - 1], names[place] = names[place], names[place - 1]
                with told():
                    bench().model_desk.order(names, by=f"person:{person()}")
                    st.rerun()
            if own:
                _take_out(model.name)
        if said := st.session_state.get(f"said:{model.name}"):
            show = st.success if said.answers else st.error
            latency = t(" In {milliseconds:,} ms.", milliseconds=said.latency_ms) if said.latency_ms else ""
            show(escaped(translated(said.told)) + latency, icon=":material/check_circle:" if said.answers else ":material/error:")


def _take_out(name: str) -> None:
    with st.popover(t("Take out"), icon=":material/delete:"):
        st.markdown(t("Its key is forgotten."))
        if st.button(t("Take {name} out", name=escaped(name)), key=f"out:{name}", type="primary", **only(Role.OWNER)):
            with told():
                bench().model_desk.remove(name, by=f"person:{person()}")
                notice(t("{name} is taken out.", name=name))
                st.rerun()


def _money(*, owner: bool) -> None:
    first = bench().clock.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = [row._mapping for row in bench().llm.spend(first, (first + timedelta(days=32)).replace(day=1), "provider")]
    spent, cap = sum(row["cost_usd"] or 0 for row in rows), bench().settings.llm.monthly_budget_usd
    with st.container(border=True):
        of_spent, of_cap, of_calls = st.columns(3)
        of_spent.metric(t("Spent this month"), f"${spent:,.2f}")
        of_cap.metric(t("Budget a month"), t("No cap") if cap is None else f"${cap:,.2f}")
        of_calls.metric(t("Questions this month"), f"{sum(row['attempts'] for row in rows):,}")
        if cap:
            st.progress(min(1.0, spent / cap))
        if unpriced := sum(row["unpriced"] for row in rows):
            st.caption(t("{number:,} questions have no known price and are not in the sum.", number=unpriced))
        if owner:
            with st.form("budget", border=False):
                wanted = st.number_input(
                    t("Most US dollars a month; 0 for no cap"), min_value=0.0, value=float(cap or 0), step=5.0, key="budget_usd"
                )
                if st.form_submit_button(t("Set budget"), **only(Role.OWNER)):
                    with told():
                        bench().model_desk.budget(wanted or None, by=f"person:{person()}")
                        notice(t("The budget is set."))
                        st.rerun()


def _found_ollama(models: list[ModelSettings]) -> None:
    if any(model.provider == "ollama" for model in models):
        return
    found = bench().model_desk.local()
    if found is None:
        return
    if not found:
        st.info(
            t("Ollama runs on this machine and has no model yet. 'ollama pull qwen3:4b' brings one."), icon=":material/computer:"
        )
        return
    with st.container(border=True):
        st.markdown(t("**Ollama runs on this machine.** Its models cost nothing, and nothing leaves this machine."))
        chosen = st.selectbox(t("Model"), found, key="ollama_model")
        if st.button(t("Use it"), key="ollama_use", type="primary", **only(Role.OWNER)) and chosen:
            with told():
                bench().model_desk.save("local", "ollama", chosen, by=f"person:{person()}")
                notice(t("{name} may be asked from now on.", name=chosen))
                st.rerun()


def _add(models: list[ModelSettings]) -> None:
    with st.expander(t("Set up a model"), expanded=not models, icon=":material/add:"):
        provider = st.selectbox(t("Provider"), PROVIDERS, format_func=lambda one: t(TITLES[one]), key="model_provider")
        base_url = st.text_input(
            t("Address; empty for the provider's own"), key="model_address", placeholder=ADDRESSES.get(provider, "http://")
        )
        key = st.text_input(
            t("Key") if provider in KEY_NEEDED else t("Key, if it wants one"),
            type="password",
            autocomplete="off",
            key=f"model_key:{len(models)}",
        )
        if st.button(t("Show its models"), key="model_list", icon=":material/list:", **only(Role.OWNER)):
            with told(), st.spinner(t("Asking {tool}", tool=provider)):
                st.session_state["models_of"] = (provider, bench().model_desk.offered(provider, base_url=base_url, key=key))
        known = st.session_state.get("models_of", ("", []))
        choices = known[1] if known[0] == provider else []
        model = st.selectbox(
            t("Model"), choices, index=None, accept_new_options=True, key="model_name",
            placeholder=t("Choose, or write its name"),
        )  # fmt: skip
        name = st.text_input(t("Short name, for orders and reports"), value=provider, key=f"model_called:{provider}")
        if st.button(t("Set it up"), key="model_save", type="primary", **only(Role.OWNER, disabled=not model)):
            with told():
                saved = bench().model_desk.save(
                    name, provider, str(model), base_url=base_url, key=key, by=f"person:{person()}"
                )  # fmt: skip
                st.session_state.pop("models_of", None)
                notice(t("{name} may be asked from now on.", name=saved.name))
                st.rerun()


if __name__ == "__main__":
    page()
