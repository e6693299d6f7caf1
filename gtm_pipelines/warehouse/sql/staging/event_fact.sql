-- One row a message with events that no mail in the record says: opens, reports and one-click unsubscribes.
-- Events that came from an inbound message are left to its class, which a person may have put right since.
CREATE OR REPLACE TEMP VIEW event_fact AS
SELECT
    message_id,
    bool_or(kind = 'opened') AS is_opened,
    bool_or(kind = 'complained') AS is_complained,
    bool_or(kind = 'unsubscribed') AS is_unsubscribed,
    min(occurred_at) FILTER (kind IN ('complained', 'unsubscribed')) AS first_objection_at
FROM record.message_event
WHERE kind IN ('opened', 'complained', 'unsubscribed') AND NOT contains(source_key, ':inbound:')
GROUP BY message_id;
