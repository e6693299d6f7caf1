"""Whether a version that an optimiser wrote has proved itself: what promotion asks before a person may decide."""

from __future__ import annotations

from gtm_pipelines.packs.model import Pack
from gtm_pipelines.record import optimisations
from gtm_pipelines.record.engine import Record

_SAID = {
    "undecided": "was not shown to be better than {base} on held-out cases: the difference is {difference:+.3f}, its interval "
    "from {low:+.3f} to {high:+.3f}",
    "worse": "did worse than {base} on held-out cases: {difference:+.3f}, from {low:+.3f} to {high:+.3f}",
    "not_enough_data": "was tried on {companies} companies only; about {needed} more are wanted to tell whether it is better",
}


def unproven(record: Record, pack: Pack) -> str | None:
    """Return why a compiled version may not be promoted without overruling the proof; ``None`` where it may.

    What people wrote themselves carries no attempt and is theirs to promote.
    """
    attempt_id = ((pack.compiled or {}).get("provenance") or {}).get("optimisation")
    if not attempt_id:
        return None
    with record.read() as connection:
        row = optimisations.find(connection, record.workspace_id, str(attempt_id))
    named = f"{pack.name}@{pack.version}"
    if row is None:
        return f"{named} was compiled by an attempt this record does not know, so nothing shows that it is better"
    if row["result_hash"] != pack.content_hash:
        return f"{named} was changed since it was measured, so what was measured says nothing of it"
    report = row["report"]
    if report.get("offered"):
        return None
    told = _SAID.get(report.get("verdict", ""), "was never measured to the end")
    figures = {name: value or 0 for name, value in (report.get("held_out") or {}).items() if name != "verdict"}
    blank = {"difference": 0.0, "low": 0.0, "high": 0.0, "companies": 0, "needed": 0}
    return f"{named} {told.format(**blank | figures, base=row['base_version'])}"
