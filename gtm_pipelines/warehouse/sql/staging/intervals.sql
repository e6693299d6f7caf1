-- Wilson 95 % interval of a share (E. B. Wilson, JASA 22, 1927, 209-212), the same as metrics/intervals.py.
CREATE OR REPLACE TEMP MACRO wilson_centre(k, n) AS (k / n + 3.8414588206941236 / (2 * n)) / (1 + 3.8414588206941236 / n);
CREATE OR REPLACE TEMP MACRO wilson_half(k, n) AS
    1.959963984540054 * sqrt(k / n * (1 - k / n) / n + 3.8414588206941236 / (4 * n * n)) / (1 + 3.8414588206941236 / n);
CREATE OR REPLACE TEMP MACRO rate(k, n) AS CASE WHEN n > 0 THEN k / n END;
CREATE OR REPLACE TEMP MACRO rate_low(k, n) AS
    CASE WHEN n = 0 OR k = 0 THEN 0.0 ELSE greatest(0.0, wilson_centre(k, n) - wilson_half(k, n)) END;
CREATE OR REPLACE TEMP MACRO rate_high(k, n) AS
    CASE WHEN n = 0 OR k = n THEN 1.0 ELSE least(1.0, wilson_centre(k, n) + wilson_half(k, n)) END;
