"""What each role may do, whichever face it comes through: services ask, and the record asks where a service forgot."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.acting import Actor, ForbiddenError, Role, act_as, actor, bind, granted, needs, role_of, signed
from gtm_pipelines.errors import GtmError, InputError, PolicyError
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.tables import audit_event
from gtm_pipelines.workbench import Workbench

BY = "person:rita"
Act = Callable[[Workbench], object]

ACTS: dict[str, tuple[Role, Act]] = {
    "edit a draft": (Role.REVIEWER, lambda b: b.review.edit("x", seen_revision=1, subject="Hello", body="Text", by=BY)),
    "approve": (Role.REVIEWER, lambda b: b.review.approve(["x"], by=BY)),
    "approve all": (Role.REVIEWER, lambda b: b.review.approve_recommended("Spring", by=BY)),
    "reject": (Role.REVIEWER, lambda b: b.review.reject(["x"], by=BY, reason="dull")),
    "exclude": (Role.REVIEWER, lambda b: b.review.exclude(["x"], by=BY, reason="a friend")),
    "undo": (Role.REVIEWER, lambda b: b.review.undo("x", by=BY)),
    "take back": (Role.REVIEWER, lambda b: b.review.take_back(["x"], by=BY, since=datetime(2026, 1, 1, tzinfo=UTC))),
    "propose": (Role.REVIEWER, lambda b: b.review.propose("x", seen_revision=1, subject="Hi", body="T", why="short", by=BY)),
    "let a finding pass": (Role.REVIEWER, lambda b: b.groundings.overrule("x", "key", by=BY, reason="true")),
    "hand over a conversation": (Role.REVIEWER, lambda b: b.inbox.assign("x", "rita", BY)),
    "close a conversation": (Role.REVIEWER, lambda b: b.inbox.close("x", BY)),
    "put a class right": (Role.REVIEWER, lambda b: b.replies.reclassify("x", "positive", BY)),
    "assign a reply": (Role.REVIEWER, lambda b: b.replies.assign("x", "y", BY)),
    "suppress": (Role.REVIEWER, lambda b: b.suppressions.add("address", "a@b.example", reason="asked", source=BY)),
    "import a file": (Role.EDITOR, lambda b: b.intake.import_file(_list(b), "contact")),
    "carry in a stop list": (Role.EDITOR, lambda b: b.suppressions.import_file(_list(b), source="file", by=BY)),
    "save a segment": (Role.EDITOR, lambda b: b.segments.save("All", {"all": []}, by=BY)),
    "make a campaign": (
        Role.EDITOR,
        lambda b: b.campaigns.create("Autumn", segment="None", pack="cold-email", mailboxes=["anna"], by=BY),
    ),
    "release a campaign": (Role.EDITOR, lambda b: b.campaigns.release("Spring", by=BY)),
    "hold a campaign": (Role.EDITOR, lambda b: b.campaigns.hold("Spring", by=BY)),
    "archive a campaign": (Role.EDITOR, lambda b: b.campaigns.archive("Spring", by=BY)),
    "ask for a send": (Role.EDITOR, lambda b: b.jobs.request("send", {"campaign": "Spring"}, by=BY)),
    "pause a mailbox": (Role.EDITOR, lambda b: b.mailboxes.pause("anna", by=BY)),
    "learn a voice": (Role.EDITOR, lambda b: b.voices.add("anna", ["Hello there."], language="en", by=BY)),
    "lift a suppression": (Role.OWNER, lambda b: b.suppressions.remove("address", "a@b.example", by=BY, reason="asked")),
    "hand out a person": (Role.OWNER, lambda b: b.privacy.export_person("a@b.example", b.settings.home_path / "out", by=BY)),
    "erase a person": (Role.OWNER, lambda b: b.privacy.erase_person("a@b.example", by=BY)),
    "let a data folder send": (Role.OWNER, lambda b: b.delivery.adopt(by=BY)),
    "let somebody in": (Role.OWNER, lambda b: b.accounts.add("eve", "owner", password="a few long words", by=BY)),
    "change a role": (Role.OWNER, lambda b: b.accounts.set_role("rita", "owner", by=BY)),
    "take somebody out": (Role.OWNER, lambda b: b.accounts.remove("anna", by=BY)),
}


def _list(bench: Workbench) -> Path:
    path = bench.settings.home_path / "list.csv"
    path.write_text("email\nann@one.example\n", "utf-8")
    return path


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_refused_below_its_role_and_not_from_it_on(workbench: Workbench, name: str) -> None:
    needed, act = ACTS[name]
    for role in Role:
        told = _refusal(workbench, role, act)
        assert (told is not None) == (role < needed), f"{role.word}: {name}"
        assert told is None or (role.word in told and "Ask an owner" in told)


def _refusal(bench: Workbench, role: Role, act: Act) -> str | None:
    with act_as(Actor("rita", role)):
        try:
            act(bench)
        except ForbiddenError as error:
            return str(error)
        except GtmError:  # there is nothing yet to do it to
            return None
    return None


def test_where_nobody_is_named_the_owner_of_the_machine_acts(workbench: Workbench) -> None:
    assert actor() is None
    workbench.suppressions.add("address", "a@b.example", reason="asked", source=BY)
    workbench.suppressions.remove("address", "a@b.example", by=BY, reason="asked again")
    assert workbench.suppressions.count() == 0


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_a_service_that_forgets_to_ask_is_closed(workbench: Workbench, role: Role) -> None:
    with act_as(Actor("vera", role)):
        with pytest.raises(ForbiddenError), workbench.record.write():
            pytest.fail("was let in")
        with workbench.record.read() as connection:
            assert connection.execute(sa.text("select 1")).scalar_one() == 1
        with granted(), workbench.record.write():
            pass


def test_what_was_let_in_ends_with_its_method(workbench: Workbench) -> None:
    @needs(Role.VIEWER, "note something")
    def note() -> None:
        with workbench.record.write():
            pass

    with act_as(Actor("vera", Role.VIEWER)):
        note()
        with pytest.raises(ForbiddenError), workbench.record.write():
            pytest.fail("was let in")


def test_one_persons_thread_says_nothing_about_anothers(workbench: Workbench) -> None:
    seen: list[Actor | None] = []
    with act_as(Actor("vera", Role.VIEWER)):
        thread = threading.Thread(target=lambda: (bind(Actor("anna", Role.OWNER)), seen.append(actor())))
        thread.start()
        thread.join()
        assert actor() == Actor("vera", Role.VIEWER)
    assert seen == [Actor("anna", Role.OWNER)]


def test_nobody_signs_for_another(workbench: Workbench, clock: object) -> None:
    act = {"action": "segment.save", "subject_type": "segment", "subject_id": "x", "at": workbench.clock.now()}
    with act_as(Actor("anna", Role.OWNER)), workbench.record.write() as connection:
        add_audit(connection, workbench.record.workspace_id, actor="person:somebody-else", **act)  # type: ignore[arg-type]
        add_audit(connection, workbench.record.workspace_id, actor="system", **act)  # type: ignore[arg-type]
    with workbench.record.read() as connection:
        actors = connection.execute(sa.select(audit_event.c.actor).order_by(audit_event.c.id)).scalars().all()
    assert actors == ["person:anna", "system"]
    assert signed("person:local") == "person:local"


def test_an_unknown_role_is_named_with_those_there_are() -> None:
    assert role_of(" Owner ") is Role.OWNER
    with pytest.raises(InputError, match="owner, editor, reviewer, viewer"):
        role_of("admin")
    assert issubclass(ForbiddenError, PolicyError)
