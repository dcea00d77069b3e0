locals {
  # What the functions share that answer with pets of the best groups.
  recommending = {
    action = "personalize:GetRecommendations"
    environment = {
      FALLBACK_BUCKET   = var.fallback.bucket
      FALLBACK_KEY      = var.fallback.key
      PETS_TABLE        = var.pets.table
      PETS_BUCKET       = var.pets.bucket
      HISTORY_TABLE     = var.pets.history_table
      LONG_WAITING_DAYS = var.pets.long_waiting_days
    }
    reads = ["${var.fallback.bucket_arn}/${var.fallback.key}", "${var.pets.bucket_arn}/catalogue/snapshot"]
    tables = {
      ReadPets = { actions = ["dynamodb:BatchGetItem", "dynamodb:GetItem"], resources = [var.pets.table_arn] }
      # For lists that the snapshot cannot fill.
      ReadIndex        = { actions = ["dynamodb:Query", "dynamodb:Scan"], resources = ["${var.pets.table_arn}/index/available"] }
      ReadApplications = { actions = ["dynamodb:Query"], resources = [var.pets.history_table_arn] }
    }
  }

  # Function -> its settings. A function without its model does not exist.
  functions = { for name, function in {
    recommend = merge(local.recommending, {
      model       = "recommender"
      description = "Recommends animal groups for a user or a session."
      environment = merge(local.recommending.environment, { LONG_WAITING_SHARE = var.pets.long_waiting_share })
    })
    # No place of their lists is kept for pets that have waited long: these would not be similar, nor trending.
    similar = merge(local.recommending, {
      model       = "similar"
      description = "Returns pets like a given one."
      environment = merge(local.recommending.environment, { LONG_WAITING_SHARE = 0 })
    })
    trending = merge(local.recommending, {
      model       = "trending"
      description = "Returns pets of the groups that many visitors look at lately."
      environment = merge(local.recommending.environment, { LONG_WAITING_SHARE = 0 })
    })
    rerank = {
      model       = "reranker"
      action      = "personalize:GetPersonalizedRanking"
      description = "Ranks a list of animals for a user."
      environment = { PETS_TABLE = var.pets.table }
      reads       = []
      tables      = { ReadPets = { actions = ["dynamodb:BatchGetItem"], resources = [var.pets.table_arn] } }
    }
  } : name => function if contains(keys(var.campaign_arns), function.model) }

  # Function -> the campaigns of the models that arms of its experiments show.
  experiment_campaigns = {
    for name, models in try(var.experiments.models, {}) : name => { for model in models : model => var.campaign_arns[model] }
    if contains(keys(local.functions), name)
  }
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

  visitor_tokens = var.visitor_tokens

  environment = merge(each.value.environment, contains(keys(local.experiment_campaigns), each.key) ? {
    EXPERIMENTS_PARAMETER = var.experiments.definitions
    SHARES_PARAMETER      = var.experiments.shares
    EXPOSURE_STREAM       = var.experiments.stream
    EXPERIMENT_CAMPAIGNS  = jsonencode(local.experiment_campaigns[each.key])
    } : {}, {
    AGE_LIMITS                  = jsonencode(var.pets.age_limits)
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
    resources = distinct(concat([var.campaign_arns[each.value.model]], values(lookup(local.experiment_campaigns, each.key, {})), values(var.filters)[*].arn))
  }

  dynamic "statement" {
    for_each = contains(keys(local.experiment_campaigns), each.key) ? [var.experiments] : []

    content {
      sid       = "ReadExperiments"
      actions   = ["ssm:GetParameters"]
      resources = statement.value.parameter_arns
    }
  }

  dynamic "statement" {
    for_each = contains(keys(local.experiment_campaigns), each.key) ? [var.experiments] : []

    content {
      sid       = "RecordExposures"
      actions   = ["firehose:PutRecord"]
      resources = [statement.value.stream_arn]
    }
  }

  dynamic "statement" {
    for_each = length(each.value.reads) > 0 ? [each.value.reads] : []

    content {
      sid       = "ReadObjects"
      actions   = ["s3:GetObject"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(each.value.reads) > 0 ? [true] : []

    content {
      sid       = "DecryptObjects"
      actions   = ["kms:Decrypt"]
      resources = [var.platform.kms_key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${var.account.region}.amazonaws.com"]
      }
    }
  }

  dynamic "statement" {
    for_each = each.value.tables

    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }

  statement {
    sid       = "DecryptTables"
    actions   = ["kms:Decrypt"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.${var.account.region}.amazonaws.com"]
    }
  }
}
