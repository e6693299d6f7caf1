-- One row a draft with its latest decision; is_approved holds for the text as it stands now.
-- pack, pack_version: what it was first written from; a later mail or an answer has a pack of its own.
CREATE OR REPLACE TEMP VIEW draft_fact AS
WITH latest AS (
    SELECT draft_id, max(id) AS decision_id FROM record.decision GROUP BY draft_id
)
SELECT
    d.id, d.campaign_id, d.target_id, d.step, d.variant, d.language, d.drafter, d.status, d.current_revision, d.content_hash,
    x.id AS decision_id, x.kind AS decision, x.revision_number AS decided_revision, x.decided_by, x.reason AS decision_reason,
    x.created_at AS decided_at, p.pack, p.version AS pack_version,
    coalesce(d.status = 'approved' AND x.kind = 'approve' AND x.content_hash = d.content_hash, false) AS is_approved
FROM record.draft AS d
JOIN record.campaign AS c ON c.id = d.campaign_id
LEFT JOIN record.revision AS w ON w.draft_id = d.id AND w.number = 1
LEFT JOIN record.pack_version AS p ON p.id = coalesce(w.pack_version_id, c.pack_version_id)
LEFT JOIN latest AS l ON l.draft_id = d.id
LEFT JOIN record.decision AS x ON x.id = l.decision_id;
