"""Phone numbers get one form, or none."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_pipelines.intake.normalise.phones import by_library, e164, numbers

pytestmark = pytest.mark.slow

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


@st.composite
def cells(draw: st.DrawFn) -> tuple[str, str | None]:
    """A number near a real one of some country: digits changed, prefixes added, signs thrown in."""
    region = draw(st.sampled_from(REGIONS))
    kind = draw(st.sampled_from([0, 1, 3]))
    example = phonenumbers.example_number_for_type(region, kind)
    digits = list(
        phonenumbers.national_significant_number(example) if example else draw(st.from_regex("[0-9]{1,14}", fullmatch=True))
    )
    for _ in range(draw(st.integers(0, 4))):
        digits[draw(st.integers(0, len(digits) - 1))] = draw(st.sampled_from("0123456789"))
    code = str(phonenumbers.country_code_for_region(region))
    text = (
        draw(st.sampled_from([f"+{code}", "", "", code])) + draw(st.sampled_from(["", "", "0", "8", "1", "00"])) + "".join(digits)
    )
    for sign in draw(st.lists(st.sampled_from(" -()"), max_size=3)):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + sign + text[place:]
    return text, draw(st.sampled_from([region, region, None, "US", "RU"]))


@settings(max_examples=3000, deadline=None)
@given(cells())
def test_plain_numbers_are_read_as_the_library_reads_them(cell: tuple[str, str | None]) -> None:
    assert e164(*cell) == by_library(*cell)


def test_every_country_s_example_number_is_read_in_every_style() -> None:
    wrong = []
    for region in REGIONS:
        example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.FIXED_LINE)
        if example is None:
            continue
        expected = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        for style in (0, 1, 2):
            text = phonenumbers.format_number(example, style)
            if e164(text, region) != expected:
                wrong.append((region, text, e164(text, region)))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+49 30 1234567", None, "+49301234567"),
        ("'+7 (916) 123-45-67 доб. 12", None, "+79161234567"),
        ("+49 (0)30 1234567", None, "+49301234567"),
        ("0049 30 1234567", None, "+49301234567"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("7 916 123 45 67", "RU", "+79161234567"),
        ("79161234567.0", "RU", "+79161234567"),
        ("(415) 555-2671 x12", "US", "+14155552671"),
        ("tel: 8(812)333-44-55", "RU", "+78123334455"),
        ("+7 495 123-45-67, +7 495 765-43-21", None, "+74951234567"),
        ("1-800-FLOWERS", "US", "+18003569377"),
    ],
)
def test_numbers_are_read_however_lists_write_them(text: str, country: str | None, number: str) -> None:
    assert e164(text, country) == number


@pytest.mark.parametrize(
    ("text", "country"),
    [("8 (495) 123-45-67", None), ("030 1234567", None), ("123", "US"), ("2024-01-01", "DE"), ("4.9E+11", "DE"),
     ("ask Anna", "US"),
     ("+", None), ("", "RU"), ("+1 555-0100", None), ("+999 123 456 789", None)],
)  # fmt: skip
def test_what_may_be_something_else_is_not_guessed(text: str, country: str | None) -> None:
    assert e164(text, country) is None


@settings(max_examples=200, deadline=None)
@given(st.lists(cells(), min_size=1, max_size=40), st.sampled_from(["", "é", " x"]))
def test_a_column_of_numbers_says_what_each_of_them_does(found: list[tuple[str, str | None]], last: str) -> None:
    texts = [*(text.strip() or None for text, _ in found), f"+49 30 1234567{last}", None]
    codes = [*(code for _, code in found), "DE", "DE"]

    assert numbers(texts, codes) == [text and e164(text, code) for text, code in zip(texts, codes, strict=True)]
