"""Values from lists stand in a mail's sentences as a person would write them there."""

from __future__ import annotations

import pytest

from gtm_pipelines.packs.registry import PackRegistry
from gtm_pipelines.packs.render import render
from gtm_pipelines.packs.sentence import fitted
from gtm_pipelines.settings import bundle_root

VALUES = {
    "company": "ООО «Сосна»", "sender_name": "Анна", "sender_postal_address": "Улица, 1", "topic": "x", "problem": "y",
    "offer": "z", "first_name": "Иван",
}  # fmt: skip


@pytest.mark.parametrize(
    ("position", "language", "sentence"),
    [
        ("Генеральный директор.", "ru", "вы — генеральный директор.\n"),
        ("Генеральный Директор", "ru", "вы — генеральный директор.\n"),
        ("ГЕНЕРАЛЬНЫЙ ДИРЕКТОР", "ru", "вы — генеральный директор.\n"),
        ("Ген. дир.", "ru", "вы — ген. дир.\n"),
        ("ИТ-директор", "ru", "вы — ИТ-директор.\n"),
        ("CTO.", "ru", "вы — CTO.\n"),
        ("Директор по продажам Яндекс", "ru", "вы — директор по продажам Яндекс.\n"),
        ("Chief Technology Officer.", "en", "you are Chief Technology Officer at Сосна"),
    ],
)
def test_a_job_title_ends_with_no_second_full_stop_and_is_small_within_a_russian_sentence(
    position: str, language: str, sentence: str
) -> None:
    pack = PackRegistry([bundle_root() / "prompt_packs"]).get("cold-email")
    mail = render(pack, "direct", language, VALUES | {"position": position})
    assert sentence in mail.body
    assert ".." not in mail.body


def test_a_title_that_begins_a_sentence_keeps_its_capital() -> None:
    text, values = fitted("{{ position }} — это вы. И снова {{ position }}...", {"position": "Директор"}, frozenset({"position"}))
    assert text == "{{ position }} — это вы. И снова {{ position__small }}..."
    assert (values["position"], values["position__small"]) == ("Директор", "директор")
