"""Tools over lists: companies, people, where their rows came from, what is known, and segments."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from gtm_pipelines.mcp.answers import Answer, answer
from gtm_pipelines.record import companies, contacts
from gtm_pipelines.record.facts import of_subject
from gtm_pipelines.record.lineage import source_rows
from gtm_pipelines.workbench import Workbench

Limit = Annotated[int, Field(ge=1, le=100, description="Most entries to return.")]
Offset = Annotated[int, Field(ge=0, le=10_000_000, description="How many entries to pass over.")]
Text = Annotated[str, Field(max_length=2_000)]
Tree = Annotated[dict[str, Any], Field(description="A filter tree; the resource filters://grammar says how it is written.")]


class ListTools:
    """What an AI tool may read of lists, and the segments it may propose.

    Args:
        bench: the workbench.
        agent: who proposes, as ``agent:NAME``.
    """

    def __init__(self, bench: Workbench, agent: str) -> None:
        self._bench, self._agent = bench, agent

    def search_companies(self, search: Text = "", limit: Limit = 20, offset: Offset = 0) -> Answer:
        """List companies, or those with ``search`` in their name, domain or number; with how many there are."""
        record = self._bench.record
        rows = companies.page(record, search=search, limit=limit, offset=offset)
        return answer({"total": companies.count(record, search=search), "companies": rows})

    def search_contacts(self, search: Text = "", limit: Limit = 20, offset: Offset = 0) -> Answer:
        """List people, or those with ``search`` in their name, address, company or position; with how many there are."""
        record = self._bench.record
        rows = contacts.page(record, search=search, limit=limit, offset=offset)
        return answer({"total": contacts.count(record, search=search), "contacts": rows})

    def get_company(self, key: Text) -> Answer:
        """Show one company by id, domain, number or exact name: fields, tags, facts with their sources, rows of files."""
        return self._subject("company", companies.get(self._bench.record, key))

    def get_contact(self, key: Text) -> Answer:
        """Show one person by id, address or LinkedIn address: fields, tags, facts with their sources, rows of files."""
        return self._subject("contact", contacts.get(self._bench.record, key))

    def _subject(self, kind: Literal["company", "contact"], found: Any) -> Answer:
        facts, rows = of_subject(self._bench.record, found.id), source_rows(self._bench.record, found.id)
        tags = self._bench.tags.of(kind, found.id)
        return answer({kind: found, "tags": tags, "facts": list(facts), "source_rows": list(rows)})

    def search_knowledge(
        self, question: Text, company: str | None = None, contact: str | None = None, limit: Limit = 8
    ) -> Answer:
        """Find what is known in answer to a question, in English or Russian, over pages, facts, mails, replies and packs."""
        from gtm_pipelines.retrieval.model import Filters

        found = self._bench.search.search(question, Filters(company=company, contact=contact), limit=limit)
        return answer({"evidence": found.evidence, "notes": found.notes, "searched": found.searched})

    def list_segments(self) -> Answer:
        """List segments at their current version, each with its filter in words."""
        from gtm_pipelines.segments.describe import describe

        rows = [
            {"name": one.name, "version": one.version, "says": describe(one.filter), "filter": one.filter.to_json()}
            for one in self._bench.segments.list()
        ]
        return answer({"segments": rows})

    def preview_segment(self, filter: Tree, limit: Limit = 10, offset: Offset = 0) -> Answer:  # noqa: A002 - the field's word
        """Say in words what a filter means, count the people it finds and show some. Nothing is saved."""
        return answer(self._bench.segments.preview(filter, limit=limit, offset=offset))

    def propose_segment(self, name: Text, filter: Tree, why: Text) -> Answer:  # noqa: A002 - the field's word
        """Save a new segment for the user to look at. One that exists is never changed; no campaign is made of it."""
        from gtm_pipelines.errors import ConflictError

        if any(one.name == name.strip() for one in self._bench.segments.list()):
            raise ConflictError(f"There is a segment '{name.strip()}' already; propose yours under another name.")
        made = self._bench.segments.save(name, filter, by=self._agent, description=why)
        found = self._bench.segments.preview(filter, limit=0)
        look = f"The user looks at it on the page Segments, or deletes it: gtm segment delete '{made.name}'"
        return answer(
            {"segment": made.name, "version": made.version, "says": found.sentence, "people": found.count, "next": look}
        )
