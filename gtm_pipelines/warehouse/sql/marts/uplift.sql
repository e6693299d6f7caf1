-- Mart uplift: one row a variant of a pack version and language, over every campaign in which both it and the reference arm were sent.
-- The reference is the control arm 'baseline' of a campaign, else its first variant. People as in staging/person_fact.sql.
--
-- pack, pack_version, variant, control, language: the arm and the arm it is compared with
-- drafter, control_drafter: what wrote them
-- campaigns: how many campaigns sent both
-- sent, delivered, positive, harmed: people of the variant
-- control_sent, control_delivered, control_positive, control_harmed: of the control
-- positive_rate, control_rate: positive over delivered of each
-- difference, difference_low, difference_high: variant less control, Newcombe 95 % for one look
-- chance_better: probability of a higher positive rate than the control's, Beta-Binomial, prior Beta(1, 49)
-- ratio_low, ratio_high: how many times as often as the control it is answered with interest, each campaign compared within itself (null: no end)
-- enough: whether both arms have reached the floor
-- needed: about how many more delivered people an arm wants before the difference can be told (null where no number would do)
-- verdict: not_enough_data, undecided, better or worse, by a test that holds however often one looks
-- decided_on: day from which the verdict stands
-- harm_ratio_low, harm_ratio_high: as ratio, of harm
-- harm_verdict: not_enough_data, undecided, better (less harm) or worse (more)
WITH arms AS (
    SELECT
        p.campaign_id, c.pack, c.pack_version, p.variant, p."language", reference_arm(c.variants) AS control, min(p.drafter) AS drafter,
        count(*) AS sent, count(*) FILTER (is_delivered) AS delivered,
        count(*) FILTER (is_positive) AS positive, count(*) FILTER (is_harmed) AS harmed
    FROM person_fact AS p JOIN campaign_fact AS c USING (campaign_id)
    GROUP BY p.campaign_id, c.pack, c.pack_version, p.variant, p."language", c.variants
),
days AS (
    SELECT
        campaign_id, variant, "language",
        list({'campaign': campaign_id, 'day': "day", 'sent': sent, 'delivered': delivered, 'positive': positive, 'harmed': harmed} ORDER BY "day") AS days
    FROM arm_day GROUP BY campaign_id, variant, "language"
)
SELECT
    a.pack, a.pack_version, a.variant, a.control, a."language", min(a.drafter) AS drafter, min(k.drafter) AS control_drafter,
    count(DISTINCT a.campaign_id) AS campaigns,
    sum(a.sent)::BIGINT AS sent, sum(a.delivered)::BIGINT AS delivered,
    sum(a.positive)::BIGINT AS positive, sum(a.harmed)::BIGINT AS harmed,
    sum(k.sent)::BIGINT AS control_sent, sum(k.delivered)::BIGINT AS control_delivered,
    sum(k.positive)::BIGINT AS control_positive, sum(k.harmed)::BIGINT AS control_harmed,
    rate(sum(a.positive), sum(a.delivered)) AS positive_rate,
    rate(sum(k.positive), sum(k.delivered)) AS control_rate,
    flatten(list(x.days)) AS days, flatten(list(y.days)) AS control_days
FROM arms AS a
JOIN arms AS k ON k.campaign_id = a.campaign_id AND k."language" = a."language" AND k.variant = a.control
JOIN days AS x ON x.campaign_id = a.campaign_id AND x."language" = a."language" AND x.variant = a.variant
JOIN days AS y ON y.campaign_id = k.campaign_id AND y."language" = k."language" AND y.variant = k.variant
WHERE a.variant <> a.control
GROUP BY a.pack, a.pack_version, a.variant, a.control, a."language"
ORDER BY a.pack, a.pack_version, a.variant, a."language"
