-- One user's events of the last 90 days, newest first. Parameter: the user's id, in quotes.
SELECT
  date_format(happened_at, '%Y-%m-%d %H:%i:%s') AS happened_at,
  session_id,
  event_type,
  species,
  breed,
  size,
  age,
  recommendation_id
FROM event
WHERE arrival >= date_format(current_timestamp - INTERVAL '90' DAY, 'year=%Y/month=%m/day=%d/hour=%H')
  AND user_id = ?
ORDER BY 1 DESC
LIMIT 500
