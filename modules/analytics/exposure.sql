,
-- One row for each list that a visitor of an experiment was shown. A line that arrived twice gives two rows with one
-- exposure_id. The ids of visitors are pseudonyms.
exposure AS (
  SELECT
    arrival,
    exposureid AS exposure_id,
    experiment,
    arm,
    "function" AS shelf,
    visitor,
    "user" AS user_pseudonym,
    "session" AS session_pseudonym,
    model,
    recommendationid AS recommendation_id,
    source,
    try(from_iso8601_timestamp("time")) AS shown_at
  FROM exposures
  WHERE visitor IS NOT NULL AND regexp_like("time", '^20[0-9]{2}(-[0-9]{2}){2}T[0-9:.]+Z$')
)
