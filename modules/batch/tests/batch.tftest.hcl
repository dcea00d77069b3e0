mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  prefix               = "test-animal-recommender"
  account              = { id = "123456789012", region = "us-east-1", partition = "aws" }
  bucket               = { name = "test-seed", arn = "arn:aws:s3:::test-seed" }
  history_table        = { name = "test-history", arn = "arn:aws:dynamodb:us-east-1:123456789012:table/test-history" }
  campaign_arn         = "arn:aws:personalize:us-east-1:123456789012:campaign/test"
  solution_arn         = "arn:aws:personalize:us-east-1:123456789012:solution/test"
  personalize_role_arn = "arn:aws:iam::123456789012:role/personalize"
  alarm                = { enabled = true, topic_arn = "arn:aws:sns:us-east-1:123456789012:topic" }
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

run "given_no_settings_when_planned_then_a_batch_is_written_every_week_and_checked_every_hour" {
  command = plan

  assert {
    condition     = { for name, schedule in aws_scheduler_schedule.this : name => schedule.schedule_expression } == { start_batch = "cron(0 6 ? * MON *)", check_batch = "rate(1 hour)" }
    error_message = "Both functions must have a schedule."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.failed[0].alarm_name == "test-animal-recommender-batch-failed" && aws_cloudwatch_metric_alarm.failed[0].dimensions.service == "test-animal-recommender-check-batch"
    error_message = "A batch that fails must raise an alarm."
  }
  assert {
    condition     = !contains(flatten(local.functions.start_batch.calls[*].resources), "*") && !strcontains(jsonencode(local.functions.start_batch.calls), "filter/")
    error_message = "start_batch must be granted named resources only."
  }
  assert {
    condition     = toset(flatten(local.functions.check_batch.calls[*].actions)) == toset(["personalize:ListBatchInferenceJobs"])
    error_message = "check_batch may list jobs only."
  }
}

run "given_a_filter_when_planned_then_the_job_may_use_it" {
  command = plan
  variables {
    filter_arn = "arn:aws:personalize:us-east-1:123456789012:filter/test"
    settings   = { results = 6, schedule_expression = "rate(7 days)" }
  }

  assert {
    condition     = one([for call in local.functions.start_batch.calls : contains(call.resources, var.filter_arn) if call.sid == "Start"])
    error_message = "The job names the filter, so the role needs it."
  }
  assert {
    condition     = local.functions.start_batch.environment.RESULTS == 6 && local.functions.start_batch.environment.FILTER_ARN == var.filter_arn
    error_message = "The function must get the settings."
  }
}

run "given_too_many_results_when_planned_then_refused" {
  command = plan
  variables {
    settings = { results = 501 }
  }
  expect_failures = [var.settings]
}

run "given_no_schedule_expression_when_planned_then_refused" {
  command = plan
  variables {
    settings = { schedule_expression = "weekly" }
  }
  expect_failures = [var.settings]
}
