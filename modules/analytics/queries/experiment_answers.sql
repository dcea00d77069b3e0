-- Lists that each arm of an experiment gave, and those for which its model did not answer. Parameters: the experiment, its first day, such as '2026-11-01'.
SELECT
  arm,
  count(DISTINCT exposure_id) AS given,
  count(DISTINCT CASE
    WHEN model IS NOT NULL AND recommendation_id IS NULL AND coalesce(source, '') <> 'personalize' THEN exposure_id
  END) AS degraded
FROM exposure
WHERE experiment = ?
  AND arrival >= date_format(date_parse(?, '%Y-%m-%d'), 'year=%Y/month=%m/day=%d/hour=%H')
GROUP BY 1
ORDER BY 1
