-- One row a person to whom an arm of a campaign was sent, over all their messages; the unit an experiment counts.
-- The arm is the one the coin dealt, whatever was sent in the end: crossed tells where a reviewer chose another variant.
-- Harmed: unsubscribed, complained or bounced.
CREATE OR REPLACE TEMP VIEW person_fact AS
SELECT
    m.campaign_id, m.target_id, t.variant, any_value(m."language") AS "language", min(m.drafter) AS drafter,
    bool_or(m.variant <> t.variant) AS is_crossed,
    bool_or(is_delivered) AS is_delivered,
    bool_or(is_replied) AS is_replied,
    bool_or(is_positive) AS is_positive,
    bool_or(is_unsubscribed) AS is_unsubscribed,
    bool_or(is_complained) AS is_complained,
    NOT bool_or(is_delivered) AS is_bounced,
    NOT bool_or(is_delivered) OR bool_or(is_unsubscribed OR is_complained) AS is_harmed,
    min(sent_at)::DATE AS sent_on,
    min(coalesce(first_positive_at, sent_at)) FILTER (is_positive)::DATE AS positive_on,
    min(coalesce(first_objection_at, sent_at)) FILTER (is_unsubscribed OR is_complained OR NOT is_delivered)::DATE AS harmed_on
FROM message_fact AS m JOIN record.target AS t ON t.id = m.target_id
WHERE m.is_sent
GROUP BY m.campaign_id, m.target_id, t.variant;
