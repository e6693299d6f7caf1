-- Mart campaign_answers: one row a campaign and class of what came back to it; a person may write more than once.
--
-- campaign_id, campaign: the campaign
-- class: what it means, as rules or a person said last
-- mails, people: how many came, from how many people
-- first_at, last_at: when the first and the last came, UTC
SELECT
    i.campaign_id, c.campaign, i."class", count(*) AS mails, count(DISTINCT i.contact_id) AS people,
    min(i.received_at) AS first_at, max(i.received_at) AS last_at
FROM record.inbound_message AS i JOIN campaign_fact AS c USING (campaign_id)
WHERE i.attribution <> 'own_copy'
GROUP BY ALL
ORDER BY i.campaign_id, mails DESC, i."class"
