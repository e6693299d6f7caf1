"""A founder who never opens a terminal: from two CSV files to a light, in a browser, on real parts."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.integration.browser.conftest import Served
from tests.parts import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]

SAMPLE = ROOT / "data" / "sample"
LONG = 120_000
"""Milliseconds a run of the pipeline may take on a busy machine."""


class Founder:
    """Clicks through the app the way a person does, by what is written on it."""

    def __init__(self, page: Page, served: Served, pictures: Path) -> None:
        self.page, self.served, self.pictures = page, served, pictures

    def goes_to(self, name: str) -> None:
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
        expect(self.page.get_by_role("heading", name=name, level=1)).to_be_visible()
        self.settles()

    def settles(self) -> None:
        expect(self.page.get_by_test_id("stStatusWidget")).to_have_count(0)

    def presses(self, name: str) -> None:
        self.main.get_by_role("button", name=name, exact=True).first.click()

    def picture(self, name: str) -> None:
        self.settles()
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0)
        height = self.page.evaluate("document.querySelector('[data-testid=stMain]')?.scrollHeight ?? 1000")
        self.page.set_viewport_size({"width": 1400, "height": min(int(height) + 20, 3000)})
        self.page.screenshot(path=self.pictures / f"{name}.png")
        self.page.set_viewport_size({"width": 1400, "height": 1000})

    @property
    def main(self) -> Locator:
        return self.page.get_by_test_id("stMain")

    def imports(self, file: Path, kind: str) -> None:
        self.goes_to("Import")
        self.main.get_by_role("button", name=kind, exact=True).or_(
            self.main.get_by_role("radio", name=kind, exact=True)
        ).first.click()
        if self.main.get_by_text("is read as").count():
            expect(self.main.get_by_role("button", name=f"Import {kind.lower()}", exact=True)).to_be_visible()
            self.settles()
        self.main.locator("input[type=file]").first.set_input_files(file)
        expect(self.main.get_by_text(f"{file.name} is read as")).to_be_visible()
        self.presses(f"Import {kind.lower()}")
        expect(self.main.get_by_text(f"What became of {file.name}")).to_be_visible(timeout=LONG)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go: a folder named by the environment, or one that is thrown away."""
    return Path(os.environ.get("PICTURES") or tmp_path)


@pytest.fixture
def founder(page: Page, served: Served, pictures: Path) -> Founder:
    page.goto(served.app)
    expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible(timeout=LONG)
    return Founder(page, served, pictures)


def test_a_founder_gets_from_a_csv_to_a_light(founder: Founder) -> None:
    work, main = founder.served.workbench, founder.main
    expect(main.get_by_text("From a list to the first answers, in four steps")).to_be_visible()
    founder.picture("01-welcome")

    founder.imports(SAMPLE / "companies.csv", "Companies")
    founder.picture("02-import-companies")
    founder.imports(SAMPLE / "contacts.csv", "People")
    founder.picture("03-import-people")
    for report in work.intake.batches():
        assert report.rows == report.imported + report.merged + report.unchanged + report.rejected > 0

    founder.goes_to("Segments")
    founder.presses("Add an exception")
    main.get_by_placeholder("a word or a phrase").fill("intern")
    main.get_by_placeholder("a word or a phrase").press("Enter")
    expect(main.get_by_text(re.compile(r"but not those whose .*position contains"))).to_be_visible()
    main.get_by_label("Name, such as").fill("Everybody but interns")
    founder.presses("Save segment")
    expect(main.get_by_text("Saved segments")).to_be_visible()
    founder.picture("04-segment")
    assert [segment.name for segment in work.segments.list()] == ["Everybody but interns"]

    founder.goes_to("Campaigns")
    main.get_by_label("Name").fill("First wave")
    main.get_by_label("Name").press("Tab")
    founder.presses("Start campaign")
    expect(main.get_by_text("1. Draft and review")).to_be_visible(timeout=LONG)
    founder.presses("Draft all")
    expect(main.get_by_text(re.compile("Drafting finished"))).to_be_visible(timeout=LONG)
    founder.picture("05-drafted")
    status = work.campaigns.status("First wave")
    assert status.drafts + status.failures == 2 * status.active > 100

    founder.goes_to("Review")
    first = work.review.page("First wave", limit=1)[0]
    box = main.get_by_test_id("stDataFrame").first.bounding_box()
    assert box
    founder.page.mouse.click(box["x"] + 18, box["y"] + 52)
    expect(main.get_by_text(first.subject).filter(visible=True).first).to_be_visible()
    main.locator(f".st-key-edit-{first.id} button").click()
    subject = main.get_by_label("Subject").first
    expect(subject).to_have_value(first.subject)
    subject.fill("Words of the founder")
    subject.press("Tab")
    founder.presses("Save")
    expect(main.get_by_text("Words of the founder").filter(visible=True).first).to_be_visible()
    main.locator(f".st-key-approve-{first.id} button").click()
    expect(main.get_by_text("Approved", exact=True).filter(visible=True).first).to_be_visible()
    founder.picture("06-review")
    approved = work.review.get(first.id)
    assert (approved.subject, approved.revision, approved.approval_holds) == ("Words of the founder", 2, True)

    main.get_by_role("button", name=re.compile("Approve all recommended")).click()
    founder.page.get_by_role("button", name="Approve them").click()
    expect(main.get_by_text("0 recommended drafts without a decision")).to_be_visible(timeout=LONG)
    status = work.campaigns.status("First wave")
    assert status.approved == status.drafted

    founder.goes_to("Campaigns")
    founder.picture("07-before-release")
    assert work.campaigns.status("First wave").sent == 0
    founder.presses("Release and send")
    expect(main.get_by_text("No approved message is waiting to be sent.")).to_be_visible(timeout=2 * LONG)
    founder.picture("08-sent")
    sent = work.campaigns.status("First wave")
    assert (sent.sent + sent.failed, sent.unknown) == (status.approved, 0)

    founder.presses("Collect replies")
    expect(main.get_by_text(re.compile("Collecting replies finished"))).to_be_visible(timeout=LONG)
    founder.picture("09-collected")
    assert work.campaigns.status("First wave").replied > 0

    founder.goes_to("Replies")
    box = main.get_by_test_id("stDataFrame").first.bounding_box()
    assert box
    founder.page.mouse.click(box["x"] + 18, box["y"] + 52)
    expect(main.get_by_text("Put the class right")).to_be_visible()
    founder.picture("10-replies")

    founder.goes_to("Overview")
    expect(main.get_by_text("First wave").first).to_be_visible()
    expect(main.get_by_text("Look closer at")).to_be_visible()
    expect(main.get_by_text(re.compile("Green|Yellow|Red|Not enough data")).first).to_be_visible()
    founder.page.wait_for_timeout(1000)
    founder.picture("11-overview")
    light = work.metrics.light("First wave")
    expect(main.get_by_text(light.headline).first).to_be_visible()


GROUPS = {
    "intake": ("raw_imports", "companies", "contacts", "suppressions"),
    "campaigns": ("campaign_targets", "drafts", "reviews"),
    "delivery": ("messages", "message_events"),
}


def test_dagster_shows_the_pipeline_as_a_graph(page: Page, served: Served, pictures: Path) -> None:
    page.goto(f"{served.dagster}/asset-groups")
    for name in ("intake", "enrichment", "segments", "campaigns", "delivery", "replies", "marts"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible(timeout=LONG)
    page.screenshot(path=pictures / "12-dagster-lineage.png")
    for group, assets in GROUPS.items():
        page.goto(f"{served.dagster}/locations/gtm/asset-groups/{group}")
        for name in assets:
            expect(page.get_by_text(name, exact=True).first).to_be_visible(timeout=LONG)
        page.screenshot(path=pictures / f"13-dagster-{group}.png")
