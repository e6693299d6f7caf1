-- Mart campaign_steps: one row a campaign and mail of its sequence. Answers to people who wrote are no steps.
--
-- campaign_id, campaign: the campaign
-- step: which mail of the sequence, from 1
-- sent, refused, bounced, delivered, replied, positive, unsubscribed: messages, see staging/message_fact.sql
-- hours_to_reply: between mail and first answer, the middle one (null without answers)
-- reply_rate, reply_rate_low, reply_rate_high: replied over delivered of that step, Wilson 95 %
-- positive_rate, positive_rate_low, positive_rate_high: positive over delivered, Wilson 95 %
WITH counts AS (
    SELECT
        campaign_id, step,
        count(*) FILTER (is_sent) AS sent,
        count(*) FILTER (is_refused) AS refused,
        count(*) FILTER (is_bounced) AS bounced,
        count(*) FILTER (is_delivered) AS delivered,
        count(*) FILTER (is_replied) AS replied,
        count(*) FILTER (is_positive) AS positive,
        count(*) FILTER (is_unsubscribed) AS unsubscribed,
        median(date_diff('second', sent_at, first_reply_at) / 3600.0) FILTER (is_replied) AS hours_to_reply
    FROM message_fact WHERE step <= 1000 AND (is_sent OR is_refused) GROUP BY campaign_id, step
)
SELECT
    n.campaign_id, c.campaign, n.step, n.sent, n.refused, n.bounced, n.delivered, n.replied, n.positive, n.unsubscribed,
    n.hours_to_reply,
    rate(n.replied, n.delivered) AS reply_rate, rate_low(n.replied, n.delivered) AS reply_rate_low,
    rate_high(n.replied, n.delivered) AS reply_rate_high,
    rate(n.positive, n.delivered) AS positive_rate, rate_low(n.positive, n.delivered) AS positive_rate_low,
    rate_high(n.positive, n.delivered) AS positive_rate_high
FROM counts AS n JOIN campaign_fact AS c USING (campaign_id)
ORDER BY n.campaign_id, n.step
