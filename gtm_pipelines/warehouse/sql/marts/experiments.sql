-- Mart experiments: one row an arm of a campaign, set beside the reference: its control arm 'baseline', else its first variant.
--
-- campaign_id, campaign, pack, pack_version: the campaign
-- variant, drafter, is_reference: the arm the coin dealt, what wrote it, and whether it is the reference
-- dealt: people the coin gave the arm to who were not left out of the campaign
-- crossed: people of the arm to whom another variant was sent
-- uneven: whether the share of the dealt who were sent to differs from the reference's by more than chance (z test at 0.1 %)
-- sent, delivered, replied, positive, unsubscribed, complained, bounced, harmed: people of the arm, see staging/person_fact.sql
-- positive_rate, positive_rate_low, positive_rate_high: positive over delivered, Wilson 95 %
-- reply_rate, reply_rate_low, reply_rate_high: replied over delivered, Wilson 95 %
-- harm_rate, harm_rate_low, harm_rate_high: harmed over sent, Wilson 95 %
-- difference, difference_low, difference_high: positive rate less the reference's, Newcombe 95 % for one look (null for the reference)
-- chance_better: probability of a higher positive rate than the reference's, Beta-Binomial, prior Beta(1, 49)
-- ratio_low, ratio_high: how many times as often as the reference the arm is answered with interest, holds at every look (null: no end)
-- enough: whether both arms have reached the floor
-- needed: about how many more delivered people the arm wants before the difference can be told (null where no number would do)
-- verdict: reference, not_enough_data, undecided, better or worse, by a test that holds however often one looks, over all arms
-- decided_on: day from which the verdict stands
-- harm_ratio_low, harm_ratio_high: as ratio, of harm
-- harm_verdict: reference, not_enough_data, undecided, better (less harm) or worse (more)
WITH counts AS (
    SELECT
        p.campaign_id, p.variant, min(p.drafter) AS drafter,
        count(*) FILTER (is_crossed) AS crossed,
        count(*) AS sent,
        count(*) FILTER (is_delivered) AS delivered,
        count(*) FILTER (is_replied) AS replied,
        count(*) FILTER (is_positive) AS positive,
        count(*) FILTER (is_unsubscribed) AS unsubscribed,
        count(*) FILTER (is_complained) AS complained,
        count(*) FILTER (is_bounced) AS bounced,
        count(*) FILTER (is_harmed) AS harmed
    FROM person_fact AS p GROUP BY p.campaign_id, p.variant
),
dealt AS (
    SELECT campaign_id, variant, count(*) AS dealt FROM record.target
    WHERE status = 'active' OR id IN (SELECT target_id FROM person_fact) GROUP BY campaign_id, variant
),
days AS (
    SELECT campaign_id, variant, list({'day': "day", 'sent': sent, 'delivered': delivered, 'positive': positive, 'harmed': harmed} ORDER BY "day") AS days
    FROM (
        SELECT campaign_id, variant, "day", sum(sent)::BIGINT AS sent, sum(delivered)::BIGINT AS delivered,
            sum(positive)::BIGINT AS positive, sum(harmed)::BIGINT AS harmed
        FROM arm_day GROUP BY campaign_id, variant, "day"
    ) GROUP BY campaign_id, variant
)
SELECT
    c.campaign_id, c.campaign, c.pack, c.pack_version, n.variant, n.drafter,
    n.variant = reference_arm(c.variants) AS is_reference, d.dealt, n.crossed,
    n.sent, n.delivered, n.replied, n.positive, n.unsubscribed, n.complained, n.bounced, n.harmed,
    rate(n.positive, n.delivered) AS positive_rate, rate_low(n.positive, n.delivered) AS positive_rate_low,
    rate_high(n.positive, n.delivered) AS positive_rate_high,
    rate(n.replied, n.delivered) AS reply_rate, rate_low(n.replied, n.delivered) AS reply_rate_low,
    rate_high(n.replied, n.delivered) AS reply_rate_high,
    rate(n.harmed, n.sent) AS harm_rate, rate_low(n.harmed, n.sent) AS harm_rate_low, rate_high(n.harmed, n.sent) AS harm_rate_high,
    y.days
FROM counts AS n
JOIN campaign_fact AS c USING (campaign_id)
JOIN dealt AS d USING (campaign_id, variant)
JOIN days AS y USING (campaign_id, variant)
ORDER BY c.campaign, c.campaign_id, is_reference DESC, n.variant
