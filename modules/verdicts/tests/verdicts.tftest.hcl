mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  prefix         = "test-animal-recommender"
  account        = { id = "123456789012", region = "us-east-1", partition = "aws" }
  raw_bucket     = { name = "test-raw", arn = "arn:aws:s3:::test-raw" }
  topic_arn      = "arn:aws:sns:us-east-1:123456789012:topic"
  function_names = { recommend = "test-animal-recommender-recommend" }
  analytics = {
    workgroup_name = "test"
    database_name  = "test"
    query_ids      = { attribution = "0", experiment_answers = "2", experiment_outcomes = "1", funnel = "3" }
  }
  parameters = {
    definitions     = "/animal-recommender/test/experiments"
    definitions_arn = "arn:aws:ssm:us-east-1:123456789012:parameter/animal-recommender/test/experiments"
    shares          = "/animal-recommender/test/experiment-shares"
    shares_arn      = "arn:aws:ssm:us-east-1:123456789012:parameter/animal-recommender/test/experiment-shares"
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

run "given_no_settings_when_planned_then_experiments_are_judged_daily_and_an_alarm_tells_if_not" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.this.schedule_expression == "cron(30 6 * * ? *)" && aws_scheduler_schedule.this.target[0].input == "{}"
    error_message = "A verdict is due once a day."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.missing[0].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.missing[0].dimensions.service == "test-animal-recommender-judge-experiments"
    error_message = "Without verdicts there are no data points, which must raise the alarm."
  }
}

run "given_the_role_when_planned_then_it_may_change_nothing_but_shares_verdicts_and_results" {
  command = plan

  assert {
    condition     = one([for call in local.calls : call.resources if contains(call.actions, "ssm:PutParameter")]) == [var.parameters.shares_arn]
    error_message = "The definitions are Terraform's."
  }
  assert {
    condition     = flatten([for call in local.calls : call.resources if contains(call.actions, "s3:PutObject")]) == ["arn:aws:s3:::test-raw/experiments/*", "arn:aws:s3:::test-raw/query-results/*"]
    error_message = "Raw events and exposures must not be written."
  }
  assert {
    condition     = [for call in local.calls : call.sid if contains(call.resources, "*")] == ["ReadMetrics"]
    error_message = "Only metrics have no resource type."
  }
  assert {
    condition     = local.query_ids == { attribution = "0", experiment_answers = "2", experiment_outcomes = "1" }
    error_message = "The function runs three queries."
  }
}

run "given_no_alarms_when_planned_then_there_is_none" {
  command = plan
  variables {
    alarm = { enabled = false }
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.missing) == 0
    error_message = "Alarms were switched off."
  }
}

run "given_another_schedule_when_planned_then_it_must_be_one" {
  command = plan
  variables {
    schedule = { expression = "daily" }
  }
  expect_failures = [var.schedule]
}
