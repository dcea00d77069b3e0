-- How many visitors of the last 30 days viewed a kind of animal, then made it a favorite, then applied for it.
WITH event AS (
  SELECT
    coalesce(data.userid, userid, data.sessionid, sessionid) AS visitor,
    coalesce(data.eventtype, eventtype) AS event_type,
    coalesce(data.animalmetadata, animalmetadata) AS animal,
    coalesce(
      from_unixtime(try_cast(coalesce(data."timestamp", "timestamp") AS double)),
      try(from_iso8601_timestamp(coalesce(data."timestamp", "timestamp"))),
      date_parse(arrival, 'year=%Y/month=%m/day=%d/hour=%H')
    ) AS happened_at
  FROM events
  WHERE arrival >= date_format(current_timestamp - INTERVAL '30' DAY, 'year=%Y/month=%m/day=%d/hour=%H')
),
interest AS (
  SELECT
    visitor,
    animal.animal_species_id || '-' || animal.animal_primary_breed_id || '-' || animal.animal_size_id || '-' || animal.animal_age_id AS animal_group,
    min(CASE WHEN event_type = 'DetailView' THEN happened_at END) AS viewed_at,
    max(CASE WHEN event_type = 'Favorite' THEN happened_at END) AS favored_at,
    max(CASE WHEN event_type = 'Application' THEN happened_at END) AS applied_at
  FROM event
  WHERE visitor IS NOT NULL
  GROUP BY 1, 2
)
SELECT
  count(DISTINCT CASE WHEN viewed_at IS NOT NULL THEN visitor END) AS viewed,
  count(DISTINCT CASE WHEN favored_at >= viewed_at THEN visitor END) AS then_favorite,
  count(DISTINCT CASE WHEN favored_at >= viewed_at AND applied_at >= favored_at THEN visitor END) AS then_applied
FROM interest
