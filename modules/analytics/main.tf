locals {
  # Columns are the keys of the event, which JSON and SQL compare without regard to case.
  event_columns = {
    userid    = "string"
    sessionid = "string"
    eventtype = "string"
    animalmetadata = join("", ["struct<", join(",", [for name in [
      "animal_species_id", "animal_primary_breed_id", "animal_size_id", "animal_age_id",
    ] : "${name}:string"]), ">"])
    animal_id        = "string"
    eventid          = "string"
    timestamp        = "string"
    recommendationid = "string"
    impression       = "array<string>"
    eventvalue       = "string"
  }

  # Producers may send the event itself or wrapped in {"Partitionkey": …, "Data": event}.
  columns = merge(local.event_columns, {
    partitionkey = "string"
    data         = "struct<${join(",", [for name, type in local.event_columns : "${name}:${type}"])}>"
  })

  queries = { for file in fileset("${path.module}/queries", "*.sql") : trimsuffix(file, ".sql") => file("${path.module}/queries/${file}") }
}

resource "aws_glue_catalog_database" "this" {
  name        = replace(var.prefix, "-", "_")
  description = "Raw events of ${var.prefix}"
}

resource "aws_glue_catalog_table" "events" {
  name          = "events"
  database_name = aws_glue_catalog_database.this.name
  description   = "Events as the stream carried them; arrival is the hour in which Firehose wrote them (UTC)"
  table_type    = "EXTERNAL_TABLE"

  # Athena computes the partitions from these rules, so none has to be registered. One date column for the whole path
  # year=…/month=…/day=…/hour=… : a range of it prunes, and `NOW` moves with time, which four numbers could not.
  parameters = {
    EXTERNAL                           = "TRUE"
    classification                     = "json"
    "projection.enabled"               = "true"
    "projection.arrival.type"          = "date"
    "projection.arrival.format"        = "'year='yyyy'/month='MM'/day='dd'/hour='HH"
    "projection.arrival.range"         = "NOW-3YEARS,NOW"
    "projection.arrival.interval"      = "1"
    "projection.arrival.interval.unit" = "HOURS"
    "storage.location.template"        = "s3://${var.raw_bucket}/events/$${arrival}/"
  }

  partition_keys {
    name = "arrival"
    type = "string"
  }

  storage_descriptor {
    location      = "s3://${var.raw_bucket}/events/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    compressed    = true

    ser_de_info {
      name                  = "json"
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
      # The raw store keeps poison records too: a line that is no JSON is a row of nulls, not a failed query.
      parameters = { "ignore.malformed.json" = "true" }
    }

    dynamic "columns" {
      for_each = local.columns

      content {
        name = columns.key
        type = columns.value
      }
    }
  }
}

resource "aws_athena_workgroup" "this" {
  name          = var.prefix
  description   = "Questions to the raw events"
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
  description = trimprefix(split("\n", each.value)[0], "-- ")
  database    = aws_glue_catalog_database.this.name
  workgroup   = aws_athena_workgroup.this.name
  query       = each.value
}
