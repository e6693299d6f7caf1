"""Suppression lists come in from any file, and go out as one that comes in again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from gtm_pipelines.cli.main import main
from gtm_pipelines.cli.suppress import command
from gtm_pipelines.errors import InputError
from gtm_pipelines.intake.export import write_csv
from gtm_pipelines.record import suppressions
from gtm_pipelines.record.tables import audit_event
from gtm_pipelines.workbench import Workbench

RUSSIAN = {"xn--80a1acny.xn--p1ai": "просил никогда больше не писать"}
OWN = {"firm.test": "left", "two.test": "imported"}


def bring(workbench: Workbench, path: Path, content: bytes):
    path.write_bytes(content)
    report = workbench.suppressions.import_file(path, source="old tool")
    assert report.rows == report.added + report.existing + report.rejected
    return report


def entries(workbench: Workbench) -> dict[str, str]:
    return {entry.value: entry.reason for entry in workbench.suppressions.list(limit=None)}


@pytest.mark.parametrize(
    ("content", "added"),
    [
        (b"a@x.test\nb@x.test\n", {"a@x.test": "imported", "b@x.test": "imported"}),
        (b"\xef\xbb\xbfa@x.test,asked twice\r\n\r\n@firm.test\r\n", {"a@x.test": "asked twice", "firm.test": "imported"}),
        ("Причина;E-mail\nпросил;А <a@x.test>\n;b@x.test\n".encode("cp1251"), {"a@x.test": "просил", "b@x.test": "imported"}),
        ("Email\tReason\na@x.test\tcomplained\n".encode("utf-16"), {"a@x.test": "complained"}),
        (b"sep=;\nvalue;reason;kind\n'@firm.test;left;domain\nhttps://www.two.test/about;;\n", OWN),
        (
            "a@x.test asked not to\nb@x.test\tleft\nfirm.test просил не писать\nc@x.test - complained\n".encode(),
            {"a@x.test": "asked not to", "b@x.test": "left", "firm.test": "просил не писать", "c@x.test": "complained"},
        ),
        ("домен;причина\nпочта.рф;просил никогда больше не писать\n".encode("koi8-r"), RUSSIAN),
    ],
)  # fmt: skip
def test_a_list_is_read_whatever_it_looks_like(
    workbench: Workbench, tmp_path: Path, content: bytes, added: dict[str, str]
) -> None:
    report = bring(workbench, tmp_path / "stop.csv", content)
    assert (report.added, report.rejected, entries(workbench)) == (len(added), 0, added)


def test_bad_lines_are_told_with_line_and_reason_and_the_rest_is_taken(workbench: Workbench, tmp_path: Path) -> None:
    report = bring(
        workbench, tmp_path / "stop.csv", b"email,reason\na@x.test,asked\nnobody,asked\n,asked\n \nA@X.test,\nb\0@x.test,\n"
    )
    assert (report.rows, report.added, report.existing, report.rejected) == (6, 1, 1, 4)
    assert sorted((r.line_number, r.reason_code) for r in report.examples) == [
        (3, "suppression.no_value"), (4, "suppression.no_value"), (5, "row.empty"), (7, "row.nul"),
    ]  # fmt: skip
    two = bring(workbench, tmp_path / "two.csv", b"d@x.test e@x.test\n")
    assert [r.reason_code for r in two.examples] == ["suppression.several"]
    assert "nobody" in next(r.reason for r in report.examples if r.line_number == 3)


def test_twice_is_once_and_the_first_reason_stands(workbench: Workbench, tmp_path: Path) -> None:
    bring(workbench, tmp_path / "stop.csv", b"a@x.test,complained\n")
    report = bring(workbench, tmp_path / "stop.csv", b"a@x.test,other\na@x.test,other\n")
    assert (report.added, report.existing) == (0, 2)
    assert entries(workbench) == {"a@x.test": "complained"}
    with workbench.record.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(audit_event.c.action == "suppression.imported")) == 2


def test_a_list_lifts_nothing_whatever_it_says(workbench: Workbench, tmp_path: Path) -> None:
    workbench.suppressions.add("address", "a@x.test", reason="asked", source="test")
    bring(workbench, tmp_path / "stop.csv", b"email,status\na@x.test,subscribed\n")
    assert workbench.suppressions.is_suppressed("a@x.test") == "address: asked"


def test_what_goes_out_comes_in_again_elsewhere(workbench: Workbench, tmp_path: Path) -> None:
    for kind, value in (("address", "a@x.test"), ("domain", "firm.test"), ("company", "0123abc"), ("address", "gone@x.test")):
        workbench.suppressions.add(kind, value, reason="=asked", source="test")
    with workbench.record.write() as connection:
        suppressions.erase(connection, workbench.record.workspace_id, "address", "gone@x.test")
    path = tmp_path / "out.csv"
    assert write_csv(path, ("value", "reason", "kind"), workbench.suppressions.export()) == 4
    assert "gone@" not in path.read_text("utf-8-sig")
    again = workbench.suppressions.import_file(path, source="out.csv")
    assert (again.rows, again.existing, again.rejected) == (4, 4, 0)
    workbench.suppressions.remove("address", "a@x.test", by="person:anna", reason="test")
    workbench.suppressions.remove("address", "gone@x.test", by="person:anna", reason="test")
    after = workbench.suppressions.import_file(path, source="out.csv")
    assert (after.added, after.existing, after.reasons) == (1, 2, {"suppression.erased": 1})


def test_a_file_that_is_no_text_is_refused(workbench: Workbench, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        bring(workbench, tmp_path / "stop.csv", b"")


def test_commands_carry_a_list_in_and_out(capsys, tmp_path: Path) -> None:
    (tmp_path / "stop.csv").write_text("a@x.test\nnobody\n", encoding="utf-8")

    def run(*words: object):
        main(["suppress", *map(str, words), "--json"])
        return json.loads(capsys.readouterr().out)

    report = run("import", tmp_path / "stop.csv", "--source", "old tool")
    assert (report["rows"], report["added"], report["rejected"]) == (2, 1, 1)
    assert run("export", tmp_path / "out.csv")["written"] == 1
    listed = run("list")
    assert (listed["total"], listed["suppressions"][0]["source"]) == (1, "old tool")


def test_a_public_mail_provider_is_suppressed_only_after_a_question(capsys) -> None:
    def listed() -> int:
        capsys.readouterr()
        main(["suppress", "list", "--json"])
        return json.loads(capsys.readouterr().out)["total"]

    asked = CliRunner().invoke(command, ["add", "GMail.com"], input="n\n")
    assert "0 of your contacts do" in asked.output
    assert listed() == 0
    main(["suppress", "add", "gmail.com", "--yes"])
    assert listed() == 1


def test_domains_are_shown_as_people_read_them_and_kept_as_they_are_compared(capsys, tmp_path: Path) -> None:
    for value in ("пример.рф", "иван@пример.рф", "xn--a"):
        main(["suppress", "add", value])
    main(["suppress", "list"])
    told = capsys.readouterr().out
    assert "иван@пример.рф" in told
    assert "xn--e1afmkfd" not in told
    assert "3 of 3" in told
    main(["suppress", "list", "--json"])
    kept = {entry["value"] for entry in json.loads(capsys.readouterr().out)["suppressions"]}
    assert kept == {"xn--e1afmkfd.xn--p1ai", "иван@xn--e1afmkfd.xn--p1ai", "xn--a"}
    main(["suppress", "export", str(tmp_path / "out.csv")])
    assert {"пример.рф", "иван@пример.рф"} <= set((tmp_path / "out.csv").read_text("utf-8-sig").replace("\n", ",").split(","))
    capsys.readouterr()
    main(["suppress", "import", str(tmp_path / "out.csv"), "--json"])
    again = json.loads(capsys.readouterr().out)
    assert (again["added"], again["existing"]) == (0, 2)
