-- One user's events of the last 90 days, newest first. Parameter: the user's id, in quotes.
WITH event AS (
  SELECT
    coalesce(data.userid, userid) AS user_id,
    coalesce(data.sessionid, sessionid) AS session_id,
    coalesce(data.eventtype, eventtype) AS event_type,
    coalesce(data.animalmetadata, animalmetadata) AS animal,
    coalesce(data.recommendationid, recommendationid) AS recommendation_id,
    coalesce(data."timestamp", "timestamp") AS event_time,
    arrival
  FROM events
  WHERE arrival >= date_format(current_timestamp - INTERVAL '90' DAY, 'year=%Y/month=%m/day=%d/hour=%H')
)
SELECT
  date_format(
    coalesce(
      from_unixtime(try_cast(event_time AS double)),
      try(from_iso8601_timestamp(event_time)),
      date_parse(arrival, 'year=%Y/month=%m/day=%d/hour=%H')
    ),
    '%Y-%m-%d %H:%i:%s'
  ) AS happened_at,
  session_id,
  event_type,
  animal.animal_species_id AS species,
  animal.animal_primary_breed_id AS breed,
  animal.animal_size_id AS size,
  animal.animal_age_id AS age,
  recommendation_id
FROM event
WHERE user_id = ?
ORDER BY happened_at DESC
LIMIT 500
