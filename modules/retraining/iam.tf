locals {
  solution_arns = values(var.solution_arns)
  # The ARN of a version is that of its solution and one more part. The reference has one resource type for both, so IAM
  # may ask for either: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonpersonalize.html
  version_arns  = concat(local.solution_arns, [for arn in local.solution_arns : "${arn}/*"])
  trained_arns  = concat(local.trained_solution_arns, [for arn in local.trained_solution_arns : "${arn}/*"])
  campaign_arns = values(var.campaign_arns)
  ledger_arns = [for name in keys(var.models) :
    "arn:${var.account.partition}:ssm:${var.account.region}:${var.account.id}:parameter${var.ledger_prefix}/${name}/ledger"
  ]

  ranking_arns = [for model in local.models : model.campaignArn if model.kind == "ranking"]

  # List actions of Personalize and GetMetricData have no resource type.
  list_versions     = { sid = "ListVersions", actions = ["personalize:ListSolutionVersions"], resources = ["*"] }
  describe_versions = { sid = "Versions", actions = ["personalize:DescribeSolutionVersion"], resources = local.version_arns }
  describe_trained  = { sid = "Versions", actions = ["personalize:DescribeSolutionVersion"], resources = local.trained_arns }

  keep_ledger = { sid = "KeepLedger", actions = ["ssm:GetParameter", "ssm:PutParameter"], resources = local.ledger_arns }
  update_campaigns = {
    sid       = "Update"
    actions   = ["personalize:DescribeCampaign", "personalize:UpdateCampaign"]
    resources = local.campaign_arns
  }
  # A request to update a campaign names the version that it is to serve.
  serve_versions = { sid = "Serve", actions = ["personalize:UpdateCampaign"], resources = local.version_arns }

  # Function -> the calls that it makes: actions on resources. `via` names the service that uses the key for the function.
  calls = {
    plan_retraining = [
      { sid = "OlderRuns", actions = ["states:ListExecutions"], resources = [local.state_machine_arn] },
    ]
    check_interactions = [
      {
        sid       = "AutomaticTraining"
        actions   = ["personalize:DescribeSolution", "personalize:UpdateSolution"]
        resources = local.solution_arns
      },
      local.list_versions,
      local.describe_versions,
      { sid = "NewInteractions", actions = ["cloudwatch:GetMetricData"], resources = ["*"] },
      { sid = "Paused", actions = ["ssm:GetParameter"], resources = local.ledger_arns },
    ]
    create_solution_version = [
      { sid = "Train", actions = ["personalize:CreateSolutionVersion"], resources = local.trained_arns },
      local.list_versions,
      local.describe_trained,
    ]
    describe_solution_version = [local.describe_trained]
    stop_solution_version = [
      { sid = "StopTraining", actions = ["personalize:StopSolutionVersionCreation"], resources = local.trained_arns },
      local.list_versions,
      local.describe_trained,
    ]
    evaluate_solution_version = [
      { sid = "Metrics", actions = ["personalize:GetSolutionMetrics"], resources = local.trained_arns },
      { sid = "Deployed", actions = ["personalize:DescribeCampaign"], resources = local.campaign_arns },
    ]
    reconcile_campaign = [
      local.update_campaigns,
      local.serve_versions,
      local.keep_ledger,
    ]
    update_campaign = [
      local.update_campaigns,
      local.serve_versions,
      local.keep_ledger,
    ]
    describe_campaign = [
      { sid = "Deployed", actions = ["personalize:DescribeCampaign"], resources = local.campaign_arns },
    ]
    verify_campaign = [
      {
        sid       = "AskForRecommendations"
        actions   = ["personalize:GetRecommendations"]
        resources = [for model in local.models : model.campaignArn if model.kind != "ranking"]
      },
      {
        sid       = "AskForRanking"
        actions   = ["personalize:GetPersonalizedRanking"]
        resources = local.ranking_arns
      },
      { sid = "KeepPopular", actions = ["s3:PutObject"], resources = ["${var.fallback.bucket_arn}/${var.fallback.key}"] },
      { sid = "EncryptPopular", actions = ["kms:GenerateDataKey"], resources = [var.platform.kms_key_arn], via = "s3" },
    ]
    report_outcome = [
      { sid = "Tell", actions = ["sns:Publish"], resources = [var.topic_arn] },
      { sid = "Deployed", actions = ["personalize:DescribeCampaign"], resources = local.campaign_arns },
      local.list_versions,
      local.keep_ledger,
      {
        sid       = "EncryptMail"
        actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
        resources = [var.platform.kms_key_arn]
        via       = "sns"
      },
    ]
  }
}

data "aws_iam_policy_document" "function" {
  #checkov:skip=CKV_AWS_356:cloudwatch:GetMetricData and personalize:ListSolutionVersions do not support resource-level permissions
  for_each = local.calls

  dynamic "statement" {
    # A list of resources is empty if, for example, there is no ranking model.
    for_each = [for call in each.value : call if length(call.resources) > 0]

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

data "aws_iam_policy_document" "trust" {
  for_each = {
    states    = local.state_machine_arn
    scheduler = "arn:${var.account.partition}:scheduler:${var.account.region}:${var.account.id}:schedule-group/default"
  }

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account.id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [each.value]
    }
  }
}

resource "aws_iam_role" "state_machine" {
  name               = local.name
  description        = "Role of the state machine ${local.name}"
  assume_role_policy = data.aws_iam_policy_document.trust["states"].json
}

resource "aws_iam_role_policy" "state_machine" {
  name   = "calls"
  role   = aws_iam_role.state_machine.name
  policy = data.aws_iam_policy_document.state_machine.json
}

data "aws_iam_policy_document" "state_machine" {
  #checkov:skip=CKV_AWS_111:Log delivery and X-Ray do not support resource-level permissions
  #checkov:skip=CKV_AWS_356:Log delivery and X-Ray do not support resource-level permissions
  statement {
    sid       = "Functions"
    actions   = ["lambda:InvokeFunction"]
    resources = [for function in module.function : function.alias_arn]
  }

  statement {
    sid       = "OwnData"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:states:stateMachineArn"
      values   = [local.state_machine_arn]
    }
  }

  statement {
    sid = "OwnLogs"
    # Unused here: kms:GenerateDataKey - the local Step Functions deliver no logs
    actions   = ["kms:GenerateDataKey"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:SourceArn"
      values   = ["arn:${var.account.partition}:logs:${var.account.region}:${var.account.id}:*"]
    }
  }

  # None of these has a resource type: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
  statement {
    sid = "LogDelivery"
    # Unused here: logs:* - the local Step Functions deliver no logs; the real service sets the delivery up with these
    #   eight when the state machine is made, changed, and removed
    actions = [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ]
    resources = ["*"]
  }

  statement {
    sid = "OwnTraces"
    # Unused here: xray:* - the local Step Functions send no traces
    actions = [
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_role" "scheduler" {
  name               = "${local.name}-schedule"
  description        = "Role with which the schedule ${local.name} starts the state machine"
  assume_role_policy = data.aws_iam_policy_document.trust["scheduler"].json
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "start"
  role   = aws_iam_role.scheduler.name
  policy = data.aws_iam_policy_document.scheduler.json
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    sid       = "Start"
    actions   = ["states:StartExecution"]
    resources = [local.state_machine_arn]
  }

  # The key encrypts both the schedule and the state machine.
  statement {
    sid       = "UseKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [for service in ["scheduler", "states"] : "${service}.${var.account.region}.amazonaws.com"]
    }
  }
}
