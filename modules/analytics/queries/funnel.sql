-- How many visitors of the last 30 days viewed a kind of animal, then made it a favorite, and then applied for it.
SELECT
  count(DISTINCT CASE WHEN viewed_at IS NOT NULL THEN visitor END) AS viewed,
  count(DISTINCT CASE WHEN favored_at >= viewed_at THEN visitor END) AS then_favorite,
  count(DISTINCT CASE WHEN applied_at >= viewed_at THEN visitor END) AS then_applied
FROM (
  SELECT
    coalesce(user_id, session_id) AS visitor,
    species || '-' || breed || '-' || size || '-' || age AS animal_group,
    min(CASE WHEN event_type = 'DetailView' THEN happened_at END) AS viewed_at,
    max(CASE WHEN event_type = 'Favorite' THEN happened_at END) AS favored_at,
    max(CASE WHEN event_type = 'Application' THEN happened_at END) AS applied_at
  FROM event
  WHERE arrival >= date_format(current_timestamp - INTERVAL '30' DAY, 'year=%Y/month=%m/day=%d/hour=%H')
    AND coalesce(user_id, session_id) IS NOT NULL
  GROUP BY 1, 2
)
