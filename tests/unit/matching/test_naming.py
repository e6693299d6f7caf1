"""Names of companies are taken apart alike, however a list writes them."""

from __future__ import annotations

import pytest

from gtm_pipelines.matching.named import weigh_names, weigh_two
from gtm_pipelines.matching.naming import naming, namings
from gtm_pipelines.matching.terms import Terms

BIG = Terms(70_000, {"word": {"american": 400, "bank": 900, "poly": 30}})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SIEMENS AG  NA O.N.", "Siemens Aktiengesellschaft"),
        ("BP PLC SP.ADR/6 DL -,25", "BP p.l.c."),
        ("OREAL (L') INH.  EO 0,2", "L'Oreal S.A."),
        ("E.ON", "E.ON SE"),
        ("Boeing Company (The)", "BOEING CO"),
        ("RYANAIR HLDGS ADR NEW/5", "Ryanair Holdings plc"),
        ("TECNICAS REUNIDAS SA TECNICAS R", "Tecnicas Reunidas, S.A."),
        ("SIMON PROPERTY GRP PAIRED", "Simon Property Group, Inc."),
        ("ПАО «Газпром»", "Gazprom PJSC"),
        ("ООО Ромашка", "Romashka LLC"),
    ],
)
def test_two_spellings_keep_the_same_telling_words(one: str, other: str) -> None:
    assert naming(one).strong == naming(other).strong


@pytest.mark.parametrize(
    "name", ["New Work SE", "Nam Tai Property", "AG Mortgage Investment Trust", "Industrial Bank", "E.ON SE"]
)
def test_the_first_word_of_a_name_is_never_taken_for_notation(name: str) -> None:
    assert naming(name).strong[0] == name.lower().replace(".", " ").split()[0]


def test_a_legal_form_is_told_from_the_name_and_its_kin() -> None:
    assert naming("Citrix Systems, Inc.").form == naming("Citrix Systems Corporation").form == "corporation"
    assert naming("Citrix Systems").form is None


def test_a_former_name_and_the_one_of_the_description_are_names_too() -> None:
    assert [one.strong for one in namings("Meta (formerly Facebook Inc)", None)] == [("meta",), ("facebook",)]
    told = namings("COMMONW.BK AUSTR.", "Commonwealth Bank of Australia provides banking services.")
    assert told[-1].strong == ("commonwealth", "bank", "australia")


def test_a_description_of_somebody_else_gives_no_name() -> None:
    assert len(namings("Regal Partners", "Morris Holdings Limited is an investment holding company.")) == 1


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("COMMONW.BK AUSTR.", "Commonwealth Bank of Australia"),
        ("GATEWAY R.EST.AG O.N.", "Gateway Real Estate AG"),
        ("HARMONY GD MNG ADRRC,-50", "Harmony Gold Mining Co. Ltd."),
        ("FRESENIUS MD.CARE ADR 1/2", "Fresenius Medical Care AG"),
        ("ASTON MART.LA.UADR LS-001", "ASTON MARTIN LAG.GLB.HLDG"),
        ("INTELLIA THERAPEU  DL-,01", "Intellia Therapeutics, Inc."),
    ],
)
def test_abbreviations_stand_for_the_words_they_shorten(short: str, full: str) -> None:
    weight, _ = weigh_two(naming(short), naming(full), BIG)
    assert weight > 16


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("American International Group, Inc.", "American National Group Inc."),
        ("Invesco Physical Gold ETC", "Invesco Physical Platinum ETC"),
        ("Acme Europe", "Acme India"),
        ("BPA TB LG FTSE MIB 22250", "BPA TB LG FTSE MIB 21250"),
        ("T & I Global Limited", "T.T. Limited"),
    ],
)
def test_sisters_and_strangers_are_not_taken_for_one_by_name(one: str, other: str) -> None:
    (reason,) = weigh_names(one, other, namings(one, None), namings(other, None), BIG)
    assert reason.weight < 16
