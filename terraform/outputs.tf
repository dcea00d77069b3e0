locals {
  function_names = merge(
    { put_events = module.ingestion.function_name },
    module.history.function_names,
    module.serving.function_names,
    module.retraining.function_names,
  )

  dead_letter_queue_urls = {
    put_events     = module.ingestion.dead_letter_queue_url
    record_history = module.history.dead_letter_queue_url
  }
}

output "stream_name" {
  description = "Kinesis stream that apps send events to."
  value       = module.ingestion.stream_name
}

output "function_names" {
  description = "Deployed name of each function."
  value       = local.function_names
}

output "campaign_arns" {
  description = "ARN of each model's campaign."
  value       = module.personalize.campaign_arns
}

output "solution_arns" {
  description = "ARN of each model's solution."
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
  description = "Id that PutEvents names the event tracker by."
  value       = module.personalize.tracking_id
}

output "personalize_role_arn" {
  description = "Role with which Personalize reads the seed bucket, for import and deletion jobs."
  value       = module.personalize.role_arn
}

output "seed_bucket" {
  description = "Bucket of the seed data."
  value       = module.storage.seed_bucket
}

output "raw_bucket" {
  description = "Bucket of the raw events."
  value       = module.storage.raw_bucket
}

output "history_table" {
  description = "DynamoDB table of the users' histories."
  value       = module.history.table_name
}

output "dead_letter_queue_urls" {
  description = "Dead-letter queue of each function that reads the stream."
  value       = local.dead_letter_queue_urls
}

output "firehose_name" {
  description = "Firehose delivery stream that writes the raw events."
  value       = module.ingestion.firehose_name
}

output "athena_workgroup" {
  description = "Athena workgroup for questions to the raw events."
  value       = module.analytics.workgroup_name
}

output "athena_database" {
  description = "Glue database of the raw events."
  value       = module.analytics.database_name
}

output "kms_key_arn" {
  description = "Key that encrypts everything."
  value       = module.encryption.key_arn
}

output "state_machine_arn" {
  description = "State machine that retrains the models."
  value       = module.retraining.state_machine_arn
}

output "topic_arn" {
  description = "SNS topic of outcomes of retraining, alarms and budget warnings."
  value       = module.notifications.topic_arn
}

output "http_api_url" {
  description = "Where the HTTP API is; null without http_api."
  value       = one(module.http_api[*].url)
}

output "dashboard_name" {
  description = "CloudWatch dashboard from events in to recommendations out."
  value       = module.monitoring.dashboard_name
}
