-- Mart training_examples: one row a draft a person decided on: what was proposed, what was decided, what came of it.
--
-- draft_id, campaign_id, campaign, pack, pack_version, variant, language, drafter, step: the draft and what wrote it
-- first_subject, first_body: the text as it was drafted
-- final_subject, final_body: the text the decision was made on
-- revisions: how many there were up to it
-- edited: whether a person changed the text
-- decision, decided_by, decided_at, decision_reason: approve or reject, by whom, when and why
-- sent, delivered, bounced, replied: whether a message was made of it and what became of that (null where none was)
-- reply_class: class of the last answer by a person
-- split: the side its company stands on: train, validation or held_out (null until 'gtm learn examples')
-- change_kinds: what kinds of change a person made
-- change_share: share of the body's words that were taken out or put in
-- worth: what the draft is worth as an example, from 0 to 1
SELECT
    d.draft_id, d.campaign_id, d.campaign, d.pack, d.pack_version, d.variant, d."language", d.drafter, d.step,
    a.subject AS first_subject, a.body AS first_body, b.subject AS final_subject, b.body AS final_body,
    d.decided_revision AS revisions,
    a.content_hash <> b.content_hash AS edited,
    d.decision, d.decided_by, d.decided_at, d.decision_reason,
    d.is_sent AS sent, d.is_delivered AS delivered, d.is_bounced AS bounced, d.is_replied AS replied,
    d.last_reply_class AS reply_class,
    d.split,
    CAST(json_extract(d.labels, '$.edit.kinds') AS VARCHAR[]) AS change_kinds,
    CAST(json_extract(d.labels, '$.edit.share') AS DOUBLE) AS change_share,
    CAST(json_extract(d.labels, '$.worth') AS DOUBLE) AS worth
FROM batch AS d
JOIN record.revision AS a ON a.draft_id = d.draft_id AND a.number = 1
JOIN record.revision AS b ON b.draft_id = d.draft_id AND b.number = d.decided_revision
ORDER BY d.place
