"""The packs page: what is in a pack, what is wrong with it, and which version counts."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open


def said(app: AppTest) -> str:
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.text, app.success) for element in kind)


def opened(open_page: Open, name: str = "cold-email") -> AppTest:
    app = open_page("packs")
    assert not app.exception
    app.selectbox(key="pack_name").set_value(name).run()
    assert not app.exception
    return app


def test_a_mail_is_shown_in_both_languages(bare: Workbench, open_page: Open) -> None:
    app = opened(open_page)
    assert "Hi Maya," in said(app)
    app.selectbox(key="pack_variant:cold-email").set_value("casual").run()
    app.segmented_control(key="pack_language:cold-email").set_value("ru").run()
    assert not app.exception
    assert "Здравствуйте, Дарья!" in said(app)
    assert "breaks none" in said(app)


def test_every_pack_can_be_opened(bare: Workbench, open_page: Open) -> None:
    for name in ("follow-ups", "replies", "judge"):
        opened(open_page, name)


def test_what_a_trial_flags_is_told_in_sentences(bare: Workbench, open_page: Open) -> None:
    app = opened(open_page)
    next(button for button in app.button if button.label == "Try it").click().run()
    assert not app.exception
    assert "A phrase says less than it could" in said(app)


def test_a_version_is_begun_promoted_and_taken_back(bare: Workbench, open_page: Open) -> None:
    app = opened(open_page)
    app.button(key="pack_copy").click().run()
    assert not app.exception
    assert app.selectbox(key="pack_version:cold-email").value == "1.1.1"
    assert bare.packs.get("cold-email").version == "1.1.0"
    app.text_input(key="pack_reason:cold-email").set_value("an experiment").run()
    app.button(key="pack_promote").click().run()
    assert not app.exception
    assert bare.packs.get("cold-email").version == "1.1.1"
    (release,) = bare.promotions.releases("cold-email")
    assert release.reason == "an experiment"
    app.button(key="pack_rollback").click().run()
    assert not app.exception
    assert bare.packs.get("cold-email").version == "1.1.0"


def test_a_version_that_breaks_a_rule_says_what_mends_it_and_is_not_promoted(bare: Workbench, open_page: Open) -> None:
    pack = bare.packs.get("cold-email")
    shouted = pack.files["direct.en.md"].replace("Is that worth a try?", "Act now!! Is that worth a try?")
    bare.pack_versions.derive(pack, {"direct.en.md": shouted}, step="patch")
    app = opened(open_page)
    app.selectbox(key="pack_version:cold-email").set_value("1.1.1").run()
    assert not app.exception
    assert "filters and people know this phrase" in said(app).replace("\\", "")
    assert app.button(key="pack_promote").disabled


def test_a_version_that_cannot_be_read_is_told_rule_by_rule(bare: Workbench, open_page: Open) -> None:
    made = bare.pack_versions.new("cold-email", step="patch")
    (bare.settings.home_path / "prompt_packs" / "cold-email" / made.version / "direct.ru.md").unlink()
    app = opened(open_page)
    app.selectbox(key="pack_version:cold-email").set_value("1.1.1").run()
    assert not app.exception
    assert "A template is missing" in said(app)
    assert any("cannot be used" in element.value for element in app.error)


def test_a_trial_stands_beside_the_version_that_counts(bare: Workbench, open_page: Open) -> None:
    app = opened(open_page)
    app.selectbox(key="pack_version:cold-email").set_value("1.0.0").run()
    next(button for button in app.button if button.label == "Try it").click().run()
    assert not app.exception
    frames = [frame.value for frame in app.dataframe if "Refused" in frame.value]
    assert list(frames[0]["Version"]) == ["cold-email@1.1.0", "cold-email@1.0.0"]
    assert list(frames[0]["Refused"]) == [4, 4]
