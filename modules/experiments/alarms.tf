locals {
  alarms = merge(
    { for name, function in var.function_names : "${name}-exposures-not-sent" => {
      description = "${function} could not record what visitors of an experiment were shown: Firehose does not answer or refuses. The verdict warns if many are missing."
      namespace   = "AnimalRecommender"
      metric      = "ExposuresNotSent"
      dimensions  = { service = function }
      statistic   = "Sum"
      threshold   = var.alarm.lost_exposures
    } },
    { for name, function in var.function_names : "${name}-experiments-not-read" => {
      description = "${function} answers with experiments that are older than a minute, or with none: SSM does not answer, or a definition is not valid. Its log says which."
      namespace   = "AnimalRecommender"
      metric      = "ExperimentsNotRead"
      dimensions  = { service = function }
      statistic   = "Sum"
      threshold   = var.alarm.lost_exposures
    } },
    {
      exposures-late = {
        description = "Firehose writes exposures late or not at all. Look into its log group, and into the prefix errors/ of the bucket."
        namespace   = "AWS/Firehose"
        metric      = "DeliveryToS3.DataFreshness"
        dimensions  = { DeliveryStreamName = aws_kinesis_firehose_delivery_stream.exposures.name }
        statistic   = "Maximum"
        threshold   = var.firehose.buffering_seconds + var.alarm.late_seconds
      }
    },
  )
}

# One bad interval of five minutes raises an alarm, and missing data is good.
resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.alarm.enabled ? local.alarms : {}

  alarm_name          = "${var.prefix}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm.topic_arn]
  ok_actions          = [var.alarm.topic_arn]
}
