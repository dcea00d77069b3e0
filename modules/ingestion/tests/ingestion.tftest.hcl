mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_resource "aws_kinesis_stream" {
    override_during = plan
    defaults        = { arn = "arn:aws:kinesis:us-east-1:123456789012:stream/test-animal-recommender-events" }
  }
  mock_resource "aws_lambda_alias" {
    override_during = plan
    defaults        = { arn = "arn:aws:lambda:us-east-1:123456789012:function:test:live" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    override_during = plan
    defaults        = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:test" }
  }
}

variables {
  prefix         = "test-animal-recommender"
  account        = { id = "123456789012", region = "us-east-1", partition = "aws" }
  event_types    = ["DetailView"]
  tracking_id    = "00000000-0000-0000-0000-000000000000"
  raw_bucket_arn = "arn:aws:s3:::test-raw"
  pets = {
    table             = "test-animal-recommender-pets"
    table_arn         = "arn:aws:dynamodb:us-east-1:123456789012:table/test-animal-recommender-pets"
    age_limits        = [1, 3, 7, 10]
    publish_alias_arn = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-publish-pets:live"
  }
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

run "given_events_when_planned_then_the_stream_scales_by_itself_and_is_encrypted" {
  command = plan

  assert {
    condition     = aws_kinesis_stream.events.stream_mode_details[0].stream_mode == "ON_DEMAND" && aws_kinesis_stream.events.retention_period == 48
    error_message = "The stream must be on demand and keep events for 48 hours."
  }
  assert {
    condition     = aws_kinesis_stream.events.encryption_type == "KMS" && aws_kinesis_stream.events.kms_key_id == var.platform.kms_key_arn
    error_message = "The stream must be encrypted with the environment's key."
  }
}

run "given_a_raw_store_when_planned_then_firehose_writes_one_object_per_line_and_a_prefix_per_hour" {
  command = plan

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.raw_events.extended_s3_configuration[0].prefix == "events/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/"
    error_message = "The prefix must be the one from which Athena computes the partitions."
  }
  assert {
    condition     = startswith(aws_kinesis_firehose_delivery_stream.raw_events.extended_s3_configuration[0].error_output_prefix, "errors/")
    error_message = "Errors must not be under the prefix of the events."
  }
  assert {
    condition = aws_kinesis_firehose_delivery_stream.raw_events.extended_s3_configuration[0].compression_format == "GZIP" && one([
      for processor in aws_kinesis_firehose_delivery_stream.raw_events.extended_s3_configuration[0].processing_configuration[0].processors : processor.type
    ]) == "Lambda"
    error_message = "Objects must be compressed, and nothing but the function must make lines."
  }
  assert {
    condition     = aws_kinesis_firehose_delivery_stream.raw_events.extended_s3_configuration[0].kms_key_arn == var.platform.kms_key_arn
    error_message = "Objects must be encrypted with the environment's key."
  }
}

run "given_a_transformation_when_planned_then_firehose_may_invoke_exactly_that_alias" {
  command = plan

  assert {
    condition = {
      for parameter in one(aws_kinesis_firehose_delivery_stream.raw_events.extended_s3_configuration[0].processing_configuration[0].processors).parameters :
      parameter.parameter_name => parameter.parameter_value
      } == {
      LambdaArn               = "arn:aws:lambda:us-east-1:123456789012:function:test:live"
      BufferSizeInMBs         = "0.2"
      BufferIntervalInSeconds = "30"
    }
    error_message = "The processor must invoke the alias, with a batch that fits a response of 6 MB and no default value."
  }
  assert {
    condition = one([for statement in data.aws_iam_policy_document.firehose.statement : statement.resources
    if contains(statement.actions, "lambda:InvokeFunction")]) == toset(["arn:aws:lambda:us-east-1:123456789012:function:test:live"])
    error_message = "Firehose must not be able to invoke another function."
  }
}

run "given_a_short_buffer_when_planned_then_the_transformation_waits_no_longer" {
  command = plan
  variables {
    firehose = { buffering_seconds = 0 }
  }

  assert {
    condition = anytrue([
      for parameter in one(aws_kinesis_firehose_delivery_stream.raw_events.extended_s3_configuration[0].processing_configuration[0].processors).parameters :
      parameter.parameter_name == "BufferIntervalInSeconds" && parameter.parameter_value == "0"
    ])
    error_message = "The transformation must not wait longer than the buffering of the object."
  }
}

run "given_a_function_that_runs_longer_than_firehose_waits_when_planned_then_refused" {
  command = plan
  variables {
    normalize_events = { timeout = 301 }
  }
  expect_failures = [var.normalize_events]
}

run "given_put_events_and_firehose_when_planned_then_only_put_events_is_granted_on_all_resources" {
  command = plan

  assert {
    condition     = toset(flatten(data.aws_iam_policy_document.put_events.statement[*].actions)) == toset(["dynamodb:BatchGetItem", "dynamodb:PutItem", "kms:Decrypt", "lambda:InvokeFunction", "personalize:PutEvents"])
    error_message = "put_events may put events, look up pets, note new groups and invoke publish_pets only."
  }
  assert {
    condition     = toset(flatten(data.aws_iam_policy_document.normalize_events.statement[*].actions)) == toset(["dynamodb:BatchGetItem", "kms:Decrypt"])
    error_message = "normalize_events may look up pets only."
  }
  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.firehose.statement : !contains(statement.resources, "*")])
    error_message = "No statement of Firehose may name all resources."
  }
}

run "given_a_stream_without_retention_when_planned_then_refused" {
  command = plan
  variables {
    stream_retention_hours = 1
  }
  expect_failures = [var.stream_retention_hours]
}

run "given_a_buffer_that_firehose_refuses_when_planned_then_refused" {
  command = plan
  variables {
    firehose = { buffering_mib = 200 }
  }
  expect_failures = [var.firehose]
}
