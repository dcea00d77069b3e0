locals {
  function_names = merge(
    {
      put_events       = module.ingestion.function_name
      normalize_events = module.ingestion.normalize_events_function_name
      accept_events    = module.ingestion.accept_events.function_name
    },
    try(module.browser_api[0].function_names, {}),
    try(module.batch[0].function_names, {}),
    try(module.verdicts[0].function_names, {}),
    module.history.function_names,
    module.pets.function_names,
    module.serving.function_names,
    module.retraining.function_names,
  )

  dead_letter_queue_urls = {
    put_events     = module.ingestion.dead_letter_queue_url
    record_history = module.history.dead_letter_queue_url
  }
}

output "stream_name" {
  description = "Name of the Kinesis stream that apps send events to."
  value       = module.ingestion.stream_name
}

output "function_names" {
  description = "Name of each deployed function, by package name."
  value       = local.function_names
}

output "campaign_arns" {
  description = "ARN of the campaign of each model."
  value       = module.personalize.campaign_arns
}

output "solution_arns" {
  description = "ARN of the solution of each model."
  value       = module.personalize.solution_arns
}

output "dataset_group_arn" {
  description = "ARN of the Personalize dataset group."
  value       = module.personalize.dataset_group_arn
}

output "event_tracker_arn" {
  description = "ARN of the Personalize event tracker."
  value       = module.personalize.event_tracker_arn
}

output "tracking_id" {
  description = "Id of the event tracker, which PutEvents needs."
  value       = module.personalize.tracking_id
}

output "personalize_role_arn" {
  description = "ARN of the role with which Personalize reads the seed bucket, in import and deletion jobs."
  value       = module.personalize.role_arn
}

output "seed_bucket" {
  description = "Name of the bucket with the seed data."
  value       = module.storage.seed_bucket_name
}

output "raw_bucket" {
  description = "Name of the bucket with the raw events."
  value       = module.storage.raw_bucket_name
}

output "history_table" {
  description = "Name of the DynamoDB table with the history of each user."
  value       = module.history.table_name
}

output "pets_table" {
  description = "Name of the DynamoDB table of pets."
  value       = module.pets.table_name
}

output "pets_bucket" {
  description = "Name of the bucket with the feeds of shelters."
  value       = module.storage.pets_bucket_name
}

output "dead_letter_queue_urls" {
  description = "URL of the dead-letter queue of each function that reads the stream."
  value       = local.dead_letter_queue_urls
}

output "firehose_name" {
  description = "Name of the Firehose delivery stream that writes the raw events."
  value       = module.ingestion.firehose_name
}

output "athena_workgroup" {
  description = "Name of the Athena workgroup that queries the raw events."
  value       = module.analytics.workgroup_name
}

output "athena_database" {
  description = "Name of the Glue database of the raw events."
  value       = module.analytics.database_name
}

output "kms_key_arn" {
  description = "ARN of the KMS key that encrypts all data."
  value       = module.encryption.key_arn
}

output "visitor_key_arn" {
  description = "ARN of the KMS key that visitors' tokens are made with, or null without browser_api."
  value       = try(local.visitor_tokens.key_arn, null)
}

output "state_machine_arn" {
  description = "ARN of the state machine that retrains the models."
  value       = module.retraining.state_machine_arn
}

output "topic_arn" {
  description = "ARN of the SNS topic with outcomes of retraining, alarms and budget warnings."
  value       = module.notifications.topic_arn
}

output "http_api_url" {
  description = "URL of the HTTP API, or null without http_api."
  value       = one(module.http_api[*].url)
}

output "browser_api_url" {
  description = "URL of the HTTP API for browsers, or null without browser_api."
  value       = one(module.browser_api[*].url)
}

output "site_url" {
  description = "URL of the site, or null without site."
  value       = one(module.site[*].url)
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = module.monitoring.dashboard_name
}

output "stream_writer_policy" {
  description = "IAM policy (JSON) for an app that puts events on the stream, with the right to use its key."
  value       = data.aws_iam_policy_document.caller["stream_writer"].json
}

output "function_caller_policy" {
  description = "IAM policy (JSON) for an app that invokes accept_events, recommend, rerank, similar, trending and get_history by their alias `live`."
  value       = data.aws_iam_policy_document.caller["function_caller"].json
}

output "pets_writer_policy" {
  description = "IAM policy (JSON) for the app that knows the pets: it invokes put_pets, and puts feeds into the bucket of pets."
  value       = data.aws_iam_policy_document.caller["pets_writer"].json
}

output "http_api_pets_writer_policy" {
  description = "IAM policy (JSON) for an app that puts, changes and removes pets through the HTTP API with signed requests; null without http_api, and with http_api.jwt."
  value       = try(data.aws_iam_policy_document.caller["http_api_pets_writer"].json, null)
}

output "http_api_caller_policy" {
  description = "IAM policy (JSON) for an app that calls the HTTP API with signed requests; null without http_api, and with http_api.jwt."
  value       = try(data.aws_iam_policy_document.caller["http_api_caller"].json, null)
}
