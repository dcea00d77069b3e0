mock_provider "aws" {}

variables {
  prefix      = "test-animal-recommender"
  raw_bucket  = "test-raw"
  event_types = ["DetailView", "Favorite", "Application"]
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
}

run "given_a_raw_store_when_planned_then_athena_computes_its_partitions" {
  command = plan

  assert {
    condition     = aws_glue_catalog_table.this["events"].parameters["projection.enabled"] == "true"
    error_message = "Partitions must be projected."
  }
  assert {
    condition     = aws_glue_catalog_table.this["events"].parameters["storage.location.template"] == "s3://test-raw/events/$${arrival}/" && aws_glue_catalog_table.this["events"].parameters["projection.arrival.format"] == "'year='yyyy'/month='MM'/day='dd'/hour='HH"
    error_message = "The projected path must be the one that Firehose writes."
  }
  assert {
    condition     = aws_glue_catalog_table.this["exposures"].parameters["storage.location.template"] == "s3://test-raw/exposures/$${arrival}/"
    error_message = "Exposures must have a table of their own."
  }
}

run "given_queries_when_planned_then_results_are_encrypted_and_scans_limited" {
  command = plan
  variables {
    scan_limit_gib = 2
  }

  assert {
    condition     = aws_athena_workgroup.this.configuration[0].result_configuration[0].encryption_configuration[0].kms_key_arn == var.kms_key_arn && aws_athena_workgroup.this.configuration[0].enforce_workgroup_configuration
    error_message = "Results must be encrypted, whatever the client configures."
  }
  assert {
    condition     = aws_athena_workgroup.this.configuration[0].bytes_scanned_cutoff_per_query == 2147483648
    error_message = "The scan limit is in GiB."
  }
  assert {
    condition     = toset(keys(aws_athena_named_query.this)) == toset(["user_history", "events_by_day_and_type", "top_breeds", "funnel", "conversion_by_recommendation", "attribution", "experiment_answers", "experiment_outcomes"])
    error_message = "Each SQL file is a named query."
  }
  assert {
    condition     = alltrue([for name, query in aws_athena_named_query.this : strcontains(query.query, "exposure AS (") == contains(["attribution", "experiment_answers", "experiment_outcomes"], name)])
    error_message = "Only queries that read exposures may define them: the others would scan a second table."
  }
  assert {
    condition     = alltrue([for query in aws_athena_named_query.this : length(query.description) > 20 && !startswith(query.description, "--")])
    error_message = "Each named query must have a description."
  }
}

run "given_no_scan_limit_when_planned_then_refused" {
  command = plan
  variables {
    scan_limit_gib = 0
  }
  expect_failures = [var.scan_limit_gib]
}

run "given_event_types_without_one_that_a_query_counts_when_planned_then_there_is_a_warning" {
  command = plan
  variables {
    event_types = ["DetailView", "Favorite"]
  }
  expect_failures = [check.event_types_of_queries]
}
