"""What comes from a list or a mail stays letters."""

from __future__ import annotations

import pytest

from app.components.stoplist import _bring
from app.components.text import escaped, percent, spoken
from app.components.upload import keep
from gtm_pipelines.workbench import Workbench


@pytest.mark.parametrize(
    "text", ["![x](http://evil.test/pixel.png)", "<img src=x onerror=alert(1)>", "[click](javascript:alert(1))"]
)
def test_markup_in_a_name_does_not_come_alive(text: str) -> None:
    shown = escaped(text)
    assert all(shown[shown.index(sign) - 1] == "\\" for sign in "[]()<>" if sign in shown)
    assert "://" not in shown


def test_an_address_in_a_text_does_not_become_a_link() -> None:
    assert "ann@" in escaped("ann@acme.test")
    assert "ann@acme" not in escaped("ann@acme.test")


def test_a_text_does_not_turn_our_words_round() -> None:
    assert escaped("a\u202eb\u2066c\u2069") == "abc"


def test_figures_are_told_in_words() -> None:
    assert (percent(0.0625), percent(None)) == ("6.2%", "–")
    assert (spoken("bounced_hard"), spoken("tin"), spoken(None)) == ("Bounced hard", "TIN", "–")


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", ".ssh", "a\x00b.csv", ""])
def test_an_uploaded_file_stays_in_the_data_folder(bare: Workbench, name: str) -> None:
    path = keep(name, b"Company\nAcme\n")
    assert path.resolve().is_relative_to(bare.settings.home_path / "uploads")
    assert path.read_bytes() == b"Company\nAcme\n"


def test_the_same_file_is_kept_once(bare: Workbench) -> None:
    assert keep("list.csv", b"x") == keep("list.csv", b"x")
    assert keep("list.csv", b"x") != keep("list.csv", b"y")


@pytest.mark.parametrize("name", ["..", "../../record.sqlite", "a\\..\\..\\b.csv", "a\x00.csv", "", "/"])
def test_a_stop_list_is_read_whatever_its_file_is_called(bare: Workbench, name: str) -> None:
    assert _bring(name, b"email\nann@acme.test\n").added == 1
