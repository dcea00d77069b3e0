locals {
  queue_name = "${var.name}-dead-letters"
  queue_arn  = "arn:${var.account.partition}:sqs:${var.account.region}:${var.account.id}:${local.queue_name}"
}

module "function" {
  source = "../lambda_function"

  name        = var.name
  package     = var.package
  description = var.description
  platform    = var.platform
  settings    = var.settings
  environment = merge(var.environment, { DEAD_LETTER_QUEUE_URL = aws_sqs_queue.dead_letters.url })
  policy_json = data.aws_iam_policy_document.consumer.json
}

# The function sends single records that can never be processed. Lambda sends the position of a batch that it has given up.
resource "aws_sqs_queue" "dead_letters" {
  name                       = local.queue_name
  kms_master_key_id          = var.platform.kms_key_arn
  message_retention_seconds  = 1209600
  visibility_timeout_seconds = 120
  # The policy is here and not in an aws_sqs_queue_policy, for which the provider would wait about 25 seconds more.
  policy = data.aws_iam_policy_document.queue.json
}

resource "aws_lambda_event_source_mapping" "stream" {
  event_source_arn  = var.stream_arn
  function_name     = module.function.alias_arn
  starting_position = "TRIM_HORIZON"

  batch_size                         = var.mapping.batch_size
  maximum_batching_window_in_seconds = var.mapping.batching_window_seconds
  parallelization_factor             = var.mapping.parallelization_factor

  bisect_batch_on_function_error = true
  function_response_types        = ["ReportBatchItemFailures"]
  maximum_record_age_in_seconds  = var.mapping.maximum_record_age_seconds
  maximum_retry_attempts         = var.mapping.maximum_retry_attempts

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.dead_letters.arn
    }
  }
}
