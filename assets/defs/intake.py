"""Lists come in: files to import rows, to companies and contacts; and who is never written to."""

import dagster as dg

from assets.checks import blocking, no_faults
from assets.failures import RETRY, told_plainly
from assets.lists import ImportConfig, files_to_import
from assets.metadata import counts, table
from assets.resources import Desk
from assets.warehouse import POOL, complete, copied, copy
from gtm_pipelines.intake.model import ImportReport
from gtm_pipelines.record import integrity
from gtm_pipelines.workbench import Workbench

GROUP = "intake"


@dg.asset(
    group_name=GROUP,
    kinds={"csv"},
    retry_policy=RETRY,
    description="Rows of imported files and what became of each. Without a file named, imports what waits in the inbox folder.",
    check_specs=[
        blocking("raw_imports", "rows_add_up", "Is every row of every file imported, merged, unchanged or rejected?"),
        complete("raw_imports"),
    ],
)
def raw_imports(
    config: ImportConfig, workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]
) -> dg.MaterializeResult:
    with told_plainly():
        if config.undo:
            desk.tell(undo=workbench.intake.undo(config.undo, by=config.by, progress=desk.progress))
        files = [] if config.undo else files_to_import(config, workbench.settings.inbox_path, workbench.record)
        reports = [
            workbench.intake.import_file(
                path,
                kind,
                overrides=config.overrides or None,
                sheet=config.sheet,
                profile=config.profile,
                save_profile=config.save_profile,
                by=config.by,
                session_key=config.session_key,
                source=config.source,
                lawful_basis=config.lawful_basis,
                progress=desk.progress,
            )
            for path, kind in files
        ]
        desk.tell(imports=reports)
        copies = copy(workbench, "import_batch", "import_row")
        check = no_faults("rows_add_up", integrity.unbalanced_imports(workbench.record))
        return copied(copies, checks=[check], **_described(reports))


def _described(reports: list[ImportReport]) -> dict[str, dg.MetadataValue | int]:
    reasons: dict[str, int] = {}
    for report in reports:
        for reason, count in report.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + count
    columns = ("file_name", "kind", "rows", "imported", "merged", "unchanged", "rejected", "encoding", "seconds")
    return {
        "files": table([{c: getattr(r, c) for c in columns} for r in reports], empty="no file waits in the inbox"),
        "rejects by reason": counts(reasons, "rejects"),
        "imported": sum(r.imported for r in reports),
        "rejected": sum(r.rejected for r in reports),
    }


@dg.asset(
    group_name=GROUP,
    deps=[raw_imports],
    kinds={"duckdb"},
    pool=POOL,
    description="Companies, one row each, whatever file or spelling they came from.",
    check_specs=[
        blocking("companies", "no_duplicates", "Does any tin, registration number or domain belong to two companies?"),
        blocking("companies", "references_hold", "Does every company name an import that is there?"),
        complete("companies"),
    ],
)
def companies(workbench: dg.ResourceParam[Workbench]) -> dg.MaterializeResult:
    with told_plainly():
        duplicates = no_faults("no_duplicates", integrity.duplicate_companies(workbench.record))
        references = no_faults("references_hold", integrity.broken_references(workbench.record, "company"))
        return copied(copy(workbench, "company"), checks=[duplicates, references])


@dg.asset(
    group_name=GROUP,
    deps=[raw_imports, companies],
    kinds={"duckdb"},
    pool=POOL,
    description="People, one row each, with the company they work for where it is known.",
    check_specs=[
        blocking("contacts", "no_duplicates", "Does any email or LinkedIn address belong to two contacts?"),
        blocking("contacts", "references_hold", "Does every contact name a company and an import that are there?"),
        complete("contacts"),
    ],
)
def contacts(workbench: dg.ResourceParam[Workbench]) -> dg.MaterializeResult:
    with told_plainly():
        duplicates = no_faults("no_duplicates", integrity.duplicate_contacts(workbench.record))
        references = no_faults("references_hold", integrity.broken_references(workbench.record, "contact"))
        return copied(copy(workbench, "contact"), checks=[duplicates, references])


@dg.asset(
    group_name=GROUP,
    deps=[contacts],
    kinds={"duckdb"},
    pool=POOL,
    description="Addresses, domains and companies that are never written to. Imports cannot lift an entry.",
    check_specs=[complete("suppressions")],
)
def suppressions(workbench: dg.ResourceParam[Workbench]) -> dg.MaterializeResult:
    with told_plainly():
        return copied(copy(workbench, "suppression"))
