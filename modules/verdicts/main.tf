# A verdict on each experiment once a day: a function counts with Athena, judges, mails what is new, and may change shares.

locals {
  name = "${var.prefix}-judge-experiments"

  query_ids  = { for name in ["attribution", "experiment_answers", "experiment_outcomes"] : name => var.analytics.query_ids[name] }
  arn_prefix = "arn:${var.account.partition}"
  regional   = "${var.account.region}:${var.account.id}"
  glue_arn   = "${local.arn_prefix}:glue:${local.regional}"

  # The calls of the function. `via` names the service that uses the key for the function.
  calls = [
    { sid = "ReadDefinitions", actions = ["ssm:GetParameter"], resources = [var.parameters.definitions_arn, var.parameters.shares_arn] },
    {
      sid = "ChangeShares"
      # Unused here: ssm:PutParameter - no experiment of local.tfvars may act.
      actions   = ["ssm:PutParameter"]
      resources = [var.parameters.shares_arn]
    },
    { sid = "ReadMetrics", actions = ["cloudwatch:GetMetricStatistics"], resources = ["*"] },
    { sid = "Mail", actions = ["sns:Publish"], resources = [var.topic_arn] },
    { sid = "EncryptMail", actions = ["kms:Decrypt", "kms:GenerateDataKey"], resources = [var.platform.kms_key_arn], via = "sns" },
    {
      sid       = "Query"
      actions   = ["athena:GetNamedQuery", "athena:GetQueryExecution", "athena:GetQueryResults", "athena:StartQueryExecution"]
      resources = ["${local.arn_prefix}:athena:${local.regional}:workgroup/${var.analytics.workgroup_name}"]
    },
    {
      sid = "ReadTables"
      # Unused here: glue:GetDatabase, glue:GetPartitions, glue:GetTable - Athena reads tables with the rights of its caller;
      #   the local one reads them itself.
      actions = ["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable"]
      resources = concat(
        ["${local.glue_arn}:catalog", "${local.glue_arn}:database/${var.analytics.database_name}"],
        [for table in ["events", "exposures"] : "${local.glue_arn}:table/${var.analytics.database_name}/${table}"],
      )
    },
    { sid = "ListLedgers", actions = ["s3:ListBucket"], resources = [var.raw_bucket.arn] },
    {
      sid = "FindResultBucket"
      # Unused here: s3:GetBucketLocation - Athena asks for the region of the bucket with the rights of its caller.
      actions   = ["s3:GetBucketLocation"]
      resources = [var.raw_bucket.arn]
    },
    { sid = "ReadLedgers", actions = ["s3:GetObject"], resources = ["${var.raw_bucket.arn}/experiments/*"] },
    { sid = "WriteVerdicts", actions = ["s3:PutObject"], resources = ["${var.raw_bucket.arn}/experiments/*"] },
    {
      sid = "ReadEvents"
      # Unused here: s3:GetObject - Athena reads objects with the rights of its caller; the local one reads them itself.
      actions   = ["s3:GetObject"]
      resources = [for prefix in ["events", "exposures", "query-results"] : "${var.raw_bucket.arn}/${prefix}/*"]
    },
    {
      sid = "WriteResults"
      # Unused here: s3:AbortMultipartUpload, s3:PutObject - Athena writes results with the rights of its caller.
      actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
      resources = ["${var.raw_bucket.arn}/query-results/*"]
    },
    { sid = "UseKeyForS3", actions = ["kms:Decrypt", "kms:GenerateDataKey"], resources = [var.platform.kms_key_arn], via = "s3" },
  ]
}

module "function" {
  source = "../lambda_function"

  name        = local.name
  package     = "judge_experiments"
  description = "Judges the experiments, mails what is new, and changes shares of experiments that may act."
  platform    = var.platform
  settings    = var.settings
  policy_json = data.aws_iam_policy_document.function.json

  environment = {
    EXPERIMENTS_PARAMETER = var.parameters.definitions
    SHARES_PARAMETER      = var.parameters.shares
    RAW_BUCKET            = var.raw_bucket.name
    WORKGROUP             = var.analytics.workgroup_name
    TOPIC_ARN             = var.topic_arn
    QUERY_IDS             = jsonencode(local.query_ids)
    FUNCTION_NAMES        = jsonencode(var.function_names)
    DAILY_MAIL            = var.schedule.daily_mail ? "true" : "false"
  }
}

data "aws_iam_policy_document" "function" {
  #checkov:skip=CKV_AWS_356:cloudwatch:GetMetricStatistics does not support resource-level permissions
  dynamic "statement" {
    for_each = local.calls

    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = try([statement.value.via], [])

        content {
          test     = "StringEquals"
          variable = "kms:ViaService"
          values   = ["${condition.value}.${var.account.region}.amazonaws.com"]
        }
      }
    }
  }
}

resource "aws_scheduler_schedule" "this" {
  name                         = local.name
  description                  = "Judges the experiments."
  schedule_expression          = var.schedule.expression
  schedule_expression_timezone = var.schedule.timezone
  kms_key_arn                  = var.platform.kms_key_arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.function.alias_arn
    role_arn = aws_iam_role.scheduler.arn
    input    = "{}"

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 3
    }
  }

  depends_on = [aws_iam_role_policy.scheduler]
}

resource "aws_iam_role" "scheduler" {
  name               = "${local.name}-schedule"
  description        = "Role of the schedule of ${local.name}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "calls"
  role   = aws_iam_role.scheduler.name
  policy = data.aws_iam_policy_document.scheduler.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account.id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["${local.arn_prefix}:scheduler:${local.regional}:schedule-group/default"]
    }
  }
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    sid       = "Invoke"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.function.alias_arn]
  }

  statement {
    sid       = "OwnInput"
    actions   = ["kms:Decrypt"]
    resources = [var.platform.kms_key_arn]
  }
}

# The alarm on the function's errors is in modules/monitoring, with those of all functions.
resource "aws_cloudwatch_metric_alarm" "missing" {
  count = var.alarm.enabled ? 1 : 0

  alarm_name          = "${var.prefix}-verdict-missing"
  alarm_description   = "The experiments were not judged for a day and a half. The log of ${local.name} says why; `make experiment ENV=${var.platform.environment}` judges now."
  alarm_actions       = [var.topic_arn]
  namespace           = "AnimalRecommender"
  metric_name         = "ExperimentsJudged"
  dimensions          = { service = module.function.function_name }
  statistic           = "Sum"
  period              = 43200
  evaluation_periods  = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
}
