-- Lists that visitors of experiments were shown in the last 30 days, by shelf, model and hour, and how many of them led to a view, a favorite and an application. Parameter: within how many days, such as '7'.
SELECT
  shelf,
  model,
  date_format(first_shown_at, '%Y-%m-%dT%H:00:00Z') AS shown_hour,
  count(*) AS exposures,
  sum(viewed) AS viewed,
  sum(favored) AS favored,
  sum(applied) AS applied
FROM (
  SELECT
    shown.shelf,
    shown.model,
    shown.recommendation_id,
    shown.first_shown_at,
    max(CASE WHEN event_type = 'DetailView' THEN 1 ELSE 0 END) AS viewed,
    max(CASE WHEN event_type = 'Favorite' THEN 1 ELSE 0 END) AS favored,
    max(CASE WHEN event_type = 'Application' THEN 1 ELSE 0 END) AS applied
  FROM (
    SELECT shelf, model, recommendation_id, min(shown_at) AS first_shown_at
    FROM exposure
    WHERE arrival >= date_format(current_timestamp - INTERVAL '30' DAY, 'year=%Y/month=%m/day=%d/hour=%H')
      AND recommendation_id IS NOT NULL
      AND model IS NOT NULL
    GROUP BY 1, 2, 3
  ) AS shown
  LEFT JOIN (
    SELECT recommendation_id, event_type, happened_at
    FROM event
    WHERE arrival >= date_format(current_timestamp - INTERVAL '30' DAY, 'year=%Y/month=%m/day=%d/hour=%H')
      AND recommendation_id IS NOT NULL
  ) AS done
    ON done.recommendation_id = shown.recommendation_id
    AND date_diff('second', shown.first_shown_at, done.happened_at) BETWEEN 0 AND 86400 * CAST(? AS bigint)
  GROUP BY 1, 2, 3, 4
)
GROUP BY 1, 2, 3
ORDER BY 3, 1, 2
