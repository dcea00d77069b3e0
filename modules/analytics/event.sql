-- One row for each event, in whatever form it was sent: bare, or wrapped in {"Partitionkey": …, "Data": event}.
-- Every column of the table is text and every expression gives null for what it cannot read, so that no single line
-- can fail a query. Inside data, the SerDe may keep the case of a key or turn it into lower case: both are read.
WITH sent AS (
  SELECT
    arrival,
    coalesce(json_extract_scalar(data, '$.userId'), json_extract_scalar(data, '$.userid'), userid) AS user_id,
    coalesce(json_extract_scalar(data, '$.sessionId'), json_extract_scalar(data, '$.sessionid'), sessionid) AS session_id,
    coalesce(json_extract_scalar(data, '$.eventType'), json_extract_scalar(data, '$.eventtype'), eventtype) AS event_type,
    coalesce(json_extract_scalar(data, '$.recommendationId'), json_extract_scalar(data, '$.recommendationid'), recommendationid) AS recommendation_id,
    coalesce(json_extract_scalar(data, '$.animalMetadata.animal_species_id'), json_extract_scalar(data, '$.animalmetadata.animal_species_id'), json_extract_scalar(animalmetadata, '$.animal_species_id')) AS species,
    -- In one spelling, as the functions write it into the id of a group: without invisible characters, NFC, stripped.
    trim(normalize(regexp_replace(coalesce(json_extract_scalar(data, '$.animalMetadata.animal_primary_breed_id'), json_extract_scalar(data, '$.animalmetadata.animal_primary_breed_id'), json_extract_scalar(animalmetadata, '$.animal_primary_breed_id')), '\p{Cf}'))) AS breed,
    coalesce(json_extract_scalar(data, '$.animalMetadata.animal_size_id'), json_extract_scalar(data, '$.animalmetadata.animal_size_id'), json_extract_scalar(animalmetadata, '$.animal_size_id')) AS size,
    coalesce(json_extract_scalar(data, '$.animalMetadata.animal_age_id'), json_extract_scalar(data, '$.animalmetadata.animal_age_id'), json_extract_scalar(animalmetadata, '$.animal_age_id')) AS age,
    coalesce(json_extract_scalar(data, '$.timestamp'), "timestamp") AS event_time
  FROM events
),
timed AS (
  SELECT
    sent.*,
    -- TRY does not catch what a year of five digits or an offset of more than 14 hours does to from_iso8601_timestamp,
    -- so no such text reaches it.
    coalesce(
      try_cast(event_time AS double),
      CASE
        WHEN regexp_like(event_time, '^[0-9]{4}(-[0-9]{2}){2}([T ][0-9:.,]*(Z|[+-](0[0-9]|1[0-3]):?[0-5][0-9])?)?$')
        THEN try(to_unixtime(from_iso8601_timestamp(replace(event_time, ' ', 'T'))))
      END
    ) AS seconds
  FROM sent
),
event AS (
  SELECT
    timed.*,
    CASE
      WHEN seconds BETWEEN 946684800 AND 4102444800 THEN from_unixtime(seconds)
      ELSE date_parse(arrival, 'year=%Y/month=%m/day=%d/hour=%H')
    END AS happened_at
  FROM timed
)
