-- One row a draft a person decided on, without its texts, in the order of decisions, which place counts from 1.
CREATE OR REPLACE TEMP VIEW decided_draft AS
SELECT row_number() OVER () AS place, *
FROM (
    SELECT
        d.id AS draft_id, d.campaign_id, f.campaign, d.pack, d.pack_version, d.variant, d."language", d.drafter, d.step,
        d.decided_revision, d.decision, d.decided_by, d.decided_at, d.decision_reason,
        m.is_sent, m.is_delivered, m.is_bounced, m.is_replied, m.last_reply_class, e.split, e.labels
    FROM draft_fact AS d
    JOIN campaign_fact AS f USING (campaign_id)
    LEFT JOIN message_fact AS m ON m.draft_id = d.id
    LEFT JOIN record.training_example AS e ON e.draft_id = d.id AND e.kind = 'draft'
    WHERE d.decision IN ('approve', 'reject')
    ORDER BY d.decided_at, d.id
);
