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

run "given_encrypted_variables_when_planned_then_the_role_may_decrypt_those_of_its_function_only" {
  command = plan

  assert {
    condition = one([for statement in data.aws_iam_policy_document.this.statement :
      "${one(statement.actions)} ${one(statement.resources)} ${one(statement.condition).variable} ${one(one(statement.condition).values)}"
      if statement.sid == "DecryptEnvironment"
    ]) == "kms:Decrypt ${var.platform.kms_key_arn} kms:EncryptionContext:aws:lambda:FunctionArn arn:aws:lambda:us-east-1:123456789012:function:${var.name}"
    error_message = "Without this a role that was made again under the same name cannot start the function."
  }
}

run "given_no_package_when_planned_then_the_error_names_make_package" {
  command = plan
  variables {
    package = "not_built"
  }
  expect_failures = [aws_s3_object.package]
}

run "given_an_environment_of_more_than_4_kb_when_planned_then_refused" {
  command = plan
  variables {
    environment = { FILTERS = format("%04000d", 0) }
  }
  expect_failures = [aws_lambda_function.this]
}

run "given_an_environment_of_almost_4_kb_when_planned_then_accepted" {
  command = plan
  variables {
    environment = { FILTERS = format("%03800d", 0) }
  }
  assert {
    condition     = local.environment_bytes <= 4096
    error_message = "The environment must be accepted up to the limit."
  }
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

run "given_snap_start_when_planned_then_versions_that_are_not_needed_will_be_deleted" {
  command = plan
  variables {
    settings = { snap_start = true }
    platform = merge(var.platform, { scripts = { python = "python3", python_path = ["."] } })
  }
  assert {
    condition     = aws_lambda_function.this.snap_start[0].apply_on == "PublishedVersions" && length(terraform_data.old_versions) == 1
    error_message = "The snapshot of every old version would be billed."
  }
}

run "given_no_snap_start_when_planned_then_no_script_runs" {
  command = plan
  assert {
    condition     = length(terraform_data.old_versions) == 0
    error_message = "Versions without a snapshot cost nothing."
  }
}

run "given_snap_start_without_scripts_when_planned_then_refused" {
  command = plan
  variables {
    settings = { snap_start = true }
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
