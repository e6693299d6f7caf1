-- Mart costly_calls: one row a call to a language model, the hundred that cost most.
--
-- call_id, asked_at, purpose: the call
-- source, model, pack: who answered, and what asked, as name@version
-- campaign_id, campaign, contact_id: whom it was for
-- input_tokens, output_tokens, latency_ms: its size, and how long it took
-- error_code: why it gave nothing (null where it answered)
-- cost_usd: US dollars
SELECT
    i.id AS call_id, i.created_at AS asked_at, i.purpose, i.provider AS source, i.model, i.pack_version AS pack,
    i.campaign_id, c.campaign, i.contact_id, i.input_tokens, i.output_tokens, i.latency_ms, i.error_code, i.cost_usd
FROM record.interaction AS i LEFT JOIN campaign_fact AS c USING (campaign_id)
WHERE NOT i.cached AND i.cost_usd > 0
ORDER BY i.cost_usd DESC, i.id
LIMIT 100
