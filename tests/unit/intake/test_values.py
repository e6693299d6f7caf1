"""Cells become values: addresses, domains, numbers, names, languages."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.intake.emails import BadEmail, parse_email
from gtm_pipelines.intake.names import company_key, person_name
from gtm_pipelines.intake.prepare_contact import linkedin_url
from gtm_pipelines.intake.values import asks_no_contact, clean, count, guess_language, identifier, raised
from gtm_pipelines.intake.web import company_domain
from tests.parts import corpora


def accepts(address: str) -> bool:
    try:
        parse_email(address)
    except BadEmail:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("A.Smith@Client.TEST", "a.smith@client.test"),
        (" mailto:info@client.example ", "info@client.example"),
        ("<anna+list@client.co.uk>", "anna+list@client.co.uk"),
        ("Иван@пример.рф", "иван@пример.рф"),
        ("x@xn--e1afmkfd.xn--p1ai", "x@пример.рф"),
    ],
)
def test_an_address_has_one_key_however_it_is_written(text: str, key: str) -> None:
    assert parse_email(text).key == key


def test_the_address_itself_is_kept_as_written() -> None:
    assert parse_email(" A.Smith@Client.TEST ").address == "A.Smith@Client.TEST"


@pytest.mark.parametrize(
    "text", ["anna", "anna@", "@x.test", "a..b@x.test", "a b@x.test", "a@localhost", "a@b@x.test", "a@x.test,"]
)
def test_what_is_no_address_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(BadEmail, match=r"\w{3}"):
        parse_email(text)


ATOMS = st.text(st.sampled_from("abZ09.-_+'!@xn\"( é"), max_size=12)


@given(local=ATOMS, domain=ATOMS, ending=st.sampled_from([".test", ".com", ".co.uk", "", ".invalid", ".xn--p1ai", ".1"]))
def test_the_quick_check_agrees_with_the_whole_one(local: str, domain: str, ending: str) -> None:
    address = f"{local}@{domain}{ending}".strip()
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
        whole = "." in found.domain
    except EmailNotValidError:
        whole = False
    assert accepts(address) == whole
    if whole:
        assert parse_email(address).key == found.normalized.lower()


def test_addresses_judged_by_experts_are_judged_alike() -> None:
    """White space around an address is taken off before it is judged; an address needs a dot in its domain."""
    wrong = []
    gold = Xml.parse(corpora("email-validity") / "test" / "tests.xml")  # noqa: S314 - test data that lies beside the checkout
    for test in gold.getroot().iter("test"):
        shown, category = test.findtext("address") or "", test.findtext("category") or ""
        address = "".join(chr(ord(c) - 0x2400) if "\u2400" <= c <= "\u2421" else c for c in shown)
        good, bad = category in ("ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN"), category == "ISEMAIL_ERR"
        if (
            address == address.strip()
            and address != "test@io"
            and ((good and not accepts(address)) or (bad and accepts(address)))
        ):
            wrong.append((address, category))
    assert wrong == []


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.Foo.co.uk/about?x=1", "foo.co.uk"),
        ("ru.foo.test", "foo.test"),
        ("http://user@foo.example:8080/", "foo.example"),
        ("http://пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("shop.myshopify.com", "shop.myshopify.com"),
        ("https://facebook.com/foo", None),
        ("gmail.com", None),
        ("http://192.168.0.1/", None),
        ("n/a", None),
        ("co.uk", None),
    ],
)
def test_a_website_gives_the_domain_that_names_its_company_or_none(website: str, domain: str | None) -> None:
    assert company_domain(website) == domain


@pytest.mark.parametrize(
    ("text", "number"),
    [("1 200", 1200), ("1,200", 1200), ("11–50", 30), ("5 000 - 10 000", 7500), ("10,001+", 10001), ("2.5k", 2500),
     ("3 тыс.", 3000), ("около 200", 200), ("1 250", 1250), ("1\u00a0250", 1250), ("1\u202f250 чел.", 1250),
     ("от 50 до 100", 75), ("от 1 000 до 2 000", 1500), ("50-100", 75), ("50 – 100 чел.", 75), ("более 500", 500), ("~200", 200),
     ("до 50", 50), ("500+", 500), ("12.0", 12), ("-5", None), ("many", None), ("99999999999", None)],
)  # fmt: skip
def test_numbers_of_people_are_read_as_people_write_them(text: str, number: int | None) -> None:
    assert count(text) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [(" 0077 123 456 ", "0077123456"), ('="00123"', "00123"), ("gb-123", "GB-123"), ("0000", None), ("-", None)],
)
def test_numbers_that_identify_lose_spaces_and_keep_leading_zeros(text: str, value: str | None) -> None:
    assert identifier(text) == value


def test_cells_come_out_on_one_line_without_control_signs() -> None:
    assert clean(" a\x07b\u200b \r\n\tc\u00a0 ") == "ab c"
    assert [clean(x) for x in ("", "  ", "N/A", "—", "null")] == [None] * 5
    assert clean("Null Island Ltd") == "Null Island Ltd"


@pytest.mark.parametrize(
    ("one", "other"),
    [("ООО «Ромашка»", "РОМАШКА"), ("China Vanke Co., Ltd.", "china vanke"), ("S.A. Foo", "Foo"), ("A & B, Inc.", "A and B")],
)
def test_companies_are_compared_without_signs_and_legal_form(one: str, other: str) -> None:
    assert company_key(one) == company_key(other)


def test_a_company_named_like_a_legal_form_keeps_its_name() -> None:
    assert company_key("LLC") == "llc"


def test_shouted_and_whispered_names_get_their_capitals() -> None:
    assert [person_name(x) for x in ("O'BRIEN", "smith-jones", "ИВАНОВА", "McDonald", "van Dijk")] == [
        "O'Brien", "Smith-Jones", "Иванова", "McDonald", "van Dijk",
    ]  # fmt: skip


def test_language_goes_by_the_share_of_cyrillic_letters() -> None:
    assert guess_language("Директор по IT, Acme") == "ru"
    assert guess_language("Chief of Яндекс Cloud operations in Europe") == "en"
    assert guess_language("+7 495 000") is None


def test_whoever_may_have_asked_for_silence_gets_it() -> None:
    assert [raised(x) for x in ("yes", "да", "1", "2024-05-01", "TRUE", "no", "нет", "0")] == [True] * 5 + [False] * 3
    asked = ("Do not contact", "unsubscribed", "opted-out", "отписался", "не беспокоить")
    assert all(asks_no_contact(x) for x in asked)
    assert not asks_no_contact("lead, contact again in May")


def test_one_profile_has_one_address() -> None:
    written = ("https://www.linkedin.com/in/Anna-B/?trk=x", "linkedin.com/in/anna-b", "http://uk.linkedin.com/in/anna-b#top")
    assert {linkedin_url(x) for x in written} == {"https://www.linkedin.com/in/anna-b"}
    assert linkedin_url("https://www.linkedin.com/") is None
