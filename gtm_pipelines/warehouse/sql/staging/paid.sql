-- One row a thing that money was or may have been paid for: a fact, a look-up without gain, a call to a model that was not answered
-- from the cache. What a call of unknown price cost is not known: is_unpriced. Facts and look-ups name no campaign.
CREATE OR REPLACE TEMP VIEW paid AS
SELECT
    id, retrieved_at AS paid_at, 'enrichment' AS kind, 'research' AS stage, source, field AS purpose,
    NULL::VARCHAR AS model, NULL::VARCHAR AS pack, NULL::VARCHAR AS campaign_id, NULL::VARCHAR AS contact_id,
    cost_usd, 0.0 AS lost_usd, false AS is_unpriced, false AS is_failed
FROM record.fact
UNION ALL
SELECT
    id, started_at, 'enrichment', 'research', source, 'nothing found', NULL, NULL, NULL, NULL,
    cost_usd, cost_usd, false, true
FROM record.lookup
WHERE facts = 0 AND status <> 'asking'
UNION ALL
SELECT
    id, created_at, 'model',
    CASE split_part(purpose, '.', 1)
        WHEN 'draft' THEN 'drafting'
        WHEN 'rewrite' THEN 'drafting'
        WHEN 'judge' THEN 'judging'
        WHEN 'reply' THEN 'replies'
        WHEN 'insight' THEN 'research'
        WHEN 'strategy' THEN 'strategy'
        WHEN 'coach' THEN 'coach'
        WHEN 'optimise' THEN 'learning'
        WHEN 'benchmark' THEN 'learning'
        ELSE 'other'
    END,
    provider, purpose, model, pack_version, campaign_id, contact_id,
    coalesce(cost_usd, 0.0), if(error_code IS NULL, 0.0, coalesce(cost_usd, 0.0)), cost_usd IS NULL, error_code IS NOT NULL
FROM record.interaction
WHERE NOT cached;
