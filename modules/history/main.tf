# One partition for each user or session, sorted by time. functions/animal_recommender/history_table.py has the layout.
resource "aws_dynamodb_table" "history" {
  #checkov:skip=CKV_AWS_28:Point-in-time recovery is a setting of the environment; prod.tfvars enables it
  name                        = "${var.prefix}-history"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  ttl {
    attribute_name = "expiresAt"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.platform.kms_key_arn
  }
}

module "record_history" {
  source = "../stream_consumer"

  name        = "${var.prefix}-record-history"
  package     = "record_history"
  description = "Records the stream's events in the history of each user."
  account     = var.account
  platform    = var.platform
  settings    = try(var.functions["record_history"], {})
  mapping     = var.mapping
  stream_arn  = var.stream_arn
  policy_json = data.aws_iam_policy_document.record_history.json

  environment = {
    HISTORY_TABLE    = aws_dynamodb_table.history.name
    HISTORY_TTL_DAYS = var.ttl_days
    EVENT_TYPES      = jsonencode(var.event_types)
    PETS_TABLE       = var.pets.table
    AGE_LIMITS       = jsonencode(var.pets.age_limits)

    APPLICATION_EVENT_TYPES = jsonencode(var.pets.application_event_types)
  }
}

module "get_history" {
  source = "../lambda_function"

  name        = "${var.prefix}-get-history"
  package     = "get_history"
  description = "Answers what a user did, newest first."
  platform    = var.platform
  settings    = try(var.functions["get_history"], {})
  policy_json = data.aws_iam_policy_document.get_history.json

  visitor_tokens = var.visitor_tokens

  environment = {
    HISTORY_TABLE = aws_dynamodb_table.history.name
    EVENT_TYPES   = jsonencode(var.event_types)
  }
}

data "aws_iam_policy_document" "record_history" {
  statement {
    sid       = "WriteHistory"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:Query"]
    resources = [aws_dynamodb_table.history.arn]
  }

  statement {
    sid       = "FindPets"
    actions   = ["dynamodb:BatchGetItem"]
    resources = [var.pets.table_arn]
  }

  statement {
    sid       = "DecryptHistory"
    actions   = ["kms:Decrypt"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.${var.account.region}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "get_history" {
  statement {
    sid       = "ReadHistory"
    actions   = ["dynamodb:Query"]
    resources = [aws_dynamodb_table.history.arn]
  }

  statement {
    sid       = "DecryptHistory"
    actions   = ["kms:Decrypt"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.${var.account.region}.amazonaws.com"]
    }
  }
}
