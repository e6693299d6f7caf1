-- Mart draft_cost: one row a campaign and pack version: what models took for writing its drafts. Drafts of templates cost nothing.
--
-- campaign_id, campaign, pack, pack_version: what was written
-- people, drafts: for how many people how many drafts a model wrote
-- cost_usd: US dollars for writing and rewriting them, calls that gave nothing included
-- cost_per_draft, cost_per_draft_low, cost_per_draft_high: a ratio of sums over people and its 95 % interval: where the mean of many more such drafts lies (null below two people)
--
-- The interval is that of W. G. Cochran, Sampling Techniques, 3rd ed., section 6.4.
WITH written AS (
    SELECT d.campaign_id, t.contact_id, d.pack, d.pack_version, count(*) AS drafts
    FROM draft_fact AS d JOIN record.target AS t ON t.id = d.target_id
    WHERE d.drafter <> 'baseline' GROUP BY ALL
),
taken AS (
    SELECT campaign_id, contact_id, pack, sum(cost_usd) AS cost_usd
    FROM paid WHERE stage = 'drafting' AND campaign_id IS NOT NULL GROUP BY ALL
),
sums AS (
    SELECT
        w.campaign_id, w.pack, w.pack_version, count(*) AS people, sum(w.drafts)::BIGINT AS drafts,
        sum(coalesce(t.cost_usd, 0.0)) AS cost_usd, sum(coalesce(t.cost_usd, 0.0) ** 2) AS squares,
        sum(coalesce(t.cost_usd, 0.0) * w.drafts) AS products, sum(w.drafts ** 2) AS draft_squares
    FROM written AS w
    LEFT JOIN taken AS t
        ON t.campaign_id = w.campaign_id AND t.contact_id = w.contact_id AND t.pack = w.pack || '@' || w.pack_version
    GROUP BY ALL
),
rated AS (
    SELECT
        *, cost_usd / drafts AS mean,
        CASE WHEN people > 1 THEN
            1.959963984540054 / drafts * sqrt(
                greatest(0.0, people / (people - 1) * (squares - 2 * cost_usd / drafts * products + (cost_usd / drafts) ** 2 * draft_squares))
            )
        END AS half
    FROM sums
)
SELECT
    r.campaign_id, c.campaign, r.pack, r.pack_version, r.people, r.drafts, r.cost_usd,
    r.mean AS cost_per_draft, greatest(0.0, r.mean - r.half) AS cost_per_draft_low, r.mean + r.half AS cost_per_draft_high
FROM rated AS r JOIN campaign_fact AS c USING (campaign_id)
ORDER BY r.campaign_id, r.pack, r.pack_version
