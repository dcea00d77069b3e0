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
  environment = { TRACKING_ID = var.tracking_id }
  policy_json = data.aws_iam_policy_document.put_events.json
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
}
