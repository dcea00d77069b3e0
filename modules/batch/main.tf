# Recommendations for many users as a file, for newsletters. A schedule starts the job; another one looks whether it failed,
# because Personalize tells nobody.

locals {
  name       = "${var.prefix}-batch"
  job_prefix = "${local.name}-"
  folder_arn = "${var.bucket.arn}/batch"
  arn_prefix = "arn:${var.account.partition}:personalize:${var.account.region}:${var.account.id}"
  # The ARN of a version is that of its solution and one more part. IAM may ask for either, as in modules/retraining.
  version_arns = [var.solution_arn, "${var.solution_arn}/*"]

  # Function -> its settings and the calls that it makes. `via` names the service that uses the key for the function.
  functions = {
    start_batch = {
      description = "Starts a job that writes recommendations for many users to S3."
      environment = merge({
        BUCKET        = var.bucket.name
        CAMPAIGN_ARN  = var.campaign_arn
        HISTORY_TABLE = var.history_table.name
        JOB_PREFIX    = local.job_prefix
        RESULTS       = var.settings.results
        ROLE_ARN      = var.personalize_role_arn
      }, var.filter_arn == null ? {} : { FILTER_ARN = var.filter_arn })
      calls = [
        { sid = "ReadUsers", actions = ["dynamodb:Scan"], resources = [var.history_table.arn] },
        { sid = "DecryptUsers", actions = ["kms:Decrypt"], resources = [var.platform.kms_key_arn], via = "dynamodb" },
        { sid = "ReadLists", actions = ["s3:GetObject"], resources = ["${local.folder_arn}/users/*"] },
        { sid = "WriteInput", actions = ["s3:PutObject"], resources = ["${local.folder_arn}/${local.job_prefix}*/users.json"] },
        { sid = "EncryptFiles", actions = ["kms:Decrypt", "kms:GenerateDataKey"], resources = [var.platform.kms_key_arn], via = "s3" },
        { sid = "Served", actions = ["personalize:DescribeCampaign"], resources = [var.campaign_arn] },
        {
          sid       = "Start"
          actions   = ["personalize:CreateBatchInferenceJob"]
          resources = concat(local.version_arns, ["${local.arn_prefix}:batch-inference-job/${local.job_prefix}*"], compact([var.filter_arn]))
        },
        { sid = "PassRole", actions = ["iam:PassRole"], resources = [var.personalize_role_arn] },
      ]
    }
    check_batch = {
      description = "Looks whether the newest job has failed."
      environment = { JOB_PREFIX = local.job_prefix }
      # The action has no resource type.
      calls = [{ sid = "ListJobs", actions = ["personalize:ListBatchInferenceJobs"], resources = ["*"] }]
    }
  }

  # Function -> when it runs.
  schedules = {
    start_batch = { expression = var.settings.schedule_expression, timezone = var.settings.timezone }
    check_batch = { expression = "rate(1 hour)", timezone = "UTC" }
  }
}

module "function" {
  source   = "../lambda_function"
  for_each = local.functions

  name        = "${var.prefix}-${replace(each.key, "_", "-")}"
  package     = each.key
  description = each.value.description
  platform    = var.platform
  settings    = try(var.functions[each.key], {})
  policy_json = data.aws_iam_policy_document.function[each.key].json
  environment = each.value.environment
}

data "aws_iam_policy_document" "function" {
  #checkov:skip=CKV_AWS_356:personalize:ListBatchInferenceJobs does not support resource-level permissions
  for_each = local.functions

  dynamic "statement" {
    for_each = each.value.calls

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

      dynamic "condition" {
        for_each = statement.value.sid == "PassRole" ? ["personalize.amazonaws.com"] : []

        content {
          test     = "StringEquals"
          variable = "iam:PassedToService"
          values   = [condition.value]
        }
      }
    }
  }
}

resource "aws_scheduler_schedule" "this" {
  for_each = local.schedules

  name                         = "${local.name}-${split("_", each.key)[0]}"
  description                  = local.functions[each.key].description
  schedule_expression          = each.value.expression
  schedule_expression_timezone = each.value.timezone
  kms_key_arn                  = var.platform.kms_key_arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.function[each.key].alias_arn
    role_arn = aws_iam_role.scheduler.arn
    input    = "{}"

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 10
    }
  }

  depends_on = [aws_iam_role_policy.scheduler]
}

resource "aws_iam_role" "scheduler" {
  name               = "${local.name}-schedule"
  description        = "Role of the schedules of ${local.name}"
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
      values   = ["arn:${var.account.partition}:scheduler:${var.account.region}:${var.account.id}:schedule-group/default"]
    }
  }
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    sid       = "Invoke"
    actions   = ["lambda:InvokeFunction"]
    resources = [for function in module.function : function.alias_arn]
  }

  statement {
    sid       = "OwnInput"
    actions   = ["kms:Decrypt"]
    resources = [var.platform.kms_key_arn]
  }
}

resource "aws_cloudwatch_metric_alarm" "failed" {
  count = var.alarm.enabled ? 1 : 0

  alarm_name          = "${var.prefix}-batch-failed"
  alarm_description   = "The newest batch of recommendations was not written. The log of ${module.function["check_batch"].function_name} has Personalize's reason. `make batch ENV=${var.platform.environment}` starts another one."
  alarm_actions       = [var.alarm.topic_arn]
  namespace           = "AnimalRecommender"
  metric_name         = "BatchFailed"
  dimensions          = { service = module.function["check_batch"].function_name }
  statistic           = "Maximum"
  period              = 3600
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "ignore"
}
