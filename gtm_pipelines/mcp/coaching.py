"""Tools over findings: what rules see in the figures, with evidence and advice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gtm_pipelines.mcp.answers import Answer, answer, document
from gtm_pipelines.mcp.campaigns import Campaign
from gtm_pipelines.workbench import Workbench

if TYPE_CHECKING:
    from mcp.server import MCPServer


class CoachTools:
    """What an AI tool may read of findings.

    Args:
        bench: the workbench.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    def list_findings(self, campaign: Campaign | None = None) -> Answer:
        """Show what rules see in the figures of one campaign or of everything, most pressing first.

        Each names its evidence with numerator, denominator and interval, its floor, a published benchmark with source and
        date where there is one, advice, and what is known of its effect. Where 'seen' is false the floor is not reached:
        'needed' is how many more it takes.
        """
        return answer({"findings": self._bench.findings.list(campaign)})


def add_resources(server: MCPServer[Any], bench: Workbench) -> None:
    """Serve the rules of findings that are in force."""
    told = "Rules of findings: what is looked for, floors, thresholds, advice, effects with sources."

    @server.resource("findings://rules", mime_type="application/json", description=told)
    def rules() -> str:
        book = bench.findings.book
        held = {"version": book.version, "rules": list(book.rules)}
        return document(held, rest="list_findings shows those that hold now")
