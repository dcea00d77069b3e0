-- What came of each recommendation of the last 30 days: views, favorites and applications that carry its id.
WITH event AS (
  SELECT
    coalesce(data.recommendationid, recommendationid) AS recommendation_id,
    coalesce(data.eventtype, eventtype) AS event_type,
    coalesce(data.userid, userid, data.sessionid, sessionid) AS visitor
  FROM events
  WHERE arrival >= date_format(current_timestamp - INTERVAL '30' DAY, 'year=%Y/month=%m/day=%d/hour=%H')
)
SELECT
  recommendation_id,
  count(DISTINCT visitor) AS visitors,
  sum(CASE WHEN event_type = 'DetailView' THEN 1 ELSE 0 END) AS views,
  sum(CASE WHEN event_type = 'Favorite' THEN 1 ELSE 0 END) AS favorites,
  sum(CASE WHEN event_type = 'Application' THEN 1 ELSE 0 END) AS applications,
  max(CASE WHEN event_type = 'Application' THEN 1 ELSE 0 END) = 1 AS converted
FROM event
WHERE recommendation_id IS NOT NULL
GROUP BY 1
ORDER BY applications DESC, favorites DESC, views DESC, recommendation_id
LIMIT 1000
