"""Who may come in: accounts, their roles, and the last owner who cannot be lost."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.acting import Actor, ForbiddenError, Role, act_as
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.record.tables import account, audit_event, sign_in
from gtm_pipelines.workbench import Workbench

WORDS = "correct horse battery"


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
    assert workbench.sign_ins.vouched_for("Anna@example.com") == Actor("anna@example.com", Role.OWNER)
    assert workbench.sign_ins.vouched_for("eve@example.com") is None


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
