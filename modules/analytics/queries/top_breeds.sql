-- The 20 breeds with the most interest over the last 30 days, and how much of it was serious.
WITH event AS (
  SELECT
    coalesce(data.animalmetadata, animalmetadata) AS animal,
    coalesce(data.eventtype, eventtype) AS event_type,
    coalesce(data.userid, userid, data.sessionid, sessionid) AS visitor
  FROM events
  WHERE arrival >= date_format(current_timestamp - INTERVAL '30' DAY, 'year=%Y/month=%m/day=%d/hour=%H')
)
SELECT
  animal.animal_species_id AS species,
  animal.animal_primary_breed_id AS breed,
  count(DISTINCT visitor) AS visitors,
  sum(CASE WHEN event_type = 'DetailView' THEN 1 ELSE 0 END) AS views,
  sum(CASE WHEN event_type = 'Favorite' THEN 1 ELSE 0 END) AS favorites,
  sum(CASE WHEN event_type = 'Application' THEN 1 ELSE 0 END) AS applications
FROM event
WHERE animal.animal_primary_breed_id IS NOT NULL
GROUP BY 1, 2
ORDER BY visitors DESC, views DESC, breed
LIMIT 20
