from __future__ import annotations

from collections import Counter

from gtm_pipelines.drafting.learning.model import worth
from gtm_pipelines.drafting.learning.splits import address_key, company_key, side, sides


def test_companies_are_divided_as_stated() -> None:
    counted = Counter(side(company_key(f"c{number}")) for number in range(20_000))
    assert 0.58 < counted["train"] / 20_000 < 0.62
    assert 0.18 < counted["validation"] / 20_000 < 0.22
    assert 0.18 < counted["held_out"] / 20_000 < 0.22


def test_colleagues_without_a_company_go_by_their_domain_and_users_of_free_mail_each_alone() -> None:
    assert address_key("a@acme.example", "1") == address_key(" B@Acme.example", "2")
    assert address_key("a@gmail.com", "1") != address_key("b@gmail.com", "2")
    assert address_key("A@gmail.com", "1") == address_key("a@gmail.com", "9")
    assert "a@gmail.com" not in address_key("a@gmail.com", "1")
    assert address_key(None, "7") != address_key("", "8")


def test_whatever_was_once_for_training_never_becomes_held_out() -> None:
    held = next(key for number in range(99) if side(key := company_key(f"c{number}")) == "held_out")
    assert sides({held: {"held_out"}}) == {held: "held_out"}
    assert sides({held: {"held_out", "train"}}) == {held: "train"}
    assert sides({held: {"validation"}}) == {held: "validation"}


def test_the_more_a_person_liked_it_the_more_it_is_worth() -> None:
    plain = {"positive": False, "harm": False}
    order = [
        worth("reject", edited=False, light=False, **plain),
        worth("approve", edited=True, light=False, **plain),
        worth("approve", edited=True, light=True, **plain),
        worth("approve", edited=False, light=False, **plain),
        worth("approve", edited=False, light=False, positive=True, harm=False),
    ]
    assert order == sorted(order)
    assert len(set(order)) == 5
    assert worth("approve", edited=False, light=False, positive=False, harm=True) < order[3]
    assert worth("reject", edited=False, light=False, positive=True, harm=False) == 0
