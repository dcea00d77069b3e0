resource "aws_kinesis_stream" "events" {
  name             = "${var.prefix}-events"
  retention_period = var.stream_retention_hours
  encryption_type  = "KMS"
  kms_key_id       = var.platform.kms_key_arn

  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}

module "put_events" {
  source = "../stream_consumer"

  name        = "${var.prefix}-put-events"
  package     = "put_events"
  description = "Sends the stream's events to the Personalize event tracker."
  account     = var.account
  platform    = var.platform
  settings    = var.put_events
  mapping     = var.mapping
  stream_arn  = aws_kinesis_stream.events.arn
  policy_json = data.aws_iam_policy_document.put_events.json

  environment = {
    TRACKING_ID = var.tracking_id
    EVENT_TYPES = jsonencode(var.event_types)
    PETS_TABLE  = var.pets.table
    AGE_LIMITS  = jsonencode(var.pets.age_limits)
    PUBLISHER   = var.pets.publish_alias_arn
  }
}

# For apps and browsers that cannot write to Kinesis themselves.
module "accept_events" {
  source = "../lambda_function"

  name        = "${var.prefix}-accept-events"
  package     = "accept_events"
  description = "Puts the events of apps and browsers on the stream."
  platform    = var.platform
  settings    = var.accept_events
  policy_json = data.aws_iam_policy_document.accept_events.json

  visitor_tokens = var.visitor_tokens

  environment = {
    STREAM_NAME = aws_kinesis_stream.events.name
    EVENT_TYPES = jsonencode(var.event_types)
  }
}

data "aws_iam_policy_document" "accept_events" {
  statement {
    sid       = "PutRecords"
    actions   = ["kinesis:PutRecords"]
    resources = [aws_kinesis_stream.events.arn]
  }

  statement {
    sid       = "EncryptRecords"
    actions   = ["kms:GenerateDataKey"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["kinesis.${var.account.region}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "put_events" {
  #checkov:skip=CKV_AWS_111:personalize:PutEvents does not support resource-level permissions
  #checkov:skip=CKV_AWS_356:personalize:PutEvents does not support resource-level permissions
  # PutEvents has no resource type. With the ARN of a tracker here, the call is refused:
  # https://docs.aws.amazon.com/personalize/latest/dg/recording-item-interaction-events.html
  statement {
    sid       = "PutEvents"
    actions   = ["personalize:PutEvents"]
    resources = ["*"]
  }

  # The groups of pets that an event names, and groups that nobody has seen before.
  statement {
    sid       = "FindPetsAndNoteGroups"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:PutItem"]
    resources = [var.pets.table_arn]
  }

  statement {
    sid       = "DecryptPets"
    actions   = ["kms:Decrypt"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.${var.account.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "PublishNewGroups"
    actions   = ["lambda:InvokeFunction"]
    resources = [var.pets.publish_alias_arn]
  }
}
