-- Mart deliverability: one row a mailbox and class of recipient domain.
--
-- mailbox: the sender identity
-- domain_class: who receives: google, microsoft, yahoo, mail_ru, yandex, apple, gmx, proton, or business for any own domain
-- bounced_hard, bounced_soft: the two kinds of bounce
-- failed, unknown, deferred: messages that did not leave (refused ones too), may have left, or wait for another try
-- auto_replied, complained: automatic answers; reports as spam
-- sent, refused, bounced, delivered, replied, positive, unsubscribed: messages, see staging/message_fact.sql
-- bounce_rate, bounce_rate_low, bounce_rate_high: bounced or refused over sent or refused, Wilson 95 %
-- reply_rate, reply_rate_low, reply_rate_high: replied over delivered, Wilson 95 %
-- positive_rate, positive_rate_low, positive_rate_high: positive over delivered, Wilson 95 %
WITH classed AS (
    SELECT
        *,
        CASE
            WHEN recipient_domain IN ('gmail.com', 'googlemail.com') THEN 'google'
            WHEN regexp_matches(recipient_domain, '^(outlook|hotmail|live|msn)\.') THEN 'microsoft'
            WHEN regexp_matches(recipient_domain, '^(yahoo|ymail|rocketmail|aol)\.') THEN 'yahoo'
            WHEN recipient_domain IN ('mail.ru', 'bk.ru', 'inbox.ru', 'list.ru', 'internet.ru') THEN 'mail_ru'
            WHEN regexp_matches(recipient_domain, '^(yandex\.|ya\.ru$)') THEN 'yandex'
            WHEN recipient_domain IN ('icloud.com', 'me.com', 'mac.com') THEN 'apple'
            WHEN regexp_matches(recipient_domain, '^(gmx\.|web\.de$)') THEN 'gmx'
            WHEN recipient_domain IN ('proton.me', 'protonmail.com', 'pm.me') THEN 'proton'
            ELSE 'business'
        END AS domain_class
    FROM message_fact
),
counts AS (
    SELECT
        mailbox, domain_class,
        count(*) FILTER (is_bounced_hard) AS bounced_hard,
        count(*) FILTER (is_bounced_soft) AS bounced_soft,
        count(*) FILTER (state IN ('failed', 'reconciled') AND NOT is_sent) AS failed,
        count(*) FILTER (state = 'unknown') AS unknown,
        count(*) FILTER (state = 'deferred') AS deferred,
        count(*) FILTER (is_auto_replied) AS auto_replied,
        count(*) FILTER (is_complained) AS complained,
        count(*) FILTER (is_sent) AS sent,
        count(*) FILTER (is_refused) AS refused,
        count(*) FILTER (is_bounced) AS bounced,
        count(*) FILTER (is_delivered) AS delivered,
        count(*) FILTER (is_replied) AS replied,
        count(*) FILTER (is_positive) AS positive,
        count(*) FILTER (is_unsubscribed) AS unsubscribed
    FROM classed
    GROUP BY ALL
)
SELECT
    *,
    rate(bounced + refused, sent + refused) AS bounce_rate, rate_low(bounced + refused, sent + refused) AS bounce_rate_low,
    rate_high(bounced + refused, sent + refused) AS bounce_rate_high,
    rate(replied, delivered) AS reply_rate, rate_low(replied, delivered) AS reply_rate_low,
    rate_high(replied, delivered) AS reply_rate_high,
    rate(positive, delivered) AS positive_rate, rate_low(positive, delivered) AS positive_rate_low,
    rate_high(positive, delivered) AS positive_rate_high
FROM counts
ORDER BY mailbox, domain_class
