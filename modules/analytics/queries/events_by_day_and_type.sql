-- Events a day by type, and the visitors behind them, over the last 30 days.
SELECT
  substr(arrival, 6, 4) || '-' || substr(arrival, 17, 2) || '-' || substr(arrival, 24, 2) AS day,
  event_type,
  count(*) AS events,
  count(DISTINCT coalesce(user_id, session_id)) AS visitors
FROM event
WHERE arrival >= date_format(current_timestamp - INTERVAL '30' DAY, 'year=%Y/month=%m/day=%d/hour=%H')
  AND event_type IS NOT NULL
  AND coalesce(user_id, session_id) IS NOT NULL
GROUP BY 1, 2
ORDER BY 1 DESC, 2
