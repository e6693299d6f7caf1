from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, PolicyError
from gtm_pipelines.packs.model import PackError
from gtm_pipelines.packs.versions import place
from gtm_pipelines.workbench import Workbench
from tests.pack_parts import changed


def bettered(workbench: Workbench, says: str = "Another line", **choices: str) -> str:
    """Add a version of the first mail that begins otherwise, and return its number."""
    pack = workbench.packs.get("cold-email", choices.pop("base", "1.1.0"))
    text = pack.files["direct.en.md"].replace("{{ problem }}", f"{says}. {{{{ problem }}}}")
    return workbench.pack_versions.derive(pack, {"direct.en.md": text}, step="patch", **choices).version


def test_until_somebody_decides_the_highest_that_came_along_counts(workbench: Workbench) -> None:
    assert workbench.packs.get("cold-email").version == "1.1.0"
    assert bettered(workbench) == "1.1.1"
    assert workbench.packs.get("cold-email").version == "1.1.0"
    assert {i.version for i in workbench.packs.list() if i.name == "cold-email" and i.current} == {"1.1.0"}
    assert {i.version for i in workbench.packs.list() if i.waits} == {"1.1.1"}


def test_a_version_put_there_whole_counts_if_it_is_the_highest(workbench: Workbench) -> None:
    pack = workbench.packs.get("cold-email")
    files = dict(pack.files)
    files["pack.md"] = files["pack.md"].replace("version: 1.1.0\nbased_on: 1.0.0", "version: 2.0.0")
    place(workbench.settings.home_path / "prompt_packs", files)
    assert workbench.packs.get("cold-email").version == "2.0.0"


def test_a_promoted_version_counts_whatever_is_added_later(workbench: Workbench) -> None:
    promoted = workbench.promotions.promote("cold-email", "1.1.0", by="anna", reason="reads better")
    assert (promoted.previous_version, promoted.decided_by, promoted.reason) == ("1.1.0", "person:anna", "reads better")
    bettered(workbench)
    assert workbench.packs.get("cold-email").version == "1.1.0"
    assert {i.version for i in workbench.packs.list() if i.name == "cold-email" and i.current} == {"1.1.0"}
    assert workbench.packs.get("cold-email@1.1.1").version == "1.1.1"


def test_going_back_twice_goes_back_twice(workbench: Workbench) -> None:
    workbench.promotions.promote("cold-email", "1.0.0", by="anna")
    workbench.promotions.promote("cold-email", "1.1.0", by="anna")
    workbench.promotions.promote("cold-email", bettered(workbench), by="ben")
    assert workbench.promotions.back_to("cold-email") == "1.1.0"
    assert workbench.promotions.rollback("cold-email", by="ben", reason="fewer replies").version == "1.1.0"
    assert workbench.promotions.rollback("cold-email", by="ben").version == "1.0.0"
    assert workbench.packs.get("cold-email").version == "1.0.0"
    told = [
        (release.action, release.version, release.previous_version) for release in workbench.promotions.releases("cold-email")
    ]
    assert told[:2] == [("rollback", "1.0.0", "1.1.0"), ("rollback", "1.1.0", "1.1.1")]
    assert len(told) == 5


def test_one_may_go_back_further_at_once_and_only_to_what_counted(workbench: Workbench) -> None:
    workbench.promotions.promote("cold-email", "1.0.0", by="anna")
    workbench.promotions.promote("cold-email", "1.1.0", by="anna")
    bettered(workbench)
    workbench.promotions.promote("cold-email", "1.1.1", by="anna")
    with pytest.raises(NotFoundError, match=r"1\.1\.0"):
        workbench.promotions.rollback("cold-email", by="anna", to="9.9.9")
    assert workbench.promotions.rollback("cold-email", by="anna", to="1.0.0").version == "1.0.0"


def test_there_is_nothing_to_go_back_to_before_the_first_decision(workbench: Workbench) -> None:
    assert workbench.promotions.back_to("follow-ups") is None
    with pytest.raises(NotFoundError, match="none"):
        workbench.promotions.rollback("follow-ups", by="anna")


def test_what_was_promoted_are_exact_files_even_if_the_folder_changes_or_goes(workbench: Workbench) -> None:
    bettered(workbench, says="As promoted")
    workbench.promotions.promote("cold-email", "1.1.1", by="anna")
    folder = workbench.settings.home_path / "prompt_packs" / "cold-email" / "1.1.1"
    file = folder / "direct.en.md"
    file.write_text(file.read_text("utf-8").replace("As promoted", "As slipped in"), "utf-8")
    (info,) = [i for i in workbench.packs.list() if i.version == "1.1.1"]
    assert info.current
    assert info.changed
    assert "As promoted" in workbench.packs.get("cold-email").files["direct.en.md"]
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    folder.rmdir()
    assert "As promoted" in workbench.packs.get("cold-email").files["direct.en.md"]


def test_a_version_that_breaks_a_rule_is_not_promoted(workbench: Workbench) -> None:
    bettered(workbench, says="Act now")
    with pytest.raises(PolicyError, match=r"text\.spam") as refused:
        workbench.promotions.promote("cold-email", "1.1.1", by="anna")
    assert refused.value.rule == "pack.promote"
    assert workbench.promotions.releases() == []


@pytest.mark.parametrize(("by", "error"), [("", InputError), ("optimiser:gepa", PolicyError), ("person: ", PolicyError)])
def test_only_a_person_decides(workbench: Workbench, by: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        workbench.promotions.promote("cold-email", "1.0.0", by=by)
    with pytest.raises(error):
        workbench.promotions.rollback("cold-email", by=by)


def test_two_people_do_not_decide_past_each_other(workbench: Workbench) -> None:
    workbench.promotions.promote("cold-email", "1.0.0", by="anna", expected="1.1.0")
    with pytest.raises(ConflictError, match=r"1\.0\.0"):
        workbench.promotions.promote("cold-email", "1.1.0", by="ben", expected="1.1.0")
    with pytest.raises(ConflictError, match="already"):
        workbench.promotions.promote("cold-email", "1.0.0", by="ben")


def test_packs_are_decided_about_one_by_one(workbench: Workbench) -> None:
    workbench.promotions.promote("cold-email", "1.0.0", by="anna")
    assert workbench.promotions.releases("judge") == []
    assert workbench.packs.get("judge").version == "1.0.0"
    assert [release.pack for release in workbench.promotions.releases()] == ["cold-email"]


class TestNewVersions:
    def test_a_copy_is_the_next_version_and_says_where_it_came_from(self, workbench: Workbench) -> None:
        pack = workbench.pack_versions.new("cold-email")
        assert (pack.version, pack.manifest.based_on) == ("1.2.0", "1.1.0")
        assert [problem.rule for problem in workbench.pack_versions.lint("cold-email", "1.2.0")] == ["version.same"]

    def test_a_new_pack_begins_as_a_whole_one(self, workbench: Workbench) -> None:
        pack = workbench.pack_versions.new("spring-offer", like="follow-ups")
        assert (pack.name, pack.version, pack.manifest.based_on) == ("spring-offer", "1.0.0", None)
        assert workbench.pack_versions.lint("spring-offer") == []
        assert workbench.packs.get("spring-offer").variants == workbench.packs.get("follow-ups").variants

    @pytest.mark.parametrize("name", ["Spring", "../out", "a b", ""])
    def test_a_pack_cannot_be_called_anything(self, workbench: Workbench, name: str) -> None:
        with pytest.raises(InputError):
            workbench.pack_versions.new(name)

    def test_the_compiled_state_stays_behind_unless_one_is_given(self, workbench: Workbench) -> None:
        state = '{"format": 1, "programs": {"draft": {"write": {}}}}'
        compiled = workbench.pack_versions.derive(workbench.packs.get("cold-email"), {"compiled.json": state})
        assert compiled.compiled_program("draft") == {"write": {}}
        assert workbench.pack_versions.new("cold-email").compiled is None

    def test_what_makes_no_pack_is_not_put_anywhere(self, workbench: Workbench) -> None:
        pack = workbench.packs.get("cold-email")
        with pytest.raises(PackError):
            workbench.pack_versions.derive(pack, {"direct.en.md": None})
        with pytest.raises(PackError, match=r"pack\.file\.unknown"):
            workbench.pack_versions.derive(pack, {"../../escaped.md": "text"})
        assert list(workbench.packs.versions("cold-email")) == ["1.0.0", "1.1.0"]

    def test_a_version_is_never_written_over(self, workbench: Workbench) -> None:
        pack = workbench.packs.get("cold-email")
        workbench.pack_versions.derive(pack, version="1.5.0")
        with pytest.raises(ConflictError):
            workbench.pack_versions.derive(pack, version="1.5.0")
        with pytest.raises(InputError, match="above"):
            workbench.pack_versions.derive(pack, version="1.0.5")

    def test_a_broken_version_is_told_rule_by_rule(self, workbench: Workbench) -> None:
        folder = workbench.settings.home_path / "prompt_packs" / "tiny" / "1.1.0"
        for path, text in changed("pack.md", "title: Tiny\n", "").items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
        assert [problem.rule for problem in workbench.pack_versions.lint("tiny")] == ["pack.key.missing"]


class TestDiff:
    def test_it_shows_what_came_with_the_second_version(self, workbench: Workbench) -> None:
        found = workbench.pack_versions.diff("cold-email", "1.0.0", "1.1.0")
        assert (found.before, found.after, found.step) == ("cold-email@1.0.0", "cold-email@1.1.0", "minor")
        sorts = {(change.what, change.name): change.sort for change in found.changes}
        assert sorts["parts", "write.md"] == "added"
        assert sorts["templates", "casual.ru"] == "changed"
        assert sorts["limits", "body_words"] == "changed"
        assert not any(what == "variables" for what, _ in sorts)

    def test_lines_say_what_was_and_what_is(self, workbench: Workbench) -> None:
        bettered(workbench, says="One more line")
        found = workbench.pack_versions.diff("cold-email", "1.1.0", "1.1.1")
        (change,) = found.changes
        assert "- {{ problem }}" in change.lines
        assert "+ One more line. {{ problem }}" in change.lines
        assert found.step == "patch"


def test_of_two_first_decisions_at_once_one_is_refused(workbench: Workbench) -> None:
    """Each was taken looking at 1.1.0; whoever comes second has to look again."""

    def decide(by: str) -> str:
        try:
            return workbench.promotions.promote("cold-email", "1.0.0", by=by, expected="1.1.0").decided_by
        except ConflictError:
            return "refused"

    with ThreadPoolExecutor(4) as people:
        told = list(people.map(decide, ("anna", "ben", "carl", "dora")))
    assert told.count("refused") == 3
    assert len(workbench.promotions.releases("cold-email")) == 1
