# publish_pets writes the snapshot from which recommend takes its candidates, and tells Personalize of groups. Writers invoke
# it after a change. The schedule is for what nobody announces: another day, a writer that was killed, a busy Personalize.

locals {
  publish_name = "${var.prefix}-publish-pets"
  snapshot_arn = "${var.bucket_arn}/catalogue/snapshot"
}

module "publish_pets" {
  source = "../lambda_function"

  name        = local.publish_name
  package     = "publish_pets"
  description = "Publishes the catalogue of pets to recommend and to Amazon Personalize."
  platform    = var.platform
  settings    = try(var.functions["publish_pets"], {})
  policy_json = data.aws_iam_policy_document.publish_pets.json

  environment = {
    PETS_TABLE        = aws_dynamodb_table.pets.name
    PETS_BUCKET       = var.bucket
    AGE_LIMITS        = jsonencode(var.age_limits)
    ITEMS_DATASET_ARN = var.items.dataset_arn
    SEED_BUCKET       = var.items.seed_bucket
    SEED_ITEMS_KEY    = var.items.seed_key
  }
}

data "aws_iam_policy_document" "publish_pets" {
  statement {
    sid       = "Catalogue"
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.pets.arn]
  }

  statement {
    sid       = "ReadAvailablePets"
    actions   = ["dynamodb:Scan"]
    resources = ["${aws_dynamodb_table.pets.arn}/index/available"]
  }

  statement {
    sid       = "WriteSnapshot"
    actions   = ["s3:PutObject"]
    resources = [local.snapshot_arn]
  }

  # PutItems replaces an item as a whole, so what the seed knows of it must be sent again.
  statement {
    sid       = "ReadSeed"
    actions   = ["s3:GetObject"]
    resources = ["${var.items.seed_bucket_arn}/${var.items.seed_key}"]
  }

  statement {
    sid       = "TellPersonalize"
    actions   = ["personalize:DescribeDataset", "personalize:PutItems"]
    resources = [var.items.dataset_arn]
  }

  statement {
    sid       = "ReadSchema"
    actions   = ["personalize:DescribeSchema"]
    resources = [var.items.schema_arn]
  }

  statement {
    sid       = "UseKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [for service in ["dynamodb", "s3"] : "${service}.${var.account.region}.amazonaws.com"]
    }
  }
}

resource "aws_scheduler_schedule" "publish" {
  name                = local.publish_name
  description         = "Publishes the catalogue of pets every minute."
  schedule_expression = "rate(1 minute)"
  kms_key_arn         = var.platform.kms_key_arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.publish_pets.alias_arn
    role_arn = aws_iam_role.publish_schedule.arn
    input    = jsonencode({})

    # The next minute is soon enough.
    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 0
    }
  }

  depends_on = [aws_iam_role_policy.publish_schedule]
}

resource "aws_iam_role" "publish_schedule" {
  name               = "${local.publish_name}-schedule"
  description        = "Role with which the schedule ${local.publish_name} invokes the function"
  assume_role_policy = data.aws_iam_policy_document.publish_schedule_trust.json
}

data "aws_iam_policy_document" "publish_schedule_trust" {
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

resource "aws_iam_role_policy" "publish_schedule" {
  name   = "invoke"
  role   = aws_iam_role.publish_schedule.name
  policy = data.aws_iam_policy_document.publish_schedule.json
}

data "aws_iam_policy_document" "publish_schedule" {
  statement {
    sid       = "Invoke"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.publish_pets.alias_arn]
  }

  statement {
    sid       = "UseKey"
    actions   = ["kms:Decrypt"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["scheduler.${var.account.region}.amazonaws.com"]
    }
  }
}
