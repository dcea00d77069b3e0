# The definitions of experiments, the shares of their arms at present, and the way of exposures to S3.

locals {
  name        = "${var.prefix}-exposures"
  definitions = jsonencode(var.experiments)

  # Experiments of one function, the one that comes first (assignment.py has them by name) and one after it.
  pairs = flatten([for place, first in keys(var.experiments) : [
    for second in slice(keys(var.experiments), place + 1, length(var.experiments)) : { first = first, second = second }
    if var.experiments[first].function == var.experiments[second].function
  ]])
  same_days = [for it in local.pairs : merge(it, { a = var.experiments[it.first], b = var.experiments[it.second] }) if try(
    timecmp("${coalesce(var.experiments[it.first].start_date, "0001-01-01")}T00:00:00Z", "${var.experiments[it.second].end_date}T00:00:00Z") <= 0 &&
    timecmp("${coalesce(var.experiments[it.second].start_date, "0001-01-01")}T00:00:00Z", "${var.experiments[it.first].end_date}T00:00:00Z") <= 0,
    false
  )]
  without_visitors = [for it in local.same_days : "${it.second} gets none that ${it.first} takes" if it.a.traffic == 1 && alltrue([
    for scopes in [[it.a.species, it.b.species], [it.a.shelters, it.b.shelters]] : anytrue([for scope in scopes : length(scope) == 0]) || length(setintersection(scopes...)) > 0
  ])]
}

# A warning and no error: the experiment after it may be one of a wider scope, or go on when the first has ended.
check "visitors_of_experiments" {
  assert {
    condition     = length(local.without_visitors) == 0
    error_message = "experiments: an answer has one arm, so experiments of one function share the visitors in the order of their names, and one with traffic = 1 leaves none to those after it: ${join("; ", local.without_visitors)}. Lower its traffic, or let them run one after the other."
  }
}

# Functions read these within a minute of a change, so another share needs no new version of a function.
resource "aws_ssm_parameter" "definitions" {
  #checkov:skip=CKV2_AWS_34:The value is what anybody sees on the site, and not secret
  name        = "${var.parameter_path}/experiments"
  description = "Experiments by name. Terraform writes them."
  type        = "String"
  value       = local.definitions

  lifecycle {
    precondition {
      condition     = length(local.definitions) <= 4096
      error_message = "The experiments have ${length(local.definitions)} characters as JSON, and an SSM parameter has at most 4096. Remove experiments that have ended, or use shorter names."
    }
  }
}

# Shares that were changed while an experiment runs. Whoever changes them writes the value, and Terraform never undoes it. An
# edit of the shares in the tfvars ends a change: see animal_recommender/experiments/definition.py.
resource "aws_ssm_parameter" "shares" {
  #checkov:skip=CKV2_AWS_34:The value is numbers, and not secret
  name        = "${var.parameter_path}/experiment-shares"
  description = "Shares of arms that were changed while an experiment runs."
  type        = "String"
  value       = "{}"

  lifecycle {
    ignore_changes = [value]
  }
}

# Functions put one line of JSON for each list that a visitor was shown.
resource "aws_kinesis_firehose_delivery_stream" "exposures" {
  name        = local.name
  destination = "extended_s3"

  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = var.kms_key_arn
  }

  extended_s3_configuration {
    role_arn            = aws_iam_role.firehose.arn
    bucket_arn          = var.raw_bucket_arn
    prefix              = "exposures/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/"
    error_output_prefix = "errors/!{firehose:error-output-type}/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/"
    file_extension      = ".json.gz"
    compression_format  = "GZIP"
    kms_key_arn         = var.kms_key_arn
    buffering_interval  = var.firehose.buffering_seconds
    buffering_size      = var.firehose.buffering_mib

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.firehose.name
      log_stream_name = aws_cloudwatch_log_stream.firehose.name
    }
  }

  # Without the policy the first objects would fail.
  depends_on = [aws_iam_role_policy.firehose]
}

resource "aws_cloudwatch_log_group" "firehose" {
  #checkov:skip=CKV_AWS_338:The retention is a setting of the environment; prod.tfvars sets a year
  name              = "/aws/kinesisfirehose/${local.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_cloudwatch_log_stream" "firehose" {
  name           = "DestinationDelivery"
  log_group_name = aws_cloudwatch_log_group.firehose.name
}
