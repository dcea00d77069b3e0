locals {
  # Functions that visitors or the stream wait for. The state machine retries the others.
  online = { for name, function in var.function_names : name => function
  if contains(["put_events", "record_history", "get_history", "recommend", "rerank"], name) }

  nouns = { for name in keys(var.function_names) : name => replace(name, "_", "-") }

  # Defaults of all alarms: one bad interval of five minutes raises the alarm, and missing data is good.
  usual = {
    statistic          = "Sum"
    extended_statistic = null
    period             = 300
    evaluation_periods = 1
    comparison         = "GreaterThanThreshold"
    threshold          = 0
    missing            = "notBreaching"
  }

  function_alarms = merge(
    { for name, function in var.function_names : "${local.nouns[name]}-errors" => merge(local.usual, {
      description = "${function} raised an error, timed out or ran out of memory. Look into its log group."
      namespace   = "AWS/Lambda"
      metric      = "Errors"
      dimensions  = { FunctionName = function }
    }) },
    { for name, function in local.online : "${local.nouns[name]}-throttles" => merge(local.usual, {
      description = "${function} was throttled: raise its reserved concurrency or the concurrency limit of the account."
      namespace   = "AWS/Lambda"
      metric      = "Throttles"
      dimensions  = { FunctionName = function }
    }) },
    { for name, function in var.function_names : "${local.nouns[name]}-degraded-answers" => merge(local.usual, {
      description = "${function} answered without Personalize: its campaign throttles, fails or is too slow."
      namespace   = "AnimalRecommender"
      metric      = "DegradedAnswers"
      dimensions  = { service = function }
      threshold   = var.alarms.degraded_answers
    }) if contains(["recommend", "rerank"], name) },
  )

  stream_alarms = merge(
    { for name in keys(var.dead_letter_queue_names) : "${local.nouns[name]}-iterator-age" => merge(local.usual, {
      description        = "${var.function_names[name]} is behind the stream: it fails, or needs a higher parallelization factor."
      namespace          = "AWS/Lambda"
      metric             = "IteratorAge"
      dimensions         = { FunctionName = var.function_names[name] }
      statistic          = "Maximum"
      evaluation_periods = 3
      threshold          = var.alarms.iterator_age_seconds * 1000
    }) },
    { for name, queue in var.dead_letter_queue_names : "${local.nouns[name]}-dead-letters" => merge(local.usual, {
      description = "Events could not be processed. `make dead-letters` shows them by reason. `make redrive` sends repaired ones again."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = queue }
      statistic   = "Maximum"
    }) },
    {
      raw-events-late = merge(local.usual, {
        description = "Firehose writes raw events late or not at all. Look into its log group, and into the prefix errors/ of the bucket."
        namespace   = "AWS/Firehose"
        metric      = "DeliveryToS3.DataFreshness"
        dimensions  = { DeliveryStreamName = var.firehose_name }
        statistic   = "Maximum"
        threshold   = var.firehose_buffering_seconds + var.alarms.late_seconds
      })
    },
  )

  campaign_alarms = merge(
    { for model, campaign in var.campaigns : "${model}-latency" => merge(local.usual, {
      description        = "The campaign of ${model} answers slowly."
      namespace          = "AWS/Personalize"
      metric             = campaign.ranks ? "GetPersonalizedRankingLatency" : "GetRecommendationsLatency"
      dimensions         = { CampaignArn = campaign.arn }
      statistic          = null
      extended_statistic = "p99"
      evaluation_periods = 3
      threshold          = var.alarms.campaign_latency_ms
    }) },
    { for model, campaign in var.campaigns : "${model}-idle" => merge(local.usual, {
      description        = "The campaign of ${model} has had no requests for ${var.alarms.idle_campaign_days} days (or since it was created), and it costs money every hour."
      namespace          = "AWS/Personalize"
      metric             = campaign.ranks ? "GetPersonalizedRanking" : "GetRecommendations"
      dimensions         = { CampaignArn = campaign.arn }
      period             = 86400
      evaluation_periods = var.alarms.idle_campaign_days
      comparison         = "LessThanThreshold"
      threshold          = 1
      missing            = "breaching"
    }) },
  )

  retraining_alarms = merge(
    {
      retraining-failed = merge(local.usual, {
        description = "The retraining of a model failed. The e-mail of the run and its execution say why."
        namespace   = "AnimalRecommender"
        metric      = "ModelFailed"
        dimensions  = { service = lookup(var.function_names, "report_outcome", "") }
      })
    },
    var.retraining_enabled ? {
      retraining-missing = merge(local.usual, {
        description        = "No retraining has succeeded for ${var.alarms.retraining_days} days (or since the first apply). Look at the schedule and the state machine."
        namespace          = "AWS/States"
        metric             = "ExecutionsSucceeded"
        dimensions         = { StateMachineArn = var.state_machine_arn }
        period             = 86400
        evaluation_periods = var.alarms.retraining_days
        comparison         = "LessThanThreshold"
        threshold          = 1
        missing            = "breaching"
      })
    } : {},
  )

  alarms = merge(local.function_alarms, local.stream_alarms, local.campaign_alarms, local.retraining_alarms)
}

# Without ok_actions: a new alarm becomes OK with its first data, so the first apply would send an e-mail for each alarm.
resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for noun, alarm in local.alarms : noun => alarm if var.alarms.enabled }

  alarm_name        = "${var.prefix}-${each.key}"
  alarm_description = each.value.description
  alarm_actions     = [var.topic_arn]

  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  extended_statistic  = each.value.extended_statistic
  period              = each.value.period
  evaluation_periods  = each.value.evaluation_periods
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing
}

# Above its minimum a campaign scales by itself, but some requests fail, and the higher capacity is billed.
resource "aws_cloudwatch_metric_alarm" "campaign_use" {
  for_each = { for model, campaign in var.campaigns : model => campaign if var.alarms.enabled }

  alarm_name          = "${var.prefix}-${each.key}-use"
  alarm_description   = "The campaign of ${each.key} has nearly as many requests as its provisioned ${each.value.minimum_provisioned_tps} per second, or more: raise minimum_provisioned_tps."
  alarm_actions       = [var.topic_arn]
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.alarms.campaign_use_percent
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "use"
    label       = "Use of the provisioned capacity (%)"
    expression  = "100 * requests / PERIOD(requests) / ${each.value.minimum_provisioned_tps}"
    return_data = true
  }

  metric_query {
    id = "requests"

    metric {
      namespace   = "AWS/Personalize"
      metric_name = each.value.ranks ? "GetPersonalizedRanking" : "GetRecommendations"
      dimensions  = { CampaignArn = each.value.arn }
      stat        = "Sum"
      period      = 300
    }
  }
}
