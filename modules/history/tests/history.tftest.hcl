mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  prefix      = "test-animal-recommender"
  account     = { id = "123456789012", region = "us-east-1", partition = "aws" }
  event_types = ["DetailView"]
  pets = {
    table      = "test-animal-recommender-pets"
    age_limits = [1, 3, 7, 10]
    table_arn  = "arn:aws:dynamodb:us-east-1:123456789012:table/test-animal-recommender-pets"
  }
  stream_arn = "arn:aws:kinesis:us-east-1:123456789012:stream/test-animal-recommender-events"
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

run "given_histories_when_planned_then_they_expire_are_encrypted_and_can_be_restored" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.history.hash_key == "pk" && aws_dynamodb_table.history.range_key == "sk"
    error_message = "The table must have the keys that the functions read and write."
  }
  assert {
    condition     = aws_dynamodb_table.history.ttl[0].enabled && aws_dynamodb_table.history.ttl[0].attribute_name == "expiresAt"
    error_message = "Histories must expire."
  }
  assert {
    condition     = aws_dynamodb_table.history.server_side_encryption[0].kms_key_arn == var.platform.kms_key_arn
    error_message = "Histories must be encrypted with the environment's key."
  }
  assert {
    condition     = aws_dynamodb_table.history.point_in_time_recovery[0].enabled
    error_message = "Point-in-time recovery must be on by default."
  }
}

run "given_production_when_planned_then_the_table_cannot_be_deleted" {
  command = plan
  variables {
    deletion_protection = true
  }

  assert {
    condition     = aws_dynamodb_table.history.deletion_protection_enabled
    error_message = "Deletion protection must follow the variable."
  }
}

run "given_roles_when_planned_then_the_reader_cannot_write_and_no_function_can_scan" {
  command = plan

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.get_history.statement : tolist(statement.actions) if statement.sid == "ReadHistory"]) == tolist(["dynamodb:Query"])
    error_message = "get_history may query only."
  }
  assert {
    condition     = toset(one([for statement in data.aws_iam_policy_document.record_history.statement : statement.actions if statement.sid == "WriteHistory"])) == toset(["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:Query"])
    error_message = "record_history may read and write batches and query sessions only."
  }
}

run "given_no_time_to_live_when_planned_then_refused" {
  command = plan
  variables {
    ttl_days = 0
  }
  expect_failures = [var.ttl_days]
}
