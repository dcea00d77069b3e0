-- The 20 breeds with the most interest over the last 30 days, and how much of it was serious.
SELECT
  species,
  breed,
  count(DISTINCT coalesce(user_id, session_id)) AS visitors,
  sum(CASE WHEN event_type = 'DetailView' THEN 1 ELSE 0 END) AS views,
  sum(CASE WHEN event_type = 'Favorite' THEN 1 ELSE 0 END) AS favorites,
  sum(CASE WHEN event_type = 'Application' THEN 1 ELSE 0 END) AS applications
FROM event
WHERE arrival >= date_format(current_timestamp - INTERVAL '30' DAY, 'year=%Y/month=%m/day=%d/hour=%H')
  AND breed IS NOT NULL
GROUP BY 1, 2
ORDER BY visitors DESC, views DESC, breed
LIMIT 20
