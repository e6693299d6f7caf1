-- Mart cost: one row a month, kind, source and purpose of what was paid for.
--
-- month: first day of the month, UTC
-- kind: what was paid for; enrichment is a fact bought from a source, model a call to a language model
-- source: who was paid
-- purpose: which field was bought, or what a model was asked for; 'nothing found' is spending without gain
-- items: how many facts, look-ups without gain, or calls
-- cost_usd: US dollars; what models of unknown price cost is not in it
-- lost_usd: of these the dollars that gave nothing
SELECT
    date_trunc('month', paid_at)::DATE AS "month", kind, source, purpose,
    count(*) AS items, sum(cost_usd) AS cost_usd, sum(lost_usd) AS lost_usd
FROM paid
GROUP BY ALL
ORDER BY "month", kind, source, purpose
