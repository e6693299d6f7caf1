from __future__ import annotations

import pytest

from gtm_pipelines.packs.check import check
from gtm_pipelines.packs.model import PackError, Problem
from gtm_pipelines.packs.parse import parse_pack
from gtm_pipelines.packs.registry import PackRegistry
from gtm_pipelines.packs.rules import RULES
from gtm_pipelines.settings import bundle_root
from tests.pack_parts import EXAMPLE_EN, FILES, JUDGE, PLAN, TONE_EN, changed, without
from tests.unit.packs.test_packs import BROKEN as BROKEN_FORM

FRAME = '"{{ greeting }} {{ body }} {{ sender }}"'
LONG = "This sentence goes on and on without ever coming to the point that it was begun for at all."
BROKEN = {
    "footer.opt_out": changed("pack.md", "Reply stop and it ends.", "Have a good day."),
    "footer.identity": changed("one.en.md", "\n\n{{ sender }}", ""),
    "frame.missing": changed("pack.md", f"frame:\n  en: {FRAME}\n  ru: {FRAME}\n", ""),
    "limits.missing": changed("pack.md", "body_words: 40, ", ""),
    "limits.template": changed("one.en.md", "A line", "A line. " * 25 + "A line"),
    "limits.sentence": changed("one.en.md", "A line for {{ company }}.", LONG),
    "text.spam": changed("one.en.md", "A line", "Act now. A line"),
    "text.cliche": changed("one.en.md", "A line", "I hope this finds you well. A line"),
    "text.shouting": changed("one.en.md", "A line for {{ company }}.", "A line for you!!"),
    "text.mixed_alphabet": changed("one.en.md", "A line", "A linе"),
    "text.language": changed("one.ru.md", "Строка для вас.", "Just a line in English, for whoever reads it."),
    "text.gender": changed("one.ru.md", "Строка", "Хотел написать. Строка"),
    "text.unfinished": changed("one.en.md", "A line", "Dear [Name], a line"),
    "link.unknown": changed("one.en.md", "A line", "See https://other.example/x: a line"),
    "claim.no_evidence": changed("one.en.md", "A line", "Our clients save 30%. A line"),
    "part.missing": without("parts/plan.md"),
    "part.unknown": FILES | {"parts/mood.md": TONE_EN},
    "part.language": without("parts/tone.ru.md"),
    "part.unbounded": changed("parts/plan.md", "limits: {answer_tokens: 200}\n", ""),
    "part.long": changed("parts/plan.md", "From `evidence`", "Think. " * 601 + "From `evidence`"),
    "part.placeholder": changed("parts/plan.md", "choose what", "choose for {{ company }} what"),
    "part.input.missing": FILES
    | {"parts/plan.md": PLAN.replace("[recipient, evidence, offer]", "[recipient, evidence]").replace(" and `offer`", "")},
    "part.input.unknown": changed("parts/plan.md", "choose what", "and `voice` choose what"),
    "part.input.unused": changed("parts/plan.md", " and `offer`", ""),
    "part.output.missing": changed("parts/plan.md", "angle, evidence_ids", "angle"),
    "part.output.unknown": changed("parts/plan.md", "outputs: [angle", "outputs: [mood, angle"),
    "part.variant": changed("parts/plan.md", "purpose: Plan.", "purpose: Plan.\nvariants: [two]"),
    "example.claim": changed("examples/move.en.md", '["fact:1"]', '["fact:2"]'),
    "example.limits": changed("examples/move.en.md", "Since you moved", "Well. " * 40 + "Since you moved"),
    "example.variant": changed("examples/move.en.md", "subject:", "variant: two\nsubject:"),
    "example.points": changed("examples/fair.en.md", ", rude: 0", "", JUDGE),
    "example.missing": without("examples/move.ru.md"),
    "rubric.weights": changed("pack.md", "weight: 0.6", "weight: 0.5", JUDGE),
    "rubric.anchors": changed("pack.md", "clear, anchors: {0: 'no', 10: 'yes'}", "clear, anchors: {5: 'so'}", JUDGE),
    "compiled.address": changed("compiled.json", '"demos": []', '"demos": [{"to": "mary@acme.com"}]'),
    "compiled.secret": changed("compiled.json", '"demos": []', '"lm": {"api_key": "sk-1"}'),
    "version.order": changed("pack.md", "based_on: 1.0.0", "based_on: 1.2.0"),
    "version.step": changed("pack.md", "version: 1.1.0", "version: 1.0.1"),
    "version.same": FILES,
}  # fmt: skip
EARLIER = changed("pack.md", "version: 1.1.0\nbased_on: 1.0.0", "version: 1.0.0", without("examples/move.en.md"))
FORM = {
    "pack.format": lambda: changed("pack.md", "format: 2\n", "format: 1\n"),
    "pack.frame.body": lambda: changed("pack.md", f"en: {FRAME}", 'en: "{{ greeting }} {{ sender }}"'),
    "part.empty": lambda: FILES | {"parts/tone.en.md": "---\npurpose: Tone.\n---\n"},
    "part.name": lambda: FILES | {"parts/Tone.txt": TONE_EN},
    "compiled.json": lambda: FILES | {"compiled.json": "cos\nsystem"},
    "compiled.shape": lambda: FILES | {"compiled.json": '{"format": 1, "programs": {}}'},
}  # fmt: skip


def found(files: dict[str, str], before: dict[str, str] | None = None) -> list[Problem]:
    earlier = parse_pack(before, where="tiny/1.0.0") if before else None
    return check(parse_pack(files, where="tiny/1.1.0"), earlier)


def test_a_sound_pack_breaks_no_rule() -> None:
    assert found(FILES) == []
    assert found(JUDGE) == []


@pytest.mark.parametrize("rule", BROKEN)
def test_each_rule_is_broken_alone_and_says_how_to_mend_it(rule: str) -> None:
    same = changed("pack.md", "version: 1.1.0\nbased_on: 1.0.0", "version: 1.0.0")
    before = {"version.same": same, "version.step": EARLIER}.get(rule)
    problems = found(BROKEN[rule], before)
    assert {problem.rule for problem in problems} == {rule}
    for problem in problems:
        assert problem.hint == RULES[rule].hint
        assert problem.severity == RULES[rule].severity
        assert problem.where
        assert problem.text


@pytest.mark.parametrize("rule", FORM)
def test_what_cannot_be_read_is_refused_by_its_rule(rule: str) -> None:
    with pytest.raises(PackError) as refused:
        parse_pack(FORM[rule](), where="tiny/1.1.0")
    assert refused.value.rules == {rule}


def test_no_rule_goes_untested() -> None:
    of_folders = {"pack.folder", "pack.file.link", "pack.file.encoding", "pack.file.size"}
    assert set(BROKEN) | set(FORM) | set(BROKEN_FORM) | of_folders == set(RULES)


@pytest.mark.parametrize(
    "info", PackRegistry((bundle_root() / "prompt_packs",)).list(), ids=lambda info: f"{info.name}-{info.version}"
)
def test_the_packs_that_come_along_break_no_rule(info: object) -> None:
    registry = PackRegistry((bundle_root() / "prompt_packs",))
    pack = registry.get(info.name, info.version)  # type: ignore[attr-defined]
    assert check(pack, registry.before(pack)) == []


@pytest.mark.parametrize(
    "text",
    ["Reply within 30 days.", "Version 2 of the form.", "Call me on Tuesday at 10:00.", "ISO 9001 and GDPR."],
)
def test_plain_figures_and_abbreviations_are_no_claims(text: str) -> None:
    assert found(changed("one.en.md", "A line for {{ company }}.", text)) == []


@pytest.mark.parametrize("link", ["https://tiny.example/a?b=1", "https://tiny.example/"])
def test_links_of_an_allowed_host_may_stand(link: str) -> None:
    assert found(changed("one.en.md", "A line", f"See {link} for a line")) == []


@pytest.mark.parametrize("link", ["https://tiny.example.evil.test/", "http://tiny.example/", "www.tiny.example"])
def test_links_that_only_look_allowed_may_not(link: str) -> None:
    assert {problem.rule for problem in found(changed("one.en.md", "A line", f"See {link} for a line"))} == {"link.unknown"}


def test_bad_examples_may_be_as_bad_as_they_like() -> None:
    bad = EXAMPLE_EN.replace("shows:", "verdict: bad\nshows:").replace("Since you", "ACT NOW!! Our clients save 40%. Since you")
    assert found(FILES | {"examples/bad.en.md": bad}) == []


def test_errors_come_before_advice() -> None:
    both = changed("one.en.md", "A line", "I hope this finds you well. Act now. A line")
    assert [problem.severity for problem in found(both)] == ["error", "advice"]
