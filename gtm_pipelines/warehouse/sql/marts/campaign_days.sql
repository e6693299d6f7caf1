-- Mart campaign_days: one row a campaign and day on which mails of it left or were refused, with what became of those mails since.
--
-- campaign_id, campaign: the campaign
-- day: on which they were handed over, UTC
-- sent, refused, bounced, delivered, replied, positive, unsubscribed, complained: messages, see staging/message_fact.sql
-- opened: messages opened
SELECT
    m.campaign_id, c.campaign, m.tried_at::DATE AS "day",
    count(*) FILTER (is_sent) AS sent, count(*) FILTER (is_refused) AS refused, count(*) FILTER (is_bounced) AS bounced,
    count(*) FILTER (is_delivered) AS delivered, count(*) FILTER (is_opened) AS opened,
    count(*) FILTER (is_replied) AS replied, count(*) FILTER (is_positive) AS positive,
    count(*) FILTER (is_unsubscribed) AS unsubscribed, count(*) FILTER (is_complained) AS complained
FROM message_fact AS m JOIN campaign_fact AS c USING (campaign_id)
WHERE m.is_sent OR m.is_refused
GROUP BY ALL
ORDER BY m.campaign_id, "day"
