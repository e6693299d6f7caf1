"""Names of people and companies are taken apart."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gtm_pipelines.intake.normalise.companies import legal_form
from gtm_pipelines.intake.normalise.people import by_library, person, split

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Иванов Иван Иванович", ("Иван", "Иванович", "Иванов")),
        ("Мария Ивановна Сидорова", ("Мария", "Ивановна", "Сидорова")),
        ("Петров Иван", ("Иван", None, "Петров")),
        ("Иван Петров", ("Иван", None, "Петров")),
        ("Ким Мария", ("Мария", None, "Ким")),
        ("Адам Мицкевич", ("Адам", None, "Мицкевич")),
        ("Пётр Ильич", ("Пётр", "Ильич", None)),
        ("И. И. Иванов", ("И.", "И.", "Иванов")),
        ("Иванов И.И.", ("И.", "И.", "Иванов")),
        ("Ivanov I.I.", ("I.", "I.", "Ivanov")),
        ("Sidorov Ivan Petrovich", ("Ivan", "Petrovich", "Sidorov")),
        ("Алиев Рашид Гасан оглы", ("Рашид", "Гасан оглы", "Алиев")),
        ("г-н Иванов Иван", ("Иван", None, "Иванов")),
        ("Иванова Мария Сергеевна (бухгалтер)", ("Мария", "Сергеевна", "Иванова")),
        ("Иванов, Иван Петрович", ("Иван", "Петрович", "Иванов")),
        ("Smith, John", ("John", None, "Smith")),
        ("Dr. Anna-Maria van der Berg, PhD", ("Anna-Maria", None, "van der Berg")),
        ("Mr John Q. Public Jr.", ("John", "Q.", "Public")),
        ("Ludwig van Beethoven", ("Ludwig", None, "van Beethoven")),
        ("Cher", ("Cher", None, None)),
    ],
)
def test_whole_names_are_split_in_either_order(full: str, parts: tuple[str | None, ...]) -> None:
    assert split(full) == parts


def test_given_parts_stay_and_a_patronymic_leaves_the_first_name() -> None:
    assert person(None, "Иван Петрович", "Иванов") == ("Иван", "Петрович", "Иванов", "Иван Иванов")
    assert person("John Smith", "Johnny", "Smith") == ("Johnny", None, "Smith", "Johnny Smith")
    assert person(None, "Mary Ann", "Jones") == ("Mary Ann", None, "Jones", "Mary Ann Jones")
    assert person("JOHN SMITH") == ("John", None, "Smith", "John Smith")
    assert person(None) == (None, None, None, None)


WORDS = st.sampled_from(
    "Anna John Mary-Ann O'Neil Smith García van de la Dr. Jr. III PhD Mr St. and y Q. Müller Lee Bin von Prof Sir Max Do".split()
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=3))
def test_plain_latin_names_are_split_as_the_library_splits_them(words: list[str]) -> None:
    assume(words[-1] != "Q.")  # initials after a surname are a Russian custom that the library does not know
    assert split(" ".join(words)) == by_library(" ".join(words))


@pytest.mark.parametrize(
    ("name", "form"),
    [("Acme Inc.", "Inc"), ("Acme, LLC", "LLC"), ("Müller GmbH & Co. KG", "GmbH & Co. KG"), ("ООО «Ромашка»", "ООО"),
     ("Ромашка, ООО", "ООО"), ("Публичное акционерное общество «Тест»", "ПАО"), ("ИП Иванов И.И.", "ИП"),
     ("Rossi S.p.A.", "S.p.A."),
     ("Some A/S", "A/S"), ("Test, a.s.", "a.s."), ("Foo Pvt. Ltd.", "Ltd"), ("Bar Pty Ltd", "Pty Ltd"), ("Nestlé S.A.", "SA"),
     ("Филиал ООО Ромашка в Омске", "ООО"), ("JSC VTB", "JSC"), ("Dupont S.A.R.L.", "SARL")],
)  # fmt: skip
def test_legal_forms_have_one_spelling(name: str, form: str) -> None:
    assert legal_form(name) == form


@pytest.mark.parametrize("name", ["Apple", "Day Spa", "LLC", "Kaspersky Lab", "Pt Barnum", "Ag", "", "ООО"])
def test_names_without_a_legal_form_get_none(name: str) -> None:
    assert legal_form(name) is None
