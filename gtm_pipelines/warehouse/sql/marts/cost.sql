-- Mart cost: one row a source, purpose and month of what was paid for.
--
-- month: first day of the month, UTC
-- kind: what was paid for; enrichment is a fact bought from a source
-- source: who was paid
-- purpose: which field was bought
-- items: how many
-- cost_usd: US dollars
SELECT
    date_trunc('month', retrieved_at)::DATE AS "month", 'enrichment' AS kind, source, field AS purpose,
    count(*) AS items, sum(cost_usd) AS cost_usd
FROM record.fact
GROUP BY ALL
ORDER BY "month", source, purpose
