-- Mart spend: one row a day, stage, source, model, pack and campaign of what was paid for.
--
-- day: in UTC
-- kind: enrichment is a fact bought from a source, model a call to a language model
-- stage: what the money was for: research, strategy, drafting, judging, replies, coach, learning or other
-- source, model: who was paid, and for which model (null for enrichment)
-- pack: the pack that asked, as name@version (null where none did)
-- campaign_id, campaign: what it was for (null where it was for no campaign, as all enrichment)
-- items, failed, unpriced: facts, look-ups or calls; those that gave nothing; those of unknown price, which are not in cost_usd
-- cost_usd, lost_usd: US dollars, and those of them that gave nothing
SELECT
    p.paid_at::DATE AS "day", p.kind, p.stage, p.source, p.model, p.pack, p.campaign_id, c.campaign,
    count(*) AS items, count(*) FILTER (is_failed) AS failed, count(*) FILTER (is_unpriced) AS unpriced,
    sum(p.cost_usd) AS cost_usd, sum(p.lost_usd) AS lost_usd
FROM paid AS p LEFT JOIN campaign_fact AS c USING (campaign_id)
GROUP BY ALL
ORDER BY "day", p.kind, p.stage, p.source, p.model, p.pack, p.campaign_id
