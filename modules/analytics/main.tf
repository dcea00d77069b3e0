locals {
  # The keys of an event, and of the envelope {"Partitionkey": …, "Data": event} around one; JSON and SQL compare them
  # without regard to case. All are text: a column of another type would fail every query as soon as one line holds
  # something else there. queries/ read what is inside animalmetadata and data with JSON functions.
  #
  # Those of an exposure: see functions/animal_recommender/experiments/exposures.py.
  tables = {
    events = {
      description = "Events as they were sent; arrival is the hour (UTC) in which they arrived"
      columns = [
        "userid", "sessionid", "eventtype", "animalmetadata", "animal_id", "eventid", "timestamp", "recommendationid",
        "impression", "eventvalue", "partitionkey", "data",
      ]
    }
    exposures = {
      description = "What visitors of experiments were shown; arrival is the hour (UTC) in which it was recorded"
      columns = [
        "exposureid", "time", "experiment", "arm", "function", "visitor", "user", "session", "model", "recommendationid",
        "source", "shown",
      ]
    }
  }

  # A query file is a description and a SELECT from `event`, which event.sql defines; one that reads exposures has more
  # tables, the first of which exposure.sql defines.
  query_files = { for file in fileset("${path.module}/queries", "*.sql") :
    trimsuffix(file, ".sql") => split("\n", file("${path.module}/queries/${file}"))
  }
  queries = { for name, lines in local.query_files : name => {
    description = trimprefix(lines[0], "-- ")
    sql = join("\n", concat(
      [lines[0], trimspace(file("${path.module}/event.sql"))],
      strcontains(join("\n", lines), "FROM exposure\n") ? [trimspace(file("${path.module}/exposure.sql"))] : [],
      slice(lines, 1, length(lines)),
    ))
  } }

  queried_event_types = toset(flatten([for query in local.queries : [
    for type in regexall("event_type = '([^']*)'", query.sql) : type
  ]]))
}

# A warning and no error: a site may have no use for these queries.
check "event_types_of_queries" {
  assert {
    condition     = length(setsubtract(local.queried_event_types, var.event_types)) == 0
    error_message = "The named queries count event types that are not in event_types, so they will find none of them: ${join(", ", setsubtract(local.queried_event_types, var.event_types))}."
  }
}

resource "aws_glue_catalog_database" "this" {
  name        = replace(var.prefix, "-", "_")
  description = "Raw events of ${var.prefix}"
}

moved {
  from = aws_glue_catalog_table.events
  to   = aws_glue_catalog_table.this["events"]
}

resource "aws_glue_catalog_table" "this" {
  for_each = local.tables

  name          = each.key
  database_name = aws_glue_catalog_database.this.name
  description   = each.value.description
  table_type    = "EXTERNAL_TABLE"

  # Partition projection: Athena computes the partitions from these rules, so no partition has to be registered. The whole
  # path year=…/month=…/day=…/hour=… is one column of type date, because a range of a date can end at NOW.
  parameters = {
    EXTERNAL                           = "TRUE"
    classification                     = "json"
    "projection.enabled"               = "true"
    "projection.arrival.type"          = "date"
    "projection.arrival.format"        = "'year='yyyy'/month='MM'/day='dd'/hour='HH"
    "projection.arrival.range"         = "NOW-3YEARS,NOW"
    "projection.arrival.interval"      = "1"
    "projection.arrival.interval.unit" = "HOURS"
    "storage.location.template"        = "s3://${var.raw_bucket}/${each.key}/$${arrival}/"
  }

  partition_keys {
    name = "arrival"
    type = "string"
  }

  storage_descriptor {
    location      = "s3://${var.raw_bucket}/${each.key}/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    compressed    = true

    ser_de_info {
      name                  = "json"
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
      # Objects from before normalize_events may have lines that are no JSON. They become rows of nulls and fail no query.
      parameters = { "ignore.malformed.json" = "true" }
    }

    dynamic "columns" {
      for_each = each.value.columns

      content {
        name = columns.value
        type = "string"
      }
    }
  }
}

resource "aws_athena_workgroup" "this" {
  name          = var.prefix
  description   = "Queries of the raw events"
  force_destroy = var.force_destroy

  configuration {
    bytes_scanned_cutoff_per_query     = var.scan_limit_gib * 1024 * 1024 * 1024
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location = "s3://${var.raw_bucket}/query-results/"

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = var.kms_key_arn
      }
    }
  }
}

resource "aws_athena_named_query" "this" {
  for_each = local.queries

  name        = each.key
  description = each.value.description
  database    = aws_glue_catalog_database.this.name
  workgroup   = aws_athena_workgroup.this.name
  query       = each.value.sql
}
