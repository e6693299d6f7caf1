"""Who may come in: accounts, their roles, and the last owner who cannot be lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.access.model import LONGEST
from gtm_pipelines.access.vouching import Vouched, vouched
from gtm_pipelines.acting import Actor, ForbiddenError, Role, act_as
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, PolicyError
from gtm_pipelines.record.tables import account, audit_event, sign_in
from gtm_pipelines.workbench import Workbench

WORDS = "correct horse battery"
NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def team(workbench: Workbench) -> Workbench:
    """A workbench with an owner and a reviewer."""
    workbench.accounts.add("anna", "owner", password=WORDS, by="person:local")
    workbench.accounts.add("rita", "reviewer", password=WORDS, by="person:anna")
    return workbench


def test_the_first_account_is_an_owner(workbench: Workbench) -> None:
    with pytest.raises(ConflictError, match="first account is an owner"):
        workbench.accounts.add("rita", "viewer", password=WORDS, by="person:local")
    made = workbench.accounts.add("  Anna@Example.com ", "owner", password=WORDS, by="person:local")
    assert (made.name, made.role, made.has_password) == ("anna@example.com", Role.OWNER, True)


def test_an_account_without_a_password_is_for_an_identity_provider(workbench: Workbench) -> None:
    made = workbench.accounts.add("anna@example.com", "owner", password=None, by="person:local")
    assert not made.has_password
    assert workbench.accounts.exist()
    assert not workbench.accounts.exist(with_password=True)
    assert workbench.sign_ins.vouched_for(_word(workbench.clock.now())) == Actor("anna@example.com", Role.OWNER)
    with pytest.raises(PolicyError, match="nobody is called so here"):
        workbench.sign_ins.vouched_for(_word(workbench.clock.now(), email="eve@example.com"))


def test_a_providers_word_holds_until_its_bearer_goes_and_never_again(workbench: Workbench) -> None:
    workbench.accounts.add("anna@example.com", "owner", password=None, by="person:local")
    word, later = _word(workbench.clock.now()), _word(workbench.clock.now(), nonce="2")
    for _ in range(2):
        assert workbench.sign_ins.vouched_for(word)
    assert [(one.signed_in, one.seen_at is not None) for one in workbench.accounts.list()] == [(1, True)]
    workbench.sign_ins.sign_out(word.token)
    assert workbench.sign_ins.vouched_for(word) is None
    assert workbench.sign_ins.vouched_for(later)
    assert (
        workbench.sign_ins.vouched_for(replace(_word(workbench.clock.now(), nonce="3"), at=workbench.clock.now() - LONGEST))
        is None
    )


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"aud": "another"}, "account.elsewhere"),
        ({"aud": []}, "account.elsewhere"),
        ({"aud": None}, "account.elsewhere"),
        ({"email": ""}, "account.nameless"),
        ({"email_verified": False}, "account.unverified"),
        ({"email_verified": "false"}, "account.unverified"),
        ({"email_verified": None}, "account.unverified"),
    ],
)
def test_a_word_that_is_not_for_us_or_not_of_a_confirmed_address_does_not_count(claims: dict[str, Any], code: str) -> None:
    with pytest.raises(PolicyError) as refused:
        _word(NOW, **claims)
    assert refused.value.rule == code


def test_providers_that_write_yes_as_a_word_or_name_several_applications_are_understood() -> None:
    assert _word(NOW, aud=["another", "gtm"], email_verified="true").address == "anna@example.com"


def _word(at: datetime, **claims: Any) -> Vouched:
    said = {"iss": "https://id.example", "sub": "1", "aud": "gtm", "iat": at.timestamp(), "nonce": "1"}
    return vouched({**said, "email": "Anna@example.com", "email_verified": True, **claims}, "gtm")


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaaaaaa", "anna-anna-anna-1", "x" * 2000])
def test_a_password_that_is_easily_guessed_is_refused(workbench: Workbench, password: str) -> None:
    with pytest.raises(InputError):
        workbench.accounts.add("anna", "owner", password=password, by="person:local")
    assert workbench.accounts.list() == []


@pytest.mark.parametrize("name", ["", "a b", "<script>", "имя", "x" * 121, "a\nb"])
def test_a_name_that_is_no_name_is_refused(workbench: Workbench, name: str) -> None:
    with pytest.raises(InputError):
        workbench.accounts.add(name, "owner", password=WORDS, by="person:local")


def test_nobody_is_there_twice(team: Workbench) -> None:
    with pytest.raises(ConflictError):
        team.accounts.add("ANNA", "viewer", password=WORDS, by="person:anna")


def test_the_only_owner_stays(team: Workbench) -> None:
    with pytest.raises(ConflictError, match="only owner"):
        team.accounts.set_role("anna", "viewer", by="person:anna")
    with pytest.raises(ConflictError, match="only owner"):
        team.accounts.remove("anna", by="person:anna")
    team.accounts.set_role("rita", "owner", by="person:anna")
    team.accounts.remove("anna", by="person:rita")
    assert [one.name for one in team.accounts.list()] == ["rita"]


def test_who_is_unknown_cannot_be_changed(team: Workbench) -> None:
    for act in (
        lambda: team.accounts.remove("eve", by="person:anna"),
        lambda: team.accounts.set_role("eve", "viewer", by="person:anna"),
        lambda: team.accounts.set_password("eve", WORDS, by="person:anna"),
    ):
        with pytest.raises(NotFoundError, match="gtm account list"):
            act()


def test_a_new_password_ends_every_sign_in(team: Workbench) -> None:
    token = team.sign_ins.sign_in("rita", WORDS, "10.0.0.1")
    with act_as(Actor("rita", Role.REVIEWER)):
        team.accounts.set_password("rita", "another few words", by="person:rita")
    assert team.sign_ins.who(token) is None
    assert team.sign_ins.sign_in("rita", "another few words", "10.0.0.1")


def test_only_an_owner_sets_anothers_password(team: Workbench) -> None:
    with act_as(Actor("rita", Role.REVIEWER)), pytest.raises(ForbiddenError):
        team.accounts.set_password("anna", "another few words", by="person:rita")


def test_neither_passwords_nor_tokens_stand_in_the_record(team: Workbench) -> None:
    token = team.sign_ins.sign_in("anna", WORDS, "10.0.0.1")
    with team.record.read() as connection:
        kept = [*connection.execute(sa.select(account)), *connection.execute(sa.select(sign_in))]
        hashes = list(connection.execute(sa.select(account.c.password_hash)).scalars())
    assert not any(secret in str(row) for row in kept for secret in (WORDS, token))
    assert all(one.startswith("$argon2id$") for one in hashes)
    assert len(set(hashes)) == 2, "the same password twice has two hashes"


def test_every_change_is_in_the_audit_under_the_name_of_whoever_acts(team: Workbench) -> None:
    team.accounts.set_role("rita", "editor", by="person:anna")
    with act_as(Actor("anna", Role.OWNER)):
        team.accounts.remove("rita", by="person:somebody-else")
    with team.record.read() as connection:
        query = sa.select(audit_event.c.actor, audit_event.c.action).where(audit_event.c.subject_type == "account")
        acts = [tuple(row) for row in connection.execute(query.order_by(audit_event.c.id))]
    assert acts == [
        ("person:local", "account.add"),
        ("person:anna", "account.add"),
        ("person:anna", "account.role"),
        ("person:anna", "account.remove"),
    ]
