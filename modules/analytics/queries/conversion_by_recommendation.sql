-- Views, favorites and applications of the last 30 days that carry a recommendation's id, in total and for each id.
SELECT
  coalesce(event.recommendation_id, 'all recommendations') AS recommendation_id,
  count(DISTINCT coalesce(user_id, session_id)) AS visitors,
  sum(CASE WHEN event_type = 'DetailView' THEN 1 ELSE 0 END) AS views,
  sum(CASE WHEN event_type = 'Favorite' THEN 1 ELSE 0 END) AS favorites,
  sum(CASE WHEN event_type = 'Application' THEN 1 ELSE 0 END) AS applications,
  max(CASE WHEN event_type = 'Application' THEN 1 ELSE 0 END) = 1 AS converted
FROM event
WHERE arrival >= date_format(current_timestamp - INTERVAL '30' DAY, 'year=%Y/month=%m/day=%d/hour=%H')
  AND event.recommendation_id IS NOT NULL
GROUP BY GROUPING SETS ((), (event.recommendation_id))
ORDER BY grouping(event.recommendation_id) DESC, applications DESC, favorites DESC, views DESC, 1
LIMIT 1001
