locals {
  # Functions that visitors or the stream wait for. The state machine retries the others.
  online = { for name, function in var.function_names : name => function
  if contains(["accept_events", "create_visitor", "identify_visitor", "put_events", "record_history", "normalize_events", "get_history", "put_pets", "recommend", "rerank", "similar", "trending"], name) }

  # Model -> the function that asks its campaign.
  asking = { for model, campaign in var.campaigns : model => contains(["similar", "trending"], model) ? model : campaign.ranks ? "rerank" : "recommend" }

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
    }) if contains(["recommend", "rerank", "similar", "trending"], name) },
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
      description = "Events could not be processed. `make dead-letters ENV=${var.environment}` shows them by reason. `make redrive ENV=${var.environment}` sends repaired ones again."
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
      raw-events-not-transformed = merge(local.usual, {
        description = "Firehose could not invoke normalize_events: whole batches may be missing in the raw store. `make restore-raw-events ENV=${var.environment}` brings them back."
        namespace   = "AWS/Firehose"
        metric      = "ExecuteProcessing.Success"
        dimensions  = { DeliveryStreamName = var.firehose_name }
        statistic   = "Minimum"
        comparison  = "LessThanThreshold"
        threshold   = 1
      })
      raw-events-refused = merge(local.usual, {
        description = "Records are not in the raw store, because normalize_events could not read them. They are under errors/processing-failed/ of the bucket. `make restore-raw-events ENV=${var.environment}` restores those that can be read now, and shows the reasons of the others."
        namespace   = "AnimalRecommender"
        metric      = "RawRecordsFailed"
        dimensions  = { service = lookup(var.function_names, "normalize_events", "") }
      })
    },
  )

  campaign_alarms = merge(
    # Not the latency of AWS/Personalize: its metrics have no percentiles.
    { for model, campaign in var.campaigns : "${model}-latency" => merge(local.usual, {
      description        = "The campaign of ${model} answers slowly."
      namespace          = "AnimalRecommender"
      metric             = "CampaignLatency"
      dimensions         = { service = lookup(var.function_names, local.asking[model], "") }
      statistic          = null
      extended_statistic = "p99"
      evaluation_periods = 3
      threshold          = var.alarms.campaign_latency_ms
    }) },
    { for model, campaign in var.campaigns : "${model}-idle" => merge(local.usual, {
      description        = "The campaign of ${model} has had no requests for ${var.alarms.idle_campaign_days} days (or since it was created), and it costs money every hour. `make cost ENV=${var.environment}` says how much."
      namespace          = "AWS/Personalize"
      metric             = campaign.ranks ? "GetPersonalizedRanking" : "GetRecommendations"
      dimensions         = { CampaignArn = campaign.arn }
      period             = 86400
      evaluation_periods = var.alarms.idle_campaign_days
      comparison         = "LessThanThreshold"
      threshold          = 1
      missing            = "breaching"
    }) },
    { for alarm in setproduct(keys(var.campaigns), keys(local.error_kinds)) : "${alarm[0]}-${alarm[1]}-errors" => merge(local.usual, {
      description = "The campaign of ${alarm[0]} ${local.error_kinds[alarm[1]]}"
      namespace   = "AWS/Personalize"
      metric      = "${local.requests[alarm[0]]}${alarm[1]}Errors"
      dimensions  = { CampaignArn = var.campaigns[alarm[0]].arn }
      threshold   = var.alarms.personalize_errors
    }) },
  )

  # Metrics of errors, and what an alarm says about them.
  # https://docs.aws.amazon.com/personalize/latest/dg/cloudwatch-metrics.html
  error_kinds = {
    "4xx" = "refused requests: they were throttled, not permitted or wrong. Look into the log of the function for the code."
    "5xx" = "failed. Look at the AWS Health Dashboard."
  }

  retraining_alarms = merge(
    {
      retraining-failed = merge(local.usual, {
        description = "The retraining of a model failed. The e-mail of the run and its execution say why. `make models ENV=${var.environment}` shows what is deployed."
        namespace   = "AnimalRecommender"
        metric      = "ModelFailed"
        dimensions  = { service = lookup(var.function_names, "report_outcome", "") }
      })
    },
    # Each run sends the days once. Between two runs the alarm keeps its state, and the newest run decides it.
    { for model, campaign in var.campaigns : "${model}-not-newest" => merge(local.usual, {
      description = join(" ", concat(
        ["The campaign of ${model} has served for more than ${var.alarms.not_newest_days} days a version that is not the newest of its solution, because newer ones were rejected or rolled back."],
        campaign.automatic_updates ? ["Personalize updates only the newest one, so the campaign no longer learns about new animals."] : [],
        ["`make models ENV=${var.environment}` shows the versions and their metrics."],
      ))
      namespace  = "AnimalRecommender"
      metric     = "DaysNotNewest"
      dimensions = { service = lookup(var.function_names, "report_outcome", ""), model = model }
      statistic  = "Maximum"
      threshold  = var.alarms.not_newest_days
      missing    = "ignore"
    }) },
    # EventBridge sends this metric only if it is not 0, and tells nobody else:
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    { for rule, name in var.rule_names : "${rule}-rule-failed" => merge(local.usual, {
      description = "EventBridge could not invoke a target of the rule ${name}: a mail was not sent, or trainings were not stopped. See the policies of the topic and of the function."
      namespace   = "AWS/Events"
      metric      = "FailedInvocations"
      dimensions  = { RuleName = name }
    }) },
    var.retraining_enabled ? {
      retraining-missing = merge(local.usual, {
        description        = "No retraining has succeeded for ${var.alarms.retraining_days} days (or since the first apply). `make smoke ENV=${var.environment}` looks at the schedule, `make retrain ENV=${var.environment}` starts a run."
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

  pets_alarms = merge(
    {
      feed-refused = merge(local.usual, {
        description = "A feed of pets was refused, or removed nothing because some of its rows have no readable id. Its report in the bucket of pets says why. `make import-pets ARGS=--follow=… ENV=${var.environment}` shows it."
        namespace   = "AnimalRecommender"
        metric      = "FeedsRefused"
        dimensions  = { service = lookup(var.function_names, "import_pets", "") }
      })
      positions-unfilled = merge(local.usual, {
        description = "recommend returned fewer pets than it was asked for, more often than usual: there are too few available pets for these requests, or the catalogue is old."
        namespace   = "AnimalRecommender"
        metric      = "PetPositionsUnfilled"
        dimensions  = { service = lookup(var.function_names, "recommend", "") }
        threshold   = var.alarms.positions_unfilled
      })
    },
    { for name, function in var.function_names : "catalogue-too-old" => merge(local.usual, {
      description        = "Changes of the catalogue of pets do not reach recommendations: ${function} fails, or its schedule does. No adopted pet is shown, but new ones are missing."
      namespace          = "AnimalRecommender"
      metric             = "CatalogueAge"
      dimensions         = { service = function }
      statistic          = "Maximum"
      evaluation_periods = 3
      threshold          = var.alarms.catalogue_age_seconds
      missing            = "breaching"
    }) if name == "publish_pets" },
    { for hours in compact([var.feed_expected_hours]) : "feed-missing" => merge(local.usual, {
      description        = "No feed of pets was imported for ${hours} hours (or since the first apply). Ask the shelter, and look into the log of import_pets."
      namespace          = "AnimalRecommender"
      metric             = "FeedsImported"
      dimensions         = { service = lookup(var.function_names, "import_pets", "") }
      period             = 3600
      evaluation_periods = hours
      comparison         = "LessThanThreshold"
      threshold          = 1
      missing            = "breaching"
    }) },
  )

  tracker_dimensions = {
    tracker = { EventTrackerArn = var.event_tracker.arn }
    dataset = {
      DatasetArn      = var.event_tracker.dataset_arn
      DatasetGroupArn = var.event_tracker.dataset_group_arn
      EventTrackerArn = var.event_tracker.arn
    }
  }

  alarms = merge(local.function_alarms, local.stream_alarms, local.campaign_alarms, local.pets_alarms, local.retraining_alarms)
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

# The documentation has had two sets of dimensions for these metrics, so both are added up: one of them has no data.
# https://docs.aws.amazon.com/personalize/latest/dg/cloudwatch-metrics.html
resource "aws_cloudwatch_metric_alarm" "tracker_errors" {
  for_each = { for kind, words in local.error_kinds : kind => words if var.alarms.enabled }

  alarm_name          = "${var.prefix}-tracker-${each.key}-errors"
  alarm_description   = "PutEvents ${each.value}"
  alarm_actions       = [var.topic_arn]
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.alarms.personalize_errors
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "errors"
    label       = "PutEvents${each.key}Errors"
    expression  = "SUM([tracker, dataset])"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.tracker_dimensions

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/Personalize"
        metric_name = "PutEvents${each.key}Errors"
        dimensions  = metric_query.value
        stat        = "Sum"
        period      = 300
      }
    }
  }
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
