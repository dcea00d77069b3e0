mock_provider "aws" {}

variables {
  prefix      = "test-animal-recommender"
  environment = "test"
  account     = { id = "123456789012", region = "us-east-1", partition = "aws" }
  topic_arn   = "arn:aws:sns:us-east-1:123456789012:test-animal-recommender-notifications"
  function_names = {
    put_events       = "test-animal-recommender-put-events"
    record_history   = "test-animal-recommender-record-history"
    normalize_events = "test-animal-recommender-normalize-events"
    recommend        = "test-animal-recommender-recommend"
    rerank           = "test-animal-recommender-rerank"
    get_history      = "test-animal-recommender-get-history"
    report_outcome   = "test-animal-recommender-report-outcome"
    put_pets         = "test-animal-recommender-put-pets"
    import_pets      = "test-animal-recommender-import-pets"
    publish_pets     = "test-animal-recommender-publish-pets"
  }
  stream_name                = "test-animal-recommender-events"
  dead_letter_queue_names    = { put_events = "test-put-events-dead-letters", record_history = "test-record-history-dead-letters" }
  firehose_name              = "test-animal-recommender-raw-events"
  firehose_buffering_seconds = 300
  event_tracker = {
    arn               = "arn:aws:personalize:us-east-1:123456789012:event-tracker/t"
    dataset_arn       = "arn:aws:personalize:us-east-1:123456789012:dataset/test/INTERACTIONS"
    dataset_group_arn = "arn:aws:personalize:us-east-1:123456789012:dataset-group/test"
  }
  campaigns = {
    recommender = { arn = "arn:aws:personalize:us-east-1:123456789012:campaign/a", ranks = false, automatic_updates = true, minimum_provisioned_tps = 5 }
    reranker    = { arn = "arn:aws:personalize:us-east-1:123456789012:campaign/b", ranks = true, minimum_provisioned_tps = 1 }
  }
  state_machine_arn  = "arn:aws:states:us-east-1:123456789012:stateMachine:test"
  retraining_enabled = true
  rule_names         = { retraining = "test-animal-recommender-retraining-broke-off" }
}

run "given_alarms_when_planned_then_every_make_task_in_their_mails_has_the_environment" {
  command = plan

  assert {
    condition = alltrue(flatten([for alarm in aws_cloudwatch_metric_alarm.this : [
      for command in regexall("`make [^`]*`", alarm.alarm_description) : endswith(command, " ENV=test`")
    ]]))
    error_message = "A command must be complete: without ENV it is about dev."
  }
  assert {
    condition     = anytrue([for alarm in aws_cloudwatch_metric_alarm.this : strcontains(alarm.alarm_description, "`make ")])
    error_message = "The mails must say what to do."
  }
}

run "given_a_system_when_planned_then_every_kind_of_failure_has_an_alarm_that_sends_mail" {
  command = plan

  assert {
    condition = length(setsubtract([
      "put-events-errors", "put-events-throttles", "put-events-iterator-age", "put-events-dead-letters",
      "record-history-iterator-age", "record-history-dead-letters", "recommend-degraded-answers", "rerank-degraded-answers",
      "raw-events-late", "raw-events-not-transformed", "raw-events-refused", "normalize-events-errors", "normalize-events-throttles",
      "recommender-latency", "reranker-latency", "recommender-idle", "retraining-failed", "retraining-missing",
      "recommender-4xx-errors", "recommender-5xx-errors", "reranker-4xx-errors", "reranker-5xx-errors",
      "retraining-rule-failed", "recommender-not-newest", "reranker-not-newest",
      "feed-refused", "catalogue-too-old", "positions-unfilled", "import-pets-errors", "put-pets-throttles",
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
    condition     = aws_cloudwatch_metric_alarm.this["recommender-not-newest"].treat_missing_data == "ignore" && aws_cloudwatch_metric_alarm.this["recommender-not-newest"].threshold == 7
    error_message = "A run sends the metric once, and its state must last until the next run."
  }
  assert {
    condition     = [for model in ["recommender", "reranker"] : strcontains(aws_cloudwatch_metric_alarm.this["${model}-not-newest"].alarm_description, "new animals")] == [true, false]
    error_message = "Only a model with automatic updates stops learning about new animals."
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

run "given_a_metric_of_personalize_when_planned_then_only_documented_statistics_are_used" {
  command = plan

  assert {
    condition = alltrue([for alarm in aws_cloudwatch_metric_alarm.this :
      contains(["Average", "Maximum", "Minimum", "Sum"], coalesce(alarm.statistic, "-")) if alarm.namespace == "AWS/Personalize"
    ])
    error_message = "The metrics of AWS/Personalize have no percentiles."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["reranker-4xx-errors"].metric_name == "GetPersonalizedRanking4xxErrors" && aws_cloudwatch_metric_alarm.this["recommender-5xx-errors"].metric_name == "GetRecommendations5xxErrors"
    error_message = "Each campaign must have alarms on the errors of its own operation."
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.tracker_errors) == ["4xx", "5xx"]
    error_message = "PutEvents must have alarms on both kinds of errors."
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

run "given_experiments_when_planned_then_the_dashboard_shows_what_their_visitors_did_and_otherwise_not" {
  command = plan
  variables {
    function_names = {
      put_events        = "test-put-events", record_history = "test-record-history", normalize_events = "test-normalize-events"
      recommend         = "test-recommend", rerank = "test-rerank", get_history = "test-get-history"
      report_outcome    = "test-report-outcome", put_pets = "test-put-pets", import_pets = "test-import-pets"
      publish_pets      = "test-publish-pets"
      judge_experiments = "test-judge-experiments"
    }
  }

  assert {
    condition     = strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "ListClickRate") && strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "\"test-judge-experiments\",\"model\",\"recommender\"")
    error_message = "Each model's live figures must be shown."
  }
  assert {
    condition     = contains(keys(aws_cloudwatch_metric_alarm.this), "judge-experiments-errors")
    error_message = "Errors of the judging must raise an alarm."
  }
}

run "given_feeds_that_are_expected_when_planned_then_a_missing_one_raises_an_alarm_and_otherwise_not" {
  command = plan
  variables {
    feed_expected_hours = 26
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["feed-missing"].evaluation_periods == 26 && aws_cloudwatch_metric_alarm.this["feed-missing"].treat_missing_data == "breaching"
    error_message = "Without a feed there is no metric, so missing data must raise the alarm."
  }
}

run "given_no_feeds_that_are_expected_when_planned_then_none_is_missing" {
  command = plan

  assert {
    condition     = !contains(keys(aws_cloudwatch_metric_alarm.this), "feed-missing")
    error_message = "Who sends no feeds must get no mail about them."
  }
}

run "given_more_hours_than_cloudwatch_evaluates_when_planned_then_refused" {
  command = plan
  variables {
    feed_expected_hours = 169
  }
  expect_failures = [var.feed_expected_hours]
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

run "given_models_of_similar_and_trending_pets_when_planned_then_their_functions_and_campaigns_have_alarms" {
  command = plan
  variables {
    function_names = {
      report_outcome = "test-animal-recommender-report-outcome"
      put_events     = "test-animal-recommender-put-events"
      record_history = "test-animal-recommender-record-history"
      recommend      = "test-animal-recommender-recommend"
      similar        = "test-animal-recommender-similar"
      trending       = "test-animal-recommender-trending"
    }
    campaigns = {
      recommender = { arn = "arn:aws:personalize:us-east-1:123456789012:campaign/a", ranks = false, minimum_provisioned_tps = 1 }
      similar     = { arn = "arn:aws:personalize:us-east-1:123456789012:campaign/b", ranks = false, minimum_provisioned_tps = 1 }
      trending    = { arn = "arn:aws:personalize:us-east-1:123456789012:campaign/c", ranks = false, minimum_provisioned_tps = 1 }
    }
  }

  assert {
    condition = length(setsubtract(flatten([for name in ["similar", "trending"] : [for alarm in
      ["errors", "throttles", "degraded-answers", "latency", "idle", "4xx-errors", "5xx-errors", "not-newest"] : "${name}-${alarm}"]
    ]), keys(aws_cloudwatch_metric_alarm.this))) == 0
    error_message = "A function and its campaign must have the alarms of the others."
  }
  assert {
    condition     = [for name in ["recommender", "similar", "trending"] : aws_cloudwatch_metric_alarm.this["${name}-latency"].dimensions.service] == [var.function_names.recommend, var.function_names.similar, var.function_names.trending]
    error_message = "The latency of a campaign is measured by the function that asks it."
  }
}
