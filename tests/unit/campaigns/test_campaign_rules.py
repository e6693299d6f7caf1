from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.campaigns.assign import Member, deal
from gtm_pipelines.campaigns.language import choose_language
from gtm_pipelines.campaigns.model import TRANSITIONS, check_transition, content_hash, mailbox_policy, person
from gtm_pipelines.campaigns.snapshot import candidate
from gtm_pipelines.errors import InputError, PolicyError
from gtm_pipelines.settings import MailboxSettings


class TestTheCoin:
    @given(st.dictionaries(st.text(min_size=1, max_size=6), st.sampled_from(["en", "ru"]), max_size=60), st.integers(0, 2**60))
    def test_it_deals_evenly_within_each_language_and_the_same_every_time(self, people: dict[str, str], seed: int) -> None:
        members = [Member(contact, language, None) for contact, language in people.items()]
        hands = deal(members, ("a", "b", "c"), ("m1", "m2"), seed)
        assert hands == deal(reversed(members), ("a", "b", "c"), ("m1", "m2"), seed)
        for language in ("en", "ru"):
            counts = Counter(hands[contact].variant for contact, spoken in people.items() if spoken == language)
            sizes = [counts[variant] for variant in ("a", "b", "c")]
            assert max(sizes) - min(sizes) <= 1

    def test_another_seed_deals_another_way(self) -> None:
        members = [Member(str(number), "en", None) for number in range(40)]
        deals = {tuple(hand.variant for _, hand in sorted(deal(members, ("a", "b"), ("m",), seed).items())) for seed in range(5)}
        assert len(deals) == 5

    def test_each_mailbox_carries_each_variant_alike(self) -> None:
        members = [Member(str(number), "en", None) for number in range(400)]
        pairs = Counter(deal(members, ("a", "b"), ("m1", "m2"), 1).values())
        assert set(pairs.values()) == {100}

    def test_a_contact_keeps_the_mailbox_that_wrote_before(self) -> None:
        members = [Member("known", "en", "m2"), Member("gone", "en", "m9")]
        for seed in range(10):
            hands = deal(members, ("a",), ("m1", "m2"), seed)
            assert hands["known"].mailbox == "m2"
            assert hands["gone"].mailbox in ("m1", "m2")


@pytest.mark.parametrize(
    ("contact", "company", "language"),
    [
        ({"language": "ru"}, {}, "ru"),
        ({"language": "Russian"}, {}, "ru"),
        ({"language": "en-GB", "full_name": "Иван"}, {}, "en"),
        ({}, {"language": "ru"}, "ru"),
        ({"full_name": "Иван Петров"}, {}, "ru"),
        ({"full_name": "John"}, {"name": "ООО Ромашка"}, "ru"),
        ({"full_name": "John"}, {"name": "Acme"}, "en"),
        ({"language": "de", "full_name": "Иван"}, {}, "en"),
    ],
)
def test_a_contact_is_written_to_in_the_language_most_likely_theirs(contact: Any, company: Any, language: str) -> None:
    assert choose_language({"contact": contact, "company": company}, ("en", "ru"), "en") == language


@pytest.mark.parametrize(
    ("contact", "problem"),
    [
        ({"email": "a@b.example"}, None),
        ({"email": None}, "no_email"),
        ({"email": "  "}, "no_email"),
        ({"email": "a@b"}, "bad_address"),
        ({"email": "a@b.c\r\nRCPT TO:<x@y.z>"}, "bad_address"),
        ({"email": "a b@c.example"}, "bad_address"),
        ({"email": "a@b.example,c@d.example"}, "bad_address"),
        ({"email": f"{'a' * 250}@b.example"}, "bad_address"),
        ({"email": "a@b.example", "do_not_contact": True}, "do_not_contact"),
    ],
)
def test_whom_a_snapshot_leaves_out(contact: dict[str, Any], problem: str | None) -> None:
    assert candidate({"contact": {"id": "1"} | contact, "company": {}}, ("en",), "en").problem == problem


def test_a_campaign_passes_only_along_its_states() -> None:
    for current, following in TRANSITIONS.items():
        for wanted in TRANSITIONS:
            if wanted in following:
                check_transition(current, wanted)
            else:
                with pytest.raises(PolicyError):
                    check_transition(current, wanted)
    with pytest.raises(InputError):
        check_transition("drafting", "gone")


def test_an_approval_names_subject_body_recipient_and_sender() -> None:
    box = MailboxSettings(name="anna", address="anna@x.example", postal_address="Street 1")
    policy = mailbox_policy(box)
    base = content_hash("s", "b", "r@x.example", policy)
    changed = [
        content_hash("s2", "b", "r@x.example", policy),
        content_hash("s", "b2", "r@x.example", policy),
        content_hash("s", "b", "r2@x.example", policy),
        content_hash("sb", "", "r@x.example", policy),
        *(
            content_hash("s", "b", "r@x.example", mailbox_policy(box.model_copy(update={name: "other"})))
            for name in ("name", "address", "display_name", "postal_address", "public_url")
        ),
    ]
    assert len({base, *changed}) == 10
    assert mailbox_policy(box.model_copy(update={"hourly_cap": 5})) == policy


def test_only_people_are_people() -> None:
    assert person(" anna ") == person("person:anna") == "person:anna"
    for machine in ("system:cron", "drafter:baseline", "person:"):
        with pytest.raises(PolicyError):
            person(machine)
    for nobody in ("", "  ", "two\nlines"):
        with pytest.raises(InputError):
            person(nobody)
