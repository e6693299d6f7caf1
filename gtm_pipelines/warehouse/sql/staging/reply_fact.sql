-- One row a message that anything came back to: who answered, and how.
CREATE OR REPLACE TEMP VIEW reply_fact AS
SELECT
    message_id,
    bool_or("class" = 'positive') AS is_positive,
    bool_or("class" = 'negative') AS is_negative,
    bool_or("class" = 'information_request') AS is_information_request,
    bool_or("class" = 'other') AS is_other,
    bool_or("class" = 'unsubscribe') AS is_unsubscribe,
    bool_or("class" = 'auto_reply') AS is_auto_reply,
    bool_or("class" = 'complaint') AS is_complaint,
    bool_or("class" IN ('positive', 'negative', 'information_request', 'other', 'unsubscribe')) AS is_replied,
    min(received_at) FILTER ("class" IN ('positive', 'negative', 'information_request', 'other', 'unsubscribe')) AS first_reply_at,
    min(received_at) FILTER ("class" = 'positive') AS first_positive_at,
    min(received_at) FILTER ("class" IN ('unsubscribe', 'complaint')) AS first_objection_at,
    arg_max("class", received_at) FILTER ("class" IN ('positive', 'negative', 'information_request', 'other', 'unsubscribe'))
        AS last_reply_class
FROM record.inbound_message
WHERE message_id IS NOT NULL AND attribution <> 'own_copy'
GROUP BY message_id;
