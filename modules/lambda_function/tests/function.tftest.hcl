mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/test" }
  }
}

variables {
  name        = "test-animal-recommender-put-events"
  description = "Sends events."
  package     = "put_events"
  platform = {
    environment        = "test"
    package_directory  = "tests/fixtures"
    package_bucket     = "test-packages"
    runtime            = "python3.13"
    architecture       = "arm64"
    log_level          = "WARNING"
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  }
}

run "given_a_package_when_planned_then_the_function_is_encrypted_traced_and_versioned" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.kms_key_arn == var.platform.kms_key_arn && aws_cloudwatch_log_group.this.kms_key_id == var.platform.kms_key_arn
    error_message = "Environment variables and logs must be encrypted with the environment's key."
  }
  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "Active" && aws_lambda_function.this.publish
    error_message = "Traces and published versions must be on."
  }
  assert {
    condition     = aws_lambda_function.this.handler == "put_events.handler.handler" && aws_lambda_alias.live.name == "live"
    error_message = "The handler must be in the package, and the alias must be live."
  }
  assert {
    condition     = aws_lambda_function.this.environment[0].variables["POWERTOOLS_SERVICE_NAME"] == var.name
    error_message = "The service of the metrics must be the name of the function."
  }
  assert {
    condition     = aws_lambda_function.this.logging_config[0].application_log_level == "INFO"
    error_message = "A filter stricter than INFO would drop the metrics."
  }
}

run "given_no_package_when_planned_then_the_error_names_make_package" {
  command = plan
  variables {
    package = "not_built"
  }
  expect_failures = [aws_s3_object.package]
}

run "given_provisioned_concurrency_when_planned_then_the_alias_has_it" {
  command = plan
  variables {
    settings = { provisioned_concurrency = 2 }
  }
  assert {
    condition     = aws_lambda_provisioned_concurrency_config.live[0].qualifier == "live"
    error_message = "The alias must have the provisioned concurrency."
  }
}

run "given_snap_start_and_provisioned_concurrency_when_planned_then_refused" {
  command = plan
  variables {
    settings = { provisioned_concurrency = 2, snap_start = true }
  }
  expect_failures = [var.settings]
}

run "given_a_timeout_over_lambdas_limit_when_planned_then_refused" {
  command = plan
  variables {
    settings = { timeout = 901 }
  }
  expect_failures = [var.settings]
}

run "given_a_vpc_when_planned_then_the_function_is_in_it_and_its_role_allows_that" {
  command = plan
  variables {
    platform = {
      environment        = "test"
      package_directory  = "tests/fixtures"
      package_bucket     = "test-packages"
      runtime            = "python3.13"
      architecture       = "arm64"
      log_level          = "INFO"
      log_retention_days = 30
      kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
      vpc_config         = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
    }
  }
  assert {
    condition     = aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-1"])
    error_message = "The function must be in the VPC."
  }
}
