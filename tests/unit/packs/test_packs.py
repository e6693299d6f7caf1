from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.packs.model import Pack, PackError, RenderError, scored
from gtm_pipelines.packs.names import given_name, short_name
from gtm_pipelines.packs.parse import parse_pack
from gtm_pipelines.packs.registry import PackRegistry
from gtm_pipelines.packs.render import dress, render
from gtm_pipelines.packs.texts import shown
from gtm_pipelines.settings import bundle_root
from tests import pack_parts as whole

MANIFEST = """---
pack: tiny
version: 1.0.0
title: Tiny
languages: [en]
variants:
  one: {title: One}
variables:
  first_name: {source: contact.first_name, required: false}
  company: {source: company.short_name}
  postal: {source: sender.postal_address}
phrases:
  greeting:
    en: {text: "Hi {{ first_name }},", fallback: "Hello,"}
footer:
  en: {text: "{{ postal }}", opt_out: Reply stop.}
---
Notes.
"""
TEMPLATE = """---
subject: About {{ company }}
---
{{ greeting }}

A line for {{ company }}.
"""
FILES = {"pack.md": MANIFEST, "one.en.md": TEMPLATE}
VALUES: dict[str, str | None] = {"first_name": "Mary", "company": "Acme Inc.", "postal": "1 Street"}


@pytest.fixture
def pack() -> Pack:
    return parse_pack(FILES, where="tiny/1.0.0")


def test_a_mail_is_merged_with_its_footer(pack: Pack) -> None:
    mail = render(pack, "one", "en", VALUES)
    assert mail.subject == "About Acme"
    assert mail.body == "Hi Mary,\n\nA line for Acme.\n\n-- \n1 Street\nReply stop.\n"
    assert mail.fallbacks == ()


def test_a_missing_optional_value_falls_back_and_says_so(pack: Pack) -> None:
    mail = render(pack, "one", "en", VALUES | {"first_name": None})
    assert mail.body.startswith("Hello,\n")
    assert mail.fallbacks == ("greeting",)


@pytest.mark.parametrize("missing", ["company", "postal"])
def test_a_missing_required_value_is_never_a_gap(pack: Pack, missing: str) -> None:
    for nothing in (None, "", "  ", "N/A", "null", "нет данных"):
        with pytest.raises(RenderError, match=missing) as refused:
            render(pack, "one", "en", VALUES | {missing: nothing})
        assert refused.value.rule == "value.missing"


def test_a_value_the_pack_does_not_declare_is_refused(pack: Pack) -> None:
    with pytest.raises(RenderError) as refused:
        render(pack, "one", "en", VALUES | {"discount": "50 %"})
    assert refused.value.rule == "value.undeclared"


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("Acme\r\nBcc: evil@example.com", "value.control"),
        ("Acme\nBcc: evil@example.com", "value.control"),
        ("Acme\x0bx", "value.control"),
        ("Acme\x85x", "value.control"),
        ("Acme\u2028x", "value.control"),
        ("Acme\x00", "value.control"),
        ("Acme\u202ecod.exe", "value.control"),
        ("=?utf-8?q?hi=0d=0aBcc:_evil@x.y?=", "value.encoded_word"),
        ("=?UTF-8?B?SGVsbG8=?=", "value.encoded_word"),
        ("=? utf-8?q?=0a?=", "value.encoded_word"),
        ("{{ config }}", "value.placeholder"),
        ("{% for x in y %}", "value.placeholder"),
        ("{{first_name}}", "value.placeholder"),
        ("[First Name]", "value.placeholder"),
        ("${company}", "value.placeholder"),
        ("<%= name %>", "value.placeholder"),
        ("Acme https://evil.example", "value.link"),
        ("Acme www.evil.example", "value.link"),
        ("<a href=x>Acme", "value.link"),
        ("<script>alert(1)</script>", "value.link"),
        ("A" * 201, "value.too_long"),
    ],
)
def test_a_value_that_could_do_harm_is_refused(pack: Pack, value: str, rule: str) -> None:
    with pytest.raises(RenderError) as refused:
        render(pack, "one", "en", VALUES | {"company": value})
    assert refused.value.rule == rule


def test_invisible_dirt_from_spreadsheets_is_swept(pack: Pack) -> None:
    mail = render(pack, "one", "en", VALUES | {"company": "\ufeffAc\u00adme\u00a0 \u200bLabs "})
    assert mail.subject == "About Acme Labs"


def test_a_value_that_looks_like_code_is_only_text(pack: Pack) -> None:
    mail = render(pack, "one", "en", VALUES | {"company": "'.__class__.__mro__"})
    assert mail.subject == "About '.__class__.__mro__"


def changed(path: str, old: str, new: str) -> Callable[[], dict[str, str]]:
    def make() -> dict[str, str]:
        assert old in FILES[path]
        return FILES | {path: FILES[path].replace(old, new)}

    return make


BROKEN = {
    "pack.file.missing": lambda: {"one.en.md": TEMPLATE},
    "pack.file.unknown": lambda: FILES | {"two.en.md": TEMPLATE},
    "pack.template.missing": lambda: {"pack.md": MANIFEST},
    "pack.template.empty": changed("one.en.md", TEMPLATE.split("---\n")[2], "\n"),
    "pack.front_matter": changed("pack.md", "---\npack", "pack"),
    "pack.key.unknown": changed("pack.md", "title: Tiny", "title: Tiny\ncolour: red"),
    "pack.key.missing": changed("pack.md", "title: Tiny\n", ""),
    "pack.value": changed("pack.md", "version: 1.0.0", "version: 1.0"),
    "pack.version": changed("pack.md", "version: 1.0.0", "version: one"),
    "pack.name": changed("pack.md", "pack: tiny", "pack: ../tiny"),
    "pack.template.syntax": changed("one.en.md", "A line for {{ company }}", "A line for {{ company }"),
    "pack.template.expression": changed("one.en.md", "A line for {{ company }}", "{{ company.__class__ }}"),
    "pack.variable.undeclared": changed("one.en.md", "A line for", "A line for {{ surprise }}"),
    "pack.variable.optional": changed("one.en.md", "A line for", "A line for {{ first_name }}"),
    "pack.variable.unused": changed("pack.md", "  postal:", "  city: {source: contact.city}\n  postal:"),
    "pack.phrase.unused": changed("one.en.md", "{{ greeting }}", "Hello"),
    "pack.phrase.needless": changed("pack.md", "Hi {{ first_name }},", "Hi {{ company }},"),
    "pack.phrase.nested": changed("pack.md", "Reply stop.", '"{{ greeting }} reply stop."'),
    "pack.name.twice": changed("pack.md", "  greeting:", "  company:"),
    "pack.language.missing": lambda: changed("pack.md", "languages: [en]", "languages: [en, ru]")() | {"one.ru.md": TEMPLATE},
    "pack.language.unknown": changed("pack.md", "footer:\n", 'footer:\n  ru: {text: "{{ postal }}", opt_out: Стоп}\n'),
    "pack.footer.postal_address": changed("pack.md", 'text: "{{ postal }}"', "text: Street"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_each_rule_is_named_when_it_is_broken(rule: str) -> None:
    with pytest.raises(PackError) as refused:
        parse_pack(BROKEN[rule](), where="tiny/1.0.0")
    assert rule in refused.value.rules
    assert f"[{rule}]" in str(refused.value)


@pytest.mark.parametrize(
    "expression",
    [
        "{{ company.upper() }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ company|upper }}",
        "{{ 7*7 }}",
        "{{ self }}",
        "{% for x in company %}{% endfor %}",
        "{% include 'pack.md' %}",
        "{% if first_name %}x{% endif %}",
        "{% set a = 1 %}",
        "{{ lipsum() }}",
        "{{ company if first_name else company }}",
        "{{ cycler.__init__.__globals__ }}",
    ],
)
def test_a_template_merges_plain_names_only(expression: str) -> None:
    with pytest.raises(PackError) as refused:
        parse_pack(FILES | {"one.en.md": TEMPLATE.replace("A line for", expression)}, where="tiny/1.0.0")
    assert refused.value.rules & {"pack.template.expression", "pack.template.syntax", "pack.variable.undeclared"}


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(PackError, match="stands twice"):
        parse_pack(FILES | {"pack.md": MANIFEST.replace("title: Tiny", "title: Tiny\ntitle: Other")}, where="tiny/1.0.0")


def test_yaml_that_would_run_code_is_refused() -> None:
    evil = MANIFEST.replace("title: Tiny", "title: !!python/object/apply:os.system ['true']")
    with pytest.raises(PackError, match=r"pack\.front_matter"):
        parse_pack(FILES | {"pack.md": evil}, where="tiny/1.0.0")


def test_every_byte_counts_in_the_hash(pack: Pack) -> None:
    other = parse_pack(FILES | {"one.en.md": TEMPLATE.replace("line", "Line")}, where="tiny/1.0.0")
    assert other.content_hash != pack.content_hash
    assert parse_pack(dict(reversed(list(FILES.items()))), where="x").content_hash == pack.content_hash


class TestTheRegistry:
    def place(self, root: Path, version: str, files: dict[str, str]) -> Path:
        folder = root / "tiny" / version
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text.replace("version: 1.0.0", f"version: {version}"), "utf-8")
        return folder

    def test_the_newest_version_is_taken_unless_one_is_named(self, tmp_path: Path) -> None:
        for version in ("1.2.0", "1.10.0", "1.9.9"):
            self.place(tmp_path, version, FILES)
        registry = PackRegistry((tmp_path,))
        assert registry.get("tiny").version == "1.10.0"
        assert registry.get("tiny", "1.2.0").version == registry.get("tiny@1.2.0").version == "1.2.0"
        assert [info.version for info in registry.list()] == ["1.2.0", "1.9.9", "1.10.0"]

    def test_a_broken_pack_is_listed_with_its_trouble(self, tmp_path: Path) -> None:
        self.place(tmp_path, "1.0.0", {"pack.md": MANIFEST})
        (info,) = PackRegistry((tmp_path,)).list()
        assert [problem.rule for problem in info.problems] == ["pack.template.missing"]

    def test_a_pack_that_says_it_is_another_is_refused(self, tmp_path: Path) -> None:
        self.place(tmp_path, "1.0.0", FILES).rename(tmp_path / "tiny" / "2.0.0")
        with pytest.raises(PackError, match=r"pack\.folder"):
            PackRegistry((tmp_path,)).get("tiny")

    def test_links_are_not_followed(self, tmp_path: Path) -> None:
        folder = self.place(tmp_path, "1.0.0", FILES)
        (folder / "secret.md").symlink_to("/etc/hostname")
        with pytest.raises(PackError, match=r"pack\.file\.link"):
            PackRegistry((tmp_path,)).get("tiny")

    @pytest.mark.parametrize("name", ["nothing", "../tiny", "tiny@9.9.9", "tiny@../../etc"])
    def test_what_is_not_there_is_said_so(self, tmp_path: Path, name: str) -> None:
        self.place(tmp_path, "1.0.0", FILES)
        with pytest.raises(NotFoundError):
            PackRegistry((tmp_path,)).get(name)

    def test_the_users_own_pack_wins_over_the_one_that_came_along(self, tmp_path: Path) -> None:
        self.place(tmp_path / "ours", "1.0.0", FILES)
        self.place(tmp_path / "theirs", "1.0.0", FILES | {"pack.md": MANIFEST.replace("Tiny", "Mine")})
        assert PackRegistry((tmp_path / "ours", tmp_path / "theirs")).get("tiny").manifest.title == "Mine"


SHIPPED = PackRegistry((bundle_root() / "prompt_packs",))
MAILS = [
    (pack, variant, code)
    for info in SHIPPED.list()
    for pack in [SHIPPED.get(info.name, info.version)]
    for variant, code in pack.templates
]
PEOPLE: list[dict[str, str | None]] = [{}, {"first_name": "Иван", "position": "Head of IT"}]


def sample(pack: Pack, code: str, person: dict[str, str | None]) -> dict[str, str | None]:
    variables = pack.manifest.variables.items()
    values: dict[str, str | None] = {name: item.default.get(code) for name, item in variables}  # type: ignore[call-overload]
    values |= {"sender_name": "Anna Petrova", "sender_postal_address": "1 Sample Street"}
    values |= {"company": "Ромашка"} if "company" in values else {}
    return values | {name: value for name, value in person.items() if name in values}


class TestThePacksThatComeAlong:
    def test_there_is_one_for_every_occasion(self) -> None:
        packs = {info.name: set(SHIPPED.get(info.name).variants) for info in SHIPPED.list()}
        assert packs == {
            "cold-email": {"direct", "casual"},
            "follow-ups": {"first", "second", "third", "bump", "break-up"},
            "replies": {
                "objection",
                "pricing",
                "example",
                "privacy",
                "solution",
                "day",
                "invitation",
                "scheduling",
                "not-now",
                "referral",
            },
            "judge": set(),
        }

    def test_the_first_version_is_what_it_always_was(self) -> None:
        """Campaigns name it by its hash."""
        first = SHIPPED.get("cold-email@1.0.0")
        assert first.content_hash == "adbe107057c4196fcb9cd363ff7ee62f3fbf7baf0c6a0807e7d3c84ce7df273d"
        assert first.kind == "mail"
        assert not first.writes

    @pytest.mark.parametrize(("pack", "variant", "code"), MAILS, ids=lambda item: getattr(item, "name", item))
    def test_each_mail_keeps_its_own_limits_and_is_signed(self, pack: Pack, variant: str, code: str) -> None:
        for person in PEOPLE:
            mail = render(pack, variant, code, sample(pack, code, person))
            assert len(mail.subject) <= pack.manifest.limits.subject_characters
            assert len(mail.body.split()) <= pack.manifest.limits.body_words
            assert "1 Sample Street" in mail.body
            assert "Anna Petrova" in mail.body
            assert bool(mail.fallbacks) is not bool(person)
            assert "{{" not in mail.subject + mail.body

    def test_their_russian_never_guesses_who_is_a_man_or_a_woman(self) -> None:
        text = "".join(text.text for pack, _, _ in MAILS for text in shown(pack) if text.language == "ru").lower()
        for guess in ("уважаемый", "уважаемая", "увидел", "заметил", "хотел", " рад ", " рада ", "господин"):
            assert guess not in text

    def test_a_written_text_is_put_between_greeting_and_name(self) -> None:
        pack = SHIPPED.get("cold-email@1.1.0")
        mail = dress(
            pack, "en", sample(pack, "en", {"first_name": "Mary"}), subject=" One  thing ", body="Costs {{ company }} 5 %?\n"
        )
        assert mail.subject == "One thing"
        assert mail.body.startswith(
            "Hi Mary,\n\nCosts {{ company }} 5 %?\n\nBest regards,\nAnna Petrova\n\n-- \n1 Sample Street\n"
        )

    def test_a_pack_of_templates_only_has_nothing_to_put_around_a_text(self) -> None:
        pack = SHIPPED.get("cold-email@1.0.0")
        with pytest.raises(RenderError, match="no frame"):
            dress(pack, "en", sample(pack, "en", {}), subject="One", body="Two")


class TestInstructions:
    def test_the_stage_comes_with_the_notes_of_its_language_and_variant(self) -> None:
        pack = SHIPPED.get("cold-email@1.1.0")
        told = pack.instructions("write", "ru", "casual")
        assert told.startswith("You write one cold mail")
        assert "На «вы»" in told
        assert "breaks the pattern" in told
        assert "Contractions" not in told
        assert "Variant: direct" not in told

    def test_a_part_of_a_language_stands_in_place_of_the_one_for_all(self) -> None:
        pack = parse_pack(whole.FILES | {"parts/plan.ru.md": whole.PLAN.replace("choose", "выбери")}, where="tiny/1.1.0")
        assert "choose" in (pack.part("plan", "en") or "")
        assert "выбери" in (pack.part("plan", "ru") or "")
        head = pack.head("plan", "ru")
        assert head is not None
        assert head.limits.answer_tokens == 200

    def test_a_pack_of_templates_only_says_how_else_to_draft(self) -> None:
        with pytest.raises(InputError, match="baseline"):
            SHIPPED.get("cold-email@1.0.0").instructions("write", "en")

    def test_a_compiled_program_is_found_by_its_name(self) -> None:
        pack = parse_pack(whole.FILES, where="tiny/1.1.0")
        assert pack.compiled_program("draft") == {"write": {"demos": []}}
        assert pack.compiled_program("other") is None


class TestScoring:
    RUBRIC = parse_pack(whole.JUDGE, where="small-judge/1.0.0").rubric

    @pytest.mark.parametrize(
        ("points", "quality", "risk"),
        [
            ({"clear": 10, "honest": 10, "invented": 0, "rude": 0}, 1.0, 0.0),
            ({"clear": 5, "honest": 0, "invented": 3, "rude": 10}, 0.3, 0.5),
            ({"clear": 0, "honest": 0, "invented": 10, "rude": 0}, 0.0, 1.0),
        ],
    )
    def test_quality_is_a_mean_and_risk_the_worst_point(self, points: dict[str, float], quality: float, risk: float) -> None:
        assert scored(self.RUBRIC, points) == pytest.approx((quality, risk))

    @pytest.mark.parametrize("points", [{}, {"clear": 5, "honest": 5, "invented": 0, "rude": 11}, {"clear": 1}])
    def test_a_score_that_is_incomplete_or_out_of_range_is_refused(self, points: dict[str, float]) -> None:
        with pytest.raises(InputError):
            scored(self.RUBRIC, points)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Acme, Inc.", "Acme"),
        ("Acme Holdings Ltd", "Acme Holdings"),
        ("China Vanke Co., Ltd.", "China Vanke"),
        ("Siemens AG", "Siemens"),
        ("ООО «Ромашка»", "Ромашка"),
        ('АО "Альфа-Банк"', "Альфа-Банк"),
        ("Бета, ЗАО", "Бета"),
        ("Общество с ограниченной ответственностью «Вектор»", "Вектор"),
        ("ООО «Торговый дом «Ива»", "«Торговый дом «Ива»"),
        ("Incorporate Labs", "Incorporate Labs"),
        ("ИПотека Плюс", "ИПотека Плюс"),
        ("Ltd", "Ltd"),
        ("", None),
        (None, None),
    ],
)
def test_a_company_is_called_as_people_call_it(name: str | None, short: str | None) -> None:
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Mary", "Mary"),
        ("MARY", "Mary"),
        ("иван", "Иван"),
        ("Анна-Мария", "Анна-Мария"),
        ("Jean Luc", "Jean Luc"),
        ("O'Brien", "O'Brien"),
        ("Dr. Mary", "Mary"),
        ("DeShawn", "DeShawn"),
        ("J.", None),
        ("J", None),
        ("info@acme.example", None),
        ("Sales2", None),
        ("Mary (HR)", None),
        (None, None),
    ],
)
def test_a_greeting_uses_a_real_first_name_or_none(name: str | None, given: str | None) -> None:
    assert given_name(name) == given
