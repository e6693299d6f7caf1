"""Every draft is checked, edits are checked again, and what rules block is not approved unless a person says why it may pass."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.errors import ConflictError, InputError, PolicyError
from gtm_pipelines.record.tables import audit_event, grounding
from gtm_pipelines.review.model import DraftView
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import drafted


def edit(workbench: Workbench, draft: DraftView, words: str) -> DraftView:
    body = draft.body.replace("\n\n", f"\n\n{words}\n\n", 1)
    return workbench.review.edit(draft.id, seen_revision=draft.revision, subject=draft.subject, body=body, by="anna")


def english(workbench: Workbench) -> DraftView:
    return next(draft for draft in drafted(workbench) if draft.language == "en" and draft.variant == "direct")


def rows(workbench: Workbench) -> int:
    with workbench.record.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(grounding)).scalar_one()


def test_merged_drafts_are_checked_too_and_come_out_flagged_for_a_true_reason(workbench: Workbench) -> None:
    drafts = drafted(workbench)
    assert workbench.groundings.check("spring") == {"flag": len(drafts)}
    assert rows(workbench) == len(drafts)
    for one in workbench.groundings.of_drafts([draft.id for draft in drafts]).values():
        assert {shown.finding.rule for shown in one.findings} == {"recipient.unverified"}
    workbench.groundings.check("spring")
    assert rows(workbench) == len(drafts), "the same rules look at the same revision once"


def test_a_claim_is_shown_with_the_evidence_behind_it(workbench: Workbench) -> None:
    draft = english(workbench)
    shown = workbench.groundings.of_draft(draft.id)
    company = next(claim for claim in shown.claims if claim.text == "Acme")
    assert draft.body[company.start : company.end] == "Acme"
    assert [(each.evidence.text, each.evidence.source) for each in company.backing] == [("Acme Inc.", "import")]


def test_an_edit_is_checked_when_it_is_saved_and_what_is_blocked_is_not_approved(workbench: Workbench) -> None:
    draft = english(workbench)
    changed = edit(workbench, draft, "Siemens saved 40% with us.")
    with workbench.record.read() as connection:
        stored = connection.execute(sa.select(grounding).where(grounding.c.revision_number == 2)).one()
    assert (stored.verdict, stored.content_hash) == ("block", changed.content_hash)
    (refusal,) = workbench.review.approve([draft.id], by="anna").refused
    assert refusal.rule == "grounding.blocked"
    assert "'Siemens' stands in no evidence" in refusal.reason
    assert "'40%'" in refusal.reason
    assert workbench.review.count("spring", verdict="block") == 1
    edit(workbench, workbench.review.get(draft.id), "Nothing more.")
    body = workbench.review.get(draft.id).body.replace("Siemens saved 40% with us.\n\n", "")
    workbench.review.edit(draft.id, seen_revision=3, subject=draft.subject, body=body, by="anna")
    assert workbench.review.approve([draft.id], by="anna").approved == 1


def test_a_person_lets_a_finding_pass_with_a_reason_that_is_kept(workbench: Workbench) -> None:
    draft = english(workbench)
    edit(workbench, draft, "Siemens is a customer of ours.")
    (blocking,) = workbench.groundings.of_draft(draft.id).blocking
    with pytest.raises(InputError, match="Say why"):
        workbench.groundings.overrule(draft.id, blocking.key, by="anna", reason=" ")
    after = workbench.groundings.overrule(draft.id, blocking.key, by="anna", reason="They agreed to be named.")
    assert after.verdict == "flag"
    assert after.found == "block"
    passed = next(one for one in after.findings if one.key == blocking.key)
    assert (passed.passed_by, passed.passed_because) == ("person:anna", "They agreed to be named.")
    assert workbench.review.approve([draft.id], by="anna").approved == 1
    edit(workbench, workbench.review.get(draft.id), "Would a call help?")
    assert workbench.review.approve([draft.id], by="anna").approved == 1, "it holds for the same words later, too"
    edit(workbench, workbench.review.get(draft.id), "So is Bosch.")
    assert workbench.review.approve([draft.id], by="anna").approved == 0
    with workbench.record.read() as connection:
        acts = connection.execute(sa.select(audit_event).where(audit_event.c.action == "draft.overrule")).all()
    assert [(act.actor, act.detail["reason"]) for act in acts] == [("person:anna", "They agreed to be named.")]


def test_nobody_lets_an_open_field_or_a_missing_way_out_pass(workbench: Workbench) -> None:
    draft = english(workbench)
    edit(workbench, draft, "Is {first_name} the right person?")
    (blocking,) = workbench.groundings.of_draft(draft.id).blocking
    assert not blocking.may_pass
    with pytest.raises(PolicyError, match="Nobody may let this pass"):
        workbench.groundings.overrule(draft.id, blocking.key, by="anna", reason="please")
    with pytest.raises(ConflictError):
        workbench.groundings.overrule(draft.id, "unknown", by="anna", reason="please")
    now = workbench.review.get(draft.id)
    body = "\n".join(line for line in draft.body.splitlines() if "unsubscribe" not in line and "'No'" not in line)
    workbench.review.edit(draft.id, seen_revision=now.revision, subject=now.subject, body=body, by="anna")
    rules = {one.finding.rule for one in workbench.groundings.of_draft(draft.id).blocking}
    assert rules == {"compliance.opt_out"}


def test_only_people_let_findings_pass(workbench: Workbench) -> None:
    draft = english(workbench)
    edit(workbench, draft, "Siemens is a customer of ours.")
    (blocking,) = workbench.groundings.of_draft(draft.id).blocking
    with pytest.raises(PolicyError):
        workbench.groundings.overrule(draft.id, blocking.key, by="agent:one", reason="I say so")


def test_the_words_of_an_erased_person_are_in_no_finding_and_no_judgement(workbench: Workbench) -> None:
    draft = english(workbench)
    edit(workbench, draft, "Your colleague Perokhvost says hello, and so does Siemens.")
    for one in workbench.groundings.of_draft(draft.id).blocking:
        workbench.groundings.overrule(draft.id, one.key, by="anna", reason="Perokhvost agreed.")
    workbench.judging.run("spring")

    def said() -> int:
        with workbench.record.read() as connection:
            tables = [sa.table(name, sa.column("workspace_id")) for name in ("grounding", "overruling", "judgement")]
            return repr([connection.execute(sa.text(f"SELECT * FROM {table.name}")).all() for table in tables]).count(
                "Perokhvost"
            )

    assert said() >= 3
    exported = workbench.settings.home_path / "person.json"
    workbench.privacy.export_person(draft.contact_id, exported)
    assert "Perokhvost agreed." in exported.read_text("utf-8")
    workbench.privacy.erase_person(draft.contact_id, by="anna")
    assert said() == 0
