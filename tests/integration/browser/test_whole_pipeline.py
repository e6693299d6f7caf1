"""A founder who never opens a terminal: from two CSV files to a light and the coach's word, in a browser, on real parts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser_parts import Window
from tests.integration.browser.conftest import SAMPLE, OpenWindow, Served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]

LONG = 240_000
"""Milliseconds a run of the pipeline may take on a busy machine."""
ROWS = 240
"""Of each sample list: enough for 100 delivered mails, below which there is no light."""
GROUPS = {
    "intake": ("raw_imports", "companies", "contacts", "suppressions"),
    "delivery": ("messages", "message_events"),
}


class Founder:
    """Goes through the pipeline the way a person does, by what is written on the pages."""

    def __init__(self, window: Window, served: Served, pictures: Path) -> None:
        self.window, self.work, self.pictures = window, served.workbench, pictures
        self.main, self.keys = window.main, window.page.keyboard

    def pictures_page(self, name: str) -> None:
        self.window.picture(self.pictures / f"{name}.png")

    def imports(self, file: Path, kind: str) -> None:
        self.window.opens("import")
        self.main.get_by_role("radio", name=kind, exact=True).click()
        self.window.settles()
        self.main.locator("input[type=file]").first.set_input_files(file)
        expect(self.main.get_by_text(f"{file.name} is read as")).to_be_visible()
        self.window.presses(f"Import {kind.lower()}")

    def has_imported(self, file: Path) -> None:
        expect(self.main.get_by_text(f"What became of {file.name}")).to_be_visible(timeout=LONG)
        self.pictures_page(f"import-{file.stem}")
        for report in self.work.intake.batches():
            assert report.rows == report.imported + report.merged + report.unchanged + report.rejected > 0

    def saves_a_segment(self) -> None:
        self.window.opens("segments")
        self.window.presses("Add an exception")
        word = self.main.get_by_placeholder("a word or a phrase")
        word.fill("intern")
        word.press("Enter")
        expect(self.main.get_by_text(re.compile(r"but not those whose .*position contains"))).to_be_visible()
        self.main.get_by_label("Name, such as").fill("Everybody but interns")
        self.window.presses("Save segment")
        expect(self.main.get_by_text("Saved segments")).to_be_visible()
        self.pictures_page("segment")
        assert [segment.name for segment in self.work.segments.list()] == ["Everybody but interns"]

    def starts_a_campaign(self) -> None:
        self.window.opens("campaigns")
        name = self.main.get_by_role("textbox", name="Name")
        name.fill("First wave")
        name.press("Tab")
        self.window.presses("Start campaign")
        expect(self.main.get_by_text("1. Draft and review")).to_be_visible(timeout=LONG)
        self.window.presses("Draft all")
        expect(self.main.get_by_text(re.compile("Drafting finished"))).to_be_visible(timeout=LONG)
        self.pictures_page("drafted")
        status = self.work.campaigns.status("First wave")
        assert status.drafts + status.failures == 2 * status.active > 100

    def reviews_by_keys_alone(self) -> None:
        self.window.opens("review")
        self.keys.press("j")
        expect(self.main.get_by_role("button", name="Edit").first).to_be_visible()
        self.window.settles()
        self.keys.press("a")
        expect(self.main.get_by_text("Approved", exact=True).filter(visible=True).first).to_be_visible()
        self.window.settles()
        self.keys.press("j")
        expect(self.main.get_by_text("Approved", exact=True).filter(visible=True)).to_have_count(0)
        self.window.settles()
        self.keys.press("e")
        subject = self.main.get_by_role("textbox", name="Subject").first
        expect(subject).to_be_visible()
        self.window.settles()
        self._tabs_to("Subject")
        self.keys.press("Control+a")
        self.keys.type("Words of the founder")
        self._tabs_to("Save")
        self.keys.press("Enter")
        expect(self.main.get_by_text("Words of the founder").filter(visible=True).first).to_be_visible()
        self.window.settles()
        self.keys.press("a")
        expect(self.main.get_by_text("Approved", exact=True).filter(visible=True).first).to_be_visible()
        self.pictures_page("review")
        approved = self.work.review.page("First wave", status="approved", limit=10)
        assert [one.subject == "Words of the founder" for one in approved].count(True) == 1
        assert [one.approval_holds for one in approved] == [True, True]

    def _tabs_to(self, name: str, most: int = 40) -> None:
        """Press Tab until what has the keys is called so."""
        called = "() => { const held = document.activeElement; return held.getAttribute('aria-label') || held.innerText }"
        for _ in range(most):
            self.keys.press("Tab")
            if str(self.window.page.evaluate(called)).split("\n")[-1] == name:
                return
        pytest.fail(f"Tab does not lead to {name}")

    def approves_the_rest(self) -> None:
        self.main.get_by_role("button", name=re.compile("Approve all recommended")).click()
        self.window.page.get_by_role("button", name="Approve them").click()
        expect(self.main.get_by_text("0 recommended drafts without a decision")).to_be_visible(timeout=LONG)
        status = self.work.campaigns.status("First wave")
        assert status.approved == status.drafted

    def sends(self) -> None:
        self.window.opens("campaigns")
        approved = self.work.campaigns.status("First wave")
        assert approved.sent == 0
        self.window.presses("Release and send")
        expect(self.main.get_by_text("No approved message is waiting to be sent.")).to_be_visible(timeout=LONG)
        self.pictures_page("sent")
        sent = self.work.campaigns.status("First wave")
        assert (sent.sent + sent.failed, sent.unknown) == (approved.approved, 0)

    def collects_replies(self) -> None:
        self.window.presses("Collect replies")
        expect(self.main.get_by_text(re.compile("Collecting replies finished"))).to_be_visible(timeout=LONG)
        assert self.work.campaigns.status("First wave").replied > 0
        self.window.opens("replies")
        self.window.ticks_row()
        expect(self.main.get_by_text("Put the class right")).to_be_visible()
        self.pictures_page("replies")

    def sees_the_light(self) -> None:
        self.window.opens("overview")
        light = self.work.metrics.light("First wave")
        assert light.colour != "grey"
        expect(self.main.get_by_text(light.headline).first).to_be_visible()
        self.pictures_page("overview")

    def asks_the_coach(self) -> None:
        self.window.opens("coach")
        self.main.get_by_role("tab", name="Analyses").click()
        self.window.presses("Analyse this campaign")
        expect(self.main.get_by_text(self.work.metrics.light("First wave").headline).filter(visible=True).first).to_be_visible()
        self.pictures_page("analysis")
        campaign = self.work.campaigns.get("First wave")
        assert [one.number for one in self.work.analyses.kept(campaign.id)] == [1]


def _lists(folder: Path) -> tuple[Path, Path]:
    """Return the beginnings of both sample lists, as they would lie on a founder's desk."""
    made = []
    for name in ("companies.csv", "contacts.csv"):
        lines = (SAMPLE / name).read_bytes().splitlines(keepends=True)
        made.append(folder / name)
        made[-1].write_bytes(b"".join(lines[:ROWS]))
    return made[0], made[1]


def test_a_founder_gets_from_a_csv_to_a_light(open_window: OpenWindow, served: Served, pictures: Path, tmp_path: Path) -> None:
    window = open_window(served)
    founder = Founder(window, served, pictures)
    companies, people = _lists(tmp_path)
    window.enters()
    expect(founder.main.get_by_text("From a list to the first answers, in four steps")).to_be_visible()
    founder.pictures_page("welcome")
    founder.imports(companies, "Companies")
    founder.has_imported(companies)
    founder.imports(people, "People")
    founder.has_imported(people)
    founder.saves_a_segment()
    founder.starts_a_campaign()
    founder.reviews_by_keys_alone()
    founder.approves_the_rest()
    founder.sends()
    founder.collects_replies()
    founder.sees_the_light()
    founder.asks_the_coach()
    assert window.faults == []
    _dagster_shows_it_as_a_graph(open_window(served), served)


def _dagster_shows_it_as_a_graph(window: Window, served: Served) -> None:
    window.page.goto(f"{served.dagster}/asset-groups")
    for name in ("intake", "enrichment", "segments", "campaigns", "delivery", "replies", "marts"):
        expect(window.page.get_by_text(name, exact=True).first).to_be_visible(timeout=LONG)
    for group, assets in GROUPS.items():
        window.page.goto(f"{served.dagster}/locations/gtm/asset-groups/{group}")
        for name in assets:
            expect(window.page.get_by_text(name, exact=True).first).to_be_visible(timeout=LONG)
