"""Undo, stop lists and a person's data in the app: seen first, then confirmed."""

from __future__ import annotations

import os
import time
from pathlib import Path

from gtm_pipelines.record import contacts, installation
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open

PEOPLE = "email,name\nzina@x.test,Zina Rarename\nboris@x.test,Boris Other\n"


def imported(bare: Workbench, tmp_path: Path) -> str:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    return bare.intake.import_file(path, "contact").batch_id


def test_a_person_is_looked_up_and_erased_only_when_named_twice(bare: Workbench, tmp_path: Path, open_page: Open) -> None:
    imported(bare, tmp_path)
    app = open_page("data")
    app.text_input(key="privacy_key").input("zina@x.test").run()
    assert "Zina Rarename" in " ".join(text.value for text in app.markdown)
    assert app.button(key="privacy_erase").disabled
    app.text_input(key="privacy_sure").input("ZINA@x.test").run()
    app.button(key="privacy_erase").click().run()
    assert not app.exception
    assert contacts.count(bare.record) == 1
    assert bare.suppressions.is_suppressed("zina@x.test") == "address: person.erased"


def test_the_data_folder_is_shown_and_a_copy_of_the_record_made(bare: Workbench, tmp_path: Path, open_page: Open) -> None:
    imported(bare, tmp_path)
    app = open_page("data")
    assert str(bare.settings.home_path) in [element.value for element in app.code]
    assert any("No copy was made yet" in element.value for element in app.caption)

    app.button(key="data_copy").click().run()

    (made,) = bare.keeping.copies()
    assert made.size_bytes > 0
    assert made.path.name in app.dataframe[1].value["File"].tolist()
    assert [one.name for one in bare.keeping.contents() if one.name == "backups"]


def test_what_going_back_to_a_copy_forgets_is_counted_beside_the_commands(
    bare: Workbench, tmp_path: Path, open_page: Open
) -> None:
    made = bare.keeping.copy()
    time.sleep(0.01)
    imported(bare, tmp_path)
    bare.suppressions.add("address", "a@x.test", reason="person.asked", source="app")
    app = open_page("data")
    assert (list(app.error), list(app.exception)) == ([], [])
    counts = dict(app.dataframe[2].value.values.tolist())
    assert (counts["Imports"], counts["People"], counts.get("Suppressions")) == (1, 2, None), "a restore keeps suppressions"
    said = [one.value for one in app.code]
    assert f'gtm db restore "{made.path}" --force\ngtm up' in said
    assert "gtm adopt" in said


def test_mails_that_left_since_a_copy_are_warned_of(answered: Workbench, open_page: Open) -> None:
    copy = answered.keeping.copy()
    os.utime(copy.path, (0, 0))
    app = open_page("data")
    [warned] = [one.value for one in app.warning]
    assert "Spring" in warned
    assert "not sent again before" in warned


def test_a_copied_folder_says_that_it_may_not_send_until_an_owner_lets_it(answered: Workbench, open_page: Open) -> None:
    assert not any(button.key == "adopt" for button in open_page("data").button)
    with answered.record.write() as connection:
        installation.disown(connection, answered.record.workspace_id, at=answered.clock.now())
    assert any(button.key == "todo:adopt" for button in open_page("today").button)
    app = open_page("data")
    app.button(key="adopt").click().run()
    assert (list(app.error), list(app.exception)) == ([], [])
    assert answered.delivery.may_send()
    assert not any(button.key == "adopt" for button in app.button)


def test_a_stop_list_is_brought_in_with_every_line_accounted_for(bare: Workbench, open_page: Open) -> None:
    app = open_page("imports")
    app.file_uploader(key="stop_file").upload("stop.csv", b"a@x.test\nnobody\n", "text/csv").run()
    app.button(key="stop_import").click().run()
    assert bare.suppressions.is_suppressed("a@x.test") == "address: imported"
    assert any("2 lines: **1** added, 0 were there, 1 rejected." in text.value for text in app.markdown)


def test_an_import_is_taken_back_after_its_counts_were_seen(bare: Workbench, tmp_path: Path, open_page: Open) -> None:
    batch_id = imported(bare, tmp_path)
    bare.jobs.request("import_file", {"path": str(tmp_path / "people.csv"), "kind": "contact"}, by="anna")
    (job,) = bare.jobs.next_requested()
    bare.jobs.start(job.id, "run")
    bare.jobs.finish(job.id, {"imports": [{"batch_id": batch_id}]})
    app = open_page("imports")
    app.segmented_control(key="import_kind").set_value("contact").run()
    app.file_uploader(key="import_file").upload("people.csv", PEOPLE.encode(), "text/csv").run()
    app.button(key="import_start").click().run()
    (job,) = bare.jobs.next_requested()
    bare.jobs.start(job.id, "run")
    bare.jobs.finish(job.id, {"imports": [{"batch_id": batch_id}]})
    app.run()
    app.button(key=f"undo_look:now:{batch_id}").click().run()
    assert any("**2** known from this import alone" in text.value for text in app.markdown)
    assert contacts.count(bare.record) == 2
    app.button(key=f"undo_do:now:{batch_id}").click().run()
    (asked,) = bare.jobs.next_requested()
    assert (asked.kind, asked.payload) == ("undo_import", {"batch": batch_id})
