-- Events a day by type, and the visitors behind them, over the last 30 days.
SELECT
  substr(arrival, 6, 4) || '-' || substr(arrival, 17, 2) || '-' || substr(arrival, 24, 2) AS day,
  coalesce(data.eventtype, eventtype) AS event_type,
  count(*) AS events,
  count(DISTINCT coalesce(data.userid, userid, data.sessionid, sessionid)) AS visitors
FROM events
WHERE arrival >= date_format(current_timestamp - INTERVAL '30' DAY, 'year=%Y/month=%m/day=%d/hour=%H')
  AND coalesce(data.eventtype, eventtype) IS NOT NULL
  AND coalesce(data.userid, userid, data.sessionid, sessionid) IS NOT NULL
GROUP BY 1, 2
ORDER BY 1 DESC, 2
