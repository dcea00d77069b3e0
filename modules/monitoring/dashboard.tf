# From top to bottom: events in, models, recommendations out. The README shows the layout, and tests/ checks that it fits
# the grid of CloudWatch.

locals {
  header_height = 2
  graph_height  = 6

  own       = "AnimalRecommender"
  consumers = keys(var.dead_letter_queue_names)

  # The metric with which each consumer counts the events that it has delivered.
  accepted_metrics = { put_events = "EventsAccepted", record_history = "HistoryRecorded" }
  answering        = [for name in ["recommend", "rerank", "similar", "trending", "get_history"] : name if contains(keys(var.function_names), name)]
  requests         = { for model, campaign in var.campaigns : model => campaign.ranks ? "GetPersonalizedRanking" : "GetRecommendations" }

  # Live figures are recorded for visitors of experiments only.
  live_rows = [for function in [lookup(var.function_names, "judge_experiments", "")] : {
    title = "Live figures"
    text  = "What visitors of experiments did within 7 days with the lists that each model made in the last 30 days. They rank no models: `make experiment` compares visitors."
    graphs = [for title, metric in {
      "Lists shown" = "ListsShown", "Lists with a click (%)" = "ListClickRate", "Lists with a favorite (%)" = "ListFavoriteRate", "Lists with an application (%)" = "ListApplicationRate"
      } : {
      title   = title
      stat    = "Maximum"
      period  = 86400
      metrics = [for model in keys(var.campaigns) : [local.own, metric, "service", function, "model", model, { label = model }]]
    }]
  } if function != ""]

  dashboard = concat([
    {
      title = "Events in"
      text  = "Apps write to the stream. put_events and record_history read it independently of each other. Rejected events are in the dead-letter queues."
      graphs = [
        {
          title   = "Events written to the stream"
          stat    = "Sum"
          period  = 60
          metrics = [["AWS/Kinesis", "IncomingRecords", "StreamName", var.stream_name, { label = "written" }]]
        },
        {
          title  = "Events processed"
          stat   = "Sum"
          period = 60
          metrics = concat([for name, accepted in local.accepted_metrics : [
            for label, metric in { accepted = accepted, rejected = "EventsRejected", retried = "EventsRetried" } :
            [local.own, metric, "service", var.function_names[name], { label = "${name} ${label}" }]
          ]]...)
        },
        {
          title   = "Behind the stream (ms)"
          stat    = "Maximum"
          period  = 60
          metrics = [for name in local.consumers : ["AWS/Lambda", "IteratorAge", "FunctionName", var.function_names[name], { label = name }]]
        },
      ]
    },
    {
      title = "Events to look at"
      text  = "Refused events wait in the dead-letter queues. The others were delivered, but are probably mistakes of an app; the log names the fields and types."
      graphs = [
        {
          title   = "Dead letters waiting"
          stat    = "Maximum"
          period  = 300
          metrics = [for name, queue in var.dead_letter_queue_names : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue, { label = name }]]
        },
        {
          title  = "Events that are probably mistakes of an app"
          stat   = "Sum"
          period = 300
          metrics = concat([for name in local.consumers : [
            for label, metric in {
              "repeated"         = "EventsRepeated"
              "unknown fields"   = "EventsWithUnknownFields"
              "unknown type"     = "EventsWithUnknownType"
              "placeholder user" = "EventsWithPlaceholderUser"
            } : [local.own, metric, "service", var.function_names[name], { label = "${name} ${label}" }]
          ]]...)
        },
      ]
    },
    {
      title = "Raw store"
      text  = "Firehose writes every event to S3, for Athena. normalize_events makes a line of each; what it cannot read is under errors/."
      graphs = [
        {
          title   = "Records written to S3"
          stat    = "Sum"
          period  = 300
          metrics = [["AWS/Firehose", "DeliveryToS3.Records", "DeliveryStreamName", var.firehose_name, { label = "records" }]]
        },
        {
          title  = "Events in the records"
          stat   = "Sum"
          period = 300
          metrics = [for label, metric in { stored = "RawEventsStored", unreadable = "RawEventsUnreadable", "records refused" = "RawRecordsFailed" } :
          [local.own, metric, "service", lookup(var.function_names, "normalize_events", ""), { label = label }]]
        },
        {
          title   = "Transformations that succeeded (share)"
          stat    = "Minimum"
          period  = 300
          metrics = [["AWS/Firehose", "ExecuteProcessing.Success", "DeliveryStreamName", var.firehose_name, { label = "share" }]]
        },
        {
          title   = "Age of the oldest event not yet in S3 (s)"
          stat    = "Maximum"
          period  = 300
          metrics = [["AWS/Firehose", "DeliveryToS3.DataFreshness", "DeliveryStreamName", var.firehose_name, { label = "age" }]]
        },
      ]
    },
    {
      title = "Pets"
      text  = "Feeds and requests change the catalogue of pets; publish_pets brings it to recommendations and to Personalize."
      graphs = [
        {
          title  = "Pets added, changed, removed"
          stat   = "Sum"
          period = 300
          metrics = concat([for name in ["import_pets", "put_pets"] : [
            for label, metric in { added = "PetsAdded", changed = "PetsChanged", removed = "PetsRemoved" } :
            [local.own, metric, "service", lookup(var.function_names, name, ""), { label = "${name} ${label}" }]
          ]]...)
        },
        {
          title  = "Feeds, and rows that were not imported"
          stat   = "Sum"
          period = 3600
          metrics = [for label, metric in { imported = "FeedsImported", refused = "FeedsRefused", "too late" = "FeedsStale", "rows refused" = "FeedRowsRefused" } :
          [local.own, metric, "service", lookup(var.function_names, "import_pets", ""), { label = label }]]
        },
        {
          title   = "Age of the published catalogue (s)"
          stat    = "Maximum"
          period  = 60
          metrics = [[local.own, "CatalogueAge", "service", lookup(var.function_names, "publish_pets", ""), { label = "age" }]]
        },
        {
          title   = "Pets missing in answers"
          stat    = "Sum"
          period  = 300
          metrics = [[local.own, "PetPositionsUnfilled", "service", lookup(var.function_names, "recommend", ""), { label = "missing" }]]
        },
      ]
    },
    {
      title = "Models"
      text  = "The state machine retrains once a day. A version that passes its gate is deployed."
      graphs = [
        {
          title  = "Outcomes of retraining"
          stat   = "Sum"
          period = 86400
          metrics = [for outcome in ["Promoted", "Rejected", "Failed", "Skipped"] :
          [local.own, "Model${outcome}", "service", var.function_names["report_outcome"], { label = lower(outcome) }]]
        },
        {
          title  = "Quality (NDCG@10)"
          stat   = "Maximum"
          period = 86400
          metrics = [for model in keys(var.campaigns) :
          [local.own, "normalized_discounted_cumulative_gain_at_10", "service", var.function_names["report_outcome"], "model", model, { label = model }]]
        },
        {
          title   = "Training hours (billed)"
          stat    = "Sum"
          period  = 86400
          metrics = [[local.own, "TrainingHours", "service", var.function_names["report_outcome"], { label = "hours" }]]
        },
      ]
    },
    {
      title = "Campaigns"
      text  = "The provisioned capacity is billed every hour: ${join(", ", [for model, campaign in var.campaigns : "${model} ${campaign.minimum_provisioned_tps} requests/s"])}."
      graphs = [
        {
          title  = "Requests a minute"
          stat   = "Sum"
          period = 60
          metrics = [for model, campaign in var.campaigns :
          ["AWS/Personalize", local.requests[model], "CampaignArn", campaign.arn, { label = model }]]
        },
        {
          title  = "Latency, p99 (ms)"
          stat   = "p99"
          period = 300
          metrics = [for model, campaign in var.campaigns :
          [local.own, "CampaignLatency", "service", lookup(var.function_names, local.asking[model], ""), { label = model }]]
        },
      ]
    },
    {
      title = "Recommendations out"
      text  = "What apps see. A degraded answer is one without Personalize: the popular list, or the list in the order in which it was sent."
      graphs = [
        {
          title   = "Requests"
          stat    = "Sum"
          period  = 60
          metrics = [for name in local.answering : [local.own, "Requests", "service", var.function_names[name], { label = name }]]
        },
        {
          title   = "Latency, p99 (ms)"
          stat    = "p99"
          period  = 300
          metrics = [for name in local.answering : [local.own, "Latency", "service", var.function_names[name], { label = name }]]
        },
        {
          title   = "Degraded answers"
          stat    = "Sum"
          period  = 300
          metrics = [for name in setsubtract(local.answering, ["get_history"]) : [local.own, "DegradedAnswers", "service", var.function_names[name], { label = name }]]
        },
        {
          title  = "Bad requests, errors, throttles"
          stat   = "Sum"
          period = 300
          metrics = concat(
            [for name in local.answering : [local.own, "ValidationErrors", "service", var.function_names[name], { label = "${name} bad requests" }]],
            [for name in local.answering : ["AWS/Lambda", "Errors", "FunctionName", var.function_names[name], { label = "${name} errors" }]],
            [for name in local.answering : ["AWS/Lambda", "Throttles", "FunctionName", var.function_names[name], { label = "${name} throttles" }]],
          )
        },
      ]
    },
  ], local.live_rows)
}
