"""The import page: seen before it is written, corrected by hand, and every row accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from app.components.text import moment
from gtm_pipelines.jobs.model import Job
from gtm_pipelines.plain import plain
from gtm_pipelines.record.tables import company
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import SAMPLE, Open

ODD = "Firma;Netz;Ort\nAcme;acme.test;Berlin\n;;\nGlobex;globex.test;Wien\n"


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    return app.file_uploader[0].upload(name, content, "text/csv").run()


def act(workbench: Workbench) -> Job:
    """Do what the pipeline does with the request the page made."""
    (job,) = workbench.jobs.next_requested()
    workbench.jobs.start(job.id, "run")
    options = {name: value for name, value in job.payload.items() if name not in ("path", "kind")}
    report = workbench.intake.import_file(job.payload["path"], job.payload["kind"], **options)
    workbench.jobs.finish(job.id, {"imports": plain([report])})
    return job


@pytest.fixture
def importing(bare: Workbench, open_page: Open) -> AppTest:
    return open_page("imports")


def test_nothing_is_asked_for_before_the_button(importing: AppTest, bare: Workbench) -> None:
    upload(importing, "companies.csv", (SAMPLE / "companies.csv").read_bytes())
    assert bare.jobs.recent() == []
    assert "map:company:companies.csv:0" in [box.key for box in importing.selectbox]


def test_pressing_twice_asks_once(importing: AppTest, bare: Workbench) -> None:
    upload(importing, "companies.csv", (SAMPLE / "companies.csv").read_bytes())
    importing.button(key="import_start").click().run()
    importing.button(key="import_start").click().run()
    (job,) = bare.jobs.recent()
    assert (job.kind, job.payload["kind"], job.requested_by) == ("import_file", "company", "local")


def test_the_report_accounts_for_every_row(importing: AppTest, bare: Workbench) -> None:
    upload(importing, "companies.csv", (SAMPLE / "companies.csv").read_bytes())
    importing.button(key="import_start").click().run()
    act(bare)
    importing.run()
    rows, *parts = (int(metric.value.replace(",", "")) for metric in importing.metric)
    assert rows == sum(parts) == bare.intake.batches()[0].rows


def test_rejected_rows_are_shown_with_line_and_reason(importing: AppTest, bare: Workbench) -> None:
    upload(importing, "companies.csv", (SAMPLE / "companies.csv").read_bytes())
    importing.button(key="import_start").click().run()
    act(bare)
    tables = [table.value for table in importing.run().dataframe]
    rejected = next(table for table in tables if "Line" in table.columns)
    (known,) = bare.intake.rejected_rows(bare.intake.batches()[0].batch_id)
    assert rejected.to_dict("records") == [{"Line": known.line_number, "Reason": known.reason, "The row as it stands": known.raw}]
    assert "Download the rejected rows" in [button.label for button in importing.download_button]


def test_a_column_can_be_pointed_to_a_field_by_hand(importing: AppTest, bare: Workbench) -> None:
    upload(importing, "firmen.csv", ODD.encode())
    for place, field in enumerate(("name", "domain", "city")):
        importing.selectbox(key=f"map:company:firmen.csv:{place}").set_value(field)
    importing.run().button(key="import_start").click().run()
    assert act(bare).payload["overrides"] is not None
    assert bare.segments.preview({"all": []}, entity="company").count == 2


def test_a_file_that_is_no_list_is_told_in_words(importing: AppTest, bare: Workbench) -> None:
    upload(importing, "picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00")
    assert len(importing.error) == 1
    assert "did not foresee" not in importing.error[0].value


def test_a_list_of_the_other_kind_cannot_be_imported_by_mistake(importing: AppTest) -> None:
    upload(importing, "companies.csv", (SAMPLE / "companies.csv").read_bytes())
    importing.segmented_control(key="import_kind").set_value("contact").run()
    assert importing.button(key="import_start").disabled
    assert any("Still needed" in warning.value for warning in importing.warning)


def test_a_correction_is_remembered_with_the_import_in_one_request(importing: AppTest, bare: Workbench) -> None:
    upload(importing, "firmen.csv", ODD.encode())
    importing.selectbox(key="map:company:firmen.csv:2").select("city").run()
    importing.checkbox(key="remember:company:firmen.csv").check().run()
    importing.text_input(key="profile:company:firmen.csv").input("Messe").run()
    importing.button(key="import_start").click().run()
    job = act(bare)
    assert (job.payload["save_profile"], job.payload["by"]) == ("Messe", "person:local")
    again = ODD.replace("Acme", "Acme 2").replace("acme.test", "acme2.test").encode()
    upload(importing, "firmen2.csv", again)
    assert importing.selectbox(key="map:company:firmen2.csv:2").value == "city"
    assert any("by the profile Messe" in caption.value for caption in importing.caption)


def test_the_sheet_of_a_workbook_is_chosen(importing: AppTest, bare: Workbench, tmp_path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "firms.xlsx") as book:
        for name, firm in (("One", "Acme"), ("Two", "Globex")):
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["Name", "Website"])
            page.write_row(1, 0, [firm, f"{firm.lower()}.test"])
    upload(importing, "firms.xlsx", (tmp_path / "firms.xlsx").read_bytes())
    assert any("first sheet with a table" in text.value for text in importing.markdown)
    importing.selectbox(key="sheet:firms.xlsx").select("Two").run()
    importing.button(key="import_start").click().run()
    act(bare)
    with bare.record.read() as connection:
        assert connection.execute(sa.select(company.c.name)).scalars().all() == ["Globex"]


def test_past_imports_bear_their_date(bare: Workbench, open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("email,name\na@x.example,Anna\nnot an address at all,Boris\n", encoding="utf-8")
    report = bare.intake.import_file(path, "contact")
    app = open_page("imports")
    (shown,) = (table.value for table in app.dataframe if "When" in table.value)
    assert report.started_at is not None
    assert list(shown["When"]) == [moment(report.started_at)]
