-- One row a message with events that say more than its state does.
CREATE OR REPLACE TEMP VIEW event_fact AS
SELECT
    message_id,
    bool_or(kind = 'bounced_hard') AS is_bounced_hard,
    bool_or(kind = 'bounced_soft') AS is_bounced_soft,
    bool_or(kind = 'opened') AS is_opened,
    bool_or(kind = 'complained') AS is_complained,
    bool_or(kind = 'unsubscribed') AS is_unsubscribed
FROM record.message_event
WHERE kind IN ('bounced_hard', 'bounced_soft', 'opened', 'complained', 'unsubscribed')
GROUP BY message_id;
