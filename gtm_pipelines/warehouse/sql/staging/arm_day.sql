-- One row an arm of a campaign, language and day on which anything happened to it; people as in person_fact.
CREATE OR REPLACE TEMP VIEW arm_day AS
WITH happened AS (
    SELECT campaign_id, variant, "language", sent_on AS "day", 1 AS sent, is_delivered::INT AS delivered, 0 AS positive, 0 AS harmed
    FROM person_fact
    UNION ALL
    SELECT campaign_id, variant, "language", greatest(positive_on, sent_on), 0, 0, 1, 0 FROM person_fact WHERE is_positive
    UNION ALL
    SELECT campaign_id, variant, "language", greatest(harmed_on, sent_on), 0, 0, 0, 1 FROM person_fact WHERE is_harmed
)
SELECT
    campaign_id, variant, "language", "day",
    sum(sent)::BIGINT AS sent, sum(delivered)::BIGINT AS delivered, sum(positive)::BIGINT AS positive, sum(harmed)::BIGINT AS harmed
FROM happened GROUP BY ALL;
-- The arm others are compared with: the control arm 'baseline' where the campaign has one, else its first variant.
CREATE OR REPLACE TEMP MACRO reference_arm(variants) AS
    CASE WHEN json_contains(variants, '"baseline"') THEN 'baseline' ELSE json_extract_string(variants, '$[0]') END;
