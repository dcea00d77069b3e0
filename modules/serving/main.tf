locals {
  # Function -> its settings. Without a model reranker there is no function rerank.
  functions = { for name, function in {
    recommend = {
      model       = "recommender"
      action      = "personalize:GetRecommendations"
      description = "Recommends animal groups for a user or a session."
      environment = { FALLBACK_BUCKET = var.fallback.bucket, FALLBACK_KEY = var.fallback.key }
      reads       = ["${var.fallback.bucket_arn}/${var.fallback.key}"]
    }
    rerank = {
      model       = "reranker"
      action      = "personalize:GetPersonalizedRanking"
      description = "Ranks a list of animals for a user."
      environment = {}
      reads       = []
    }
  } : name => function if contains(keys(var.campaign_arns), function.model) }
}

module "function" {
  source   = "../lambda_function"
  for_each = local.functions

  name        = "${var.prefix}-${each.key}"
  package     = each.key
  description = each.value.description
  platform    = var.platform
  settings    = try(var.functions[each.key], {})
  policy_json = data.aws_iam_policy_document.this[each.key].json

  environment = merge(each.value.environment, {
    CAMPAIGN_ARN                = var.campaign_arns[each.value.model]
    FILTERS                     = jsonencode(var.filters)
    PERSONALIZE_TIMEOUT_SECONDS = var.personalize_timeout_seconds
  })
}

data "aws_iam_policy_document" "this" {
  for_each = local.functions

  statement {
    sid       = "AskCampaign"
    actions   = [each.value.action]
    resources = concat([var.campaign_arns[each.value.model]], values(var.filters)[*].arn)
  }

  dynamic "statement" {
    for_each = length(each.value.reads) > 0 ? [each.value.reads] : []

    content {
      sid       = "ReadFallback"
      actions   = ["s3:GetObject"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(each.value.reads) > 0 ? [true] : []

    content {
      sid       = "DecryptFallback"
      actions   = ["kms:Decrypt"]
      resources = [var.platform.kms_key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${var.account.region}.amazonaws.com"]
      }
    }
  }
}
