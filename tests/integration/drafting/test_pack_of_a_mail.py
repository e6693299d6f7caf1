"""What is learnt from a mail is learnt of the pack that wrote it, be it the first of a sequence, a later one or an answer."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from gtm_pipelines.record import examples, judgements
from gtm_pipelines.review.model import DraftView
from gtm_pipelines.workbench import Workbench
from tests.drafting_parts import leave, write_back
from tests.integration.drafting.test_later_mails import begun, later

PACKS = {1: "cold-email", 2: "follow-ups", 1001: "replies"}


@pytest.fixture
def left(workbench: Workbench) -> dict[int, tuple[DraftView, str]]:
    """A first mail, a later one and an answer to it that have left, by step, each with its message's id."""
    [first] = begun(workbench, 1)
    workbench.clock.sleep(timedelta(days=5).total_seconds())
    workbench.drafting.draft("spring")
    [second] = later(workbench)
    messages = {2: (second, leave(workbench, second))}
    inbound = write_back(workbench, second, "What does it cost?", "information_request", message_id=messages[2][1])
    answer = workbench.review.get(workbench.answers.draft_answer(inbound, "pricing").id)
    [sent] = [row for row in workbench.delivery.plan("spring").rows if row.state == "sent" and row.step == 1]
    assert sent.contact_id == first.contact_id
    return {1: (first, ""), 1001: (answer, leave(workbench, answer))} | messages


def test_a_judgement_names_the_pack_that_wrote_the_mail(workbench: Workbench, left: dict[int, tuple[DraftView, str]]) -> None:
    told = {"judge": "rules-1", "quality": 0.5, "risk": 0.1, "reasons": [], "created_at": workbench.clock.now()}
    rows = [{"draft_id": one.id, "revision_number": 1, "content_hash": one.content_hash, **told} for one, _ in left.values()]
    workspace = workbench.record.workspace_id
    with workbench.record.write() as connection:
        judgements.add(connection, workspace, rows)
        found = judgements.judged(connection, workspace, after="", limit=10)
    packs = {row["draft_id"]: row["pack"] for row in found}
    assert {step: packs[one.id] for step, (one, _) in left.items()} == PACKS


def test_a_corrected_answer_is_an_example_for_the_pack_it_answers(
    workbench: Workbench, left: dict[int, tuple[DraftView, str]]
) -> None:
    [view] = workbench.replies.page()
    workbench.replies.reclassify(view.id, "objection", "person:anna")
    [row] = examples.corrected_replies(workbench.record, None, after="", limit=10)
    assert (row["pack"], row["cls"]) == ("follow-ups", "objection")


@pytest.mark.slow
def test_the_figures_of_a_pack_are_those_of_the_mails_it_wrote(
    workbench: Workbench, left: dict[int, tuple[DraftView, str]]
) -> None:
    workbench.metrics.refresh()
    performance = workbench.marts.polars("pack_performance").filter(pl.col("sent") > 0)
    assert dict(performance.select("pack", "sent").iter_rows()) == dict.fromkeys(PACKS.values(), 1)
    for mart in ("lineage", "training_examples"):
        steps = workbench.marts.polars(mart).select("step", "pack").drop_nulls().unique()
        assert dict(steps.iter_rows()) == PACKS, mart
