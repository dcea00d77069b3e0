mock_provider "aws" {}

variables {
  prefix    = "test-animal-recommender"
  account   = { id = "123456789012", region = "us-east-1", partition = "aws" }
  topic_arn = "arn:aws:sns:us-east-1:123456789012:test-animal-recommender-notifications"
  function_names = {
    put_events     = "test-animal-recommender-put-events"
    record_history = "test-animal-recommender-record-history"
    recommend      = "test-animal-recommender-recommend"
    rerank         = "test-animal-recommender-rerank"
    get_history    = "test-animal-recommender-get-history"
    report_outcome = "test-animal-recommender-report-outcome"
  }
  stream_name                = "test-animal-recommender-events"
  dead_letter_queue_names    = { put_events = "test-put-events-dead-letters", record_history = "test-record-history-dead-letters" }
  firehose_name              = "test-animal-recommender-raw-events"
  firehose_buffering_seconds = 300
  campaigns = {
    recommender = { arn = "arn:aws:personalize:us-east-1:123456789012:campaign/a", ranks = false, minimum_provisioned_tps = 5 }
    reranker    = { arn = "arn:aws:personalize:us-east-1:123456789012:campaign/b", ranks = true, minimum_provisioned_tps = 1 }
  }
  state_machine_arn  = "arn:aws:states:us-east-1:123456789012:stateMachine:test"
  retraining_enabled = true
}

run "given_a_system_when_planned_then_every_kind_of_failure_has_an_alarm_that_sends_mail" {
  command = plan

  assert {
    condition = length(setsubtract([
      "put-events-errors", "put-events-throttles", "put-events-iterator-age", "put-events-dead-letters",
      "record-history-iterator-age", "record-history-dead-letters", "recommend-degraded-answers", "rerank-degraded-answers",
      "raw-events-late", "recommender-latency", "reranker-latency", "recommender-idle", "retraining-failed", "retraining-missing",
    ], keys(aws_cloudwatch_metric_alarm.this))) == 0
    error_message = "An alarm is missing."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset([var.topic_arn]) && startswith(alarm.alarm_name, "test-animal-recommender-")])
    error_message = "Every alarm must publish to the topic, and have the prefix that the policy of the topic requires."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["raw-events-late"].threshold == 1200
    error_message = "The threshold must include the buffering of Firehose."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["retraining-missing"].treat_missing_data == "breaching"
    error_message = "Without a retraining there is no metric, so missing data must raise the alarm."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.period * alarm.evaluation_periods <= 604800])
    error_message = "CloudWatch evaluates at most a week."
  }
}

run "given_campaigns_when_planned_then_use_is_measured_against_the_provisioned_capacity" {
  command = plan

  assert {
    condition = contains([for query in aws_cloudwatch_metric_alarm.campaign_use["recommender"].metric_query : coalesce(query.expression, "-")],
    "100 * requests / PERIOD(requests) / 5")
    error_message = "Use must be requests per second divided by the provisioned minimum."
  }
  assert {
    condition = anytrue([for query in aws_cloudwatch_metric_alarm.campaign_use["reranker"].metric_query :
      try(one(query.metric).metric_name, "") == "GetPersonalizedRanking"
    ])
    error_message = "The alarm of a ranking campaign must count rankings."
  }
}

run "given_a_dashboard_when_planned_then_it_fits_cloudwatchs_grid" {
  command = plan

  assert {
    condition     = alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.x + widget.width <= 24 && widget.width >= 1])
    error_message = "Every graph must be within the 24 columns of the grid."
  }
  assert {
    condition = alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets :
      length(widget.properties.metrics) > 0 if widget.type == "metric"
    ])
    error_message = "Every graph must have metrics."
  }
  assert {
    condition     = strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "HistoryRecorded") && strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "EventsAccepted")
    error_message = "Each consumer must be shown with the metric that it emits."
  }
}

run "given_no_alarms_and_no_budget_when_planned_then_there_is_only_the_dashboard" {
  command = plan
  variables {
    alarms = { enabled = false }
  }

  assert {
    condition     = length(output.alarm_names) == 0 && length(aws_budgets_budget.personalize) == 0
    error_message = "There must be neither alarms nor a budget."
  }
}

run "given_a_budget_when_planned_then_it_warns_before_it_is_exceeded" {
  command = plan
  variables {
    budget = { monthly_usd = 100 }
  }

  assert {
    condition     = length(aws_budgets_budget.personalize[0].notification) == 2 && aws_budgets_budget.personalize[0].limit_amount == "100"
    error_message = "A budget must warn at 80 percent, and when the forecast exceeds it."
  }
}

run "given_no_schedule_when_planned_then_a_missing_retraining_raises_no_alarm" {
  command = plan
  variables {
    retraining_enabled = false
  }

  assert {
    condition     = !contains(keys(aws_cloudwatch_metric_alarm.this), "retraining-missing")
    error_message = "Without a schedule there must be no alarm for missing runs."
  }
}

run "given_an_alarm_after_two_weeks_when_planned_then_refused" {
  command = plan
  variables {
    alarms = { idle_campaign_days = 14 }
  }
  expect_failures = [var.alarms]
}
