-- Visitors of an experiment by arm and day of first exposure, and how many of them first had each outcome on which day. Parameters: the experiment, its first day twice, such as '2026-11-01'.
,
seen AS (
  SELECT visitor, user_pseudonym, session_pseudonym, arm, shown_at
  FROM exposure
  WHERE experiment = ?
    AND arrival >= date_format(date_parse(?, '%Y-%m-%d'), 'year=%Y/month=%m/day=%d/hour=%H')
),
-- Visitors who log in as the same user, on several devices, are one person.
person_of_visitor AS (
  SELECT visitor, coalesce(min_by(user_pseudonym, shown_at) FILTER (WHERE user_pseudonym IS NOT NULL), visitor) AS person
  FROM seen
  GROUP BY visitor
),
-- An outcome counts for the arm of the first exposure, whatever is shown later (intention to treat).
person AS (
  SELECT person, min_by(arm, shown_at) AS arm, min(shown_at) AS first_shown_at
  FROM seen JOIN person_of_visitor ON person_of_visitor.visitor = seen.visitor
  GROUP BY person
),
-- An id belongs to the person who was shown something with it first.
owner AS (
  SELECT id, min_by(person, shown_at) AS person
  FROM seen
  JOIN person_of_visitor ON person_of_visitor.visitor = seen.visitor
  CROSS JOIN UNNEST(ARRAY[seen.visitor, user_pseudonym, session_pseudonym]) AS ids (id)
  WHERE id IS NOT NULL
  GROUP BY id
),
happened AS (
  SELECT
    event_type,
    happened_at,
    substr(lower(to_hex(sha256(to_utf8('userId#' || user_id)))), 1, 32) AS user_pseudonym,
    substr(lower(to_hex(sha256(to_utf8('session#' || session_id)))), 1, 32) AS session_pseudonym
  FROM event
  WHERE arrival >= date_format(date_parse(?, '%Y-%m-%d'), 'year=%Y/month=%m/day=%d/hour=%H')
    AND event_type IS NOT NULL
),
outcome AS (
  SELECT person.person, person.arm, person.first_shown_at, happened.event_type, min(happened.happened_at) AS first_had_at
  FROM happened
  LEFT JOIN owner AS by_user ON by_user.id = happened.user_pseudonym
  LEFT JOIN owner AS by_session ON by_session.id = happened.session_pseudonym
  JOIN person ON person.person = coalesce(by_user.person, by_session.person)
    AND happened.happened_at >= person.first_shown_at
  GROUP BY 1, 2, 3, 4
)
SELECT arm, date_format(first_shown_at, '%Y-%m-%d') AS day, NULL AS outcome, NULL AS outcome_day, count(*) AS visitors
FROM person
GROUP BY 1, 2
UNION ALL
SELECT arm, date_format(first_shown_at, '%Y-%m-%d'), event_type, date_format(first_had_at, '%Y-%m-%d'), count(*)
FROM outcome
GROUP BY 1, 2, 3, 4
ORDER BY 2, 1, 3, 4
