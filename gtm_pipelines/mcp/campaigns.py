"""Tools over campaigns: how they stand, what would leave when, drafts with their evidence, replies."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import Field

from gtm_pipelines.mcp.answers import Answer, answer
from gtm_pipelines.mcp.lists import Limit, Offset, Text
from gtm_pipelines.workbench import Workbench

Campaign = Annotated[str, Field(max_length=200, description="Name or id of a campaign.")]


class CampaignTools:
    """What an AI tool may read of campaigns, and the texts it may propose.

    Args:
        bench: the workbench.
        agent: who proposes, as ``agent:NAME``.
    """

    def __init__(self, bench: Workbench, agent: str) -> None:
        self._bench, self._agent = bench, agent

    def list_campaigns(self) -> Answer:
        """List campaigns with their state, segment and pack."""
        names = ("name", "id", "status", "segment_name", "segment_version", "pack", "pack_version", "variants", "created_at")
        return answer({"campaigns": [{name: getattr(one, name) for name in names} for one in self._bench.campaigns.list()]})

    def get_campaign(self, campaign: Campaign) -> Answer:
        """Show every count of one campaign's funnel as the record has it now, with its settings."""
        found = self._bench.campaigns.get(campaign)
        return answer({"campaign": found, "counts": self._bench.campaigns.status(campaign)})

    def get_plan(self, campaign: Campaign, limit: Limit = 30, offset: Offset = 0) -> Answer:
        """Say who would get what, when and from which mailbox, and for everyone else the rule that stops it. Sends nothing."""
        plan = self._bench.delivery.plan(campaign)
        shown = plan.rows[offset : offset + limit]
        return answer({"total": len(plan.rows), "stopped": plan.stopped, "waiting": plan.waiting, "rows": shown})

    def list_drafts(
        self,
        campaign: Campaign,
        status: Literal["drafted", "approved", "rejected"] | None = None,
        search: Text = "",
        limit: Limit = 20,
        offset: Offset = 0,
    ) -> Answer:
        """List drafts of a campaign, with what rules and the judge said of each; the text is in get_draft."""
        filters: dict[str, Any] = {"status": status, "search": search or None}
        rows = self._bench.review.page(campaign, limit=limit, offset=offset, **filters)
        scores = self._bench.review.scores([one.id for one in rows])
        names = (
            "id",
            "contact_name",
            "company_name",
            "variant",
            "language",
            "step",
            "status",
            "recommended",
            "revision",
            "subject",
        )
        shown = [{name: getattr(one, name) for name in names} | {"scores": scores.get(one.id)} for one in rows]
        return answer({"total": self._bench.review.count(campaign, **filters), "drafts": shown})

    def get_draft(self, draft_id: Text) -> Answer:
        """Show one draft: text, revision, what its claims rest on, what the rules found, the judge's reasons, its history."""
        view = self._bench.review.get(draft_id)
        grounds = self._bench.groundings.of_drafts([draft_id]).get(draft_id)
        scores = self._bench.review.scores([draft_id]).get(draft_id)
        past = self._bench.review.revisions(draft_id)
        return answer({"draft": view, "grounding": grounds, "scores": scores, "revisions": past})

    def propose_draft(self, draft_id: Text, seen_revision: int, subject: Text, body: str, why: Text) -> Answer:
        """Put another text beside a draft. It stays a proposal until a person keeps it, and is then approved like any other.

        ``seen_revision`` is the revision you read; ``body`` is the whole mail with its footer. Claims need a fact as evidence.
        """
        made = self._bench.review.propose(
            draft_id, seen_revision=seen_revision, subject=subject, body=body, why=why, by=self._agent
        )
        return answer({"proposal": made, "next": "The user keeps or drops it on the page Review."})

    def list_replies(
        self, campaign: Campaign | None = None, kind: str | None = None, limit: Limit = 20, offset: Offset = 0
    ) -> Answer:
        """List what came back, newest first: class, confidence, reason, text. ``kind`` is a class such as 'positive'."""
        rows = self._bench.replies.page(campaign=campaign, cls=kind, limit=limit, offset=offset)
        return answer({"replies": [asdict(one) for one in rows]})

    def list_packs(self) -> Answer:
        """List prompt packs with their versions, languages and which version counts."""
        return answer({"packs": self._bench.packs.list()})

    def get_pack(self, pack: Text, version: str | None = None) -> Answer:
        """Show a pack whole: what it is for, its instructions, templates and examples, and what the rules say of it."""
        found = self._bench.packs.get(pack, version)
        return answer({"pack": found, "problems": self._bench.pack_versions.lint(found.name, found.version)})
