from __future__ import annotations

import pytest

from gtm_pipelines.drafting.learning.changes import compare
from gtm_pipelines.drafting.learning.likeness import chrf, effort

MAIL = (
    "Warehouse software",
    "Hi Anna,\n\nAcme opened a second warehouse in Porto last May, and orders grew by 40%. We help teams such as yours plan "
    "shifts without spreadsheets, and most of them save a day a week from the first month on."
    "\n\nWorth a call on Tuesday?\n\nBen\n",
)
ПИСЬМО = (
    "Учёт склада",
    "Здравствуйте, Мария!\n\nВ мае Ромашка открыла второй склад в Твери, и заказов стало на 40% больше. Мы помогаем планировать "
    "смены без таблиц, и большинство команд экономит день в неделю уже с первого месяца."
    "\n\nУдобно ли созвониться во вторник?\n\nИван\n",
)


def kinds(before: tuple[str, str], *changes: tuple[str, str], subject: str | None = None) -> set[str]:
    body = before[1]
    for old, new in changes:
        assert old in body
        body = body.replace(old, new)
    found = compare(before, (subject or before[0], body))
    return set(found.kinds) if found else set()


class TestTheKindOfAChange:
    def test_no_change_is_none(self) -> None:
        assert compare(MAIL, MAIL) is None

    @pytest.mark.parametrize(
        ("mail", "change"),
        [
            (MAIL, (", and most of them save a day a week from the first month on", "")),
            (ПИСЬМО, (", и большинство команд экономит день в неделю уже с первого месяца", "")),
        ],
    )
    def test_words_taken_out_make_it_shorter(self, mail: tuple[str, str], change: tuple[str, str]) -> None:
        assert kinds(mail, change) == {"shorter"}

    @pytest.mark.parametrize(
        ("mail", "change"), [(MAIL, ("Hi Anna,", "Dear Anna,")), (ПИСЬМО, ("Здравствуйте, Мария!", "Добрый день, Мария!"))]
    )
    def test_another_greeting(self, mail: tuple[str, str], change: tuple[str, str]) -> None:
        assert kinds(mail, change) == {"greeting"}

    @pytest.mark.parametrize(
        ("mail", "change"),
        [
            (MAIL, ("Worth a call on Tuesday?", "Worth a look on Tuesday?")),
            (ПИСЬМО, ("Удобно ли созвониться во вторник?", "Удобно ли встретиться во вторник?")),
        ],
    )
    def test_another_thing_asked_for(self, mail: tuple[str, str], change: tuple[str, str]) -> None:
        assert kinds(mail, change) == {"call_to_action"}

    @pytest.mark.parametrize(
        ("mail", "change"),
        [(MAIL, (", and orders grew by 40%", "")), (MAIL, (" in Porto", "")), (ПИСЬМО, (" в Твери", ""))],
    )
    def test_a_number_or_a_name_taken_out_is_a_fact_removed(self, mail: tuple[str, str], change: tuple[str, str]) -> None:
        assert "fact_removed" in kinds(mail, change)
        assert "fact_added" not in kinds(mail, change)

    def test_a_number_put_in_is_a_fact_added(self) -> None:
        assert kinds(MAIL, ("plan shifts", "plan 12 shifts")) == {"fact_added"}

    @pytest.mark.parametrize(
        ("mail", "change"),
        [(MAIL, ("first month on.", "first month on!")), (ПИСЬМО, ("Мы помогаем", "Мы, пожалуйста, помогаем"))],
    )
    def test_exclamations_and_forms_of_address_are_tone(self, mail: tuple[str, str], change: tuple[str, str]) -> None:
        assert kinds(mail, change) & {"tone", "punctuation"}

    def test_another_language_says_nothing_else(self) -> None:
        assert compare(MAIL, ПИСЬМО).kinds == ("language", "subject")  # type: ignore[union-attr]

    def test_a_text_of_its_own_is_a_rewrite_and_not_light(self) -> None:
        found = compare(
            MAIL, (MAIL[0], "Anna, short question: who plans the shifts at your two sites, and would you show me how?\n")
        )
        assert found is not None
        assert "rewrite" in found.kinds
        assert not found.light

    def test_one_word_of_a_mail_is_a_light_edit(self) -> None:
        found = compare(MAIL, (MAIL[0], MAIL[1].replace("help", "support")))
        assert found is not None
        assert found.kinds == ("wording",)
        assert found.light

    def test_blank_lines_are_layout_and_commas_punctuation(self) -> None:
        assert kinds(MAIL, ("\n\nWorth", "\n\n\nWorth")) == {"layout"}
        assert kinds(MAIL, ("last May, and", "last May and")) == {"punctuation"}

    def test_a_subject_alone(self) -> None:
        assert kinds(MAIL, subject="Your second warehouse") == {"subject"}


class TestLikeness:
    @pytest.mark.parametrize(
        ("produced", "wanted", "expected"),
        [
            # what sacrebleu 2.6.0 gives: CHRF().sentence_score(produced, [wanted]).score / 100
            ("the cat sat on the mat", "the cat sat on the mat", 1.0),
            ("the cat sat on the mat", "the cat is sitting on a mat", 0.2996228230316444),
            ("открыли новый склад", "открыли нового склада", 0.6053103541697455),
            ("Hi Anna, worth a call?", "Hello Anna, is it worth a short call on Tuesday?", 0.24443499333052077),
            ("ab", "abcdef", 0.3125),
            ("short", "a much longer sentence than it", 0.047619047619047616),
            ("abc", "xyz", 0.0),
        ],
    )
    def test_chrf_is_what_the_reference_gives(self, produced: str, wanted: str, expected: float) -> None:
        assert chrf(produced, wanted) == pytest.approx(expected, abs=1e-9)

    def test_a_russian_word_in_another_case_is_nearly_right(self) -> None:
        assert chrf("открыли новый склад", "открыли нового склада") > 0.6
        assert effort("открыли новый склад", "открыли нового склада") > 0.6

    def test_effort_counts_words_out_and_in(self) -> None:
        assert effort("one two three four", "one two three four") == 0
        assert effort("one two three four", "one two three five") == pytest.approx(0.25)
        assert effort("a b", "c d") == 1
