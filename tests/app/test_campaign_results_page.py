"""One campaign looked at closely: figures with intervals and cases, ways to what they count, and an analysis that is kept."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from app.components.figures import as_csv
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open
from tests.parts import ROOT


def said(app: AppTest) -> str:
    return "\n".join(element.value.replace("\\", "") for kind in (app.markdown, app.caption) for element in kind)


def test_its_rates_say_how_sure_they_are_and_from_how_many(answered: Workbench, open_page: Open) -> None:
    app = open_page("campaign_results")
    found = answered.metrics.campaign("Spring")
    reply = next(one for one in found.measures if one.name == "reply_rate")
    assert not app.exception
    assert app.metric[0].value == f"{reply.rate:.1%}"
    assert f"{reply.numerator} of {reply.denominator}, likely {reply.low:.1%} to {reply.high:.1%}" in said(app)
    assert found.light.headline in said(app)


def test_the_address_names_the_campaign_and_a_link_opens_it(answered: Workbench) -> None:
    names = [mailbox.name for mailbox in answered.settings.mailboxes]
    later = answered.campaigns.create("Summer", segment="Leaders", pack="cold-email", mailboxes=names, by="anna")
    spring = answered.metrics.campaign("Spring").campaign_id
    app = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=60).run()
    app.query_params["campaign"] = spring
    app.switch_page("views/campaign_results.py").run()
    assert app.selectbox(key="campaign_id").value == spring
    app.selectbox(key="campaign_id").set_value(later.id).run()
    assert not app.exception
    assert app.query_params["campaign"] == later.id
    assert app.selectbox(key="campaign_id").value == later.id


def test_a_campaign_without_mails_says_what_comes_next(filled: Workbench, open_page: Open) -> None:
    app = open_page("campaign_results")
    assert "There are no figures yet" in said(app)
    filled.metrics.refresh()
    app = open_page("campaign_results")
    assert not app.exception
    assert "Nothing is approved yet" in said(app)


def test_another_rate_and_another_span_are_drawn(answered: Workbench, open_page: Open) -> None:
    app = open_page("campaign_results")
    app.segmented_control(key="campaign_rate").set_value("bounce_rate").run()
    app.segmented_control(key="campaign_span").set_value("week").run()
    assert not app.exception
    assert "mail services want less" in said(app)


def test_an_analysis_is_one_click_and_kept(answered: Workbench, open_page: Open) -> None:
    app = open_page("campaign_results")
    app.button(key="analyse").click().run()
    assert not app.exception
    (kept,) = answered.analyses.kept("Spring")
    assert kept.number == 1


def test_without_a_campaign_it_leads_to_where_one_begins(bare: Workbench, open_page: Open) -> None:
    assert "There is no campaign yet" in said(open_page("campaign_results"))


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "-2+3|cmd"])
def test_no_cell_of_a_download_runs_in_a_spreadsheet(cell: str) -> None:
    import pandas as pd

    made = as_csv(pd.DataFrame({"name": [cell], "count": [3.5], "none": [None]})).decode("utf-8-sig")
    assert made == f"name,count,none\r\n'{cell},3.5,\r\n"


def test_its_links_open_what_they_count_of_this_campaign_alone(answered: Workbench, open_page: Open) -> None:
    names = [mailbox.name for mailbox in answered.settings.mailboxes]
    later = answered.campaigns.create("Summer", segment="Leaders", pack="cold-email", mailboxes=names, by="anna")
    spring = answered.campaigns.get("Spring")
    app = open_page("campaign_results")
    app.selectbox(key="campaign_id").set_value(spring.id).run()
    to = {link.label: link.proto.query_string for link in app.page_link}
    for label in ("Inbox", "Deliverability", "Its mails, one by one"):
        assert to[label] == f"campaign={spring.id}"
    for name, empty in (("lineage", "Nothing of this campaign was sent yet"), ("deliverability", "not released yet")):
        app = open_page(name)
        app.query_params["campaign"] = later.id
        app.run()
        assert app.selectbox(key=f"{name}_campaign").value == later.id
        assert empty in said(app)
        app.selectbox(key=f"{name}_campaign").set_value(spring.id).run()
        assert not app.exception
        assert empty not in said(app)
        assert app.query_params["campaign"] == spring.id


def test_a_suppression_and_the_mail_that_caused_it_lead_to_each_other(answered: Workbench, open_page: Open) -> None:
    cause = next(row for row in answered.suppressions.list(limit=None) if row.source.startswith("reply:"))
    app = open_page("replies")
    app.query_params["id"] = cause.source.partition(":")[2]
    app.run()
    assert not app.exception
    (link,) = [link for link in app.page_link if "suppression" in link.label]
    app = open_page("suppressions")
    app.query_params["source"] = cause.source
    assert link.proto.query_string == urlencode({"source": cause.source})
    app.run()
    assert list(app.dataframe[0].value["Who"]) == [cause.value]
    assert {"Read their mail", "Where it came from", "The whole list"} <= {link.label for link in app.page_link}
