mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  name        = "test-animal-recommender-put-events"
  package     = "put_events"
  description = "Sends events."
  account     = { id = "123456789012", region = "us-east-1", partition = "aws" }
  environment = { TRACKING_ID = "00000000-0000-0000-0000-000000000000" }
  policy_json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
  stream_arn  = "arn:aws:kinesis:us-east-1:123456789012:stream/test-animal-recommender-events"
  platform = {
    environment        = "test"
    package_directory  = "../lambda_function/tests/fixtures"
    package_bucket     = "test-packages"
    runtime            = "python3.13"
    architecture       = "arm64"
    log_level          = "INFO"
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  }
}

run "given_a_stream_when_planned_then_a_bad_record_cannot_block_its_shard" {
  command = plan

  assert {
    condition     = aws_lambda_event_source_mapping.stream.bisect_batch_on_function_error && contains(aws_lambda_event_source_mapping.stream.function_response_types, "ReportBatchItemFailures")
    error_message = "A failing batch must be split until only the bad record fails."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.stream.maximum_retry_attempts == -1 && aws_lambda_event_source_mapping.stream.maximum_record_age_in_seconds == 86400
    error_message = "The age of the records must limit the retries, not their number: ten of them are over in minutes."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.stream.starting_position == "TRIM_HORIZON"
    error_message = "Events that are older than the function must be read."
  }
  assert {
    condition     = length(aws_lambda_event_source_mapping.stream.destination_config[0].on_failure) == 1
    error_message = "Batches that are given up must go to the dead-letter queue."
  }
}

run "given_dead_letters_when_planned_then_they_are_encrypted_and_kept_for_two_weeks" {
  command = plan

  assert {
    condition     = aws_sqs_queue.dead_letters.kms_master_key_id == var.platform.kms_key_arn && aws_sqs_queue.dead_letters.message_retention_seconds == 1209600
    error_message = "Dead letters must be encrypted, because they have user data, and must be kept for two weeks."
  }
  assert {
    condition     = one(data.aws_iam_policy_document.queue.statement).effect == "Deny"
    error_message = "The queue must refuse requests without TLS."
  }
}

run "given_a_role_when_planned_then_it_reads_this_stream_and_writes_to_this_queue_only" {
  command = plan

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.consumer.statement : !contains(statement.resources, "*")])
    error_message = "No statement may name all resources."
  }
  assert {
    condition = alltrue([for statement in data.aws_iam_policy_document.consumer.statement :
      length(statement.condition) == 1 if anytrue([for action in statement.actions : startswith(action, "kms:")])
    ])
    error_message = "Each statement must limit the key to the service that needs it."
  }
}

run "given_a_negative_number_of_retries_when_planned_then_refused" {
  command = plan
  variables {
    mapping = { maximum_retry_attempts = -2 }
  }
  expect_failures = [var.mapping]
}

run "given_a_batch_that_lambda_refuses_when_planned_then_refused" {
  command = plan
  variables {
    mapping = { batch_size = 10001 }
  }
  expect_failures = [var.mapping]
}

run "given_nulls_when_planned_then_the_defaults_are_used" {
  command = plan
  variables {
    mapping = { batch_size = null, parallelization_factor = 4 }
  }

  assert {
    condition     = aws_lambda_event_source_mapping.stream.batch_size == 100 && aws_lambda_event_source_mapping.stream.parallelization_factor == 4
    error_message = "A setting that is null must have the default of the module."
  }
}
